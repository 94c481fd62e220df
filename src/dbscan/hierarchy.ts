/** DBSCAN for every eps at once. */
import { TREE_DIMENSIONS } from "../compute/kdtree.ts";
import { checkMemory, type Need } from "../compute/memory.ts";
import { squaredDistances } from "../compute/metrics.ts";
import {
  type Reachability,
  treeReachability,
  treeReachabilityNeed,
} from "../compute/reachability.ts";
import { pairsReachability, pairsReachabilityNeed } from "../compute/reachability-pairs.ts";
import type { RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkEps, checkMinSamples, type DBSCANResult, NOISE } from "./dbscan.ts";
import { dendrogram } from "./dendrogram.ts";

/** All of DBSCAN's clusterings of some points with one `minSamples`. */
export interface DBSCANHierarchy {
  readonly minSamples: number;
  /**
   * What `new DBSCAN({ eps, minSamples }).fit(Y)` gives, exactly, in time that grows with n.
   *
   * @throws {RangeError} unless eps is a number above 0.
   */
  at(eps: number): DBSCANResult;
  /**
   * The k-distance curve with k = max(1, minSamples - 1), as `kDistances` gives it; empty unless there are more
   * than k points.
   */
  kDistances(): Float32Array;
}

/**
 * Builds DBSCAN's hierarchy over eps: the minimum spanning tree of mutual reachability (Campello, Moulavi and
 * Sander 2013), so that any `eps` takes a pass over the points. Unlike HDBSCAN*'s, its clusterings have DBSCAN's
 * border points.
 *
 * Euclidean; Y is (n, m). In up to three dimensions time grows with about n log n, beyond with n^2 m; memory
 * with n minSamples.
 *
 * @param options.minSamples Points within eps that make a core point, itself included; default 5.
 * @throws {RangeError} for NaN or infinities, no rows or more than fit into memory, or minSamples out of its range.
 *
 * @example
 * const hierarchy = await dbscanHierarchy(Y, { minSamples: 3 });
 * for (const eps of [1, 2, 4]) console.log(hierarchy.at(eps).nClusters);
 */
export async function dbscanHierarchy(
  Y: Matrix,
  { minSamples = 5, ...options }: { minSamples?: number | undefined } & RunOptions = {},
): Promise<DBSCANHierarchy> {
  checkMinSamples("dbscanHierarchy", minSamples);
  squaredDistances("dbscanHierarchy", Y, "euclidean");
  const [n, d] = Y.shape;
  if (n === 0) throw rangeError("dbscanHierarchy: expected at least 1 row, got 0");
  if (n === 1 || minSamples > n) return few(n, minSamples);
  const of = `of ${d} columns with minSamples ${minSamples}`;
  checkMemory({ who: "dbscanHierarchy", n, of }, (n) => hierarchyNeed({ n, d, minSamples }));
  const build = d <= TREE_DIMENSIONS ? treeReachability : pairsReachability;
  return hierarchy(n, minSamples, await build(Y, { minSamples, ...options }));
}

/** What `dbscanHierarchy`, and so `epsAdvice`, takes for n rows of d columns: it grows with n minSamples. */
export function hierarchyNeed({
  n,
  d,
  minSamples,
}: {
  n: number;
  d: number;
  minSamples: number;
}): Need {
  const need = d <= TREE_DIMENSIONS ? treeReachabilityNeed : pairsReachabilityNeed;
  return need(n, d, minSamples);
}

function hierarchy(n: number, minSamples: number, found: Reachability): DBSCANHierarchy {
  const { k, nearest, edges, weights } = found;
  const { indices, squared } = nearest;
  const { order, steps } = dendrogram(n, edges, weights);
  const cores = Float64Array.from(order, (i) =>
    minSamples === 1 ? 0 : squared[i * k + minSamples - 2]!,
  );

  /** Of every core point, which stretch of the order it is in, from 0 on; -1 for others. */
  function stretches(limit: number): { stretch: Int32Array; count: number } {
    const stretch = new Int32Array(n);
    let count = 0;
    for (let t = 0; t < n; t++) {
      if (cores[t]! > limit) {
        stretch[order[t]!] = NOISE;
        continue;
      }
      if (t === 0 || steps[t - 1]! > limit) count++;
      stretch[order[t]!] = count - 1;
    }
    return { stretch, count };
  }

  /** The lowest label of the core points near a point that is none: they are all among its known neighbours. */
  function border(i: number, limit: number, labels: Int32Array, stretch: Int32Array): number {
    let best = NOISE;
    for (let e = i * k; e < (i + 1) * k && squared[e]! <= limit; e++) {
      const j = indices[e]!;
      if (stretch[j] !== NOISE && (best === NOISE || labels[j]! < best)) best = labels[j]!;
    }
    return best;
  }

  return {
    minSamples,
    at(eps) {
      checkEps("DBSCANHierarchy.at", eps);
      const limit = eps * eps;
      const { stretch, count } = stretches(limit);
      const numbers = new Int32Array(count).fill(NOISE);
      const labels = new Int32Array(n).fill(NOISE);
      const core = new Int32Array(n);
      let nClusters = 0;
      let cores = 0;
      for (let i = 0; i < n; i++) {
        const at = stretch[i]!;
        if (at === NOISE) continue;
        if (numbers[at] === NOISE) numbers[at] = nClusters++;
        labels[i] = numbers[at]!;
        core[cores++] = i;
      }
      for (let i = 0; i < n; i++) {
        if (stretch[i] === NOISE) labels[i] = border(i, limit, labels, stretch);
      }
      return { labels, coreSampleIndices: core.slice(0, cores), nClusters };
    },
    kDistances() {
      return Float32Array.from({ length: n }, (_, i) => Math.sqrt(squared[i * k + k - 1]!)).sort();
    },
  };
}

/** One point, or fewer points than make a core point. */
function few(n: number, minSamples: number): DBSCANHierarchy {
  const core = minSamples <= n ? [0] : [];
  return {
    minSamples,
    at(eps) {
      checkEps("DBSCANHierarchy.at", eps);
      const labels = new Int32Array(n).fill(core.length === 0 ? NOISE : 0);
      return { labels, coreSampleIndices: Int32Array.from(core), nClusters: core.length };
    },
    kDistances: () => new Float32Array(0),
  };
}
