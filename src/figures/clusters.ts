import { rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { type ClusterStyle, clusterStyles } from "./cluster-style.ts";
import { ONE_BY_ONE } from "./crowd.ts";

/** The clusters of a map, as figures show them. */
export interface Clusters {
  /** Number of points of each cluster. */
  readonly sizes: readonly number[];
  /** Mean of each cluster's points, in units of the map. */
  readonly centroids: readonly { readonly x: number; readonly y: number }[];
  /** Colour and mark of each cluster, the same in every figure of this map. */
  readonly styles: readonly ClusterStyle[];
}

/**
 * Sizes, centroids and styles of the clusters that `labels` names on the map Y (n, 2).
 *
 * @throws {RangeError} unless there are n labels, each -1 (noise) or a cluster's number, and the clusters
 *   are numbered 0, 1, ... without a gap.
 */
export function clustersOf(Y: Matrix, labels: ArrayLike<number>): Clusters {
  const sizes = clusterSizes(labels, Y.shape[0]);
  const sums = sizes.map(() => ({ x: 0, y: 0 }));
  for (let i = 0; i < labels.length; i++) {
    const sum = sums[labels[i]!];
    if (sum === undefined) continue;
    sum.x += Y.data[2 * i]!;
    sum.y += Y.data[2 * i + 1]!;
  }
  const centroids = sums.map(({ x, y }, c) => ({ x: x / sizes[c]!, y: y / sizes[c]! }));
  return { sizes, centroids, styles: clusterStyles(centroids, labels.length > ONE_BY_ONE) };
}

/** Numbers of the clusters, the largest first; of equal ones the lower number. */
export function bySize(sizes: readonly number[]): number[] {
  return [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
}

function clusterSizes(labels: ArrayLike<number>, n: number): number[] {
  if (labels.length !== n) {
    throw rangeError(`clusters: expected ${n} labels, one for each point, got ${labels.length}`);
  }
  const sizes: number[] = [];
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < -1 || label >= n) {
      throw rangeError(`clusters: expected labels from -1 to ${n - 1}, got ${label}`);
    }
    while (sizes.length <= label) sizes.push(0);
    if (label >= 0) sizes[label]! += 1;
  }
  const empty = sizes.indexOf(0);
  if (empty !== -1) {
    throw rangeError(`clusters: expected numbers without a gap, got no point of ${empty}`);
  }
  return sizes;
}
