import { gramMatrix, gramNeed } from "../compute/gram.ts";
import { checkMemory } from "../compute/memory.ts";
import type { RunOptions } from "../compute/run.ts";
import { checkThreads } from "../compute/team.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";

/**
 * The Gram matrix of the rows of X: `G[i, j] = <x_i, x_j>`: dot products, neither cosines nor distances.
 *
 * X is (n, d); the result is (n, n), symmetric, and takes 4 n^2 bytes (64 MB for n = 4,096): of many rows,
 * `gramTile` gives any part at any resolution. Products are summed in float64 and rounded to float32 once;
 * one beyond float32's range (3.4e38) is infinite.
 *
 * @throws {TypeError} if X is not a matrix of float32.
 * @throws {RangeError} if X holds NaN or infinities, or G does not fit into memory.
 */
export async function gram(X: Matrix, options: RunOptions = {}): Promise<Matrix> {
  checkMatrix("gram", X);
  checkFinite("gram", X);
  checkThreads(options.threads);
  options.signal?.throwIfAborted();
  const [n, d] = X.shape;
  checkMemory({ who: "gram", n, of: `of ${d} columns` }, (n) => gramNeed(n, d));
  return gramMatrix(X, options);
}
