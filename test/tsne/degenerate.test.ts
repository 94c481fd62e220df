import { describe, expect, test } from "vitest";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { TSNE, type TSNEParams } from "../../src/tsne/tsne.ts";

function normal(n: number, d: number, seed = 1): Matrix {
  const random = new Random(seed);
  const X = matrix(n, d);
  for (let e = 0; e < X.data.length; e++) X.data[e] = random.normal();
  return X;
}

/** A matrix made from another, entry by entry. */
function changed(X: Matrix, change: (x: number, row: number, col: number) => number): Matrix {
  const [n, d] = X.shape;
  return matrix(
    n,
    d,
    X.data.map((x, e) => change(x, Math.floor(e / d), e % d)),
  );
}

const row = (X: Matrix, i: number, col: number): number => X.data[i * X.shape[1] + col]!;

const base = normal(60, 8);
const inputs: Record<string, Matrix> = {
  "half of the rows the same": changed(base, (x, i, c) => (i < 30 ? row(base, 0, c) : x)),
  "nine tenths of the rows the same": changed(base, (x, i, c) => (i < 54 ? row(base, 0, c) : x)),
  "all rows but one the same": changed(base, (x, i, c) => (i < 59 ? row(base, 0, c) : x)),
  "two distinct rows, repeated": changed(base, (_, i, c) => row(base, i % 2, c)),
  "three distinct rows, repeated": changed(base, (_, i, c) => row(base, i % 3, c)),
  "every row twice": changed(base, (_, i, c) => row(base, Math.floor(i / 2), c)),
  "one feature": normal(60, 1),
  "one feature, integers": changed(normal(60, 1), (_, i) => i),
  "a constant feature": changed(base, (x, _, c) => (c === 3 ? 5 : x)),
  "one feature that is not constant": changed(base, (x, _, c) => (c === 3 ? x : 1e6)),
  "an outlier of 1e10": changed(base, (x, i, c) => (i === 7 && c === 2 ? 1e10 : x)),
  "an outlier of 1e30": changed(base, (x, i, c) => (i === 7 && c === 2 ? 1e30 : x)),
  "two outliers of 1e30": changed(base, (x, i, c) => (i < 2 && c === 2 ? 1e30 : x)),
  "an outlier of 3e38": changed(base, (x, i) => (i === 0 ? 3e38 : x)),
  "scale 1e-30": changed(base, (x) => x * 1e-30),
  "scale 1e-20": changed(base, (x) => x * 1e-20),
  "scale 1e-10": changed(base, (x) => x * 1e-10),
  "scale 1e10": changed(base, (x) => x * 1e10),
  "scale 1e20": changed(base, (x) => x * 1e20),
  "scale 1e30": changed(base, (x) => x * 1e30),
  "scales from 1e-30 to 1e30 in one matrix": changed(base, (x, i) => x * 10 ** (i - 30)),
  "smallest subnormals": changed(base, (x) => Math.round(x * 10) * 2 ** -149),
  "an offset of 1e8": changed(base, (x) => Math.round(x) * 8 + 1e8),
  "an integer grid": fromRows(Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8)])),
  "an integer cube": fromRows(
    Array.from({ length: 64 }, (_, i) => [i % 4, Math.floor(i / 4) % 4, Math.floor(i / 16)]),
  ),
  "rank one": changed(base, (_, i, c) => (i - 30) * (c + 1)),
  "points on the axes": fromRows(
    Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (_, c) => (c === i ? 1 : 0))),
  ),
  "zeros, but for one entry": changed(base, (_, i, c) => (i === 5 && c === 5 ? 1 : 0)),
  "4 rows": normal(4, 8),
  "4 rows, two the same": changed(normal(4, 8), (x, i, c) =>
    i === 1 ? row(normal(4, 8), 0, c) : x,
  ),
  "5 rows": normal(5, 8),
  "7 rows": normal(7, 3),
  "2 rows": normal(2, 8),
  "3 rows": normal(3, 8),
};

/** Inputs in which every row has all others equally near, or nearly: the best map is close to one point. */
const uniform = ["all rows but one the same", "points on the axes", "2 rows"];

const distinct = ({ data, shape: [n, d] }: Matrix): number =>
  new Set(Array.from({ length: n }, (_, i) => data.subarray(i * d, (i + 1) * d).join())).size;

/** Finite, different rows at different places, and spread on both axes by more than `least`. */
function expectSpread(X: Matrix, Y: Matrix, least: number): void {
  expect(Y.data.every(Number.isFinite)).toBe(true);
  expect(distinct(Y)).toBeGreaterThanOrEqual(distinct(X));
  for (const axis of [0, 1]) {
    const values = Array.from(Y.data).filter((_, e) => e % 2 === axis);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(least);
  }
}

const settings: TSNEParams[] = [
  { method: "neighbors", init: "pca" },
  { method: "neighbors", init: "random" },
  { method: "exact", init: "pca" },
  { method: "exact", init: "random" },
];

describe.each(settings)("$method, $init", (params) => {
  test.each(Object.keys(inputs))("%s", async (name) => {
    const X = inputs[name]!;
    const perplexity = Math.min(5, X.shape[0] - 1.5);
    const map = await new TSNE({ ...params, perplexity }).fit(X);
    const { embedding, klDivergence, perplexityMissed } = map;
    const isUniform = uniform.includes(name);
    expectSpread(X, embedding, isUniform || X.shape[0] < 4 ? 1e-3 : 0.1);
    if (isUniform) expect(perplexityMissed).toBe(X.shape[0]);
    expect(klDivergence).toBeGreaterThan(-1e-7);
    expect(klDivergence).toBeLessThan(5);
  });
});

test("an init with all points at one place does not stay there", async () => {
  const { embedding } = await new TSNE({ perplexity: 5, init: matrix(60, 2) }).fit(base);
  expectSpread(base, embedding, 0.1);
});

describe("errors name the reason, before any work", () => {
  const bad = (change: (x: number, row: number, col: number) => number) => changed(base, change);
  test.each([
    ["NaN", bad((x, i, c) => (i === 3 && c === 2 ? Number.NaN : x)), /NaN in row 3, column 2/],
    ["Infinity", bad((x, i) => (i === 9 ? Number.POSITIVE_INFINITY : x)), /Infinity in row 9/],
    ["one row", normal(1, 8), /at least 2 rows, got 1/],
    ["no rows", matrix(0, 8), /at least 2 rows, got 0/],
    ["no columns", matrix(9, 0), /at least 1 column/],
    ["equal rows", matrix(60, 8, new Float32Array(480).fill(3)), /all 60 rows are equal/],
    ["all zeros", matrix(60, 8), /all 60 rows are equal/],
    ["perplexity", normal(5, 8), /perplexity below the number of rows, 5, got 5/],
  ])("%s", async (_, X, message) => {
    const fit = new TSNE({ perplexity: 5 }).fit(X);
    await expect(fit).rejects.toThrow(RangeError);
    await expect(fit).rejects.toThrow(message);
  });
});
