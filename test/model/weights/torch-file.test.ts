import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, isTokenscapeError, UnsupportedError } from "../../../src/errors.ts";
import { type ByteSource, bufferSource } from "../../../src/model/bytes/source.ts";
import { readRows } from "../../../src/model/values/row-reader.ts";
import { npzPart } from "../../../src/model/weights/npz.ts";
import { torchPart } from "../../../src/model/weights/torch-file.ts";
import { type Packed, writeZip } from "../bytes/write-zip.ts";
import { archive, stateDict, tensor, values } from "./torch-bad.ts";
import { type Written, writePickle } from "./write-pickle.ts";
import { concat } from "./write-safetensors.ts";

const folder = new URL("../../fixtures/torch/", import.meta.url);
const fixture = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));

/** Per file and tensor: shape, dtype, and the values as bits of float32, by PyTorch and NumPy. */
const GOLDEN: Readonly<Record<string, Record<string, { shape: number[]; bits: number[] }>>> =
  JSON.parse(new TextDecoder().decode(fixture("golden.json")));

/** A source that notes what is asked of it. */
function noting(source: ByteSource): ByteSource & { asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    asked,
    byteLength: source.byteLength,
    slice: (start, end, options) => {
      asked.push([start, end]);
      return source.slice(start, end, options);
    },
  };
}

const encode = (text: string) => new TextEncoder().encode(text);
const bitsOf = ({ data }: { data: Float32Array }) => [...new Uint32Array(data.buffer)];

describe("what PyTorch and NumPy write", () => {
  const cases = Object.entries(GOLDEN).flatMap(([file, tensors]) =>
    Object.entries(tensors).map(([name, golden]) => [file, name, golden] as const),
  );

  test("is here", () => {
    expect(cases.length).toBeGreaterThan(60);
  });

  test.each(cases)("%s: %s", async (file, name, { shape, bits }) => {
    const open = file.endsWith(".npz") ? npzPart : torchPart;
    const part = await open(bufferSource(fixture(file), file), file);
    expect(part.tensors.get(name)!.shape).toEqual(shape);
    const stored = await part.matrix(name);
    const [rows, cols] = stored.shape;
    const all = Int32Array.from({ length: rows }, (_, i) => i);
    expect(bitsOf(await readRows(stored, all))).toEqual(bits);
    const some = Int32Array.of(rows - 1, 0, 4, 5);
    const expected = [...some].flatMap((row) => bits.slice(row * cols, (row + 1) * cols));
    expect(bitsOf(await readRows(stored, some))).toEqual(expected);
  });

  test("all tensors are listed, with their types", async () => {
    const { tensors } = await torchPart(bufferSource(fixture("state-dict.pt")), "x.pt");
    const list = Object.fromEntries(
      [...tensors.values()].map((t) => [t.name, [t.dtype, ...t.shape]]),
    );
    expect(list).toMatchObject({
      "wte.weight": ["F32", 11, 5],
      "dtype.bfloat16": ["BF16", 11, 5],
      "dtype.float8_e4m3fn": ["F8_E4M3", 11, 5],
      "dtype.float8_e8m0fnu": ["F8_E8M0", 11, 5],
      ints: ["I64", 11, 5],
      flags: ["BOOL", 11, 5],
      scalar: ["F32"],
      empty: ["F32", 0, 5],
      cube: ["F32", 2, 3, 4],
    });
  });

  test("a training checkpoint's tensors bear the keys that lead to them; its arguments are passed over", async () => {
    const { tensors } = await torchPart(bufferSource(fixture("checkpoint.pt")), "x.pt");
    const names = [...tensors.keys()];
    expect(names).toEqual(
      expect.arrayContaining(["model.wte.weight", "optimizer.state.0.exp_avg", "torch_rng"]),
    );
    expect(names.some((name) => name.includes("args"))).toBe(false);
  });

  test("of types that are not numbers with a point no rows are read", async () => {
    const part = await torchPart(bufferSource(fixture("state-dict.pt")), "x.pt");
    await expect(part.matrix("ints")).rejects.toThrow(UnsupportedError);
    await expect(part.matrix("flags")).rejects.toThrow("tensor flags has dtype BOOL");
    await expect(part.matrix("empty")).rejects.toThrow("tensor empty is empty: 0 x 5");
  });

  test.each([
    ["int8", "I8"],
    ["quantized", "QINT8"],
    ["by_channel", "QINT8"],
    ["sparse", "SPARSE"],
    ["sparse_rows", "SPARSE"],
    ["meta", "META"],
    ["parameter", "SPARSE"],
  ])("a tensor of another kind is listed, and refused by its name: %s", async (name, dtype) => {
    const part = await torchPart(bufferSource(fixture("unread.pt")), "x.pt");
    expect(part.tensors.get(name)).toEqual({ name, dtype, shape: [4, 3] });
    await expect(part.matrix(name)).rejects.toThrow(
      `x.pt: tensor ${name} has dtype ${dtype}; rows are read from F64, F32, F16, BF16 and F8`,
    );
    expect(part.tensors.get("nested")).toEqual({ name: "nested", dtype: "NESTED", shape: [] });
    expect((await part.matrix("float")).shape).toEqual([4, 3]);
  });

  test("arrays of NumPy are no tensors", async () => {
    await expect(torchPart(bufferSource(fixture("numpy.pt")), "x.pt")).rejects.toThrow(
      "the checkpoint holds no tensors, but arrays of NumPy: save these with numpy.savez",
    );
  });
});

