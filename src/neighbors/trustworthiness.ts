import { type Metric, squaredDistances } from "../compute/metrics.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

/**
 * How far the neighbours on a map can be trusted (Venna and Kaski 2001; scikit-learn's
 * `trustworthiness`): 1 when every point's k nearest on the map Y are among its k nearest in X; each
 * false neighbour costs by how far down it stands among X's neighbours.
 *
 * X is (n, d) and Y (n, m). Ties, in X as on the map, are broken by the lower index. Time grows with
 * n^2 log n.
 *
 * @param options.k How many neighbours to look at; below n / 2. Default 5.
 * @param options.metric Distance in X; on the map it is Euclidean.
 * @throws {RangeError} unless 1 <= k < n / 2 and X and Y have the same number of rows.
 */
export async function trustworthiness(
  X: Matrix,
  Y: Matrix,
  { k = 5, metric = "euclidean", ...options }: { k?: number; metric?: Metric } & RunOptions = {},
): Promise<number> {
  const inSpace = squaredDistances("trustworthiness", X, metric);
  const onMap = squaredDistances("trustworthiness", Y, "euclidean");
  const n = X.shape[0];
  if (Y.shape[0] !== n) {
    throw rangeError(
      `trustworthiness: expected as many rows in Y as in X (${n}), got ${Y.shape[0]}`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k >= n / 2) {
    throw rangeError(`trustworthiness: expected 1 <= k < n / 2 = ${n / 2}, got k = ${k}`);
  }
  const breath = breather("trustworthiness", n, options);
  const rank = new Int32Array(n);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    order(inSpace, i, n).forEach((j, place) => {
      rank[j] = place + 1;
    });
    for (const j of order(onMap, i, n).subarray(0, k)) penalty += Math.max(0, rank[j]! - k);
    await breath(i + 1);
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

/** All others in order of their distance from i. */
function order(distance: (i: number, j: number) => number, i: number, n: number): Int32Array {
  const squared = Float64Array.from({ length: n }, (_, j) => distance(i, j));
  const others = Int32Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
  return others.sort((a, b) => squared[a]! - squared[b]! || a - b);
}
