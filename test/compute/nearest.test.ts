import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, squaredDistances } from "../../src/compute/metrics.ts";
import { type Nearest, nearest } from "../../src/compute/nearest.ts";
import { groupRows } from "../../src/compute/nearest-groups.ts";
import type { NearestMetric } from "../../src/compute/nearest-memory.ts";
import { nearestSquared } from "../../src/compute/nearest-pairs.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { clumps } from "../clumps.ts";

const METRICS = ["euclidean", "cosine", "dot"] as const;

/** What `nearest` must give, from all pairs one by one. */
function byPairs(
  X: Matrix,
  k: number,
  metric: NearestMetric,
): Promise<{ indices: Int32Array; squared: Float64Array }> {
  const [n, d] = X.shape;
  const distance =
    metric === "dot"
      ? (i: number, j: number) => 0 - dot(X.data, i * d, j * d, d)
      : squaredDistances("test", X, metric);
  return nearestSquared(distance, n, { k, symmetric: true });
}

/** Holds the search against all pairs: the same indices, and keys to the last bit. */
async function check(
  X: Matrix,
  k: number,
  metric: NearestMetric = "euclidean",
  threads = 1,
): Promise<Nearest> {
  const found = await nearest(X, { k, metric, threads });
  const expected = await byPairs(X, k, metric);
  expect(firstDifference(found.keys, expected.squared)).toBe(-1);
  expect(firstDifference(found.indices, expected.indices)).toBe(-1);
  return found;
}

/** Where two lists differ first, by bits; -1 if nowhere. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let e = 0; e < Math.max(a.length, b.length); e++) if (!Object.is(a[e], b[e])) return e;
  return -1;
}

/** The rows of X, each changed by its number. */
function changed(X: Matrix, change: (row: Float32Array, i: number) => void): Matrix {
  const [n, d] = X.shape;
  const copy = matrix(n, d, X.data.slice());
  for (let i = 0; i < n; i++) change(copy.data.subarray(i * d, (i + 1) * d), i);
  return copy;
}

describe("the same neighbours as by all pairs, to the last bit", () => {
  test.each(METRICS)("few rows and few dimensions, %s", async (metric) => {
    for (const n of [2, 3, 4, 5, 8, 17, 40]) {
      for (const d of [0, 1, 2, 3, 4, 5, 8, 17]) await check(clumps(n, d, n + d), n - 1, metric);
    }
  });

  test.each(METRICS)("more rows than a block of them, %s", async (metric) => {
    for (const d of [1, 3, 4, 5, 8, 17, 30]) {
      const { lookedAgain } = await check(clumps(1200, d, d), 10, metric);
      if (d > 3) expect(lookedAgain).toBeLessThan(1200);
    }
  });

  test("blocks of few long rows", async () => {
    for (const metric of METRICS) await check(clumps(300, 3000, 1), 7, metric);
  });

  test("any n, d, k, metric and number of threads", async () => {
    const run = fc.record({
      n: fc.integer({ min: 2, max: 400 }),
      d: fc.integer({ min: 0, max: 40 }),
      k: fc.nat({ max: 30 }),
      metric: fc.constantFrom(...METRICS),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ n, d, k, metric, seed }) => {
        await check(clumps(n, d, seed), 1 + (k % (n - 1)), metric);
      }),
      { numRuns: 60 },
    );
  });
});

describe("ties go to the lower index", () => {
  test("integer lattices, where most distances are equal to others", async () => {
    const random = new Random(1);
    for (const [sides, d] of [
      [2, 9],
      [3, 4],
      [6, 3],
      [1000, 1],
    ] as const) {
      const lattice = matrix(700, d);
      for (let e = 0; e < lattice.data.length; e++) lattice.data[e] = random.below(sides);
      for (const metric of METRICS) await check(lattice, 9, metric);
    }
  });

  test("one-hot rows: all equally far, so that nothing can be left out", async () => {
    const X = changed(matrix(300, 300), (row, i) => {
      row[i] = 1;
    });
    for (const metric of METRICS) {
      const { lookedAgain } = await check(X, 5, metric);
      expect(lookedAgain).toBe(300);
    }
  });
});

