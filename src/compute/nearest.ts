/**
 * The exact k nearest neighbours of every row. Rows are quantised to 16-bit integers, all pairs of them
 * multiplied, and for every row those kept as candidates whose lower bound of the distance is smallest;
 * distances of candidates are then computed in float64, as `squaredEuclidean` and `dot` do, and the k-th of them is
 * held against the lower bound of all that were left out. Rows where that proves nothing are looked at again,
 * with all others whose bound is not above their k-th distance. How it is proven: docs/method.md.
 */
import type { Matrix } from "../matrix.ts";
import { type Groups, groupRows, ungroup } from "./nearest-groups.ts";
import {
  type NearestMemory,
  type NearestMetric,
  type NearestShape,
  nearestMemory,
  writeJob,
} from "./nearest-memory.ts";
import { search, searchCost } from "./nearest-search.ts";
import type { RunOptions } from "./run.ts";
import { type Team, withTeam } from "./team.ts";
import { availableThreads } from "./threads.ts";

export interface Nearest {
  /** The neighbours of row i, nearest first, at [i k, (i + 1) k); equal ones by index. */
  readonly indices: Int32Array;
  /** Squared distances; for `"cosine"` squares of the float32 distances; for `"dot"` minus the products. */
  readonly keys: Float64Array;
  /** Rows for which the candidates proved too few, so that they were looked at again. */
  readonly lookedAgain: number;
}

/** The k nearest of n rows, 1 <= k < n, all finite. */
export async function nearest(
  X: Matrix,
  { k, metric, ...options }: { k: number; metric: NearestMetric } & RunOptions,
): Promise<Nearest> {
  const [n, d] = X.shape;
  const shape = { n, d, k, threads: options.threads ?? availableThreads() };
  const memory = nearestMemory(shape);
  const { bytes } = memory;
  return withTeam({ bytes, work: searchCost(shape), ...options }, async (team) => {
    team.f32(memory.regions.rows).set(X.data);
    const groups = await distinct(team, memory, { n, d, k }, metric);
    const count = groups === undefined ? n : groups.starts.length - 1;
    const each = Math.min(k, count - 1);
    const lookedAgain = await search(team, memory, { n: count, d, k: each }, metric, options);
    const indices = team.i32(memory.regions.indices).slice(0, count * each);
    const keys = team.f64(memory.regions.keys).slice(0, count * each);
    const found = { indices, keys, lookedAgain };
    if (groups === undefined) return found;
    return ungroup(groups, found, k, (g) => team.one("nearestKey", memory.job.at, g, g));
  });
}

/** Where some rows are the same, leaves one of each in the memory, and returns which they stand for. */
async function distinct(
  team: Team,
  memory: NearestMemory,
  shape: NearestShape,
  metric: NearestMetric,
): Promise<Groups | undefined> {
  const { n, d } = shape;
  const { regions } = memory;
  await team.all("nearestMeasure", writeJob(team, memory, shape, metric));
  const rows = team.u32(regions.rows);
  const groups = groupRows(rows, team.u32(regions.hashes), n, d);
  if (groups === undefined) return undefined;
  const norms = team.f64(regions.norms);
  for (let g = 0; g + 1 < groups.starts.length; g++) {
    const i = groups.members[groups.starts[g]!]!;
    rows.copyWithin(g * d, i * d, (i + 1) * d);
    norms[g] = norms[i]!;
  }
  return groups;
}