/** Opens the file, and reads rows of its first tensor. */
async function load(bytes: Uint8Array): Promise<number[]> {
  const part = await torchPart(bufferSource(bytes, "x.pt"), "x.pt");
  const stored = await part.matrix([...part.tensors.keys()][0]!);
  return [...(await readRows(stored, Int32Array.of(0, 2))).data];
}

describe("the ZIP container", () => {
  test("of the rows only their bytes are read, and of other storages nothing", async () => {
    const rows = 50_000;
    const large = new Uint8Array(rows * 64 * 4);
    new Float32Array(large.buffer).forEach((_, i, data) => {
      data[i] = i % 1021;
    });
    const dict = [
      ["other", tensor({ key: "1", length: rows * 64, shape: [rows, 64], strides: [64, 1] })],
      ["wte.weight", tensor({ length: rows * 64, shape: [rows, 64], strides: [64, 1] })],
    ] as const;
    const bytes = archive(writePickle({ dict }), [
      { name: "m/data/0", data: large, padding: 60 },
      { name: "m/data/1", data: large, padding: 60 },
    ]);
    const source = noting(bufferSource(bytes));
    const part = await torchPart(source, "x.pt");
    const opening = source.asked.reduce((sum, [start, end]) => sum + end - start, 0);
    expect(opening).toBeLessThan(150_000);
    const stored = await part.matrix("wte.weight");
    source.asked.length = 0;
    const X = await readRows(
      stored,
      Int32Array.from({ length: 100 }, (_, i) => 20_000 + i),
    );
    expect(source.asked).toHaveLength(1);
    expect(source.asked[0]![1] - source.asked[0]![0]).toBe(100 * 64 * 4);
    expect(X.data[5]).toBe((20_000 * 64 + 5) % 1021);
  });

  test("a few rows of a transposed matrix are short stretches of its columns", async () => {
    const [rows, cols] = [40_000, 8];
    const large = new Uint8Array(Float32Array.from({ length: rows * cols }, (_, i) => i).buffer);
    const pickle = stateDict(
      tensor({ length: rows * cols, shape: [rows, cols], strides: [1, rows] }),
    );
    const source = noting(bufferSource(archive(pickle, [{ name: "m/data/0", data: large }])));
    const stored = await (await torchPart(source, "x.pt")).matrix("wte.weight");
    source.asked.length = 0;
    const X = await readRows(stored, Int32Array.of(12, 10, 11));
    expect(source.asked.map(([start, end]) => end - start)).toEqual(Array(cols).fill(12));
    expect([...X.data.subarray(0, cols)]).toEqual(
      Array.from({ length: cols }, (_, c) => 12 + c * rows),
    );
  });

  test("deflated entries are read too", async () => {
    const bytes = writeZip([
      { name: "m/data.pkl", data: stateDict(tensor()), deflate: true },
      { name: "m/data/0", data: values, deflate: true },
    ]);
    expect(await load(bytes)).toEqual([0.5, 1.5, 2.5, 6.5, 7.5, 8.5]);
  });

  test("numbers of either byte order", async () => {
    const big = values.slice();
    for (let i = 0; i < 12; i++) big.subarray(4 * i, 4 * i + 4).reverse();
    const more = (order: string): Packed[] => [
      { name: "m/data/0", data: big },
      { name: "m/byteorder", data: order },
    ];
    expect(await load(archive(stateDict(tensor()), more("big")))).toEqual([
      0.5, 1.5, 2.5, 6.5, 7.5, 8.5,
    ]);
    await expect(load(archive(stateDict(tensor()), more("odd")))).rejects.toThrow(
      "expected byteorder",
    );
  });
});

