import { describe, expect, test } from "vitest";
import { checkMatrix, fromRows, type Matrix, matrix, rowOf } from "../src/matrix.ts";

test("entries are row-major; without any, all are zeros", () => {
  const X = fromRows([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(X.shape).toEqual([2, 3]);
  expect(Array.from(X.data)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Array.from(matrix(1, 2).data)).toEqual([0, 0]);
  expect(fromRows([]).shape).toEqual([0, 0]);
});

test("rows are views, and given entries are not copied", () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const X = matrix(2, 2, data);
  expect(X.data).toBe(data);
  rowOf(X, 1)[0] = 9;
  expect(Array.from(data)).toEqual([1, 2, 9, 4]);
});

describe("errors", () => {
  test.each([
    [-1, 2],
    [1.5, 2],
    [2, Number.NaN],
  ])("a shape of %d x %d", (rows, cols) => {
    expect(() => matrix(rows, cols)).toThrow(
      `matrix: expected whole numbers of rows and columns, got ${rows} x ${cols}`,
    );
  });

  test("more than fits into memory", () => {
    expect(() => matrix(1e6, 1e6)).toThrow(RangeError);
    expect(() => matrix(1e6, 1e6)).toThrow(
      "matrix: expected one that fits into memory, got 1000000 x 1000000 values are 4000 GB",
    );
  });

  test("entries that don't fit the shape", () => {
    expect(() => matrix(2, 2, new Float32Array(3))).toThrow("2 * 2 = 4 values, got 3");
  });

  test("rows of different lengths", () => {
    expect(() => fromRows([[1, 2], [3]])).toThrow("fromRows: row 1 has 1 values, row 0 has 2");
  });

  test.each([
    undefined,
    [[1, 2]],
    { data: [1], shape: [1, 1] },
    { data: new Float32Array(1), shape: [1] },
  ])("%j is no matrix", (X) => {
    expect(() => checkMatrix("who", X as unknown as Matrix)).toThrow(TypeError);
  });
});
