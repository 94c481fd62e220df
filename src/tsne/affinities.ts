/**
 * The joint probabilities P of t-SNE: how strongly every pair of rows should attract each other.
 * p_ij = (p_j|i + p_i|j) / sum, so that P is symmetric and sums to 1 over ordered pairs
 * (van der Maaten and Hinton 2008; over nearest neighbours only: van der Maaten 2014).
 */
import { denseConditionals, neighborConditionals } from "../compute/affinities.ts";
import { type Metric, squaredDistances } from "../compute/metrics.ts";
import type { RunOptions } from "../compute/run.ts";
import type { SparseRows } from "../compute/sparse-rows.ts";
import type { Matrix } from "../matrix.ts";
import { nearestRows } from "../neighbors/neighbors.ts";
import { symmetrizeSparse } from "./symmetrize.ts";

/** Joint probabilities, summing to 1; entry (i, j) stands in row i and in row j, the diagonal is left out. */
export interface Affinities extends SparseRows {
  /** How many neighbours of each row were looked at. */
  readonly neighbors: number;
  /** Rows whose neighbours are so alike in distance that no Gaussian has the perplexity asked for. */
  readonly perplexityMissed: number;
}

export interface AffinityOptions extends RunOptions {
  readonly perplexity: number;
  readonly metric: Metric;
}

/** Relative error of a row's perplexity above which it counts as missed; the search stops at 1e-5. */
const MISSED = 0.01;

/** scikit-learn's floor of every entry of a dense P: the spacing of float64 at 1. */
const FLOOR = Number.EPSILON;

/** Bytes of an entry of P, or of a neighbour: its column and a float64. */
export const ENTRY: number = Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT;

/** How many neighbours scikit-learn's default method looks at: 3 perplexity + 1, at most n - 1. */
export function neighborCount(n: number, perplexity: number): number {
  return Math.min(n - 1, Math.floor(3 * perplexity + 1));
}

/** P over all pairs (n^2 numbers), as scikit-learn's `method="exact"`: no entry is below 2^-52. */
export async function denseAffinities(
  X: Matrix,
  { perplexity, metric, ...options }: AffinityOptions,
): Promise<Affinities> {
  const n = X.shape[0];
  const distance = squaredDistances("TSNE", X, metric);
  const { conditional, reached } = await denseConditionals(X, {
    ...{ metric, distance, perplexity },
    ...options,
  });
  symmetrizeDense(conditional, n);
  const indices = new Int32Array(conditional.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n - 1; j++) indices[i * (n - 1) + j] = j < i ? j : j + 1;
  }
  return {
    indptr: Int32Array.from({ length: n + 1 }, (_, i) => i * (n - 1)),
    indices,
    values: conditional,
    neighbors: n - 1,
    perplexityMissed: missed(reached, perplexity),
  };
}

/** P over every row's nearest neighbours, as scikit-learn's default method: an entry where either row has the other. */
export async function neighborAffinities(
  X: Matrix,
  { perplexity, metric, ...options }: AffinityOptions,
): Promise<Affinities> {
  const k = neighborCount(X.shape[0], perplexity);
  const { indices, squared } = await nearestRows(X, { k, metric, who: "TSNE", ...options });
  return affinitiesOf(indices, squared, { k, perplexity, ...options });
}

/**
 * P over given neighbours.
 *
 * @param indices (n, k), the neighbours of every row, none twice and none the row itself; is overwritten.
 * @param squared (n, k), their squared distances; is overwritten.
 */
export async function affinitiesOf(
  indices: Int32Array,
  squared: Float64Array,
  { k, perplexity, ...options }: { k: number; perplexity: number } & RunOptions,
): Promise<Affinities> {
  const reached = await neighborConditionals(squared, { k, perplexity, ...options });
  const P = await symmetrizeSparse(indices, squared, k, options);
  return { ...P, neighbors: k, perplexityMissed: missed(reached, perplexity) };
}

/** How many rows are 1 % or more off the perplexity. */
function missed(reached: Float64Array, perplexity: number): number {
  let count = 0;
  for (const each of reached) if (Math.abs(each / perplexity - 1) > MISSED) count++;
  return count;
}

/**
 * (C + C') / sum, but no entry below the floor, in place of the conditional probabilities C of every row with
 * all others.
 */
function symmetrizeDense(C: Float64Array, n: number): void {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      // row i leaves itself out: column j stands at j before the diagonal and at j - 1 behind it
      const below = i * (n - 1) + j;
      const above = j * (n - 1) + i - 1;
      const p = C[below]! + C[above]!;
      C[below] = p;
      C[above] = p;
      sum += 2 * p;
    }
  }
  for (let e = 0; e < C.length; e++) C[e] = Math.max(C[e]! / sum, FLOOR);
}
