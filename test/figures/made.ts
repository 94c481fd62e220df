/** Inputs for figures, made from seeds. */
import type { FigureToken } from "../../src/figures/figure.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";

export const TEXT = {
  caption: ["sample, tensor wte.weight, rows 0:100", "tokenscape sample --rows 0:100"],
  description: "A picture for tests.",
} as const;

/** Points in six clumps of different width, (n, 2). */
export function clumpyMap(n: number, seed = 3): Matrix {
  const random = new Random(seed);
  const Y = matrix(n, 2);
  const centers = Array.from({ length: 6 }, () => [40 * random.normal(), 30 * random.normal()]);
  for (let i = 0; i < n; i++) {
    const width = 1 + (i % 6);
    Y.data[2 * i] = centers[i % 6]![0]! + width * random.normal();
    Y.data[2 * i + 1] = centers[i % 6]![1]! + width * random.normal();
  }
  return Y;
}

/** Normal numbers, (n, d). */
export function noise(n: number, d: number, scale = 1, seed = 1): Matrix {
  const random = new Random(seed);
  const X = matrix(n, d);
  for (let i = 0; i < X.data.length; i++) X.data[i] = scale * random.normal();
  return X;
}

/** A symmetric matrix, (n, n), of products of noise. */
export function gramOf(X: Matrix): Matrix {
  const [n, d] = X.shape;
  const G = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += X.data[i * d + k]! * X.data[j * d + k]!;
      G.data[i * n + j] = sum;
    }
  }
  return G;
}

/** The first n tokens of GPT-2 as it shows them: single characters, then lone bytes, then words. */
export function tokens(n: number): FigureToken[] {
  return Array.from({ length: n }, (_, id) => ({ id, display: displayOf(id) }));
}

function displayOf(id: number): string {
  if (id < 94) return String.fromCharCode(33 + id);
  if (id < 128) return `\\x${(0xa1 + id - 94).toString(16).toUpperCase()}`;
  return `·token${id}`;
}
