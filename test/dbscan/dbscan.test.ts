import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DBSCAN } from "../../src/dbscan/dbscan.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { nearestNeighbors } from "../../src/neighbors/neighbors.ts";
import { clumps } from "../clumps.ts";
import { hasShared, sharedJson, sharedNpy } from "../shared.ts";

interface Golden {
  points: string;
  eps: number;
  minSamples: number;
  sampleWeight?: number[];
  labels: number[];
  coreSampleIndices: number[];
}

const url = new URL("../fixtures/dbscan-golden.json", import.meta.url);
const fixtures = JSON.parse(readFileSync(url, "utf8")) as { lattice: number[][]; cases: Golden[] };
const points: Record<string, Matrix> = {
  "clumps-250x2": clumps(250, 2, 5),
  "clumps-80x12": clumps(80, 12, 7),
  lattice: fromRows(fixtures.lattice),
};

const line = (...xs: number[]): Matrix => fromRows(xs.map((x) => [x]));
const cluster = async (Y: Matrix, eps: number, minSamples: number, sampleWeight?: number[]) => {
  const { labels, coreSampleIndices, nClusters } = await new DBSCAN({ eps, minSamples }).fit(Y, {
    sampleWeight,
  });
  return { labels: Array.from(labels), core: Array.from(coreSampleIndices), nClusters };
};

describe("labels and core samples are scikit-learn's", () => {
  test.each(fixtures.cases)("$points, eps $eps, minSamples $minSamples", async (golden) => {
    const { eps, minSamples, sampleWeight } = golden;
    const found = await cluster(points[golden.points]!, eps, minSamples, sampleWeight);
    expect(found.labels).toEqual(golden.labels);
    expect(found.core).toEqual(golden.coreSampleIndices);
    expect(found.nClusters).toBe(Math.max(-1, ...golden.labels) + 1);
  });

  const references = hasShared ? sharedJson<{ cases: Golden[] }>("golden/dbscan.json").cases : [];
  test.skipIf(!hasShared)("on the 64 reference cases (needs ../shared)", async () => {
    expect(references).toHaveLength(64);
    for (const { points, eps, minSamples, labels, coreSampleIndices } of references) {
      const found = await cluster(sharedNpy(points), eps, minSamples);
      expect(found.labels).toEqual(labels);
      expect(found.core).toEqual(coreSampleIndices);
    }
  });
});

