import { describe, expect, test } from "vitest";
import { type CentredRows, chunkRowsOf, pcaBytes, withCentredRows } from "../../src/compute/pca.ts";
import { meanRow, product, scoresOn } from "../../src/compute/twins/pca.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";

const random = new Random(9);

function made(n: number, d: number, value: (i: number, k: number) => number): Matrix {
  return matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, (_, e) => value(Math.floor(e / d), e % d)),
  );
}

const vector = (d: number): Float64Array => Float64Array.from({ length: d }, () => random.normal());

interface Products {
  one: Float64Array[];
  two: Float64Array[];
  scores: Float64Array[];
}

const inKernel = (X: Matrix, v: Float64Array[], threads = 1): Promise<Products> =>
  withCentredRows(X, { threads }, async (rows: CentredRows) => ({
    two: await rows.products(v),
    one: await rows.products(v.slice(1)), // after two, so that what those left behind would show
    scores: await rows.scores(v),
  }));

function twin(X: Matrix, v: Float64Array[]): Products {
  const chunkRows = chunkRowsOf(X.shape[0]);
  const mean = meanRow(X, chunkRows);
  const two = v.map((each) => product(X, mean, each, chunkRows));
  return { two, one: two.slice(1), scores: v.map((each) => scoresOn(X, mean, each)) };
}

describe("the kernel has the bits of its twin", () => {
  test.each([
    [1, 1],
    [2, 3],
    [3, 1],
    [4, 2],
    [5, 8],
    [8, 17],
    [17, 5],
    [64, 4],
    [65, 31],
    [700, 12],
    [9001, 3],
  ])("%i x %i", async (n, d) => {
    const X = made(n, d, (_, k) => random.normal() + 3 * k);
    const v = [vector(d), vector(d)];
    expect(await inKernel(X, v)).toEqual(twin(X, v));
  });

  test.each([
    ["all rows equal", () => 0.1],
    ["a constant column", (_: number, k: number) => (k === 3 ? 5 : random.normal())],
    ["an offset of 1e8", () => Math.round(random.normal()) * 8 + 1e8],
    ["an outlier of 3e38", (i: number) => (i === 7 ? 3e38 : random.normal())],
    ["smallest subnormals", () => Math.round(random.normal() * 10) * 2 ** -149],
  ])("%s", async (_, value) => {
    const X = made(150, 7, value);
    const v = [vector(7), vector(7)];
    const made_ = await inKernel(X, v);
    expect(made_.two.every((each) => each.every(Number.isFinite))).toBe(true);
    expect(made_).toEqual(twin(X, v));
  });
});

test("the same bits with 1, 2 and 4 threads, over more than one slice", async () => {
  const X = made(40_000, 101, () => random.normal());
  const v = [vector(101), vector(101)];
  const one = await inKernel(X, v, 1);
  for (const threads of [2, 4]) expect(await inKernel(X, v, threads)).toEqual(one);
});

test("tells its memory beforehand", () => {
  expect(pcaBytes(50_257, 768)).toBeGreaterThan(50_257 * 768 * 4);
  expect(pcaBytes(50_257, 768)).toBeLessThan(50_257 * 768 * 4 * 1.05);
});
