/**
 * Density-based clustering (Ester, Kriegel, Sander and Xu 1996) with scikit-learn's meaning: a core
 * point has at least `minSamples` points, itself included, within `eps`, the boundary included; core
 * points within `eps` of each other share a cluster; a border point goes to the first of its clusters in
 * order of discovery; all else is noise. Clusters are numbered in order of their lowest core point.
 */

import { treeDBSCAN, treeDBSCANBytes } from "../compute/dbscan.ts";
import { pairsDBSCAN, pairsDBSCANBytes } from "../compute/dbscan-pairs.ts";
import { TREE_DIMENSIONS } from "../compute/kdtree.ts";
import { checkMemory, type Need } from "../compute/memory.ts";
import { checkMetric, type Metric, squaredDistances } from "../compute/metrics.ts";
import type { RunOptions } from "../compute/run.ts";
import { dbscanTwin } from "../compute/twins/dbscan.ts";
import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

/** scikit-learn's parameters of DBSCAN, with its defaults. */
export interface DBSCANParams {
  /** Radius of the neighbourhood, in the units of the points, above 0; default 0.5. Raised: fewer, larger clusters. */
  readonly eps?: number | undefined;
  /** Points (or weight) within eps that make a core point, itself included; at least 1, default 5. */
  readonly minSamples?: number | undefined;
  /** Default `"euclidean"`. */
  readonly metric?: Metric | undefined;
}

export interface DBSCANResult {
  /** Cluster of every point, from 0 on; -1 is noise. */
  readonly labels: Int32Array;
  /** The core points, ascending. */
  readonly coreSampleIndices: Int32Array;
  readonly nClusters: number;
}

/** The label of points that belong to no cluster. */
export const NOISE = -1;

/**
 * DBSCAN with fixed parameters.
 *
 * @example
 * const { labels, nClusters } = await new DBSCAN({ eps: 7, minSamples: 3 }).fit(Y);
 */
export class DBSCAN {
  readonly eps: number;
  readonly minSamples: number;
  readonly metric: Metric;

  /** @throws {RangeError} for a parameter out of its range. */
  constructor({ eps = 0.5, minSamples = 5, metric = "euclidean" }: DBSCANParams = {}) {
    checkEps("DBSCAN", eps);
    checkMinSamples("DBSCAN", minSamples);
    checkMetric("DBSCAN", metric);
    this.eps = eps;
    this.minSamples = minSamples;
    this.metric = metric;
  }

  /**
   * The clusters of the rows of Y, which is (n, m), or (n, n) distances with metric `"precomputed"`.
   * In up to three dimensions time grows with n log n for any eps, over a k-d tree; beyond, and with the other
   * metrics, every pair is looked at. Memory grows with n.
   *
   * @param options.sampleWeight One weight for every row, default 1 each: a point of weight w counts as w
   * points, and a negative weight keeps its neighbours from being core.
   * @throws {RangeError} for NaN or infinities, no rows, with metric `"euclidean"` more than fit into memory, or another
   *   number of weights than of rows.
   */
  async fit(
    Y: Matrix,
    {
      sampleWeight,
      ...options
    }: { sampleWeight?: ArrayLike<number> | undefined } & RunOptions = {},
  ): Promise<DBSCANResult> {
    const distance = squaredDistances("DBSCAN", Y, this.metric);
    const [n, d] = Y.shape;
    if (n === 0) throw rangeError("DBSCAN: expected at least 1 row, got 0");
    checkWeights(sampleWeight, n);
    const params = { eps: this.eps, minSamples: this.minSamples, sampleWeight, ...options };
    if (this.metric !== "euclidean") return dbscanTwin(distance, n, params);
    const weighted = sampleWeight !== undefined;
    const of = `of ${d} columns`;
    checkMemory({ who: "DBSCAN", n, of }, (n) => dbscanNeed({ n, d, weighted }));
    return Y.shape[1] <= TREE_DIMENSIONS ? treeDBSCAN(Y, params) : pairsDBSCAN(Y, params);
  }
}

/** What Euclidean DBSCAN takes beside the rows. */
export function dbscanNeed({ n, d, weighted }: { n: number; d: number; weighted: boolean }): Need {
  const bytes = d <= TREE_DIMENSIONS ? treeDBSCANBytes : pairsDBSCANBytes;
  const step = bytes(n, d, weighted);
  return { step, peak: step + Int32Array.BYTES_PER_ELEMENT * n };
}

/** @throws {RangeError} unless eps is a number above 0. */
export function checkEps(who: string, eps: number): void {
  if (!(eps > 0) || !Number.isFinite(eps)) {
    throw rangeError(`${who}: expected eps to be a number above 0, got ${eps}`);
  }
}

/** @throws {RangeError} unless minSamples is a whole number above 0. */
export function checkMinSamples(who: string, minSamples: number): void {
  if (!Number.isInteger(minSamples) || minSamples < 1) {
    throw rangeError(`${who}: expected minSamples to be a whole number above 0, got ${minSamples}`);
  }
}

function checkWeights(weights: ArrayLike<number> | undefined, n: number): void {
  if (weights === undefined) return;
  if (weights.length !== n) {
    throw rangeError(`DBSCAN: expected ${n} weights, one for every row, got ${weights.length}`);
  }
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(weights[i])) {
      throw rangeError(`DBSCAN: expected finite weights, got ${weights[i]} for row ${i}`);
    }
  }
}
