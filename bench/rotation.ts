import type { Random } from "../src/random.ts";

/**
 * A random orthogonal map of vectors of length d, in place: layers of 45 degree turns of random pairs of
 * axes, which take d log d operations where a dense matrix takes d^2.
 */
export function randomRotation(d: number, random: Random): (row: Float64Array) => void {
  const layers = Array.from({ length: Math.ceil(Math.log2(d)) + 2 }, () =>
    random.shuffle(Int32Array.from({ length: d }, (_, c) => c)),
  );
  return (row) => {
    for (const order of layers) {
      for (let e = 0; e + 1 < d; e += 2) {
        const [a, b] = [order[e]!, order[e + 1]!];
        const [x, y] = [row[a]!, row[b]!];
        row[a] = (x - y) * Math.SQRT1_2;
        row[b] = (x + y) * Math.SQRT1_2;
      }
    }
  };
}
