import type { Matrix } from "../matrix.ts";

const BUCKETS = 65536;
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The finite entries of given ranks, without sorting: a histogram of the upper 16 bits of each value's
 * key, then of the lower 16 bits within the buckets that hold the ranks. Exact; two passes over X.
 *
 * @param quantiles From 0 (smallest) to 1 (largest); the nearest rank is taken, without interpolation.
 * @param skip Leaves out the diagonal.
 * @returns undefined if no finite entry is left.
 */
export function entriesAt<const Q extends readonly number[]>(
  X: Matrix,
  quantiles: Q,
  skip?: "diagonal",
): { readonly [i in keyof Q]: number } | undefined {
  const high = upperHistogram(X, skip);
  const count = high.reduce((sum, n) => sum + n, 0);
  if (count === 0) return undefined;
  const places = quantiles.map((q) => {
    const rank = Math.round(q * (count - 1));
    const [bucket, before] = bucketOf(high, rank);
    return { bucket, rank: rank - before };
  });
  const low = lowerHistograms(X, new Set(places.map(({ bucket }) => bucket)), skip);
  const entries = places.map(({ bucket, rank }) => {
    const [rest] = bucketOf(low.get(bucket)!, rank);
    return fromKey(((bucket << 16) | rest) >>> 0);
  });
  return entries as { [i in keyof Q]: number };
}

function upperHistogram(X: Matrix, skip: "diagonal" | undefined): Float64Array {
  const counts = new Float64Array(BUCKETS);
  const all = bitsOf(X);
  const apart = skip === undefined ? all.length : X.shape[1] + 1;
  for (let i = 0, skipped = skip === undefined ? -1 : 0; i < all.length; i++) {
    const b = all[i]!;
    if (i === skipped) skipped += apart;
    else if (isNumber(b)) counts[keyOf(b) >>> 16]! += 1;
  }
  return counts;
}

/** Of every wanted bucket, how often each value of the lower 16 bits is there. */
function lowerHistograms(
  X: Matrix,
  buckets: ReadonlySet<number>,
  skip: "diagonal" | undefined,
): Map<number, Float64Array> {
  const wanted = new Uint8Array(BUCKETS);
  for (const bucket of buckets) wanted[bucket] = 1;
  const counts = new Map(Array.from(buckets, (bucket) => [bucket, new Float64Array(BUCKETS)]));
  const all = bitsOf(X);
  const apart = skip === undefined ? all.length : X.shape[1] + 1;
  for (let i = 0, skipped = skip === undefined ? -1 : 0; i < all.length; i++) {
    if (i === skipped) {
      skipped += apart;
      continue;
    }
    const key = keyOf(all[i]!);
    if (wanted[key >>> 16] === 1 && isNumber(all[i]!)) counts.get(key >>> 16)![key & 0xffff]! += 1;
  }
  return counts;
}

function bitsOf({ data }: Matrix): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function isNumber(b: number): boolean {
  return (b & 0x7f800000) !== 0x7f800000;
}

function bucketOf(counts: Float64Array, rank: number): [bucket: number, before: number] {
  let before = 0;
  let bucket = 0;
  while (before + counts[bucket]! <= rank) before += counts[bucket++]!;
  return [bucket, before];
}

// keys order as the values do: negative floats have all bits turned, the others the sign bit alone
function keyOf(b: number): number {
  return (b >>> 31 === 1 ? ~b : b | 0x80000000) >>> 0;
}

function fromKey(key: number): number {
  bits[0] = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  // + 0 turns -0 into 0
  return float[0]! + 0;
}
