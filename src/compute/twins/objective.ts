import { log } from "../../math.ts";
import type { SparseRows } from "../sparse-rows.ts";
import { attraction, repulsion, STRIDE } from "./forces.ts";

/** What gradient descent minimises: t-SNE's divergence of the map's Q from P, times its exaggeration. */
export interface Objective {
  /**
   * Writes the gradient at Y into `gradient`.
   *
   * Y and the gradient hold three float64 for every point, unused ones 0.
   *
   * @returns Z, the sum of w over ordered pairs, from which the divergence follows.
   */
  gradient(Y: Float64Array, exaggeration: number, gradient: Float64Array): number;
  /** KL(P || Q) in nats at Y, with P not exaggerated; Z as `gradient` returned it. */
  klDivergence(Y: Float64Array, Z: number): number;
}

/** The objective for given joint probabilities, over all pairs of points: exact, O(n^2) per call. */
export function exactObjective(P: SparseRows): Objective {
  const n = P.indptr.length - 1;
  const repulsive = new Float64Array(n * STRIDE);
  const entropy = negativeEntropy(P.values);
  return {
    gradient(Y, exaggeration, gradient) {
      const Z = repulsion(Y, repulsive);
      attraction(Y, P, gradient);
      for (let e = 0; e < gradient.length; e++) {
        gradient[e] = 4 * (exaggeration * gradient[e]! - repulsive[e]! / Z);
      }
      return Z;
    },
    klDivergence(Y, Z) {
      return entropy + crossEntropy(Y, P, Z);
    },
  };
}

/** Sum of p log p. */
function negativeEntropy(values: SparseRows["values"]): number {
  let sum = 0;
  for (const p of values) if (p > 0) sum += p * log(p);
  return sum;
}

/** -Sum of p log q, with q = w / Z. */
function crossEntropy(Y: Float64Array, { indptr, indices, values }: SparseRows, Z: number): number {
  const logZ = log(Z);
  let sum = 0;
  for (let i = 0; i + 1 < indptr.length; i++) {
    const a = i * STRIDE;
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
      const b = indices[e]! * STRIDE;
      const dx = Y[a]! - Y[b]!;
      const dy = Y[a + 1]! - Y[b + 1]!;
      const dz = Y[a + 2]! - Y[b + 2]!;
      sum += values[e]! * (log(1 + dx * dx + dy * dy + dz * dz) + logZ);
    }
  }
  return sum;
}