describe("the container before PyTorch 1.6", () => {
  const file = fixture("state-dict-legacy.pt");

  test("of the file only pickles and rows are read", async () => {
    const source = noting(bufferSource(file));
    const stored = await (await torchPart(source, "x.pt")).matrix("view.rows");
    source.asked.length = 0;
    await readRows(stored, Int32Array.of(3));
    expect(source.asked.map(([start, end]) => end - start)).toEqual([20]);
  });

  test("every cut is noticed", async () => {
    for (let end = 0; end < file.length; end += 7) {
      const error = await load(file.slice(0, end)).catch((reason: unknown) => reason);
      expect(error, `${end}`).toBeInstanceOf(FormatError);
    }
    await expect(load(concat([file, new Uint8Array(1)]))).rejects.toThrow(
      `byte ${file.length}: the storages should end at byte ${file.length}`,
    );
  });

  test("a whole module with its source, and a view of a storage", async () => {
    const name = { name: "torch.nn.modules.sparse Embedding" };
    const module = { persistent: ["module", name, "x.py", "class Embedding: ..."] };
    const storage = ["storage", { name: "torch FloatStorage" }, "93", "cpu", 12, ["94", 3, 9]];
    const weight: Written = {
      ...tensor(),
      args: [{ persistent: storage }, 0, [3, 3], [3, 1], false, { dict: [] }],
    };
    const parameters: Written = { dict: [["weight", weight]] };
    const embedding = concat([
      writePickle(module).slice(0, -1),
      Uint8Array.of(0x29, 0x52),
      writePickle({ dict: [["_parameters", parameters]] }).slice(2, -1),
      Uint8Array.of(0x62, 0x2e),
    ]);
    const bytes = concat([
      file.slice(0, 15),
      writePickle(1001),
      writePickle({ dict: [] }),
      embedding,
      writePickle(["93"]),
      Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0),
      values,
    ]);
    const part = await torchPart(bufferSource(bytes, "x.pt"), "x.pt");
    const X = await readRows(await part.matrix("weight"), Int32Array.of(0, 2));
    expect([...X.data]).toEqual([3.5, 4.5, 5.5, 9.5, 10.5, 11.5]);
    const lying = bytes.slice();
    lying[lying.length - values.length - 8] = 11;
    await expect(load(lying)).rejects.toThrow('storage "93" should have 12 values, has 11');
  });

  test("150,000 storages", async () => {
    const count = 150_000;
    const text = (value: string) => concat([Uint8Array.of(0x8c, value.length), encode(value)]);
    // kept: 0 "storage", 1 its type, 2 "cpu"; each storage is empty and taken from the stack again
    const kept = concat([
      ...[text("storage"), Uint8Array.of(0x94, 0x30), encode("ctorch\nFloatStorage\n")],
      ...[Uint8Array.of(0x94, 0x30), text("cpu"), Uint8Array.of(0x94, 0x30)],
    ]);
    const keys = Array.from({ length: count }, (_, i) => text(`s${i}`));
    const storages = keys.map((key) =>
      concat([
        Uint8Array.of(0x28, 0x68, 0, 0x68, 1),
        key,
        Uint8Array.of(0x68, 2, 0x4b, 0, 0x74, 0x51, 0x30),
      ]),
    );
    const dictionary = stateDict(tensor()).slice(2);
    const bytes = concat([
      ...[file.slice(0, 15), writePickle(1001), writePickle({ dict: [] })],
      ...[Uint8Array.of(0x80, 4), kept, ...storages, dictionary],
      ...[Uint8Array.of(0x80, 4, 0x28), ...keys, text("0"), Uint8Array.of(0x6c, 0x2e)],
      ...[new Uint8Array(8 * count), Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0), values],
    ]);
    expect(await load(bytes)).toEqual([0.5, 1.5, 2.5, 6.5, 7.5, 8.5]);
  });

  test("the tar archives before that are named", async () => {
    const tar = new Uint8Array(1024);
    tar.set(new TextEncoder().encode("ustar"), 257);
    await expect(load(tar)).rejects.toThrow("save it with torch.save");
  });

  test.each([
    [
      "a pickle of another kind",
      writePickle({ dict: [] }),
      /not a PyTorch checkpoint: this is a Python pickle/,
    ],
    ["nothing", new Uint8Array(), /this is an empty file/],
    ["a web page", new TextEncoder().encode("<!doctype html>"), /this is an HTML page/],
  ])("%s is told", async (_, bytes, message) => {
    await expect(load(bytes)).rejects.toThrow(message);
    await expect(load(bytes)).rejects.toThrow(FormatError);
  });
});

describe("fuzz", () => {
  const files = ["state-dict.pt", "state-dict-legacy.pt", "module.pt", "checkpoint.pt"].map(
    fixture,
  );
  const edit = fc.tuple(fc.nat(), fc.nat(255));

  test("changed bytes end in rows or an error of ours", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (file, edits) => {
          const bytes = file.slice();
          for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
          await load(bytes).catch((error: unknown) => expect(isTokenscapeError(error)).toBe(true));
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("changed bytes in the pickle alone, whose CRC is left out", async () => {
    const pickle = stateDict(tensor());
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = pickle.slice();
        for (const [at, byte] of edits) changed[at % changed.length] = byte;
        await load(archive(changed)).catch((error: unknown) =>
          expect(isTokenscapeError(error)).toBe(true),
        );
      }),
      { numRuns: 3000 },
    );
  });
});
