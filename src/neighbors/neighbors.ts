/**
 * Exact k nearest neighbours of every row, by looking at every pair once (brute force): what
 * scikit-learn's `NearestNeighbors(algorithm="brute")` finds. Ours differs in computing distances
 * directly in float64 and in breaking ties by the lower index, always.
 */

import { type Metric, type SquaredDistance, squaredDistances } from "../compute/metrics.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

export interface Neighbors {
  /** The neighbours of row i, nearest first, at [i k, (i + 1) k). Row i is not its own neighbour. */
  readonly indices: Int32Array;
  /** Their distances (not squared). */
  readonly distances: Float32Array;
}

/**
 * The k nearest neighbours of every row of X, exactly; among equal distances the lower index comes first.
 *
 * X is (n, d), or (n, n) distances with metric `"precomputed"`, row i those from i; indices and distances are
 * (n, k). Time grows with n^2 d, memory with n k.
 *
 * @throws {RangeError} unless 1 <= k < n and X is finite.
 */
export async function nearestNeighbors(
  X: Matrix,
  { k, metric = "euclidean", ...options }: { k: number; metric?: Metric } & RunOptions,
): Promise<Neighbors> {
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
  checkNeighbors(who, k, X.shape[0]);
  const symmetric = metric !== "precomputed";
  return nearestSquared(distance, X.shape[0], { k, symmetric, ...options });
}

/** @throws {RangeError} unless k is a whole number with 1 <= k < n. */
export function checkNeighbors(who: string, k: number, n: number): void {
  if (!Number.isInteger(k) || k < 1 || k >= n) {
    throw rangeError(`${who}: expected 1 <= k < ${n} (the number of rows), got k = ${k}`);
  }
}

/**
 * As `nearestNeighbors`, with squared distances in float64, from any distance of n things.
 *
 * @param options.symmetric Whether `distance(i, j)` is `distance(j, i)`, so that one look serves both; where
 * not, row i's distances are `distance(i, j)`.
 */
export async function nearestSquared(
  distance: SquaredDistance,
  n: number,
  { k, symmetric, ...options }: { k: number; symmetric: boolean } & RunOptions,
): Promise<{ indices: Int32Array; squared: Float64Array }> {
  const heaps = new NeighborHeaps(n, k);
  const breath = breather("neighbours", n, options);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const squared = distance(i, j);
      heaps.offer(i, j, squared);
      heaps.offer(j, i, symmetric ? squared : distance(j, i));
    }
    await breath(i + 1);
  }
  heaps.sort();
  return { indices: heaps.indices, squared: heaps.squared };
}

/** For every row the k nearest seen so far: a heap with the farthest on top, by (distance, index). */
class NeighborHeaps {
  readonly indices: Int32Array;
  readonly squared: Float64Array;
  readonly #k: number;

  constructor(n: number, k: number) {
    this.#k = k;
    this.indices = new Int32Array(n * k).fill(0x7fffffff);
    this.squared = new Float64Array(n * k).fill(Number.POSITIVE_INFINITY);
  }

  offer(row: number, index: number, squared: number): void {
    const top = row * this.#k;
    if (squared > this.squared[top]!) return;
    if (squared === this.squared[top] && index > this.indices[top]!) return;
    this.#sink(top, this.#k, index, squared);
  }

  /** Turns every heap into a list, nearest first. */
  sort(): void {
    const { indices, squared } = this;
    for (let top = 0; top < indices.length; top += this.#k) {
      for (let size = this.#k - 1; size > 0; size--) {
        const index = indices[top + size]!;
        const distance = squared[top + size]!;
        indices[top + size] = indices[top]!;
        squared[top + size] = squared[top]!;
        this.#sink(top, size, index, distance);
      }
    }
  }

  /** Puts an entry in place of the top of a heap of the given size and lets it sink to its place. */
  #sink(top: number, size: number, index: number, distance: number): void {
    const { indices, squared } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (
        child + 1 < size &&
        this.#farther(top + child + 1, squared[top + child]!, indices[top + child]!)
      ) {
        child++;
      }
      if (!this.#farther(top + child, distance, index)) break;
      indices[top + at] = indices[top + child]!;
      squared[top + at] = squared[top + child]!;
      at = child;
    }
    indices[top + at] = index;
    squared[top + at] = distance;
  }

  #farther(slot: number, distance: number, index: number): boolean {
    const own = this.squared[slot]!;
    return own > distance || (own === distance && this.indices[slot]! > index);
  }
}
