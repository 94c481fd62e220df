import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gram } from "../../src/gram/gram.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";

test("entries are dot products, by hand", async () => {
  const G = await gram(
    fromRows([
      [1, 2],
      [3, -4],
      [0, 0.5],
    ]),
  );
  expect(G.shape).toEqual([3, 3]);
  expect(Array.from(G.data)).toEqual([5, -5, 1, -5, 25, -2, 1, -2, 0.25]);
});

test.each([1, 3, 4, 5, 8, 17, 100])("%d columns: every tail of the unrolled sum", async (d) => {
  const X = clumps(9, d, d);
  const G = await gram(X);
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 9; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += X.data[i * d + k]! * X.data[j * d + k]!;
      expect(Math.abs(G.data[i * 9 + j]! - sum)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(sum)));
    }
  }
});

test("symmetric, with a diagonal that is never negative, whatever the rows", async () => {
  const value = fc.float({ min: Math.fround(-1e6), max: Math.fround(1e6), noNaN: true });
  const rows = fc
    .integer({ min: 1, max: 7 })
    .chain((d) =>
      fc.array(fc.array(value, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 9 }),
    );
  await fc.assert(
    fc.asyncProperty(rows, async (list) => {
      const n = list.length;
      const G = await gram(fromRows(list));
      for (let i = 0; i < n; i++) {
        expect(G.data[i * n + i]).toBeGreaterThanOrEqual(0);
        for (let j = 0; j < n; j++) expect(G.data[i * n + j]).toBe(G.data[j * n + i]);
      }
    }),
  );
});

test("nothing in, nothing out", async () => {
  expect((await gram(matrix(0, 5))).shape).toEqual([0, 0]);
  expect(Array.from((await gram(matrix(2, 0))).data)).toEqual([0, 0, 0, 0]);
});

describe("errors come before any work", () => {
  test.each([
    ["not a matrix", [[1, 2]] as unknown as Matrix, TypeError, /expected a matrix/],
    [
      "too few values",
      { data: new Float32Array(5), shape: [2, 3] } as Matrix,
      RangeError,
      /2 \* 3 = 6 values, got 5/,
    ],
    ["NaN", fromRows([[1, Number.NaN]]), RangeError, /NaN in row 0, column 1/],
    [
      "infinite",
      fromRows([[1], [Number.NEGATIVE_INFINITY]]),
      RangeError,
      /-Infinity in row 1, column 0/,
    ],
  ])("%s", async (_, X, kind, message) => {
    await expect(gram(X)).rejects.toThrow(kind);
    await expect(gram(X)).rejects.toThrow(message);
  });

  test("cancelled", async () => {
    await expect(
      gram(clumps(5, 3, 1), { signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
  });
});