describe("rows that are the same", () => {
  const X = clumps(500, 12, 3);

  test.each(METRICS)("hundreds of one row, and some of others, %s", async (metric) => {
    const many = changed(X, (row, i) => {
      if (i % 3 === 1) row.set(X.data.subarray(0, 12));
      if (i % 10 === 2) row.set(X.data.subarray(12 * (i % 50), 12 * (i % 50) + 12));
    });
    for (const k of [1, 9, 100, 170, 180]) {
      const { lookedAgain } = await check(many, k, metric);
      expect(lookedAgain).toBeLessThan(50);
    }
  });

  test.each(METRICS)("all of them, or all but one, %s", async (metric) => {
    const one = changed(X, (row) => row.fill(0.3));
    expect((await check(one, 20, metric)).lookedAgain).toBe(0);
    await check(
      changed(one, (row, i) => {
        if (i === 77) row[3] = 5;
      }),
      499,
      metric,
    );
  });

  test("are told from rows that only hash alike", () => {
    const rows = Uint32Array.of(1, 2, 1, 3, 2);
    const { starts, members } = groupRows(rows, new Uint32Array(5).fill(7), 5, 1)!;
    expect(Array.from(starts)).toEqual([0, 2, 4, 5]);
    expect(Array.from(members)).toEqual([0, 2, 1, 4, 3]);
    expect(groupRows(Uint32Array.of(4, 5), new Uint32Array(2), 2, 1)).toBeUndefined();
  });

  test("zeros of both signs are equal", async () => {
    const zeros = fromRows(Array.from({ length: 90 }, (_, i) => [i % 2 ? 0 : -0, i % 7]));
    for (const metric of METRICS) await check(zeros, 8, metric);
  });
});

describe("hostile rows", () => {
  test.each(METRICS)("a row a million times longer, and one of zeros, %s", async (metric) => {
    const X = changed(clumps(900, 20, 5), (row, i) => {
      if (i === 400) for (let c = 0; c < row.length; c++) row[c]! *= 1e6;
      if (i === 500) row.fill(0);
    });
    const { lookedAgain } = await check(X, 12, metric);
    expect(lookedAgain).toBeLessThan(30);
  });

  test.each(METRICS)("the largest and the smallest numbers there are, %s", async (metric) => {
    const sizes = [3e38, 1e-45, 1, 1e-20, 1e20];
    const X = changed(clumps(400, 10, 8), (row, i) => {
      for (let c = 0; c < row.length; c++) {
        row[c] = Math.max(-3e38, Math.min(3e38, row[c]! * sizes[i % 5]!));
      }
    });
    await check(X, 6, metric);
  });

  test("rows far from the origin, and rows that nearly are the same", async () => {
    const X = clumps(600, 16, 9);
    await check(
      changed(X, (row) => row.set(row.map((x) => 1e6 + x))),
      10,
    );
    const near = changed(X, (row, i) => {
      if (i % 2 === 0) row.set(row.map((x) => 1 + 1e-6 * x));
    });
    const { lookedAgain } = await check(near, 10);
    expect(lookedAgain).toBeGreaterThan(100);
    for (const metric of METRICS) await check(near, 10, metric);
  });
});

test("the same bytes on any number of threads", async () => {
  // enough work for threads to be called (team.ts), and rows that are looked at again
  const X = changed(clumps(1600, 330, 2), (row, i) => {
    if (i % 3 === 0) row.set(row.map((x) => 1 + 1e-6 * x));
  });
  const one = await check(X, 350, "euclidean", 1);
  expect(one.lookedAgain).toBeGreaterThan(300);
  for (const threads of [2, 3, 4]) {
    const more = await nearest(X, { k: 350, metric: "euclidean", threads });
    expect(firstDifference(more.keys, one.keys)).toBe(-1);
    expect(firstDifference(more.indices, one.indices)).toBe(-1);
    expect(more.lookedAgain).toBe(one.lookedAgain);
  }
});

describe("a long search", () => {
  const X = clumps(6000, 256, 4);

  test("tells how far it is, in pairs", async () => {
    const told: number[] = [];
    const pairs = (6000 * 5999) / 2;
    await nearest(X, {
      k: 30,
      metric: "euclidean",
      threads: 1,
      onProgress: ({ step, done, total }) => {
        expect([step, total]).toEqual(["neighbours", pairs]);
        told.push(done);
      },
    });
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(pairs);
    expect(told.indexOf(pairs)).toBe(told.length - 1);
  });

  test("ends when it is cancelled", async () => {
    const abort = new AbortController();
    const onProgress = (): void => abort.abort(new Error("enough"));
    const search = nearest(X, { k: 30, metric: "dot", signal: abort.signal, onProgress });
    await expect(search).rejects.toThrow("enough");
  });
});