describe("scikit-learn's documented behaviours", () => {
  test("distances given and rows given find the same clusters", async () => {
    const Y = points["clumps-80x12"]!;
    const n = Y.shape[0];
    const D = await distanceMatrix(Y);
    const given = await new DBSCAN({ eps: 2.5, minSamples: 4, metric: "precomputed" }).fit(D);
    const direct = await new DBSCAN({ eps: 2.5, minSamples: 4 }).fit(Y);
    expect(given.labels).toEqual(direct.labels);
    expect(given.nClusters).toBe(4);
    expect(D.shape).toEqual([n, n]);
  });

  test("the input is not changed", async () => {
    const Y = clumps(40, 3, 1);
    const before = Y.data.slice();
    await cluster(Y, 1, 3);
    expect(Y.data).toEqual(before);
    const D = await distanceMatrix(Y);
    const distances = D.data.slice();
    await new DBSCAN({ eps: 1, metric: "precomputed" }).fit(D);
    expect(D.data).toEqual(distances);
  });

  test("without core samples all is noise", async () => {
    const found = await cluster(clumps(40, 3, 1), 1e-4, 3);
    expect(found).toEqual({ labels: Array(40).fill(-1), core: [], nClusters: 0 });
  });

  test("minSamples counts the point itself, and eps is inclusive", async () => {
    expect((await cluster(line(0, 1), 2, 2)).core).toEqual([0, 1]);
    expect((await cluster(line(0, 1), 1, 2)).core).toEqual([0, 1]);
    expect((await cluster(line(0, 1), 0.99, 2)).core).toEqual([]);
  });

  test.each([
    [[5, 1], 1.5, [0, 1]],
    [[5, 0], 1.5, []],
    [[5.9, 0.1], 1.5, [0, 1]],
    [[6, 0], 0.5, [0]],
    [[6, -1], 1.5, []],
  ])("weights %j at eps %d make core samples %j of minSamples 6", async (weights, eps, core) => {
    expect((await cluster(line(0, 1), eps, 6, weights)).core).toEqual(core);
  });

  test("weights count as repetitions of the point", async () => {
    const Y = clumps(60, 2, 3);
    const weights = Array.from({ length: 60 }, (_, i) => i % 4);
    const weighted = await cluster(Y, 0.8, 6, weights);
    const repeats = weights.flatMap((w, i) => Array.from({ length: w }, () => i));
    const repeated = await cluster(
      fromRows(repeats.map((i) => Y.data.subarray(2 * i, 2 * i + 2))),
      0.8,
      6,
    );
    const coreOf = new Set(weighted.core.filter((i) => weights[i]! > 0));
    expect(new Set(repeated.core.map((r) => repeats[r]!))).toEqual(coreOf);
  });

  test.each([
    [1, [0, 1, 1, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6]],
    [2, [-1, 0, 0, 0, -1, -1, -1], [1, 2, 3]],
    [3, [-1, 0, 0, 0, -1, -1, -1], [2]],
    [4, [-1, -1, -1, -1, -1, -1, -1], []],
  ])("the toy line with minSamples %d", async (minSamples, labels, core) => {
    const found = await cluster(line(0, 2, 3, 4, 6, 8, 10), 1, minSamples);
    expect(found.labels).toEqual(labels);
    expect(found.core).toEqual(core);
  });

  test("degenerate precomputed distances are one cluster", async () => {
    const eye = matrix(10, 10);
    for (let i = 0; i < 10; i++) eye.data[i * 11] = 1;
    for (const D of [eye, matrix(10, 10)]) {
      const { labels } = await new DBSCAN({ eps: 0.5, minSamples: 1, metric: "precomputed" }).fit(
        D,
      );
      expect(new Set(labels)).toEqual(new Set([0]));
    }
  });

  test("a result survives JSON", async () => {
    const found = await cluster(clumps(40, 2, 3), 0.5, 3);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test("a single point is noise, or a cluster of its own with minSamples 1", async () => {
    expect((await cluster(line(3), 1, 2)).labels).toEqual([-1]);
    expect((await cluster(line(3), 1, 1)).labels).toEqual([0]);
  });

  test("cosine distances", async () => {
    const Y = fromRows([
      [1, 0],
      [2, 0.01],
      [0, 3],
      [0.01, 1],
      [-1, -1],
    ]);
    const { labels } = await new DBSCAN({ eps: 0.01, minSamples: 2, metric: "cosine" }).fit(Y);
    expect(Array.from(labels)).toEqual([0, 0, 1, 1, -1]);
  });
});

describe("errors say what was expected and what came", () => {
  test.each([
    [{ eps: 0 }, /eps to be a number above 0, got 0/],
    [{ eps: -1 }, /eps .* got -1/],
    [{ eps: Number.NaN }, /eps .* got NaN/],
    [{ eps: Number.POSITIVE_INFINITY }, /eps .* got Infinity/],
    [{ minSamples: 0 }, /minSamples to be a whole number above 0, got 0/],
    [{ minSamples: 1.5 }, /minSamples .* got 1.5/],
  ])("%j", (params, message) => {
    expect(() => new DBSCAN(params)).toThrow(message);
  });

  test.each([
    ["NaN", line(0, Number.NaN), undefined, /NaN in row 1/],
    ["infinity", line(Number.NEGATIVE_INFINITY), undefined, /-Infinity in row 0/],
    ["no rows", matrix(0, 2), undefined, /at least 1 row/],
    ["too few weights", line(0, 1), [1], /expected 2 weights, one for every row, got 1/],
    ["a weight of NaN", line(0, 1), [1, Number.NaN], /NaN for row 1/],
  ])("%s", async (_, Y, weights, message) => {
    await expect(cluster(Y, 1, 2, weights)).rejects.toThrow(message);
  });

  test("distances that are not square or negative", async () => {
    const dbscan = new DBSCAN({ metric: "precomputed" });
    await expect(dbscan.fit(matrix(2, 3))).rejects.toThrow(/square matrix of distances, got 2 x 3/);
    await expect(dbscan.fit(matrix(2, 2, Float32Array.of(0, -1, 0, 0)))).rejects.toThrow(/got -1/);
  });
});

describe("properties", () => {
  // a coarse lattice, so that many distances equal eps exactly
  const cloud = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), {
      minLength: 1,
      maxLength: 40,
    })
    .map((rows) => fromRows(rows));
  const eps = fc.constantFrom(1, 1.5, 2, 3);
  const minSamples = fc.integer({ min: 1, max: 6 });

  test("labels follow the definition", async () => {
    await fc.assert(
      fc.asyncProperty(cloud, eps, minSamples, async (Y, e, m) => {
        const { labels, core } = await cluster(Y, e, m);
        const n = Y.shape[0];
        const near = (i: number, j: number) =>
          (Y.data[2 * i]! - Y.data[2 * j]!) ** 2 + (Y.data[2 * i + 1]! - Y.data[2 * j + 1]!) ** 2 <=
          e * e;
        const isCore = new Set(core);
        const firstCore = new Map<number, number>();
        for (let i = 0; i < n; i++) {
          const neighbors = Array.from({ length: n }, (_, j) => j).filter((j) => near(i, j));
          expect(isCore.has(i)).toBe(neighbors.length >= m);
          const around = neighbors.filter((j) => isCore.has(j)).map((j) => labels[j]!);
          if (isCore.has(i)) {
            expect(new Set(around)).toEqual(new Set([labels[i]]));
            if (!firstCore.has(labels[i]!)) firstCore.set(labels[i]!, i);
          } else {
            expect(labels[i]).toBe(around.length === 0 ? -1 : Math.min(...around));
          }
        }
        // clusters are numbered in order of their lowest core point
        const firsts = Array.from(firstCore.entries()).sort((a, b) => a[0] - b[0]);
        expect(firsts.map(([label]) => label)).toEqual(firsts.map((_, at) => at));
        expect(firsts.map(([, i]) => i)).toEqual(firsts.map(([, i]) => i).sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  test("the order of the points changes neither core points nor noise", async () => {
    await fc.assert(
      fc.asyncProperty(cloud, eps, minSamples, async (Y, e, m) => {
        const n = Y.shape[0];
        const reversed = fromRows(
          Array.from({ length: n }, (_, i) => Y.data.subarray(2 * (n - 1 - i), 2 * (n - i))),
        );
        const [a, b] = [await cluster(Y, e, m), await cluster(reversed, e, m)];
        expect(b.core.map((i) => n - 1 - i).reverse()).toEqual(a.core);
        expect(b.labels.map((l) => l === -1).reverse()).toEqual(a.labels.map((l) => l === -1));
        expect(b.nClusters).toBe(a.nClusters);
      }),
      { numRuns: 200 },
    );
  });
});

test("a run can be cancelled", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await expect(new DBSCAN().fit(clumps(50, 2, 1), { signal })).rejects.toBe(reason);
});

/** All distances, from the neighbours of every row. */
async function distanceMatrix(Y: Matrix): Promise<Matrix> {
  const n = Y.shape[0];
  const { indices, distances } = await nearestNeighbors(Y, { k: n - 1 });
  const D = matrix(n, n);
  indices.forEach((j, e) => {
    D.data[Math.floor(e / (n - 1)) * n + j] = distances[e]!;
  });
  return D;
}
