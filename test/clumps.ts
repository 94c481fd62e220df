import { type Matrix, matrix } from "../src/matrix.ts";
import { Random } from "../src/random.ts";

/**
 * Rows that look like embeddings: a common mean, clumps of different size and width, and noise.
 * The same seed gives the same bytes, which the golden figures in fixtures/ rest on.
 */
export function clumps(n: number, d: number, seed: number): Matrix {
  const random = new Random(seed);
  const count = Math.ceil(Math.sqrt(n) / 2);
  const mean = Array.from({ length: d }, () => random.normal());
  const centers = Array.from({ length: count }, () => mean.map((m) => m + 1.5 * random.normal()));
  const X = matrix(n, d);
  for (let i = 0; i < n; i++) {
    const c = Math.min(random.below(count), random.below(count));
    const width = 0.2 + 0.8 * (c / count);
    for (let k = 0; k < d; k++) X.data[i * d + k] = centers[c]![k]! + width * random.normal();
  }
  return X;
}
