import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { nearestTo } from "../../src/neighbors/nearest-to.ts";
import { nearestNeed, nearestNeighbors, nearestRows } from "../../src/neighbors/neighbors.ts";
import { clumps } from "../clumps.ts";

/** All others of row i in order of distance, then index: the definition, sorted in full. */
function byDefinition(
  X: Matrix,
  i: number,
  distance: (a: number[], b: number[]) => number,
): number[] {
  const [n, d] = X.shape;
  const row = (r: number): number[] => Array.from(X.data.subarray(r * d, (r + 1) * d));
  return Array.from({ length: n }, (_, j) => j)
    .filter((j) => j !== i)
    .sort((a, b) => distance(row(i), row(a)) - distance(row(i), row(b)) || a - b);
}

const squared = (a: number[], b: number[]): number =>
  a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0);

test.each([1, 2, 5, 16, 39])("the %d nearest of 40, as a full sort finds them", async (k) => {
  const X = clumps(40, 7, 3);
  const { indices, distances } = await nearestNeighbors(X, { k });
  for (let i = 0; i < 40; i++) {
    const own = Array.from(indices.subarray(i * k, (i + 1) * k));
    expect(own).toEqual(byDefinition(X, i, squared).slice(0, k));
    const ascending = Array.from(distances.subarray(i * k, (i + 1) * k));
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
  }
});

test("ties go to the lower index: integer grids and duplicates", async () => {
  const cell = fc.integer({ min: 0, max: 3 });
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 2, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (list, at) => {
      const X = fromRows(list);
      const k = 1 + (at % (list.length - 1));
      const { indices } = await nearestNeighbors(X, { k });
      list.forEach((_, i) => {
        expect(Array.from(indices.subarray(i * k, (i + 1) * k))).toEqual(
          byDefinition(X, i, squared).slice(0, k),
        );
      });
    }),
    { numRuns: 300 },
  );
});

test("an offset of 1e8 loses no neighbour", async () => {
  const X = clumps(30, 4, 5);
  const steps = matrix(
    30,
    4,
    X.data.map((x) => Math.round(x * 10) * 8),
  );
  const far = matrix(
    30,
    4,
    steps.data.map((x) => x + 1e8),
  );
  expect((await nearestNeighbors(far, { k: 6 })).indices).toEqual(
    (await nearestNeighbors(steps, { k: 6 })).indices,
  );
});

test("cosine ignores lengths; a row of zeros is at distance 1 from all", async () => {
  const X = fromRows([
    [1, 0],
    [10, 0.1],
    [0, 5],
    [0, 0],
    [-3, 0],
  ]);
  const { indices, distances } = await nearestNeighbors(X, { k: 4, metric: "cosine" });
  expect(Array.from(indices.subarray(0, 4))).toEqual([1, 2, 3, 4]);
  expect(Array.from(distances.subarray(12, 16))).toEqual([1, 1, 1, 1]);
  expect(distances[3]).toBe(2);
});

test("dot: the largest product first, long rows before near ones", async () => {
  const X = fromRows([
    [1, 0],
    [0.5, 0],
    [9, 9],
    [-2, 1],
    [0, 0],
    [0.5, 3],
  ]);
  const { indices, distances } = await nearestNeighbors(X, { k: 5, metric: "dot" });
  expect(Array.from(indices.subarray(0, 5))).toEqual([2, 1, 5, 4, 3]);
  expect(Array.from(distances.subarray(0, 5))).toEqual([-9, -0.5, -0.5, 0, 2]);
  // all products with zeros are equal
  expect(Array.from(indices.subarray(20, 25))).toEqual([0, 1, 2, 3, 5]);
  expect(Array.from(distances.subarray(20, 25))).toEqual([0, 0, 0, 0, 0]);
});

test("distances given are read by rows, symmetric or not", async () => {
  const D = fromRows([
    [0, 1, 5, 9],
    [8, 0, 2, 1],
    [3, 4, 0, 5],
    [2, 2, 1, 0],
  ]);
  const found = await nearestNeighbors(D, { k: 2, metric: "precomputed" });
  expect(Array.from(found.indices)).toEqual([1, 2, 3, 2, 0, 1, 2, 0]);
  expect(Array.from(found.distances)).toEqual([1, 5, 1, 2, 3, 4, 1, 2]);
});

