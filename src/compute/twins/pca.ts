/** The twin of assembly/pca.ts: products with the centred rows of a matrix, in float64. */
import type { Matrix } from "../../matrix.ts";

/** The mean row: chunks of rows added up, and these in their order. */
export function meanRow({ data, shape: [n, d] }: Matrix, chunkRows: number): Float64Array {
  const mean = new Float64Array(d);
  for (let from = 0; from < n; from += chunkRows) {
    const sum = new Float64Array(d);
    for (let i = from; i < Math.min(n, from + chunkRows); i++) {
      for (let k = 0; k < d; k++) sum[k]! += data[i * d + k]!;
    }
    for (let k = 0; k < d; k++) mean[k]! += sum[k]!;
  }
  return mean.map((sum) => sum / n);
}

/** Xc v: for every row the sum over its even columns, and that over its odd ones. */
export function scoresOn(X: Matrix, mean: Float64Array, v: Float64Array): Float64Array {
  const [n, d] = X.shape;
  return Float64Array.from({ length: n }, (_, i) => {
    const sums = [0, 0];
    for (let k = 0; k < d; k++) sums[k & 1]! += (X.data[i * d + k]! - mean[k]!) * v[k]!;
    return sums[0]! + sums[1]!;
  });
}

/** Xc' (Xc v), chunk by chunk. */
export function product(
  X: Matrix,
  mean: Float64Array,
  v: Float64Array,
  chunkRows: number,
): Float64Array {
  const [n, d] = X.shape;
  const y = scoresOn(X, mean, v);
  const out = new Float64Array(d);
  for (let from = 0; from < n; from += chunkRows) {
    const sum = new Float64Array(d);
    for (let i = from; i < Math.min(n, from + chunkRows); i++) {
      for (let k = 0; k < d; k++) sum[k]! += (X.data[i * d + k]! - mean[k]!) * y[i]!;
    }
    for (let k = 0; k < d; k++) out[k]! += sum[k]!;
  }
  return out;
}
