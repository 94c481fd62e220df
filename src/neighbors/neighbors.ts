/**
 * Exact k nearest neighbours of every row: what scikit-learn's `NearestNeighbors(algorithm="brute")` finds. Ours
 * differs in computing distances directly in float64 and in breaking ties by the lower index, always.
 */
import { TREE_DIMENSIONS } from "../compute/kdtree.ts";
import { treeNearest, treeNearestBytes } from "../compute/kdtree-neighbors.ts";
import { checkMemory, type Need } from "../compute/memory.ts";
import { type Metric, squaredDistances } from "../compute/metrics.ts";
import { nearest } from "../compute/nearest.ts";
import { nearestBytes } from "../compute/nearest-memory.ts";
import { nearestSquared } from "../compute/nearest-pairs.ts";
import type { RunOptions } from "../compute/run.ts";
import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";

/** How near two rows are: a distance, or `"dot"`, minus their dot product, so that the largest comes first. */
export type NeighborMetric = Metric | "dot";

const METRICS: readonly NeighborMetric[] = ["euclidean", "cosine", "precomputed", "dot"];

export interface Neighbors {
  /** The neighbours of row i, nearest first, at [i k, (i + 1) k). Row i is not its own neighbour. */
  readonly indices: Int32Array;
  /** Their distances (not squared); with metric `"dot"` minus the dot products. Ascending. */
  readonly distances: Float32Array;
}

/**
 * The k nearest neighbours of every row of X, exactly; among equal distances the lower index comes first.
 *
 * X is (n, d), or (n, n) distances with metric `"precomputed"`, row i those from i; indices and distances are
 * (n, k). Time grows with n^2 d, on maps of up to three dimensions with n log n;
 * memory is about 6 n d + 40 n k bytes beside the rows.
 *
 * @throws {RangeError} unless 1 <= k < n and X is finite, or if the search does not fit into memory.
 * @throws {TypeError} for an unknown metric.
 */
export async function nearestNeighbors(
  X: Matrix,
  { k, metric = "euclidean", ...options }: { k: number; metric?: NeighborMetric } & RunOptions,
): Promise<Neighbors> {
  if (!METRICS.includes(metric)) {
    const got = String(metric);
    throw typeError(`nearestNeighbors: expected metric ${METRICS.join(", ")}, got ${got}`);
  }
  if (metric === "dot") {
    checkMatrix("nearestNeighbors", X);
    checkFinite("nearestNeighbors", X);
    checkSearch("nearestNeighbors", X, { k, metric });
    const { indices, keys } = await nearest(X, { k, metric, ...options });
    return { indices, distances: Float32Array.from(keys) };
  }
  const { indices, squared } = await nearestRows(X, { k, metric, ...options });
  return { indices, distances: Float32Array.from(squared, Math.sqrt) };
}

/**
 * As `nearestNeighbors`, with squared distances in float64, for stations that go on from them.
 *
 * @param options.who The caller's name, which begins the messages of errors.
 */
export async function nearestRows(
  X: Matrix,
  {
    k,
    metric,
    who = "nearestNeighbors",
    ...options
  }: { k: number; metric: Metric; who?: string } & RunOptions,
): Promise<{ indices: Int32Array; squared: Float64Array }> {
  const distance = squaredDistances(who, X, metric);
  checkSearch(who, X, { k, metric });
  if (metric === "precomputed") {
    return nearestSquared(distance, X.shape[0], { k, symmetric: false, ...options });
  }
  if (metric === "euclidean" && X.shape[1] <= TREE_DIMENSIONS)
    return treeNearest(X, { k, ...options });
  const { indices, keys } = await nearest(X, { k, metric, ...options });
  return { indices, squared: keys };
}

/** Bytes of an index and a float64 key. */
const ENTRY = 12;

/** What a search takes beside the rows, at the least: about 6 bytes for each number in them, and 40 for each neighbour. */
export function nearestNeed({
  n,
  d,
  k,
  metric,
}: {
  n: number;
  d: number;
  k: number;
  metric: NeighborMetric;
}): Need {
  const found = ENTRY * n * k;
  if (metric === "precomputed") return { step: 0, peak: found };
  const inTree = metric === "euclidean" && d <= TREE_DIMENSIONS;
  const step = inTree ? treeNearestBytes(n, d, k) : nearestBytes({ n, d, k, threads: 1 });
  return { step, peak: step + found };
}

function checkSearch(
  who: string,
  { shape: [n, d] }: Matrix,
  { k, metric }: { k: number; metric: NeighborMetric },
): void {
  checkNeighbors(who, k, n);
  const of = `${metric === "precomputed" ? "with their distances" : `of ${d} columns`} and ${k} neighbours`;
  checkMemory({ who, n, of }, (rows) => nearestNeed({ n: rows, d, k, metric }));
}

/** @throws {RangeError} unless k is a whole number with 1 <= k < n. */
export function checkNeighbors(who: string, k: number, n: number): void {
  if (!Number.isInteger(k) || k < 1 || k >= n) {
    throw rangeError(`${who}: expected 1 <= k < ${n} (the number of rows), got k = ${k}`);
  }
}
