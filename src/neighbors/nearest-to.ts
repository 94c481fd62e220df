import { dot, squaredEuclidean } from "../compute/metrics.ts";
import { NeighborHeaps } from "../compute/nearest-pairs.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";
import { checkNeighbors } from "./neighbors.ts";

/** What one row is compared with the others by; cosine and dot: more is nearer; euclidean: less is. */
export type Similarity = "cosine" | "euclidean" | "dot";

/**
 * The k rows nearest to one row in the full space, best first; ties by index; the row itself is left out.
 *
 * Scores are cosines (0 with a row of zeros), Euclidean distances or dot products, in float64.
 *
 * @throws {RangeError} if there is no such row, k is not below the number of rows, or X is not finite.
 */
export async function nearestTo(
  X: Matrix,
  row: number,
  { k, metric = "cosine", ...options }: { k: number; metric?: Similarity } & RunOptions,
): Promise<{ indices: Int32Array; scores: Float64Array }> {
  checkMatrix("nearestTo", X);
  checkFinite("nearestTo", X);
  const n = X.shape[0];
  if (!Number.isInteger(row) || row < 0 || row >= n) {
    throw rangeError(`nearestTo: expected a row from 0 to ${n - 1}, got ${row}`);
  }
  checkNeighbors("nearestTo", k, n);
  const score = scorer(X, row, metric);
  const sign = metric === "euclidean" ? 1 : -1;
  const nearest = new NeighborHeaps(1, k);
  const breath = breather("nearest tokens", n, options);
  for (let i = 0; i < n; i++) {
    if (i !== row) nearest.offer(0, i, sign * score(i));
    await breath(i + 1);
  }
  nearest.sort();
  return { indices: nearest.indices, scores: nearest.squared.map((key) => sign * key) };
}

function scorer({ data, shape }: Matrix, row: number, metric: Similarity): (i: number) => number {
  const d = shape[1];
  const at = row * d;
  switch (metric) {
    case "dot":
      return (i) => dot(data, at, i * d, d);
    case "euclidean":
      return (i) => Math.sqrt(squaredEuclidean(data, at, i * d, d));
    case "cosine": {
      const norm = Math.sqrt(dot(data, at, at, d));
      return (i) => {
        const scale = norm * Math.sqrt(dot(data, i * d, i * d, d));
        return scale === 0 ? 0 : dot(data, at, i * d, d) / scale;
      };
    }
    default:
      metric satisfies never;
      throw typeError(`nearestTo: expected metric cosine, euclidean or dot, got ${metric}`);
  }
}
