/** Conditional probabilities of given perplexity on a team of threads; what they are: twins/perplexity.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena, type Region } from "./arena.ts";
import { dot, type Metric, type SquaredDistance } from "./metrics.ts";
import { breather, type RunOptions } from "./run.ts";
import { type Team, withTeam } from "./team.ts";

/** Entries, and multiply-adds, worked on between two looks at the signal. */
const SLICE = { entries: 2 ** 20, work: 2e8 } as const;
/** Multiply-adds for one entry: about twenty steps of bisection, each with an exponential and a division. */
const WORK = 600;
const MOST_THREADS = 64;

/**
 * Replaces every row's k squared distances, which are those to its nearest neighbours, by the neighbours'
 * probabilities, in place.
 *
 * @param rows (n, k), k at least 1.
 * @returns The perplexity that every row reached.
 */
export async function neighborConditionals(
  rows: Float64Array,
  { k, perplexity, ...options }: { k: number; perplexity: number } & RunOptions,
): Promise<Float64Array> {
  const n = rows.length / k;
  const slice = sliceOf(n, k, k * WORK);
  const part = (i: number, count: number) => rows.subarray(i * k, (i + count) * k);
  return conditionals({ n, k, perplexity, slice, detour: true }, new Arena(), options, {
    work: rows.length * WORK,
    fill(team, entries, i, count) {
      team.f64(entries).set(part(i, count));
    },
    take(probabilities, i, count) {
      part(i, count).set(probabilities);
    },
  });
}

export interface DenseOptions extends RunOptions {
  readonly metric: Metric;
  /** Squared distances by that metric, which has checked X. */
  readonly distance: SquaredDistance;
  readonly perplexity: number;
}

/**
 * Every row's probabilities of all others: (n, n - 1), row i without itself; and the perplexity that every row
 * reached.
 */
export async function denseConditionals(
  X: Matrix,
  { metric, distance, perplexity, ...options }: DenseOptions,
): Promise<{ conditional: Float64Array; reached: Float64Array }> {
  const [n, d] = X.shape;
  const k = n - 1;
  const conditional = new Float64Array(n * k);
  const { perRow, slice, arena, rows, lengths } = layDense(n, d, metric);
  const reached = await conditionals({ n, k, perplexity, slice, detour: false }, arena, options, {
    work: n * perRow,
    open(team) {
      if (metric !== "precomputed") team.f32(rows).set(X.data);
      if (metric === "cosine") team.f64(lengths).set(lengthsOf(X));
    },
    fill(team, entries, i, count) {
      if (metric === "precomputed") return fillBy(distance, team.f64(entries), i, count, k);
      const by = metric === "cosine" ? lengths.at : 0;
      return team.all("squaredRows", rows.at, n, d, by, i, count, entries.at);
    },
    take(probabilities, i) {
      conditional.set(probabilities, i * k);
    },
  });
  return { conditional, reached };
}

/** Bytes that it takes in a team's memory. */
export function denseBytes(n: number, d: number, metric: Metric): number {
  const { arena, slice } = layDense(n, d, metric);
  laySearch(arena, { k: n - 1, slice });
  return arena.bytes;
}

function layDense(n: number, d: number, metric: Metric) {
  const k = n - 1;
  const perRow = k * ((metric === "precomputed" ? 0 : d) + WORK);
  const arena = new Arena();
  const rows = arena.f32(metric === "precomputed" ? 0 : n * d);
  const lengths = arena.f64(metric === "cosine" ? n : 0);
  return { perRow, slice: sliceOf(n, k, perRow), arena, rows, lengths };
}

function laySearch(arena: Arena, { k, slice }: { k: number; slice: number }) {
  return {
    entries: arena.f64(slice * k),
    perplexities: arena.f64(slice),
    scratch: arena.f64(MOST_THREADS * scratchOf(k)),
  };
}

interface Search {
  readonly n: number;
  readonly k: number;
  readonly perplexity: number;
  /** Rows searched between two looks at the signal. */
  readonly slice: number;
  /**
   * Whether squared distances are rounded by way of float32 distances, as those of scikit-learn's neighbours
   * are, or straight to float32, as in its dense P.
   */
  readonly detour: boolean;
}

interface Rows {
  /** Multiply-adds in all. */
  readonly work: number;
  open?(team: Team): void;
  /** Puts the squared distances of `count` rows from row i on. */
  fill(team: Team, entries: Region, i: number, count: number): Promise<void> | void;
  /** Receives their probabilities. */
  take(probabilities: Float64Array, i: number, count: number): void;
}

async function conditionals(
  { n, k, perplexity, slice, detour }: Search,
  arena: Arena,
  options: RunOptions,
  { work, open, fill, take }: Rows,
): Promise<Float64Array> {
  const reached = new Float64Array(n);
  const breath = breather("affinities", n, options);
  const { entries, perplexities, scratch } = laySearch(arena, { k, slice });
  await withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    open?.(team);
    for (let i = 0; i < n; i += slice) {
      const count = Math.min(slice, n - i);
      await fill(team, entries, i, count);
      await team.all(
        "conditionalRows",
        ...([entries.at, count, k, perplexity, detour ? 1 : 0] as const),
        ...([perplexities.at, scratch.at] as const),
      );
      take(team.f64(entries).subarray(0, count * k), i, count);
      reached.set(team.f64(perplexities).subarray(0, count), i);
      await breath(i + count);
    }
  });
  return reached;
}

function sliceOf(n: number, k: number, work: number): number {
  return Math.min(n, Math.max(8, Math.floor(Math.min(SLICE.entries / k, SLICE.work / work))));
}

/** Numbers that a thread needs beside its row (assembly/affinities.ts). */
function scratchOf(k: number): number {
  return 2 * (Math.ceil(k / 4) * 4 + 1);
}

function fillBy(
  distance: SquaredDistance,
  entries: Float64Array,
  first: number,
  count: number,
  k: number,
): void {
  for (let e = 0; e < count * k; e++) {
    const i = first + Math.floor(e / k);
    const j = e % k;
    entries[e] = distance(i, j < i ? j : j + 1);
  }
}

function lengthsOf({ data, shape: [n, d] }: Matrix): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => Math.sqrt(dot(data, i * d, i * d, d)));
}
