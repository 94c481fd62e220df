/** DBSCAN in up to three dimensions over a k-d tree: assembly/dbscan-core.ts, -weights.ts and -join.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena, type Region } from "./arena.ts";
import { growTree, planTree } from "./kdtree.ts";
import { breather, type RunOptions } from "./run.ts";
import { withTeam } from "./team.ts";

/** What DBSCAN is told; checked before. */
export interface ClusterParams extends RunOptions {
  readonly eps: number;
  readonly minSamples: number;
  readonly sampleWeight?: ArrayLike<number> | undefined;
}

/** Clusters as DBSCAN gives them. */
export interface Clustering {
  /** Cluster of every row, from 0 on; -1 is noise. */
  readonly labels: Int32Array;
  /** The core points, ascending. */
  readonly coreSampleIndices: Int32Array;
  readonly nClusters: number;
}

/** Euclidean DBSCAN of at least one row, of at most three columns. */
export async function treeDBSCAN(
  Y: Matrix,
  { eps, minSamples, sampleWeight, ...options }: ClusterParams,
): Promise<Clustering> {
  const [n, d] = Y.shape;
  const { arena, plan, weighing, core, counts, labels, rest, fields } = lay(n, d, !!sampleWeight);

  return withTeam({ bytes: arena.bytes, work: 100 * n, ...options }, async (team) => {
    const breath = breather("DBSCAN", n, options);
    growTree(team, plan, Y);
    team.f64({ at: fields.at, length: 1 })[0] = eps * eps;
    const parts = [core, counts, ...rest].map(({ at }) => at);
    team.u32(fields).set([Math.min(minSamples, n + 1), ...parts], 2);
    const [tree, clusters] = [plan.fields.at, fields.at];
    if (weighing === undefined) team.one("dbscanCore", tree, clusters);
    else {
      const [weights, sums] = weighing;
      const doubt = place(team.f64(weights), sampleWeight!);
      const room = counts.at;
      team.one("dbscanWeigh", tree, clusters, weights.at, sums.at, room, minSamples, doubt);
    }
    await breath(0);
    team.one("dbscanJoin", tree, clusters);
    const nClusters = team.one("dbscanNumber", tree, clusters);
    team.one("dbscanBorder", tree, clusters);
    await breath(n);
    const coreSampleIndices = coreRows(team.u8(core), team.u32(plan.ids));
    return { labels: team.i32(labels).slice(), coreSampleIndices, nClusters };
  });
}

/** Bytes that `treeDBSCAN` takes in a team's memory. */
export function treeDBSCANBytes(n: number, d: number, weighted: boolean): number {
  return lay(n, d, weighted).arena.bytes;
}

function lay(n: number, d: number, weighted: boolean) {
  const arena = new Arena();
  const plan = planTree(arena, n, d);
  const weighing = weighted ? planWeights(arena, n, plan.nodes) : undefined;
  const core = arena.u8(n);
  const [counts, labels] = [arena.u32(n), arena.i32(n)];
  const rest = [arena.u32(n), arena.u32(plan.nodes), labels, arena.i32(n)];
  return { arena, plan, weighing, core, counts, labels, rest, fields: arena.u32(10) };
}

function planWeights(arena: Arena, n: number, nodes: number): [weights: Region, sums: Region] {
  return [arena.f64(n), arena.f64(nodes)];
}

/**
 * Puts the weights into their place.
 *
 * @returns How far two orders of adding some of them may come apart: each rounds at most n - 1 times, by at most
 * half a unit in the last place of the sum of their magnitudes. -1 where they are whole multiples of 2^-20, few
 * and small enough for every sum to be exact.
 */
function place(weights: Float64Array, given: ArrayLike<number>): number {
  const fine = 2 ** 20;
  let total = 0;
  let whole = true;
  for (let i = 0; i < weights.length; i++) {
    const weight = given[i]!;
    weights[i] = weight;
    total += Math.abs(weight);
    whole &&= Number.isInteger(weight * fine);
  }
  return whole && total * fine < 2 ** 53 ? -1 : weights.length * 2 ** -51 * total;
}

/** Rows of the places marked, ascending. */
function coreRows(core: Uint8Array, ids: Uint32Array): Int32Array {
  const isCore = new Uint8Array(core.length);
  let count = 0;
  for (let at = 0; at < core.length; at++) {
    isCore[ids[at]!] = core[at]!;
    count += core[at]!;
  }
  return markedRows(isCore, count);
}

/** The rows marked with 1, ascending; there are `count`. */
export function markedRows(marks: Uint8Array, count: number): Int32Array {
  const rows = new Int32Array(count);
  let found = 0;
  for (let row = 0; found < count; row++) if (marks[row] === 1) rows[found++] = row;
  return rows;
}
