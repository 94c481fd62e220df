import { blockBounds, meanRows } from "../compute/blocks.ts";
import { rowProducts } from "../compute/gram.ts";
import type { RunOptions } from "../compute/run.ts";
import { checkThreads } from "../compute/team.ts";
import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";

/** Which part of a Gram matrix, and in how many pixels. */
export interface GramTileOptions extends RunOptions {
  /** Rows of G, from the first to, without, the second; default all. */
  readonly rows?: readonly [from: number, to: number] | undefined;
  /** Columns of G, likewise. */
  readonly cols?: readonly [from: number, to: number] | undefined;
  /** Pixels of the picture: at most as many as there are rows and columns in the part. */
  readonly shape: readonly [height: number, width: number];
}

/**
 * A picture of a part of the Gram matrix of the rows of X, which is not built: every pixel is the mean of its
 * block of `G[i, j] = <x_i, x_j>`, and at full resolution the entry itself, bit for bit as `gram` has it.
 *
 * Nothing is sampled: the mean of a block of G is the dot product of the mean of its rows' embeddings and
 * the mean of its columns', because a dot product is linear in both. Both means and their product are taken in
 * float64 and rounded to float32 once. Pixel (i, j) of an h x w picture of G[a:b, c:e] takes rows from
 * a + floor(i (b - a) / h) up to a + floor((i + 1) (b - a) / h), without it, and columns likewise: sizes of blocks differ
 * by one row or column at most. With d columns in X that takes O((b - a + e - c + h w) d) time and
 * O((h + w) d + h w) memory, however large G is.
 *
 * X is (n, d); the result is (h, w), row a on top.
 *
 * @throws {TypeError} if X is not a matrix of float32, or ranges and shape are not pairs.
 * @throws {RangeError} for values in X that are not finite, rows or columns that there are not, or more pixels
 *   than rows or columns.
 */
export async function gramTile(
  X: Matrix,
  { rows, cols, shape, ...options }: GramTileOptions,
): Promise<Matrix> {
  checkMatrix("gramTile", X);
  checkFinite("gramTile", X);
  checkThreads(options.threads);
  const [n, d] = X.shape;
  const down = checkRange("rows", rows ?? [0, n], n);
  const across = checkRange("cols", cols ?? [0, n], n);
  checkPair("shape", shape, "[height, width]");
  checkPixels("height", shape[0], "rows", down);
  checkPixels("width", shape[1], "columns", across);
  options.signal?.throwIfAborted();

  const same = down[0] === across[0] && down[1] === across[1] && shape[0] === shape[1];
  const A = meansOf(X, down, shape[0]);
  const B = same ? null : meansOf(X, across, shape[1]);
  return rowProducts(A, B, d, [shape[0], shape[1]], options);
}

type Range = readonly [from: number, to: number];

function meansOf(X: Matrix, [from, to]: Range, parts: number): Float64Array {
  return meanRows(X, blockBounds(to - from, parts), from);
}

function checkRange(name: string, range: Range, n: number): Range {
  checkPair(name, range, "[from, to]");
  const [from, to] = range;
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= n) {
    return [from, to];
  }
  throw rangeError(
    `gramTile: expected ${name} [from, to] in 0 to ${n}, from not above to, got [${from}, ${to}]`,
  );
}

function checkPair(name: string, pair: readonly [number, number], form: string): void {
  if (Array.isArray(pair) && pair.length === 2) return;
  throw typeError(`gramTile: expected ${name} ${form}, got ${String(pair)}`);
}

function checkPixels(side: string, pixels: number, of: string, [from, to]: Range): void {
  const least = Math.min(1, to - from);
  if (Number.isInteger(pixels) && pixels >= least && pixels <= to - from) return;
  throw rangeError(
    `gramTile: expected a ${side} of ${least} to ${to - from} pixels, as many as ${of} at most, got ${pixels}`,
  );
}
