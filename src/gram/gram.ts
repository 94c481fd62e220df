import { dot } from "../compute/metrics.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import { checkFinite, checkMatrix, type Matrix, matrix } from "../matrix.ts";

/**
 * The Gram matrix of the rows of X: `G[i, j] = <x_i, x_j>`: dot products, neither cosines nor distances.
 *
 * X is (n, d); the result is (n, n), symmetric, and takes 4 n^2 bytes (40 MB for n = 3,162). Products
 * are summed in float64 and rounded to float32 once; one beyond float32's range (3.4e38) is infinite.
 *
 * @throws {TypeError} if X is not a matrix of float32.
 * @throws {RangeError} if X holds NaN or infinities.
 */
export async function gram(X: Matrix, options: RunOptions = {}): Promise<Matrix> {
  checkMatrix("gram", X);
  checkFinite("gram", X);
  const [n, d] = X.shape;
  const G = matrix(n, n);
  const breath = breather("Gram matrix", n, options);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(X.data, i * d, j * d, d);
      G.data[i * n + j] = product;
      G.data[j * n + i] = product;
    }
    await breath(i + 1);
  }
  return G;
}