test("distances come squared for stations that go on from them", async () => {
  const X = clumps(60, 5, 2);
  for (const metric of ["euclidean", "cosine"] as const) {
    const { indices, squared } = await nearestRows(X, { k: 4, metric });
    const rooted = await nearestNeighbors(X, { k: 4, metric });
    expect(indices).toEqual(rooted.indices);
    expect(Float32Array.from(squared, Math.sqrt)).toEqual(rooted.distances);
  }
});

test("the memory it takes is known before", () => {
  const step = (n: number, k: number) => nearestNeed({ n, d: 768, k, metric: "euclidean" }).step;
  // candidates and result beside the rows in float32 and int16
  expect(step(50257, 90)).toBeGreaterThan(50257 * (768 * 6 + 90 * 28));
  expect(step(50257, 90)).toBeLessThan(50257 * (768 * 6 + 90 * 40));
  expect(step(262144, 90)).toBeLessThan(2.1e9);
  expect(step(262144, 300)).toBeLessThan(2 ** 32);
});

describe("errors", () => {
  test.each([0, 40, 41, 1.5, Number.NaN])("k = %d", async (k) => {
    const fit = nearestNeighbors(clumps(40, 3, 1), { k });
    const expected = `expected 1 <= k < 40 (the number of rows), got k = ${k}`;
    await expect(fit).rejects.toThrow(`nearestNeighbors: ${expected}`);
    const dot = nearestNeighbors(clumps(40, 3, 1), { k, metric: "dot" });
    await expect(dot).rejects.toThrow(`nearestNeighbors: ${expected}`);
    const rows = nearestRows(clumps(40, 3, 1), { k, metric: "cosine", who: "TSNE" });
    await expect(rows).rejects.toThrow(`TSNE: ${expected}`);
  });

  test("a metric that is not known", async () => {
    const fit = nearestNeighbors(clumps(9, 3, 1), { k: 1, metric: "manhattan" as "dot" });
    await expect(fit).rejects.toThrow("expected metric euclidean, cosine, precomputed, dot");
  });

  test("values that are not finite", async () => {
    const X = fromRows([[1], [Number.NaN]]);
    await expect(nearestNeighbors(X, { k: 1 })).rejects.toThrow(/NaN in row 1/);
    await expect(nearestNeighbors(X, { k: 1, metric: "dot" })).rejects.toThrow(/NaN in row 1/);
    await expect(nearestTo(X, 0, { k: 1 })).rejects.toThrow(/NaN in row 1/);
  });
});

describe("nearestTo", () => {
  const X = fromRows([
    [1, 0],
    [2, 0],
    [1, 1],
    [0, 3],
    [-1, 0],
    [0, 0],
  ]);

  test("cosine: direction alone, best first, ties by index", async () => {
    const { indices, scores } = await nearestTo(X, 0, { k: 5 });
    expect(Array.from(indices)).toEqual([1, 2, 3, 5, 4]);
    expect(scores[0]).toBe(1);
    expect(scores[1]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(Array.from(scores.subarray(2))).toEqual([0, 0, -1]);
  });

  test("euclidean: distances, nearest first", async () => {
    const { indices, scores } = await nearestTo(X, 0, { k: 3, metric: "euclidean" });
    expect(Array.from(indices)).toEqual([1, 2, 5]);
    expect(Array.from(scores)).toEqual([1, 1, 1]);
  });

  test("dot: products, largest first", async () => {
    const { indices, scores } = await nearestTo(X, 2, { k: 2, metric: "dot" });
    expect(Array.from(indices)).toEqual([3, 1]);
    expect(Array.from(scores)).toEqual([3, 2]);
  });

  test("errors", async () => {
    await expect(nearestTo(X, 6, { k: 1 })).rejects.toThrow("expected a row from 0 to 5, got 6");
    await expect(nearestTo(X, 0, { k: 6 })).rejects.toThrow("expected 1 <= k < 6");
    await expect(nearestTo(X, 0, { k: 1, metric: "manhattan" as "dot" })).rejects.toThrow(
      TypeError,
    );
  });
});
