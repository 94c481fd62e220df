/** Principal components against all eigenvectors of the covariance matrix, on what is hard for an iteration. */
import { describe, expect, test } from "vitest";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { symmetricEigen } from "../../src/tsne/eigen.ts";
import { leadingEigenpairs, MOST_PRODUCTS } from "../../src/tsne/krylov.ts";
import { principalComponents } from "../../src/tsne/pca.ts";

const random = new Random(4);

function made(n: number, d: number, value: (i: number, k: number) => number): Matrix {
  return matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, (_, e) => value(Math.floor(e / d), e % d)),
  );
}

/** Normal numbers with the given standard deviations of the columns. */
const scaled = (n: number, std: number[]): Matrix =>
  made(n, std.length, (_, k) => std[k]! * random.normal());

/** Scores by the whole covariance matrix: signs as they come. */
function reference({ data, shape: [n, d] }: Matrix) {
  const mean = Float64Array.from({ length: d }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += data[i * d + k]!;
    return sum / n;
  });
  const at = (i: number, k: number) => data[i * d + k]! - mean[k]!;
  const C = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < d; a++) for (let b = 0; b < d; b++) C[a * d + b]! += at(i, a) * at(i, b);
  }
  const { eigenvalues, eigenvectors } = symmetricEigen(C, d);
  const scores = (c: number) =>
    Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += at(i, k) * eigenvectors[c * d + k]!;
      return sum;
    });
  return { eigenvalues, scores };
}

const column = (scores: Float64Array, count: number, c: number) =>
  scores.filter((_, e) => e % count === c);
const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, a) => sum + a * a, 0));

const inputs: Record<string, Matrix> = {
  "a slowly decaying spectrum": scaled(
    400,
    Array.from({ length: 40 }, (_, k) => 1 / Math.sqrt(k + 1)),
  ),
  noise: scaled(
    500,
    Array.from({ length: 60 }, () => 1),
  ),
  "more columns than rows": scaled(
    30,
    Array.from({ length: 90 }, () => 1),
  ),
  "rank 3": made(200, 20, (i, k) => (i % 7) * k + (i % 5) * (k % 3) + (i % 3) * (k % 2)),
  "constant columns": made(100, 9, (_, k) => (k % 2 === 0 ? 7 : random.normal() * (k + 1))),
  "an offset a million times the spread": made(300, 10, () => 1e6 + random.normal()),
  "one outlier": made(300, 10, (i) => (i === 5 ? 1e4 : 1) * random.normal()),
  "2 columns": scaled(50, [1, 2]),
  "5 rows": scaled(5, [1, 2, 3, 4, 5, 6]),
};

describe.each(Object.keys(inputs))("%s", (name) => {
  const X = inputs[name]!;
  const { eigenvalues, scores: expected } = reference(X);

  test.each([1, 2, 3])("%i components", async (count) => {
    const scores = await principalComponents(X, count, new Random(0), {});
    for (let c = 0; c < Math.min(count, X.shape[1]); c++) {
      const own = column(scores, count, c);
      const theirs = expected(c);
      const size = Math.sqrt(eigenvalues[c]!);
      expect(Math.abs(norm(own) / size - 1)).toBeLessThan(1e-8);
      const apart = [1, -1].map((sign) => norm(own.map((x, i) => x - sign * theirs[i]!)));
      expect(Math.min(...apart) / norm(theirs)).toBeLessThan(1e-4);
    }
  });
});

test("the same bits with 1, 2 and 4 threads", async () => {
  // large enough for a team of threads
  const X = scaled(
    20_000,
    Array.from({ length: 200 }, (_, k) => 1 / (k + 1)),
  );
  const one = await principalComponents(X, 3, new Random(0), { threads: 1 });
  for (const threads of [2, 4]) {
    expect(await principalComponents(X, 3, new Random(0), { threads })).toEqual(one);
  }
});

test("eigenvalues that coincide are all found", async () => {
  // 16 rows at the corners of a cuboid: three variances the same, the fourth lower
  const X = made(16, 6, (i, k) => (k < 4 ? (((i >> k) & 1) - 0.5) * (k < 3 ? 2 : 1) : 0));
  const scores = await principalComponents(X, 3, new Random(0), {});
  for (const c of [0, 1, 2]) expect(norm(column(scores, 3, c))).toBeCloseTo(4, 9);
});

test("components beyond the rank are 0", async () => {
  const line = made(60, 8, (i, k) => (i - 30) * (k + 1));
  const scores = await principalComponents(line, 3, new Random(0), {});
  expect(norm(column(scores, 3, 0))).toBeGreaterThan(1);
  for (const c of [1, 2]) expect(norm(column(scores, 3, c))).toBe(0);
  const point = made(60, 8, () => 3);
  expect(norm(await principalComponents(point, 2, new Random(0), {}))).toBe(0);
});

test("the largest loading is positive", async () => {
  for (const sign of [1, -1]) {
    const X = made(40, 3, (i, k) => (k === 1 ? sign * (i - 20) : random.normal()));
    const first = column(await principalComponents(X, 2, new Random(0), {}), 2, 0);
    expect(Math.sign(first[39]! - first[0]!)).toBe(sign);
  }
});

describe("leadingEigenpairs", () => {
  const diagonal = (values: Float64Array) => async (vectors: readonly Float64Array[]) =>
    vectors.map((v) => v.map((x, i) => x * values[i]!));
  const none = () => undefined;

  test("restarts where the gap is small, and ends with the angle promised", async () => {
    const values = Float64Array.from({ length: 500 }, (_, i) => 1 - i / 500);
    const apply = diagonal(values);
    const asked = { size: 500, count: 2, random: new Random(1) };
    const found = await leadingEigenpairs(apply, asked, none);
    expect(found.products).toBeGreaterThan(32);
    expect(found.products).toBeLessThan(MOST_PRODUCTS);
    for (const c of [0, 1]) {
      expect(Math.abs(found.values[c]! - values[c]!)).toBeLessThan(1e-10);
      const rest = found.vectors[c]!.map((x, i) => (i === c ? 0 : x));
      expect(norm(rest)).toBeLessThan(1e-6);
    }
  });

  test("eigenvalues 1e-9 apart: their plane is right, and their sum", async () => {
    const values = Float64Array.from({ length: 300 }, (_, i) => (i < 2 ? 1 - i * 1e-9 : 0.8 / i));
    const asked = { size: 300, count: 2, random: new Random(1) };
    const { values: found, vectors } = await leadingEigenpairs(diagonal(values), asked, none);
    expect(found[0]! + found[1]!).toBeCloseTo(2 - 1e-9, 10);
    for (const vector of vectors) expect(norm(vector.subarray(2))).toBeLessThan(1e-4);
  });

  test("ends after its last product where eigenvalues can't be told apart", async () => {
    const values = Float64Array.from({ length: 20_000 }, (_, i) => 1 - i * 1e-7);
    const asked = { size: 20_000, count: 1, random: new Random(1) };
    const found = await leadingEigenpairs(diagonal(values), asked, none);
    expect(found.products).toBeLessThanOrEqual(MOST_PRODUCTS);
    expect(found.values[0]!).toBeGreaterThan(1 - 1e-3);
  });
});
