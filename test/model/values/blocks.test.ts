import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import type { BlockDtype } from "../../../src/model/model.ts";
import { BLOCKS, isBlockDtype } from "../../../src/model/values/blocks.ts";
import { decodeFloats } from "../../../src/model/values/dtype.ts";
import { readRows } from "../../../src/model/values/row-reader.ts";

interface Golden {
  readonly types: Readonly<Record<string, { readonly blocks: string; readonly values: string }>>;
}

const golden = JSON.parse(
  readFileSync(new URL("../../fixtures/gguf-blocks-golden.json", import.meta.url), "utf8"),
) as Golden;
const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));
const cases = Object.entries(golden.types) as [BlockDtype, Golden["types"][string]][];

test("there is a golden of every type", () => {
  expect(cases.map(([dtype]) => dtype).toSorted()).toEqual(Object.keys(BLOCKS).toSorted());
});

describe.each(cases)("%s", (dtype, { blocks, values }) => {
  const bytes = bytesOf(blocks);
  const expected = bytesOf(values);
  const count = expected.length / 4;
  const bits = (X: Float32Array) => new Uint8Array(X.buffer, X.byteOffset, X.byteLength);

  test("has gguf-py's bits", () => {
    const out = new Float32Array(count);
    decodeFloats(dtype, bytes, out);
    expect(bits(out)).toEqual(expected);
  });

  test("at any alignment, and into the middle of a matrix", () => {
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    const X = new Float32Array(count + 2).fill(7);
    decodeFloats(dtype, moved.subarray(3), X.subarray(1, -1));
    expect(bits(X.slice(1, -1))).toEqual(expected);
    expect([X[0], X.at(-1)]).toEqual([7, 7]);
  });

  test("rows are ranges of whole blocks", async () => {
    const cols = 2 * BLOCKS[dtype].values;
    const rows = count / cols;
    const source = bufferSource(Uint8Array.of(1, 2, 3, 4, 5, ...bytes));
    const wanted = Int32Array.of(rows - 1, 0, 1);
    const X = await readRows({ source, start: 5, dtype, shape: [rows, cols] }, wanted);
    wanted.forEach((row, i) => {
      const part = expected.subarray(4 * row * cols, 4 * (row + 1) * cols);
      expect(bits(X.data.slice(i * cols, (i + 1) * cols))).toEqual(part);
    });
  });

  test("bytes that are not the blocks of the values are refused", () => {
    expect(() => decodeFloats(dtype, bytes.subarray(1), new Float32Array(count))).toThrow(
      RangeError,
    );
  });
});

test("names of Object.prototype are no types", () => {
  expect(["Q8_0", "F32", "constructor", "__proto__"].map(isBlockDtype)).toEqual([
    ...[true, false, false, false],
  ]);
});
