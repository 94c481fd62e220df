import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { type ByteSource, bufferSource } from "../../../src/model/bytes/source.ts";
import type { Dtype } from "../../../src/model/model.ts";
import { decodeFloats } from "../../../src/model/values/dtype.ts";
import { readGgufHeader } from "../../../src/model/weights/gguf.ts";
import { BAD_FILES } from "./gguf-bad.ts";
import * as w from "./write-gguf.ts";
import { concat } from "./write-safetensors.ts";

const FILE = "x.gguf";
const read = (bytes: Uint8Array, arrays: readonly string[] = []) =>
  readGgufHeader(bufferSource(bytes, FILE), FILE, { arrays: new Set(arrays) });
const zeros = (length: number) => new Uint8Array(length);

describe("a file that gguf-py wrote", () => {
  interface Golden {
    readonly version: number;
    readonly dataStart: number;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly tensors: Readonly<
      Record<string, { dtype: string; shape: number[]; start: number; values: string }>
    >;
  }
  const fixture = (name: string) =>
    readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
  const file = Uint8Array.from(fixture("gguf-py.gguf"));
  const golden = JSON.parse(fixture("gguf-py.json").toString("utf8")) as Golden;

  test("has its keys and values, arrays of arrays too", async () => {
    const { version, metadata } = await read(file, Object.keys(golden.metadata));
    expect(version).toBe(golden.version);
    expect(Object.fromEntries(metadata)).toEqual(golden.metadata);
    expect([...metadata.keys()]).toEqual(Object.keys(golden.metadata));
  });

  test("has its tensors where gguf-py finds them, with its values", async () => {
    const { tensors, dataStart } = await read(file);
    expect(dataStart).toBe(golden.dataStart);
    expect([...tensors.keys()]).toEqual(Object.keys(golden.tensors));
    for (const [name, { dtype, shape, start, values }] of Object.entries(golden.tensors)) {
      const tensor = tensors.get(name)!;
      expect(tensor).toMatchObject({ dtype, shape, offset: start - dataStart });
      const out = new Float32Array(shape.reduce((product, length) => product * length, 1));
      decodeFloats(dtype as Dtype, file.subarray(start, start + tensor.byteLength!), out);
      expect(Buffer.from(out.buffer).toString("base64"), name).toBe(values);
    }
  });

  test("arrays that nobody asked for are passed over", async () => {
    const { metadata } = await read(file, ["tokenizer.ggml.tokens"]);
    expect(metadata.get("tokenizer.ggml.tokens")).toEqual(golden.metadata["tokenizer.ggml.tokens"]);
    expect(metadata.get("tokenizer.ggml.scores")).toBeNull();
    expect(metadata.get("test.nested")).toBeNull();
  });
});

describe("valid files", () => {
  test.each([1, 2, 3])("version %i, every type of value", async (version) => {
    const metadata: [string, w.WrittenValue][] = [
      ["a.u8", w.u8(255)],
      ["a.i8", w.i8(-128)],
      ["a.u16", w.u16(65_535)],
      ["a.i16", w.i16(-32_768)],
      ["a.u32", w.u32(2 ** 32 - 1)],
      ["a.i32", w.i32(-(2 ** 31))],
      ["a.f32", w.f32(0.1)],
      ["a.false", w.bool(0)],
      ["a.true", w.bool(1)],
      ["a.text", w.text("ä▁\0")],
      ["a.u64", w.u64(2n ** 64n - 1n)],
      ["a.i64", w.i64(-5)],
      ["a.f64", w.f64(0.1)],
      ["a.none", w.array([], 8)],
      ["a.array", w.array([w.u16(1), w.u16(2)])],
      ["a.nested", w.array([w.array([w.text("x")]), w.array([], 0)])],
      ["__proto__", w.u8(1)],
    ];
    const tensors = [["", w.floats([2, 1], [1, 2])]] as const;
    const header = await read(w.writeGguf({ version, metadata, tensors }), ["a.array", "a.nested"]);
    expect(header.version).toBe(version);
    expect([...header.metadata.values()]).toEqual([
      ...[255, -128, 65_535, -32_768, 2 ** 32 - 1, -(2 ** 31), Math.fround(0.1), false, true],
      ...["ä▁\0", 2n ** 64n - 1n, -5, 0.1, null, [1, 2], [["x"], []], 1],
    ]);
    expect(header.tensors.get("")).toMatchObject({ dtype: "F32", shape: [2, 1], offset: 0 });
  });

  test("nothing at all, and only keys", async () => {
    const empty = await read(w.writeGguf({}));
    expect([empty.metadata.size, empty.tensors.size]).toEqual([0, 0]);
    const metadata = w.vocabulary("llama", ["a"]);
    expect((await read(w.writeGguf({ metadata }))).metadata.get("tokenizer.ggml.model")).toBe(
      "llama",
    );
  });

  test.each([1, 2, 64, 4096])("alignment %i", async (alignment) => {
    const metadata = [["general.alignment", w.u32(alignment)]] as const;
    const tensors = [
      ["a", w.floats([1], [1])],
      ["b", w.floats([3], [1, 2, 3])],
    ] as const;
    const file = w.writeGguf({ metadata, tensors, alignment });
    const header = await read(file);
    expect(header.dataStart % alignment).toBe(0);
    expect(header.tensors.get("b")!.offset).toBe(Math.max(4, alignment));
    const { dataStart, tensors: read2 } = header;
    const view = new DataView(file.buffer, dataStart + read2.get("b")!.offset);
    expect(view.getFloat32(8, true)).toBe(3);
  });

  test("tensors of no dimensions, of no values, and of four dimensions", async () => {
    const tensors = [
      ["scalar", w.floats([], [7])],
      ["none", w.floats([0, 5], [])],
      ["four", w.floats([2, 1, 1, 3], [1, 2, 3, 4, 5, 6])],
    ] as const;
    const header = await read(w.writeGguf({ tensors }));
    expect([...header.tensors.values()].map(({ shape }) => shape)).toEqual([
      ...[[], [0, 5], [2, 1, 1, 3]],
    ]);
  });

  test("a type that is not known stands in nobody's way", async () => {
    const tensors = [
      ["new", { type: 999, shape: [1, 5], data: zeros(7) }],
      ["old", w.floats([1], [1])],
    ] as const;
    const header = await read(w.writeGguf({ tensors }));
    expect(header.tensors.get("new")).toMatchObject({ dtype: "type 999", byteLength: undefined });
    expect(header.tensors.get("old")).toMatchObject({ dtype: "F32", offset: 32 });
  });
});

