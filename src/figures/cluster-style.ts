/**
 * Colours and marks of clusters, for any number of them. Colours are six of Okabe and Ito's set (2008),
 * which people with any of the common colour vision deficiencies can tell apart; its black is taken by
 * noise here, and its yellow is too faint on white and too near to the centroids' gold. From the seventh
 * cluster on, the mark's shape changes, so that colour is never the only difference.
 */

import { type Point, squaredDistance } from "./box.ts";

/** How a cluster's points are drawn. */
export interface ClusterStyle {
  readonly color: string;
  readonly mark: Mark;
}

export type Mark = "circle" | "square" | "up" | "down" | "hexagon";

export const CLUSTER_COLORS: readonly string[] = [
  "#0072b2", // blue
  "#d55e00", // vermilion
  "#009e73", // bluish green
  "#cc79a7", // reddish purple
  "#56b4e9", // sky blue
  "#e69f00", // orange
];
const MARKS: readonly Mark[] = ["circle", "square", "up", "down", "hexagon"];

/** Number of styles before they come again. */
export const STYLES: number = CLUSTER_COLORS.length * MARKS.length;

/**
 * One style for each centroid. The first 30 all differ; after them a cluster takes the style whose
 * nearest bearer is furthest away, so that clusters of the same style never lie side by side.
 */
export function clusterStyles(centroids: readonly Point[]): ClusterStyle[] {
  const chosen: number[] = [];
  for (let i = 0; i < centroids.length; i++) {
    chosen.push(i < STYLES ? i : furthestStyle(centroids, chosen, i));
  }
  return chosen.map((style) => ({
    color: CLUSTER_COLORS[style % CLUSTER_COLORS.length]!,
    mark: MARKS[Math.floor(style / CLUSTER_COLORS.length)]!,
  }));
}

function furthestStyle(
  centroids: readonly Point[],
  chosen: readonly number[],
  index: number,
): number {
  const nearest = new Float64Array(STYLES).fill(Number.POSITIVE_INFINITY);
  chosen.forEach((style, i) => {
    nearest[style] = Math.min(nearest[style]!, squaredDistance(centroids[i]!, centroids[index]!));
  });
  return nearest.indexOf(nearest.reduce((a, b) => Math.max(a, b)));
}
