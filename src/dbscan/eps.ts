/** Help with eps: what the distances on a map suggest, and when a result asks for a second look. */
import { fitsMemory } from "../compute/memory.ts";
import type { RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { nearestNeighbors } from "../neighbors/neighbors.ts";
import { groupDigits, plural } from "../text/numbers.ts";
import { type DBSCANResult, NOISE } from "./dbscan.ts";
import { dbscanHierarchy, hierarchyNeed } from "./hierarchy.ts";

/**
 * The k-distance curve (Ester et al. 1996, section 4.2): every point's distance to its k-th nearest other
 * point, ascending. With k = minSamples - 1 the points up to eps on this curve are the core points.
 *
 * @throws {RangeError} unless 1 <= k < n and Y is finite, or if the search does not fit into memory.
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

/** Places on the k-distance curve that are tried where its knee gives no groups of fair size. */
const TRIED = 10;

/**
 * What to say about a result with fewer than two clusters, or with over nine tenths of the points in one:
 * that eps is in units of the map; where the k-distance curve bends, and what DBSCAN gives with that eps;
 * and, if that is no better, another eps of the curve that is, or that none of those tried is. Null for
 * other results. Builds DBSCAN's hierarchy where there is something to say; where that does not fit into memory,
 * the advice says so in place of a value.
 *
 * @throws {RangeError} for NaN or infinities in Y, or minSamples out of its range, where there is something to say.
 */
export async function epsAdvice(
  Y: Matrix,
  result: DBSCANResult,
  { eps, minSamples, ...options }: { eps: number; minSamples: number } & RunOptions,
): Promise<string | null> {
  const n = Y.shape[0];
  const { sizes, largest, isFair } = spread(result);
  if (isFair) return null;
  const found =
    sizes.length >= 2
      ? `one of ${groupDigits(sizes.length)} clusters holds ${groupDigits(largest)} of ${plural(n, "point")}`
      : `${sizes.length === 0 ? "no cluster" : "one cluster"} found`;
  const scale = `${found}: eps = ${eps} is in units of the map, whose scale changes with perplexity and number of rows`;
  const k = Math.max(1, minSamples - 1);
  if (n === 1) return `${scale}; a map of one point has no distances to choose eps by`;
  if (k >= n) return `${scale}; min-samples = ${minSamples} is more than there are points (${n})`;

  if (!fitsMemory(hierarchyNeed({ n, d: Y.shape[1], minSamples }))) {
    return `${scale}; the distances to the ${ordinal(k)} nearest point, to choose eps by, don't fit into memory`;
  }
  const hierarchy = await dbscanHierarchy(Y, { minSamples, ...options });
  const curve = hierarchy.kDistances();
  const median = short(curve[Math.floor(n / 2)]!);
  const advice = curveAdvice(curve, eps, (eps) => spread(hierarchy.at(eps)));
  return `${scale}; the distances to the ${ordinal(k)} nearest point have median ${median} and ${advice}`;
}

/** Where the curve bends and what that gives, or else what gives fair groups, in words. */
function curveAdvice(curve: Float32Array, given: number, cluster: (eps: number) => Spread): string {
  const bend = short(knee(curve));
  const bends = `bend upwards at about ${bend}`;
  const bent = bend > 0 && bend !== given ? cluster(bend) : undefined;
  if (bent?.isFair) return `${bends}, which would give ${bent.text}`;
  const tried = Array.from(
    { length: TRIED },
    (_, i) => curve[Math.floor((curve.length * i) / TRIED)]!,
  );
  const others = new Set(tried.map(short).filter((at) => at > 0 && at !== given && at !== bend));
  const gives = bent === undefined ? "" : `, which would give ${bent.text}`;
  return `${bends}${gives}; ${better(others, cluster)}`;
}

/** The eps of fair groups that leaves the fewest points out, in words. */
function better(candidates: Iterable<number>, cluster: (eps: number) => Spread): string {
  let best: { eps: number; spread: Spread } | undefined;
  for (const eps of candidates) {
    const spread = cluster(eps);
    if (spread.isFair && spread.noise < (best?.spread.noise ?? Number.POSITIVE_INFINITY)) {
      best = { eps, spread };
    }
  }
  if (best !== undefined) return `eps ${best.eps} would give ${best.spread.text}`;
  return "no other value tried along this curve gives two groups of fair size";
}

/** How a result's points are spread over its clusters. */
interface Spread {
  readonly sizes: readonly number[];
  readonly largest: number;
  readonly noise: number;
  /** At least two clusters, and none with over nine tenths of the points. */
  readonly isFair: boolean;
  readonly text: string;
}

function spread({ labels, nClusters }: DBSCANResult): Spread {
  const sizes = new Array<number>(nClusters).fill(0);
  for (const label of labels) if (label !== NOISE) sizes[label]!++;
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const noise = labels.length - sizes.reduce((a, b) => a + b, 0);
  const of = `${groupDigits(largest)} of ${plural(labels.length, "point")}`;
  const groups =
    nClusters === 0
      ? "no group"
      : nClusters === 1
        ? `1 group with ${of}`
        : `${groupDigits(nClusters)} groups, the largest with ${of}`;
  const isFair = nClusters >= 2 && largest <= 0.9 * labels.length;
  return { sizes, largest, noise, isFair, text: `${groups}, and ${groupDigits(noise)} ungrouped` };
}

/** Two digits are enough for a start, and can be typed. */
function short(distance: number): number {
  return Number(distance.toPrecision(2));
}

function ordinal(k: number): string {
  const teen = k % 100 >= 11 && k % 100 <= 13;
  const suffix = teen ? "th" : (["th", "st", "nd", "rd"][k % 10] ?? "th");
  return `${k}${suffix}`;
}
