/** DBSCAN in any number of dimensions over pairs of rows, on all threads: assembly/dbscan-pairs.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena } from "./arena.ts";
import { type Clustering, type ClusterParams, markedRows } from "./dbscan.ts";
import { breather } from "./run.ts";
import { withTeam } from "./team.ts";

/** Multiply-adds between two looks at the signal: about 50 ms on one thread. */
const SLICE = 5e7;

/** Euclidean DBSCAN of at least one row of any number of columns; time grows with n^2 d, memory with n d. */
export async function pairsDBSCAN(
  Y: Matrix,
  { eps, minSamples, sampleWeight, ...options }: ClusterParams,
): Promise<Clustering> {
  const [n, d] = Y.shape;
  const limit = eps * eps;
  const { arena, data, weights, sums, core, parents, labels } = lay(n, d, !!sampleWeight);
  const work = 2 * n * n * (d + 4);

  return withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    const breath = breather("DBSCAN", 3 * n, options);
    const step = 32 * team.threads * Math.ceil(SLICE / (32 * n * (d + 4)));
    const slices = async (start: number, run: (from: number, to: number) => Promise<void>) => {
      for (let from = 0; from < n; from += step) {
        const to = Math.min(from + step, n);
        await run(from, to);
        await breath(start + to);
      }
    };
    team.f32(data).set(Y.data);
    if (sampleWeight) team.f64(weights).set(sampleWeight);
    team.u32(parents).forEach((_, i, all) => {
      all[i] = i;
    });
    const least = minSamples;
    const weighing = sampleWeight ? weights.at : 0;
    await slices(0, (from, to) =>
      team.all("pairsCore", data.at, n, d, limit, least, weighing, sums.at, core.at, from, to),
    );
    await slices(n, (from, to) =>
      team.all("pairsJoin", data.at, d, limit, core.at, parents.at, from, to),
    );
    const isCore = team.u8(core);
    const { count, nClusters } = number(isCore, team.u32(parents), team.i32(labels));
    await slices(2 * n, (from, to) =>
      team.all("pairsBorder", data.at, n, d, limit, core.at, labels.at, from, to),
    );
    const coreSampleIndices = markedRows(isCore, count);
    return { labels: team.i32(labels).slice(), coreSampleIndices, nClusters };
  });
}

/** Bytes that it takes in a team's memory. */
export function pairsDBSCANBytes(n: number, d: number, weighted: boolean): number {
  return lay(n, d, weighted).arena.bytes;
}

function lay(n: number, d: number, weighted: boolean) {
  const arena = new Arena();
  const [data, weights] = [arena.f32(n * d), arena.f64(weighted ? n : 0)];
  const [sums, core] = [arena.f64(n), arena.u8(n)];
  return { arena, data, weights, sums, core, parents: arena.u32(n), labels: arena.i32(n) };
}

/** Numbers the sets by their roots, which are their lowest rows, and labels the core rows; all else is -1. */
function number(
  isCore: Uint8Array,
  parents: Uint32Array,
  labels: Int32Array,
): { count: number; nClusters: number } {
  let nClusters = 0;
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    count += isCore[i]!;
    // a parent is a lower row of the same set, so it has its label already
    if (isCore[i] === 0) labels[i] = -1;
    else labels[i] = parents[i] === i ? nClusters++ : labels[parents[i]!]!;
  }
  return { count, nClusters };
}
