import type { Matrix } from "../matrix.ts";

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The finite entry of a given rank, without sorting: a histogram of the upper 16 bits of each value's
 * key, then of the lower 16 bits within the bucket that holds the rank. Exact; two passes over X.
 *
 * @param q From 0 (smallest) to 1 (largest); the nearest rank is taken, without interpolation.
 * @param skip Entries to leave out, by row and column.
 * @returns undefined if no finite entry is left.
 */
export function quantile(
  X: Matrix,
  q: number,
  skip?: (row: number, col: number) => boolean,
): number | undefined {
  const high = histogram(X, skip, (key) => key >>> 16);
  const count = high.reduce((sum, n) => sum + n, 0);
  if (count === 0) return undefined;
  const rank = Math.round(q * (count - 1));
  const [bucket, before] = bucketOf(high, rank);
  const low = histogram(X, skip, (key) => (key >>> 16 === bucket ? key & 0xffff : -1));
  const [rest] = bucketOf(low, rank - before);
  return fromKey(((bucket << 16) | rest) >>> 0);
}

function histogram(
  { data, shape: [rows, cols] }: Matrix,
  skip: ((row: number, col: number) => boolean) | undefined,
  bucketOfKey: (key: number) => number,
): Float64Array {
  const counts = new Float64Array(65536);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = data[i * cols + j]!;
      if (!Number.isFinite(value) || skip?.(i, j)) continue;
      const bucket = bucketOfKey(keyOf(value));
      if (bucket >= 0) counts[bucket]! += 1;
    }
  }
  return counts;
}

function bucketOf(counts: Float64Array, rank: number): [bucket: number, before: number] {
  let before = 0;
  let bucket = 0;
  while (before + counts[bucket]! <= rank) before += counts[bucket++]!;
  return [bucket, before];
}

// keys order as the values do: negative floats have all bits turned, the others the sign bit alone
function keyOf(value: number): number {
  float[0] = value;
  const b = bits[0]!;
  return (b >>> 31 === 1 ? ~b : b | 0x80000000) >>> 0;
}

function fromKey(key: number): number {
  bits[0] = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  // + 0 turns -0 into 0
  return float[0]! + 0;
}
