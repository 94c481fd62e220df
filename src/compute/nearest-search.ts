/** The steps of a search for nearest rows, in slices that leave room for progress and cancelling. */
import {
  type NearestMemory,
  type NearestMetric,
  type NearestShape,
  nearestSizes,
  writeJob,
} from "./nearest-memory.ts";
import { breather, type RunOptions } from "./run.ts";
import type { Team } from "./team.ts";

/** Multiply-adds in float64 that a thread does in one slice: some 50 ms. */
const SLICE = 1e8;
/** How many times faster pairs are multiplied as integers than in float64. */
const INTEGERS = 16;
/** What a pair costs beside its products, in multiply-adds: its bound, and its place among the candidates. */
const BESIDE = { bound: 48, place: 150 } as const;
/** Largest length of a quantised row: its square and the error's bound fit into 31 bits. */
const LONGEST = 46_000;

/** A kernel that does `parts` of the work, of which each costs so many multiply-adds in float64. */
interface Step {
  readonly kernel: "nearestDirect" | "nearestSweep" | "nearestRank";
  readonly parts: number;
  readonly cost: number;
}

function steps(shape: NearestShape): Step[] {
  const { n, d } = shape;
  const { direct, tiles, blockPanels, kept } = nearestSizes(shape);
  if (direct) return [{ kernel: "nearestDirect", parts: n, cost: n * (d + BESIDE.place) }];
  const pairs = 64 * blockPanels * blockPanels;
  return [
    { kernel: "nearestSweep", parts: tiles, cost: (pairs * (d + BESIDE.bound)) / INTEGERS },
    { kernel: "nearestRank", parts: n, cost: kept * (d + BESIDE.place) },
  ];
}

/** What a search costs, in multiply-adds in float64. */
export function searchCost(shape: NearestShape): number {
  return steps(shape).reduce((sum, { parts, cost }) => sum + parts * cost, 0);
}

/**
 * Searches among the rows in the memory, which are measured (`nearestMeasure`); leaves the result there.
 *
 * @param shape What is searched, which may be less than the memory was laid out for.
 * @returns How many rows were looked at again.
 */
export async function search(
  team: Team,
  memory: NearestMemory,
  shape: NearestShape,
  metric: NearestMetric,
  options: RunOptions,
): Promise<number> {
  const { n, d, k } = shape;
  if (k === 0) return 0;
  const { direct } = nearestSizes(shape);
  const pairs = (n * (n - 1)) / 2;
  const breath = breather("neighbours", pairs, options);
  const all = searchCost(shape);
  const job = direct
    ? writeJob(team, memory, shape, metric)
    : await quantise(team, memory, shape, metric);
  let done = 0;
  for (const { kernel, parts, cost } of steps(shape)) {
    const slice = team.threads * Math.ceil(SLICE / cost);
    for (let from = 0; from < parts; from += slice) {
      const to = Math.min(parts, from + slice);
      await team.all(kernel, job, from, to);
      done += (to - from) * cost;
      // the last word is said below
      await breath(Math.min(Math.floor((done / all) * pairs), pairs - 1));
    }
  }
  const again = direct ? 0 : listFailed(team.u32(memory.regions.again), n);
  // a thread takes eight at a time
  const slice = 8 * team.threads * Math.ceil(SLICE / (n * d) / 8);
  for (let from = 0; from < again; from += slice) {
    await team.all("nearestAgain", job, from, Math.min(again, from + slice));
    await breath(pairs - 1);
  }
  await breath(pairs);
  return again;
}

/** Turns marks at rows into the list of rows that are marked; returns how many they are. */
function listFailed(marks: Uint32Array, n: number): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (marks[i] === 1) marks[count++] = i;
  return count;
}

/** Quantises all rows; returns the job for the search. */
async function quantise(
  team: Team,
  memory: NearestMemory,
  shape: NearestShape,
  metric: NearestMetric,
): Promise<number> {
  const { regions } = memory;
  const { n, d } = shape;
  const rounding = (d + 16) * 2 ** -51;
  // the centre, of all rows that are not far longer than most; none for dot products, which it would change
  const norms = team.f64(regions.norms).slice(0, n).sort();
  const outlying = metric === "dot" ? 0 : 16 * norms[n >> 1]!;
  const scales = { longest: LONGEST, unit: 1, outlying, rounding, bias: 0 };
  await team.all("nearestCentre", writeJob(team, memory, shape, metric, scales));
  const centre = Math.sqrt(team.f64(regions.centre).reduce((sum, c) => sum + c * c, 0));
  // the unit that brings the longest row to about 2^59
  const unit = powerBelow(
    2 ** 60 / ((metric === "cosine" ? 1 : Math.sqrt(norms[n - 1]!)) + centre),
  );
  await team.all("nearestQuantise", writeJob(team, memory, shape, metric, { ...scales, unit }));
  let noise = 0;
  for (const each of team.f32(regions.noise).subarray(0, n)) noise = Math.max(noise, each);
  const bias = dotError(noise, rounding);
  return writeJob(team, memory, shape, metric, { ...scales, unit, bias });
}

/** The largest power of two that is not above x; 1 where x is infinite. */
function powerBelow(x: number): number {
  if (!Number.isFinite(x)) return 1;
  let power = 1;
  while (power * 2 <= x) power *= 2;
  while (power > x) power /= 2;
  return power;
}

/**
 * What the dot product of two quantised rows is at most off from that of the rows themselves (in quantised units): by
 * Cauchy and Schwarz from the lengths of the rows and of what quantising took away; with what float32 rounds off.
 */
function dotError(noise: number, rounding: number): number {
  const eta = noise + rounding * LONGEST;
  return Math.ceil(2 * eta * LONGEST + eta * eta + (2 ** -21 + rounding) * LONGEST * LONGEST) + 2;
}
