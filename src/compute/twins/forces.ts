/**
 * The two forces of t-SNE's gradient at a map Y, by the definition (van der Maaten and Hinton 2008):
 *
 *   dC/dy_i = 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j),   w_ij = 1 / (1 + |y_i - y_j|^2),   q_ij = w_ij / Z
 *
 * In plain TypeScript, as the oracle of the kernels. Coordinates are float64, three for every point (the third, or second, 0 where the map has fewer), so
 * that one loop serves 1, 2 and 3 dimensions.
 */
import type { SparseRows } from "../sparse-rows.ts";

/** Coordinates of every point in the arrays below. */
export const STRIDE = 3;

/**
 * Repulsion over all pairs: writes sum_j w_ij^2 (y_i - y_j) for every point into `out` and returns
 * Z = sum over ordered pairs of w_ij. The gradient has it as -4 / Z times `out`.
 */
export function repulsion(Y: Float64Array, out: Float64Array): number {
  out.fill(0);
  let Z = 0;
  for (let i = 0; i < Y.length; i += STRIDE) {
    const xi = Y[i]!;
    const yi = Y[i + 1]!;
    const zi = Y[i + 2]!;
    let fx = 0;
    let fy = 0;
    let fz = 0;
    let sum = 0;
    for (let j = 0; j < i; j += STRIDE) {
      const dx = xi - Y[j]!;
      const dy = yi - Y[j + 1]!;
      const dz = zi - Y[j + 2]!;
      const w = 1 / (1 + dx * dx + dy * dy + dz * dz);
      sum += w;
      const ww = w * w;
      fx += ww * dx;
      fy += ww * dy;
      fz += ww * dz;
      out[j]! -= ww * dx;
      out[j + 1]! -= ww * dy;
      out[j + 2]! -= ww * dz;
    }
    out[i]! += fx;
    out[i + 1]! += fy;
    out[i + 2]! += fz;
    Z += 2 * sum;
  }
  return Z;
}

/** Attraction: writes sum_j p_ij w_ij (y_i - y_j) for every point into `out`. The gradient has it 4 times. */
export function attraction(Y: Float64Array, P: SparseRows, out: Float64Array): void {
  const { indptr, indices, values } = P;
  for (let i = 0; i + 1 < indptr.length; i++) {
    const at = i * STRIDE;
    const xi = Y[at]!;
    const yi = Y[at + 1]!;
    const zi = Y[at + 2]!;
    let fx = 0;
    let fy = 0;
    let fz = 0;
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
      const j = indices[e]! * STRIDE;
      const dx = xi - Y[j]!;
      const dy = yi - Y[j + 1]!;
      const dz = zi - Y[j + 2]!;
      const pw = values[e]! / (1 + dx * dx + dy * dy + dz * dz);
      fx += pw * dx;
      fy += pw * dy;
      fz += pw * dz;
    }
    out[at] = fx;
    out[at + 1] = fy;
    out[at + 2] = fz;
  }
}