describe("only the header is read", () => {
  /** Notes what is asked for of a file that has so many bytes in all, zeros after those given. */
  function noting(bytes: Uint8Array, byteLength: number): ByteSource & { asked: number[][] } {
    const asked: number[][] = [];
    return {
      asked,
      byteLength,
      slice: async (start, end) => {
        asked.push([start, end]);
        const part = zeros(end - start);
        part.set(bytes.subarray(start, end));
        return part;
      },
    };
  }

  test("in growing pieces, whatever lies on their borders", async () => {
    const tokens = Array.from({ length: 120_000 }, (_, i) => `▁token ${i}`.repeat(1 + (i % 3)));
    const metadata = [
      ...w.vocabulary(
        "llama",
        tokens,
        tokens.map(() => 1),
      ),
      ["tokenizer.ggml.scores", w.array(tokens.map((_, i) => w.f32(-i)))] as const,
      ["tokenizer.ggml.merges", w.array(tokens.map((token) => w.text(`${token} x`)))] as const,
    ];
    const data = { type: 0, shape: [2 ** 30, 2], data: zeros(0) };
    const file = w.writeGguf({ metadata, tensors: [["token_embd.weight", data]] });
    const source = noting(file, 2 ** 33 + 2 ** 25);
    const header = await readGgufHeader(source, FILE, {
      arrays: new Set(["tokenizer.ggml.tokens"]),
    });
    expect(header.metadata.get("tokenizer.ggml.tokens")).toEqual(tokens);
    expect(header.tensors.get("token_embd.weight")!.shape).toEqual([2 ** 30, 2]);
    expect(source.asked.length).toBeLessThan(8);
    expect(source.asked.at(-1)![1]).toBeLessThan(3 * file.length);
    // no byte is asked for twice
    for (const [i, [start]] of source.asked.slice(1).entries()) {
      expect(start).toBeGreaterThanOrEqual(source.asked[i]![1]!);
    }
  });

  test("a long array of numbers that nobody asked for is not even read", async () => {
    const count = 5_000_000;
    const array = concat([w.int(0, 4), w.int(count, 8), zeros(count)]);
    const metadata = [
      ["a.long", { type: 9, bytes: () => array }],
      ["a.after", w.u8(7)],
    ] as const;
    const file = w.writeGguf({ metadata });
    const source = noting(file, file.length);
    expect((await readGgufHeader(source, FILE)).metadata.get("a.after")).toBe(7);
    const bytes = source.asked.reduce((sum, [start, end]) => sum + end! - start!, 0);
    expect(bytes).toBeLessThan(1 << 20);
  });
});

describe("files that are not GGUF", () => {
  test.each(BAD_FILES)("%s", async (_what, file, message, place) => {
    const error = await read(file, ["a"]).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FormatError);
    const fault = error as FormatError;
    expect(fault.message).toMatch(message);
    expect(fault.message.startsWith(`${FILE}: `)).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be in the message
    expect(fault.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(fault.message.length).toBeLessThan(400);
    expect(fault.file).toBe(FILE);
    expect(fault.offset).toBe(place);
  });

  test.each([
    ["big-endian", Uint8Array.of(0x47, 0x47, 0x55, 0x46, 0, 0, 0, 3, ...zeros(16)), /big-endian/],
    ["version 4", w.writeGguf({ version: 4 }), /GGUF's version 4; 1 to 3 are read/],
  ])("%s is not supported", async (_what, file, message) => {
    await expect(read(file)).rejects.toThrow(UnsupportedError);
    await expect(read(file)).rejects.toThrow(message);
  });

  test("any cut of a valid file is refused", async () => {
    const file = w.writeGguf({
      metadata: w.vocabulary("gpt2", ["a", "b"], [1, 3]),
      tensors: [["token_embd.weight", w.floats([2, 8], Array(16).fill(1))]],
    });
    await read(file);
    for (let end = 0; end < file.length; end++) {
      await expect(read(file.slice(0, end)), `${end} bytes`).rejects.toThrow(FormatError);
    }
  });

  test("an error names the byte: here the second of two equal keys", async () => {
    const metadata = [
      ["a.b", w.u8(1)],
      ["a.b", w.u8(2)],
    ] as const;
    await expect(read(w.writeGguf({ metadata }))).rejects.toMatchObject({
      message: 'x.gguf: byte 40: the key "a.b" is there twice',
      offset: 40,
    });
  });
});
