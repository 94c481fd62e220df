/** How a picture of a matrix divides its rows or columns: every pixel takes the mean of a block. */
import type { Matrix } from "../matrix.ts";

/**
 * Bounds of `parts` parts of 0, ..., length - 1: part i is from `bounds[i]` up to, without, `bounds[i + 1]`,
 * where `bounds[i] = floor(i length / parts)`; the sizes of two parts differ by one at most.
 *
 * @param parts From 1 to `length`; 0 if `length` is 0.
 */
export function blockBounds(length: number, parts: number): Int32Array {
  return Int32Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * length) / (parts || 1)));
}

/** How many parts of `ceil(length / most)` or one less there are: `most` or fewer, all of them if `length` is. */
export function blockCount(length: number, most: number): number {
  return length === 0 ? 0 : Math.ceil(length / Math.ceil(length / most));
}

/**
 * The mean row of every block of rows, in float64; (blocks, d), row-major.
 *
 * @param bounds Of the blocks, counted from row `from` on.
 */
export function meanRows(
  { data, shape: [, d] }: Matrix,
  bounds: ArrayLike<number>,
  from = 0,
): Float64Array {
  const blocks = bounds.length - 1;
  const means = new Float64Array(blocks * d);
  for (let i = 0; i < blocks; i++) {
    const [start, end] = [from + bounds[i]!, from + bounds[i + 1]!];
    for (let row = start; row < end; row++) {
      const offset = row * d;
      for (let k = 0, e = i * d; k < d; k++, e++) means[e]! += data[offset + k]!;
    }
    for (let e = i * d; e < (i + 1) * d; e++) means[e]! /= end - start;
  }
  return means;
}
