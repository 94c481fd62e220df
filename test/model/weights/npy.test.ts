import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { readRows } from "../../../src/model/values/row-reader.ts";
import { readNpy, readNpyHeader, writeNpy } from "../../../src/model/weights/npy.ts";
import { npyFile as npy } from "./write-npy.ts";
import { concat } from "./write-safetensors.ts";

function header(descr: string, shape: string, fortran = "False"): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
}

const values = [1, -0.5, 3, 65504, 2 ** -10, 0];

/** The six values in this type and byte order. */
function numbers(type: "f4" | "f8", littleEndian: boolean): Uint8Array {
  const size = type === "f4" ? 4 : 8;
  const view = new DataView(new ArrayBuffer(6 * size));
  values.forEach((value, i) => {
    if (type === "f4") view.setFloat32(i * size, value, littleEndian);
    else view.setFloat64(i * size, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

const halves = [0x3c00, 0xb800, 0x4200, 0x7bff, 0x1400, 0];

describe("reading", () => {
  test.each([1, 2, 3])("format version %i.0", async (version) => {
    const X = await readNpy(npy(header("<f4", "(2, 3)"), numbers("f4", true), version), "x.npy");
    expect(X).toEqual({ data: Float32Array.from(values), shape: [2, 3] });
  });

  test.each([
    ["<f4", numbers("f4", true)],
    [">f4", numbers("f4", false)],
    ["<f8", numbers("f8", true)],
    [">f8", numbers("f8", false)],
    ["<f2", Uint8Array.from(halves.flatMap((half) => [half & 0xff, half >> 8]))],
    [">f2", Uint8Array.from(halves.flatMap((half) => [half >> 8, half & 0xff]))],
  ])("dtype %s", async (descr, data) => {
    const X = await readNpy(npy(header(descr, "(3, 2)"), data), "x.npy");
    expect(X).toEqual({ data: Float32Array.from(values), shape: [3, 2] });
  });

  test("Fortran order, whole and some rows", async () => {
    const file = npy(header("<f4", "(3, 2)", "True"), numbers("f4", true));
    const [a, b, c, d, e, f] = values;
    const X = await readNpy(file, "x.npy");
    expect(X).toEqual({ data: Float32Array.of(a!, d!, b!, e!, c!, f!), shape: [3, 2] });
    const stored = await readNpyHeader(bufferSource(file), "x.npy");
    const rows = await readRows(stored, Int32Array.of(2, 0));
    expect(rows).toEqual({ data: Float32Array.of(c!, f!, a!, d!), shape: [2, 2] });
  });

  test("a header in another order of its fields, with no comma at the end", async () => {
    const text = "{'shape': (6,1), 'fortran_order': False, 'descr': '<f4'}";
    expect((await readNpy(npy(text, numbers("f4", true)), "x.npy")).shape).toEqual([6, 1]);
  });

  test("no rows", async () => {
    expect((await readNpy(npy(header("<f4", "(0, 3)"), new Uint8Array()), "x")).shape).toEqual([
      0, 3,
    ]);
  });
});

test("rows without columns take no memory, however many", async () => {
  const X = await readNpy(npy(header("<f4", "(9007199254740991, 0)"), new Uint8Array()), "x");
  expect(X.shape).toEqual([9007199254740991, 0]);
  const more = npy(header("<f4", "(9007199254740993, 0)"), new Uint8Array());
  await expect(readNpy(more, "x")).rejects.toThrow(FormatError);
});

describe("what is refused", () => {
  const data = numbers("f4", true);

  test.each([
    ["", "x.npy: byte 0: not a .npy file: the file is empty"],
    ["version https://git-lfs.github.com/spec/v1\n", "this is a Git LFS pointer"],
    ["<!doctype html>\n", "this is an HTML page"],
  ])("what stands in the file's place: %j", async (text, message) => {
    const bytes = new TextEncoder().encode(text);
    await expect(readNpy(bytes, "x.npy")).rejects.toThrow(message);
  });

  test.each([
    ["i8", header("<i8", "(2, 3)"), 'dtype "<i8"'],
    ["objects", header("|O", "(2, 3)"), 'dtype "|O"'],
    ["long double", header("<f16", "(2, 3)"), 'dtype "<f16"'],
    [
      "a record",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }",
      "structured",
    ],
    ["one dimension", header("<f4", "(6,)"), "has 1 dimension, shape (6)"],
    ["no dimension", header("<f4", "()"), "has 0 dimensions"],
    ["three dimensions", header("<f4", "(1, 2, 3)"), "has 3 dimensions"],
  ])("%s is not supported", async (_name, text, message) => {
    const error = await readNpy(npy(text, data), "x.npy").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message.startsWith("x.npy: ")).toBe(true);
  });

  test.each([
    ["another magic", concat([Uint8Array.of(0x94), npy(header("<f4", "(2, 3)"), data).slice(1)])],
    ["a ZIP archive (.npz)", new TextEncoder().encode("PK\x03\x04 and more")],
    ["version 4", npy(header("<f4", "(2, 3)"), data, 4)],
    ["missing bytes", npy(header("<f4", "(2, 3)"), data.slice(1))],
    ["further bytes", npy(header("<f4", "(2, 3)"), concat([data, data]))],
    ["a shape beyond 2^53", npy(header("<f4", "(94906267, 94906267)"), data)],
    ["a negative length", npy(header("<f4", "(-2, 3)"), data)],
    ["no shape", npy("{'descr': '<f4', 'fortran_order': False, }", data)],
    ["a header that is no dictionary", npy("hello", data)],
    ["a header with code", npy("{'descr': '<f4', 'fortran_order': f(), 'shape': (2, 3), }", data)],
  ])("%s is broken", async (_name, file) => {
    const error = await readNpy(file, "x.npy").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toMatch(/^x\.npy: byte \d+: [ -~]*$/);
  });

  test("every cut of a valid file", async () => {
    const file = npy(header("<f4", "(2, 3)"), data);
    for (let end = 0; end < file.length; end++) {
      await expect(readNpy(file.slice(0, end), "x.npy"), `${end}`).rejects.toThrow(FormatError);
    }
  });
});

describe("writing", () => {
  test("gives NumPy's own bytes", () => {
    // numpy.save of numpy.array([[1, 2], [3, 4], [5, -0.0]], "<f4"), NumPy 2.4.6
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    const file = writeNpy({ data: Float32Array.of(1, 2, 3, 4, 5, -0), shape: [3, 2] });
    expect(file.length).toBe(128 + 24);
    expect(new TextDecoder("latin1").decode(file.slice(10, 128))).toBe(`${text.padEnd(117)}\n`);
    expect([...file.slice(0, 10)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
    expect([...file.slice(144)]).toEqual([0, 0, 0xa0, 0x40, 0, 0, 0, 0x80]);
  });

  test("and reading gives the matrix back, at a multiple of 64 bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 5 }), async (rows, cols) => {
        const data = Float32Array.from({ length: rows * cols }, (_, i) => i / 7 - 3);
        const file = writeNpy({ data, shape: [rows, cols] });
        const stored = await readNpyHeader(bufferSource(file), "x.npy");
        expect(stored.start % 64).toBe(0);
        expect(await readNpy(file, "x.npy")).toEqual({ data, shape: [rows, cols] });
      }),
    );
  });
});
