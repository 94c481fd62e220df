import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { readSafetensorsHeader } from "../../../src/model/weights/safetensors.ts";
import { BAD_FILES } from "./safetensors-bad.ts";
import { safetensorsFile, writeSafetensors } from "./write-safetensors.ts";

const FILE = "x.safetensors";
const read = (bytes: Uint8Array) => readSafetensorsHeader(bufferSource(bytes, FILE), FILE);
const zeros = (length: number) => new Uint8Array(length);

describe("valid files", () => {
  const bits = { F4: 4, F6_E2M3: 6, F6_E3M2: 6, BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8 };
  const more = { F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, I16: 16, U16: 16, F16: 16, BF16: 16 };
  const long = { I32: 32, U32: 32, F32: 32, C64: 64, F64: 64, I64: 64, U64: 64 };

  test.each(Object.entries({ ...bits, ...more, ...long }))("dtype %s", async (dtype, size) => {
    const file = writeSafetensors({ a: { dtype, shape: [2, 4], data: zeros(size) } });
    const { tensors } = await read(file);
    const end = file.length;
    expect(tensors.get("a")).toEqual({ name: "a", dtype, shape: [2, 4], start: end - size, end });
  });

  test("no tensors at all", async () => {
    expect(await read(safetensorsFile("{}"))).toEqual({ tensors: new Map(), metadata: new Map() });
  });

  test("blanks before and after the header, and metadata", async () => {
    const header = ' \n\t\r{"__metadata__":{"format":"pt","":""}}   ';
    expect((await read(safetensorsFile(header))).metadata).toEqual(
      new Map([
        ["format", "pt"],
        ["", ""],
      ]),
    );
  });

  test("rank 0, zero-sized and odd offsets", async () => {
    const { tensors } = await read(
      writeSafetensors({
        byte: { dtype: "U8", shape: [], data: zeros(1) },
        none: { dtype: "F32", shape: [0, 5], data: zeros(0) },
        odd: { dtype: "F32", shape: [1], data: zeros(4) },
      }),
    );
    expect([...tensors.values()].map(({ shape }) => shape)).toEqual([[], [0, 5], [1]]);
    expect(tensors.get("odd")!.start % 2).toBe(1);
  });

  test("tensors that lie in another order than the header names them", async () => {
    const header = JSON.stringify({
      second: { data_offsets: [4, 8], shape: [1], dtype: "F32" },
      first: { shape: [4], dtype: "U8", data_offsets: [0, 4] },
    });
    const { tensors } = await read(safetensorsFile(header, zeros(8)));
    expect([...tensors.keys()]).toEqual(["second", "first"]);
    expect(tensors.get("second")!.start - tensors.get("first")!.start).toBe(4);
  });

  test.each([
    "",
    "__proto__",
    "constructor",
    "toString",
    "a\0b",
    "../../etc/passwd",
    "wte·ö▁💡",
    "<script>",
  ])("a tensor named %j", async (name) => {
    const tensor = { shape: [1], data: Float32Array.of(1) };
    const { tensors } = await read(
      writeSafetensors(
        Object.fromEntries([
          ["x", tensor],
          [name, tensor],
        ]),
      ),
    );
    expect([...tensors.keys()]).toEqual(["x", name]);
  });

  test("100,000 tensors", async () => {
    const tensor = { dtype: "U8", shape: [1], data: zeros(1) };
    const names = Array.from({ length: 100_000 }, (_, i) => [`t${i}`, tensor]);
    expect((await read(writeSafetensors(Object.fromEntries(names)))).tensors.size).toBe(100_000);
  });
});

describe("files that are not safetensors", () => {
  test.each(BAD_FILES)("%s: %s", async (_kind, _what, file, message) => {
    const error = await read(file).then(
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
    expect(fault.offset).toBeGreaterThanOrEqual(0);
    expect(fault.offset).toBeLessThanOrEqual(file.length);
  });

  test("an error names the byte: here the second of two equal names", async () => {
    const header = '{"__metadata__":{"é":"1","é":"2"}}';
    const place = new TextEncoder().encode(header.slice(0, header.lastIndexOf('"é"'))).length;
    await expect(read(safetensorsFile(header))).rejects.toMatchObject({ offset: 8 + place });
  });

  test("any cut of a valid file is refused, and any byte more", async () => {
    const file = writeSafetensors({
      a: { shape: [2, 3], data: new Float32Array(6) },
      b: { dtype: "F16", shape: [3], data: zeros(6) },
    });
    await read(file);
    for (let end = 0; end < file.length; end++) {
      await expect(read(file.slice(0, end)), `${end} bytes`).rejects.toThrow(FormatError);
    }
    await expect(read(Uint8Array.of(...file, 0))).rejects.toThrow(FormatError);
  });
});
