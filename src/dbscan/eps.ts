/** Help with eps: what the distances on a map suggest, and when a result asks for a second look. */
import type { RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { nearestNeighbors } from "../neighbors/neighbors.ts";
import { type DBSCANResult, NOISE } from "./dbscan.ts";

/**
 * The k-distance curve (Ester et al. 1996, section 4.2): every point's distance to its k-th nearest other
 * point, ascending. With k = minSamples - 1 the points up to eps on this curve are the core points.
 *
 * @throws {RangeError} unless 1 <= k < n.
 */
export async function kDistances(
  Y: Matrix,
  { k, ...options }: { k: number } & RunOptions,
): Promise<Float32Array> {
  const { distances } = await nearestNeighbors(Y, { k, ...options });
  return distances.filter((_, e) => e % k === k - 1).sort();
}

/**
 * The knee of an ascending curve: the value at the place farthest below the straight line from its first to its
 * last point (Satopaa et al. 2011, without smoothing). Where the curve is a line: its last value.
 */
export function knee(curve: ArrayLike<number>): number {
  const last = curve.length - 1;
  if (last < 0) throw rangeError("knee: expected at least 1 value, got 0");
  const rise = curve[last]! - curve[0]!;
  let best = last;
  let most = 0;
  for (let i = 0; i <= last; i++) {
    const below = curve[0]! + (rise * i) / last - curve[i]!;
    if (below > most * (1 + 1e-9)) {
      most = below;
      best = i;
    }
  }
  return curve[best]!;
}

/**
 * What to say about a result with fewer than two clusters, or with over nine tenths of the points in one:
 * that eps is in units of the map, and what the k-distance curve suggests. Null for other results.
 */
export async function epsAdvice(
  Y: Matrix,
  result: DBSCANResult,
  { eps, minSamples, ...options }: { eps: number; minSamples: number } & RunOptions,
): Promise<string | null> {
  const n = Y.shape[0];
  const sizes = new Int32Array(result.nClusters);
  for (const label of result.labels) if (label !== NOISE) sizes[label]!++;
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  if (result.nClusters >= 2 && largest <= 0.9 * n) return null;

  const found =
    result.nClusters >= 2
      ? `one of ${result.nClusters} clusters holds ${largest} of ${n} points`
      : `${result.nClusters === 0 ? "no cluster" : "one cluster"} found`;
  const scale = `${found}: eps = ${eps} is in units of the map, whose scale changes with perplexity and number of rows`;
  const k = Math.max(1, minSamples - 1);
  if (n === 1) return `${scale}; a map of one point has no distances to choose eps by`;
  if (k >= n) return `${scale}; min-samples = ${minSamples} is more than there are points (${n})`;
  const curve = await kDistances(Y, { k, ...options });
  const suggested = Number(knee(curve).toPrecision(2));
  const median = Number(curve[Math.floor(n / 2)]!.toPrecision(2));
  const range = `the distances to the ${ordinal(k)} nearest point have median ${median} and bend upwards at about ${suggested}`;
  return suggested > 0 && suggested !== eps
    ? `${scale}; ${range}: try --eps ${suggested}`
    : `${scale}; ${range}`;
}

function ordinal(k: number): string {
  const teen = k % 100 >= 11 && k % 100 <= 13;
  const suffix = teen ? "th" : (["th", "st", "nd", "rd"][k % 10] ?? "th");
  return `${k}${suffix}`;
}
