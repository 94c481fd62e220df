/** Conditional probabilities of given perplexity on a team of threads; what they are: twins/perplexity.ts. */
import { Arena } from "./arena.ts";
import { breather, type RunOptions } from "./run.ts";
import { withTeam } from "./team.ts";

export interface ConditionalOptions extends RunOptions {
  /** Squared distances in every row, at least 1. */
  readonly k: number;
  readonly perplexity: number;
}

/** Entries worked on between two looks at the signal. */
const SLICE = 2 ** 20;
/** Multiply-adds for one entry: about twenty steps of bisection, each with an exponential and a division. */
const WORK = 600;
const MOST_THREADS = 64;

/**
 * Replaces every row's k squared distances, which are those to its nearest neighbours, by the neighbours'
 * probabilities, in place.
 *
 * @param rows (n, k)
 * @returns The perplexity that every row reached.
 */
export async function neighborConditionals(
  rows: Float64Array,
  { k, perplexity, ...options }: ConditionalOptions,
): Promise<Float64Array> {
  const n = rows.length / k;
  const reached = new Float64Array(n);
  const breath = breather("affinities", n, options);
  const slice = sliceOf(n, k);
  const arena = new Arena();
  const entries = arena.f64(slice * k);
  const perplexities = arena.f64(slice);
  const scratch = arena.f64(MOST_THREADS * scratchOf(k));
  await withTeam({ bytes: arena.bytes, work: rows.length * WORK, ...options }, async (team) => {
    for (let i = 0; i < n; i += slice) {
      const count = Math.min(slice, n - i);
      const part = rows.subarray(i * k, (i + count) * k);
      team.f64(entries).set(part);
      await team.all(
        "conditionalRows",
        entries.at,
        count,
        k,
        perplexity,
        1,
        perplexities.at,
        scratch.at,
      );
      part.set(team.f64(entries).subarray(0, part.length));
      reached.set(team.f64(perplexities).subarray(0, count), i);
      await breath(i + count);
    }
  });
  return reached;
}

/** Rows worked on between two looks at the signal. */
function sliceOf(n: number, k: number): number {
  return Math.min(n, Math.max(1, Math.floor(SLICE / k)));
}

/** Numbers that a thread needs beside its row (assembly/affinities.ts). */
function scratchOf(k: number): number {
  return 2 * (Math.ceil(k / 4) * 4 + 1);
}
