import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";

/**
 * How far apart two rows are. `"cosine"` is 1 minus the cosine (1 for a row of zeros), rounded to
 * float32 so that it equals the same distances given as a matrix; `"precomputed"` takes X itself as the
 * square matrix of distances, entry (i, j) that from i to j.
 */
export type Metric = "euclidean" | "cosine" | "precomputed";

const METRICS: readonly string[] = ["euclidean", "cosine", "precomputed"] satisfies Metric[];

/** The squared distance from row i to row j, in float64. */
export type SquaredDistance = (i: number, j: number) => number;

/**
 * Checks X for a metric and returns the squared distance between its rows.
 *
 * Euclidean distances are sums of squared differences in float64: no expansion into norms and a dot
 * product, so rows far from the origin lose nothing.
 *
 * @throws {TypeError} for an unknown metric or something that is not a matrix.
 * @throws {RangeError} for values that are not finite; for precomputed distances that are not square or negative.
 */
export function squaredDistances(who: string, X: Matrix, metric: Metric): SquaredDistance {
  checkMetric(who, metric);
  checkMatrix(who, X);
  checkFinite(who, X);
  const [n, d] = X.shape;
  const { data } = X;
  if (metric === "euclidean") return (i, j) => squaredEuclidean(data, i * d, j * d, d);
  if (metric === "cosine") {
    const norms = Float64Array.from({ length: n }, (_, i) => Math.sqrt(dot(data, i * d, i * d, d)));
    return (i, j) => {
      const scale = norms[i]! * norms[j]!;
      const cosine = scale === 0 ? 0 : dot(data, i * d, j * d, d) / scale;
      const distance = Math.fround(Math.max(0, 1 - cosine));
      return distance * distance;
    };
  }
  checkDistances(who, X);
  return (i, j) => data[i * n + j]! * data[i * n + j]!;
}

/** @throws {TypeError} for an unknown metric. */
export function checkMetric(who: string, metric: Metric): void {
  if (!METRICS.includes(metric)) {
    throw typeError(`${who}: expected metric ${METRICS.join(", ")}, got ${String(metric)}`);
  }
}

function checkDistances(who: string, X: Matrix): void {
  const [n, cols] = X.shape;
  if (n !== cols) {
    throw rangeError(`${who}: expected a square matrix of distances, got ${n} x ${cols}`);
  }
  const at = X.data.findIndex((value) => value < 0);
  if (at !== -1) {
    throw rangeError(
      `${who}: expected distances of at least 0, got ${X.data[at]} in row ${Math.floor(at / n)}, column ${at % n}`,
    );
  }
}

/** Sum of a[p + k] a[q + k] for k below d, in float64, in four lanes of fixed order. */
export function dot(a: Float32Array, p: number, q: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < d; k += 4) {
    s0 += a[p + k]! * a[q + k]!;
    s1 += a[p + k + 1]! * a[q + k + 1]!;
    s2 += a[p + k + 2]! * a[q + k + 2]!;
    s3 += a[p + k + 3]! * a[q + k + 3]!;
  }
  for (; k < d; k++) s0 += a[p + k]! * a[q + k]!;
  return s0 + s1 + (s2 + s3);
}

/** Sum of (a[p + k] - a[q + k])^2 for k below d, in float64, in four lanes of fixed order. */
export function squaredEuclidean(a: Float32Array, p: number, q: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < d; k += 4) {
    const e0 = a[p + k]! - a[q + k]!;
    const e1 = a[p + k + 1]! - a[q + k + 1]!;
    const e2 = a[p + k + 2]! - a[q + k + 2]!;
    const e3 = a[p + k + 3]! - a[q + k + 3]!;
    s0 += e0 * e0;
    s1 += e1 * e1;
    s2 += e2 * e2;
    s3 += e3 * e3;
  }
  for (; k < d; k++) {
    const e = a[p + k]! - a[q + k]!;
    s0 += e * e;
  }
  return s0 + s1 + (s2 + s3);
}
