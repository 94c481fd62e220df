/** Products of small dense matrices and of vectors: where training and evaluation spend their time. */

/**
 * A Bᵀ: the dot product of every row of A with every row of B.
 *
 * @param A (m, k); m a multiple of 2.
 * @param B (n, k); n a multiple of 4.
 * @param out (m, n), overwritten.
 */
export function multiplyByTransposed(
  A: Float64Array,
  B: Float64Array,
  out: Float64Array,
  m: number,
  n: number,
  k: number,
): void {
  for (let i = 0; i < m; i += 2) {
    const a0 = i * k;
    const a1 = a0 + k;
    for (let j = 0; j < n; j += 4) {
      const b0 = j * k;
      const b1 = b0 + k;
      const b2 = b1 + k;
      const b3 = b2 + k;
      // eight sums at once: each number loaded is used two or four times
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let t = 0; t < k; t++) {
        const x = A[a0 + t]!;
        const y = A[a1 + t]!;
        const p = B[b0 + t]!;
        const q = B[b1 + t]!;
        const r = B[b2 + t]!;
        const s = B[b3 + t]!;
        s00 += x * p;
        s01 += x * q;
        s02 += x * r;
        s03 += x * s;
        s10 += y * p;
        s11 += y * q;
        s12 += y * r;
        s13 += y * s;
      }
      const top = i * n + j;
      out[top] = s00;
      out[top + 1] = s01;
      out[top + 2] = s02;
      out[top + 3] = s03;
      out[top + n] = s10;
      out[top + n + 1] = s11;
      out[top + n + 2] = s12;
      out[top + n + 3] = s13;
    }
  }
}

/** Writes the transpose of A, (m, n), to `out`, (n, m). */
export function transpose(A: Float64Array, out: Float64Array, m: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) out[j * m + i] = A[i * n + j]!;
  }
}

/** The dot product of `length` numbers from two places. */
export function dot(
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += a[aOffset + k]! * b[bOffset + k]!;
  return sum;
}

/** Adds `scale` times the numbers from one place to those at another. */
export function addScaled(
  to: Float64Array,
  toOffset: number,
  scale: number,
  from: Float64Array,
  fromOffset: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) to[toOffset + k]! += scale * from[fromOffset + k]!;
}
