/** Exact k nearest neighbours in up to three dimensions: assembly/kdtree-nearest.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena, type Region } from "./arena.ts";
import { growTree, planTree, type TreePlan } from "./kdtree.ts";
import { breather, type RunOptions } from "./run.ts";
import { type Team, withTeam } from "./team.ts";

/** The k nearest of row i are at [i k, (i + 1) k), nearest first. */
export interface NearestRows {
  readonly indices: Int32Array;
  /** Squared distances. */
  readonly squared: Float64Array;
}

/** Leaves between two looks at the signal, for one neighbour: less than 50 ms on one thread. */
const LEAVES_PER_SLICE = 4096;

/**
 * The k nearest rows of every row of Y, itself left out; among equal distances the lower index comes first.
 * Y has at most three columns and more than k rows. Time grows with n log n, memory with n k.
 */
export async function treeNearest(
  Y: Matrix,
  { k, ...options }: { k: number } & RunOptions,
): Promise<NearestRows> {
  const [n, d] = Y.shape;
  const { arena, plan, rows, squares } = lay(n, d, k);
  const work = treeNearestWork(n, k);
  return withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    const breath = breather("neighbours", n, options);
    growTree(team, plan, Y);
    await findNearest(team, plan, { k, rows, squares }, breath);
    return { indices: team.i32(rows).slice(), squared: team.f64(squares).slice() };
  });
}

/** Bytes that it takes in a team's memory. */
export function treeNearestBytes(n: number, d: number, k: number): number {
  return lay(n, d, k).arena.bytes;
}

function lay(n: number, d: number, k: number) {
  const arena = new Arena();
  const plan = planTree(arena, n, d);
  return { arena, plan, rows: arena.i32(n * k), squares: arena.f64(n * k) };
}

/** About how many multiply-adds it takes. */
export function treeNearestWork(n: number, k: number): number {
  return n * (300 + 20 * k);
}

/** Finds the neighbours in a tree that has grown, on all threads. */
export async function findNearest(
  team: Team,
  plan: TreePlan,
  { k, rows, squares }: { k: number; rows: Region; squares: Region },
  breath: (done: number) => Promise<void> | undefined,
): Promise<void> {
  const { leaves, count, fields } = plan;
  const step = Math.max(64, Math.ceil(LEAVES_PER_SLICE / Math.sqrt(k)) * team.threads);
  for (let from = 0; from < leaves; from += step) {
    const to = Math.min(from + step, leaves);
    await team.all("kdNearest", fields.at, k, rows.at, squares.at, from, to);
    await breath(Math.floor((count * to) / leaves));
  }
}
