import { describe, expect, test } from "vitest";
import { denseConditionals, neighborConditionals } from "../../src/compute/affinities.ts";
import { type Metric, squaredDistances } from "../../src/compute/metrics.ts";
import {
  conditionalProbabilities,
  roundDistance,
  roundNeighborDistance,
} from "../../src/compute/twins/perplexity.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";

const random = new Random(3);

/** Rows of squared distances: of every size, ascending or not, with ties, zeros and outliers. */
const ROWS: Record<string, (e: number) => number> = {
  usual: () => 40 + 30 * random.uniform(),
  wide: () => random.normal() ** 2 * 100,
  zeros: () => 0,
  "all equal": () => 2.5,
  "zeros and one far": (e) => (e === 0 ? 1e30 : 0),
  "half of them zero": (e) => (e % 2 === 0 ? 0 : 1 + random.uniform()),
  "near 1e8": () => 1e8 + random.normal(),
  "near the underflow of exp": () => 700 + 60 * random.uniform(),
  "beyond float32": () => 1e60 * (1 + random.uniform()),
  "below float32": () => 1e-70 * (1 + random.uniform()),
  "of every size": () => 10 ** (60 * random.uniform() - 30),
};

/** n rows of k, of every kind in turn. */
function rowsOf(n: number, k: number): Float64Array {
  const kinds = Object.values(ROWS);
  return Float64Array.from({ length: n * k }, (_, e) => {
    return kinds[Math.floor(e / k) % kinds.length]!(e % k);
  });
}

function twin(rows: Float64Array, k: number, perplexity: number) {
  const probabilities = new Float64Array(rows.length);
  const reached = Float64Array.from({ length: rows.length / k }, (_, i) => {
    const squared = rows.subarray(i * k, (i + 1) * k).map(roundNeighborDistance);
    return conditionalProbabilities(squared, perplexity, probabilities.subarray(i * k));
  });
  return { probabilities, reached };
}

async function kernel(rows: Float64Array, k: number, perplexity: number, threads = 1) {
  const probabilities = rows.slice();
  const reached = await neighborConditionals(probabilities, { k, perplexity, threads });
  return { probabilities, reached };
}

describe("the kernel has the bits of its twin", () => {
  test.each([
    [1, 0.5],
    [2, 1.5],
    [3, 2],
    [4, 2],
    [5, 3],
    [8, 5],
    [17, 5],
    [91, 30],
    [130, 0.1],
    [130, 129],
    [130, 500],
  ])("k = %i, perplexity %d", async (k, perplexity) => {
    const rows = rowsOf(66, k);
    const { probabilities, reached } = await kernel(rows, k, perplexity);
    expect(probabilities.every(Number.isFinite)).toBe(true);
    expect({ probabilities, reached }).toEqual(twin(rows, k, perplexity));
  });

  test.each(Object.keys(ROWS))("%s", async (kind) => {
    const rows = Float64Array.from({ length: 40 * 33 }, (_, e) => ROWS[kind]!(e % 33));
    expect(await kernel(rows, 33, 7)).toEqual(twin(rows, 33, 7));
  });

  test.each([0, 1, 3, 4, 5, 8, 15, 16, 17])("%i rows", async (n) => {
    const rows = rowsOf(n, 9);
    expect(await kernel(rows, 9, 4)).toEqual(twin(rows, 9, 4));
  });
});

test("the same bits with 1, 2 and 4 threads, over more than one slice", async () => {
  const rows = rowsOf(12_000, 91);
  const one = await kernel(rows, 91, 30, 1);
  expect(one.reached.length).toBe(12_000);
  for (const threads of [2, 4]) expect(await kernel(rows, 91, 30, threads)).toEqual(one);
  const some = twin(rows.subarray(0, 91 * 200), 91, 30);
  expect(one.probabilities.subarray(0, 91 * 200)).toEqual(some.probabilities);
});

test("can be cancelled, and tells how far it is", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const run = neighborConditionals(rowsOf(60_000, 91), {
    k: 91,
    perplexity: 30,
    signal: controller.signal,
    onProgress: ({ done }) => {
      seen.push(done);
      if (seen.length === 2) controller.abort(new Error("enough"));
    },
  });
  await expect(run).rejects.toThrow("enough");
  expect(seen.length).toBe(2);
  expect(seen[1]).toBeGreaterThan(seen[0]!);
});

describe("over all pairs, the kernel has the bits of its twin", () => {
  function dense(X: Matrix, metric: Metric, perplexity: number) {
    const n = X.shape[0];
    const distance = squaredDistances("test", X, metric);
    const conditional = new Float64Array(n * (n - 1));
    const reached = Float64Array.from({ length: n }, (_, i) => {
      const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
      const squared = Float64Array.from(others, (j) => roundDistance(distance(i, j)));
      return conditionalProbabilities(squared, perplexity, conditional.subarray(i * (n - 1)));
    });
    return { conditional, reached };
  }
  const kernel = (X: Matrix, metric: Metric, perplexity: number, threads: number) => {
    const distance = squaredDistances("test", X, metric);
    return denseConditionals(X, { metric, distance, perplexity, threads });
  };

  const made = (n: number, d: number): Matrix => {
    const X = matrix(n, d);
    for (let e = 0; e < X.data.length; e++) X.data[e] = random.normal() + 3;
    if (n > 4) X.data.copyWithin(0, d, 3 * d); // rows that are the same, and one of zeros
    if (n > 4) X.data.fill(0, 3 * d, 4 * d);
    return X;
  };

  test.each([
    [2, 1],
    [3, 4],
    [5, 3],
    [8, 8],
    [9, 17],
    [17, 5],
    [120, 31],
  ])("%i x %i", async (n, d) => {
    const X = made(n, d);
    const perplexity = Math.min(20, n / 2);
    for (const metric of ["euclidean", "cosine"] as const) {
      expect(await kernel(X, metric, perplexity, 1)).toEqual(dense(X, metric, perplexity));
    }
  });

  test("precomputed distances, which need not be symmetric", async () => {
    const X = made(30, 30);
    X.data.forEach((x, e) => {
      X.data[e] = Math.abs(x);
    });
    expect(await kernel(X, "precomputed", 7, 1)).toEqual(dense(X, "precomputed", 7));
  });

  test("the same bits with 1, 2 and 4 threads, over more than one slice", async () => {
    const X = made(1100, 20);
    const one = await kernel(X, "cosine", 30, 1);
    for (const threads of [2, 4]) expect(await kernel(X, "cosine", 30, threads)).toEqual(one);
  });
});
