import type { Matrix } from "../../matrix.ts";
import { matrix } from "../../matrix.ts";
import { dot } from "../metrics.ts";

/** `G[i, j] = <x_i, x_j>`, one product after the other: what the kernel's every bit is compared to. */
export function gramTwin({ data, shape: [n, d] }: Matrix): Matrix {
  const G = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(data, i * d, j * d, d);
      G.data[i * n + j] = product;
      G.data[j * n + i] = product;
    }
  }
  return G;
}
