/** Where the search for nearest rows has its things, and how much memory that is. */
import { Arena, type Region } from "./arena.ts";
import type { Team } from "./team.ts";

export type NearestMetric = "euclidean" | "cosine" | "dot";

/** Rows to search, and how many neighbours of each. */
export interface NearestShape {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Threads at most; each has some memory of its own. */
  readonly threads?: number | undefined;
}

/** The fields of `Job` (assembly/nearest-job.ts) that are addresses, in its order. */
const REGIONS = [
  "rows",
  "norms",
  "hashes",
  "centre",
  "packed",
  "factors",
  "halves",
  "noise",
  "limits",
  "last",
  "counts",
  "candidates",
  "locks",
  "scratch",
] as const;
type Name = (typeof REGIONS)[number] | "indices" | "keys" | "again";

/** Numbers that hang on the shape alone. */
export interface NearestSizes {
  readonly pairs: number;
  readonly kept: number;
  readonly room: number;
  readonly blockPanels: number;
  readonly blocks: number;
  readonly tiles: number;
  /** So few rows that all pairs are looked at in float64. */
  readonly direct: boolean;
}

export interface NearestMemory extends NearestSizes {
  readonly bytes: number;
  readonly regions: Readonly<Record<Name, Region>>;
  readonly job: Region;
  readonly scratchSize: number;
}

/** Dimensions beyond which sums of quantised products would not fit into 32 bits with their error. */
const MOST_DIMENSIONS = 100_000;
/** Bytes of a block of quantised rows: two of them fit into a core's own cache. */
const BLOCK = 196_608;
/** Panels in a block at most; assembly/nearest-sweep.ts has as much room. */
const MOST_PANELS = 64;
/** Scratch of a thread beside a row: for a tile, two blocks' limits and the hits (assembly/nearest-sweep.ts). */
const SCRATCH = 40_960;
const MOST_THREADS = 64;

export function nearestSizes({ n, d, k }: NearestShape): NearestSizes {
  const pairs = 2 * Math.ceil(d / 4);
  const kept = k + Math.max(16, Math.ceil(k / 8));
  const blockPanels = Math.max(4, Math.min(MOST_PANELS, Math.floor(BLOCK / (32 * pairs + 1))));
  const blocks = Math.ceil(n / (8 * blockPanels));
  return {
    pairs,
    kept,
    room: 2 * kept,
    blockPanels,
    blocks,
    tiles: (blocks * (blocks + 1)) / 2,
    direct: n <= 2 * kept || d > MOST_DIMENSIONS,
  };
}

/** Lays out the memory for a search. */
export function nearestMemory(shape: NearestShape): NearestMemory {
  const { n, d, k, threads = MOST_THREADS } = shape;
  const sizes = nearestSizes(shape);
  const { pairs, room, blocks, direct } = sizes;
  const arena = new Arena();
  const padded = 8 * Math.ceil(n / 8);
  const search = direct ? 0 : padded;
  const scratchSize = SCRATCH + 64 * Math.ceil(Math.max(8 * d + 8, 32 * pairs) / 64);
  const job = arena.f64(32);
  const regions = {
    rows: arena.f32(n * d),
    norms: arena.f64(n),
    hashes: arena.u32(n),
    centre: arena.f64(direct ? 0 : d),
    packed: arena.i16(search * pairs * 2),
    factors: arena.f32(search),
    halves: arena.f32(search),
    noise: arena.f32(search),
    limits: arena.f32(search),
    last: arena.f64(search),
    counts: arena.i32(search),
    candidates: arena.f64(direct ? 0 : n * room),
    locks: arena.i32(direct ? 0 : 16 * blocks),
    scratch: arena.u8(threads * scratchSize),
    indices: arena.i32(n * k),
    keys: arena.f64(n * k),
    again: arena.u32(search),
  };
  return { ...sizes, bytes: arena.bytes, regions, job, scratchSize };
}

/**
 * Bytes that a search for the k nearest of n rows of d needs, beside the rows given and the result: about 6 for each
 * number in the rows, and 30 for each neighbour.
 */
export function nearestBytes(shape: NearestShape): number {
  return nearestMemory(shape).bytes;
}

/** What the fields of `Job` are that hang on the rows themselves. */
export interface NearestScales {
  readonly bias: number;
  readonly longest: number;
  readonly unit: number;
  readonly outlying: number;
  readonly rounding: number;
}

/** Writes the job for the kernels; returns its address. */
export function writeJob(
  team: Team,
  memory: NearestMemory,
  shape: NearestShape,
  metric: NearestMetric,
  scales: NearestScales = { bias: 0, longest: 0, unit: 1, outlying: 0, rounding: 0 },
): number {
  const { regions, job, scratchSize } = memory;
  const { pairs, kept, room, blockPanels, blocks } = nearestSizes(shape);
  const { n, d, k } = shape;
  const words = [
    ...REGIONS.map((name) => regions[name].at),
    scratchSize,
    ...[regions.indices.at, regions.keys.at, regions.again.at],
    ...[n, d, pairs, k, kept, room, blockPanels, blocks],
    ["euclidean", "cosine", "dot"].indexOf(metric),
    scales.bias,
  ];
  team.u32({ at: job.at, length: words.length }).set(words);
  const { longest, unit, outlying, rounding } = scales;
  team.f64({ at: job.at + 4 * words.length, length: 4 }).set([longest, unit, outlying, rounding]);
  return job.at;
}
