import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { readMetadata, readVectors } from "../../../src/model/weights/tsv.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const vectors = (text: string) => readVectors(bufferSource(encode(text)), "v.tsv");

describe("vectors", () => {
  test.each([
    ["1\t2\n3\t4\n", "LF"],
    ["1\t2\r\n3\t4\r\n", "CRLF"],
    ["1\t2\n3\t4", "no end of the last line"],
    ["+1\t2.\n3e0\t.4e+1\n", "other spellings"],
    ["\ufeff1\t2\n3\t4\n", "a byte order mark"],
  ])("%j: %s", async (text) => {
    expect(await vectors(text)).toEqual({ data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] });
  });

  test("numbers are rounded to float32", async () => {
    const X = await vectors("0.1\t16777217\t1e-46\t-3.4028234e38");
    expect([...X.data]).toEqual([Math.fround(0.1), 16777216, 0, Math.fround(-3.4028234e38)]);
  });

  test.each([
    ["a\tb\n1\t2\n", 'line 1, column 1: expected a number, got "a"'],
    ["1\t2\n3\tNaN\n", 'line 2, column 2: expected a number, got "NaN"'],
    ["1\t2\n3\tinf\n", 'got "inf"'],
    [
      "1\t2\n3\t1e39\n",
      'line 2, column 2: expected a number, got "1e39", which float32 can\'t hold',
    ],
    ["1\t2\n3\n", "line 2 has 1 columns, line 1 has 2"],
    ["1\t2\n3\t4\t5\n", "line 2 has 3 columns, line 1 has 2"],
    ["1\t2\n\n3\t4\n", "line 2 has 1 columns"],
    ["1\t2\t\n", 'line 1, column 3: expected a number, got ""'],
    ["1 2\n", 'expected a number, got "1 2"'],
    ["0x10\n", 'expected a number, got "0x10"'],
    ["1,5\t2\n", 'expected a number, got "1,5"'],
    ["1_0\n", 'got "1_0"'],
    [" 1\n", 'got " 1"'],
    ["\u001b[31m\n", 'got "\\x1B[31m"'],
    ["", "the file is empty"],
    [
      "version https://git-lfs.github.com/spec/v1\n",
      "byte 0: no vectors of numbers: this is a Git LFS",
    ],
    ["<!doctype html>\n", "byte 0: no vectors of numbers: this is an HTML page"],
    ["\n", 'line 1, column 1: expected a number, got ""'],
  ])("%j is refused", async (text, message) => {
    const error = await vectors(text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message.startsWith("v.tsv: ")).toBe(true);
  });

  test("a file longer than one piece is read whole, wherever lines end", async () => {
    const lines = Array.from({ length: 400_000 }, (_, i) => `${i}\t-${i}.5`);
    const text = `${lines.join("\n")}\n`;
    expect(text.length).toBeGreaterThan(5 << 20);
    const X = await vectors(text);
    expect(X.shape).toEqual([400_000, 2]);
    expect(X.data.every((value, i) => value === (i % 2 === 0 ? i / 2 : -(i >> 1) - 0.5))).toBe(
      true,
    );
  });
});

test("a line without end is refused before it fills memory", async () => {
  const endless = {
    byteLength: 2 ** 40,
    slice: async (start: number, end: number) => new Uint8Array(end - start).fill(0x31),
  };
  await expect(readVectors(endless, "v.tsv")).rejects.toThrow(
    "v.tsv: byte 0: a line is longer than",
  );
});

describe("metadata", () => {
  const read = (text: string) => readMetadata(encode(text), "m.tsv");

  test("of one column has no header", () => {
    expect(read("word\nking\n\nqueen\n")).toEqual(["word", "king", "", "queen"]);
  });

  test.each([
    ["count\tLABEL\n1\ta\n2\tb\n", ["a", "b"]],
    ["Word\tlabel\nx\ta\ny\tb\n", ["a", "b"]],
    ["token\tcount\r\na\t1\r\nb\t2\r\n", ["a", "b"]],
    ["name\tcount\na\t1\nb\t2", ["a", "b"]],
  ])("%j: the labels' column", (text, labels) => {
    expect(read(text)).toEqual(labels);
  });

  test("of uneven columns is refused", () => {
    expect(() => read("a\tb\nc\n")).toThrow("m.tsv: byte 4: line 2 has 1 columns, line 1 has 2");
  });
});
