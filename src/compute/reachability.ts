/** Core distances and a minimum spanning tree of mutual reachability, for all of DBSCAN's clusterings at once. */
import type { Matrix } from "../matrix.ts";
import { Arena } from "./arena.ts";
import { growTree, planTree } from "./kdtree.ts";
import { findNearest, type NearestRows, treeNearestWork } from "./kdtree-neighbors.ts";
import type { Need } from "./memory.ts";
import { breather, type RunOptions } from "./run.ts";
import { withTeam } from "./team.ts";

/** Squared distances in float64 throughout. */
export interface Reachability {
  /** How many neighbours of every row are known. */
  readonly k: number;
  readonly nearest: NearestRows;
  /** n - 1 edges: rows 2 e and 2 e + 1 are the ends of edge e. */
  readonly edges: Uint32Array;
  readonly weights: Float64Array;
}

/** How many neighbours a hierarchy of n rows keeps. */
export function neighborsKept(n: number, minSamples: number): number {
  return Math.max(1, Math.min(minSamples, n) - 1);
}

/** Euclidean, of at least two rows, and as many as minSamples, of at most three columns. */
export async function treeReachability(
  Y: Matrix,
  { minSamples, ...options }: { minSamples: number } & RunOptions,
): Promise<Reachability> {
  const [n, d] = Y.shape;
  const { arena, k, plan, rows, squares, parts, fields, edges, weights } = lay(n, d, minSamples);
  const work = treeNearestWork(n, k);
  return withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    const breath = breather("DBSCAN hierarchy", 2 * n, options);
    growTree(team, plan, Y);
    await findNearest(team, plan, { k, rows, squares }, breath);
    team.u32(fields).set([0, k, ...parts.map(({ at }) => at)]);
    team.one("reachBegin", plan.fields.at, fields.at, minSamples);
    let found = 0;
    while (found < n - 1) {
      found = team.one("reachRound", plan.fields.at, fields.at);
      await breath(n + found);
    }
    await breath(2 * n);
    const nearest = { indices: team.i32(rows).slice(), squared: team.f64(squares).slice() };
    return { k, nearest, edges: team.u32(edges).slice(), weights: team.f64(weights).slice() };
  });
}

/**
 * What a hierarchy of n rows takes while it is built, with its result: about 133 bytes a row, and 24 for each of
 * minSamples - 1 neighbours.
 */
export function treeReachabilityNeed(n: number, d: number, minSamples: number): Need {
  const { arena, k } = lay(n, d, minSamples);
  return { step: arena.bytes, peak: arena.bytes + n * (12 * k + 16) };
}

function lay(n: number, d: number, minSamples: number) {
  const k = neighborsKept(n, minSamples);
  const arena = new Arena();
  const plan = planTree(arena, n, d);
  const { nodes } = plan;
  const [rows, squares] = [arena.i32(n * k), arena.f64(n * k)];
  const [edges, weights] = [arena.u32(2 * (n - 1)), arena.f64(n - 1)];
  // as `Reach` of assembly/dbscan-reach.ts has them
  const parts = [
    ...[rows, squares, arena.f64(n), arena.f64(nodes)],
    ...[arena.u32(n), arena.u32(n), arena.u32(nodes)],
    ...[arena.f64(n), arena.u32(n), arena.u32(n), arena.f64(n), arena.u32(n)],
    ...[edges, weights],
  ];
  const fields = arena.u32(2 + parts.length);
  return { arena, k, plan, rows, squares, parts, fields, edges, weights };
}
