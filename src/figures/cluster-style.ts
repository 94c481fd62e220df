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

/** With more clusters than this, only those around a cluster are looked at for its style. */
const LOOK_AT_ALL = 1000;
const SEEN_IN_CELL = 16; // of clusters with a style, the latest

/**
 * One style for each centroid. The first 30 all differ; after them a cluster takes the style whose
 * nearest bearer is furthest away, so that clusters of the same style never lie side by side. Beyond
 * 1,000 clusters, those that are not in the neighbourhood count as infinitely far.
 *
 * @param dotsOnly Only colours differ: for maps on which dots are too small for shapes.
 */
export function clusterStyles(centroids: readonly Point[], dotsOnly = false): ClusterStyle[] {
  const count = dotsOnly ? CLUSTER_COLORS.length : STYLES;
  const near = centroids.length > LOOK_AT_ALL ? neighbourhoods(centroids) : undefined;
  const chosen: number[] = [];
  for (let i = 0; i < centroids.length; i++) {
    const others = near === undefined ? chosen.keys() : near(i);
    chosen.push(i < count ? i : furthestStyle(centroids, chosen, i, others, count));
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
  others: Iterable<number>,
  count: number,
): number {
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (const i of others) {
    const distance = squaredDistance(centroids[i]!, centroids[index]!);
    nearest[chosen[i]!] = Math.min(nearest[chosen[i]!]!, distance);
  }
  return nearest.indexOf(nearest.reduce((a, b) => Math.max(a, b)));
}

/**
 * For each centroid in turn, those before it in the 5 x 5 cells around it, of a grid with about two
 * centroids in a cell.
 */
function neighbourhoods(centroids: readonly Point[]): (index: number) => number[] {
  const [left, right] = extent(centroids.map(({ x }) => x));
  const [low, high] = extent(centroids.map(({ y }) => y));
  const [width, height] = [right - left, high - low];
  const share = 2 / centroids.length;
  const side = Math.max(Math.sqrt(width * height * share), Math.max(width, height) * share) || 1;
  const columns = Math.floor(width / side) + 5;
  const cells = new Map<number, number[]>();
  return (index) => {
    const { x, y } = centroids[index]!;
    const [u, v] = [Math.floor((x - left) / side) + 2, Math.floor((y - low) / side) + 2];
    const found: number[] = [];
    for (let row = v - 2; row <= v + 2; row++) {
      for (let column = u - 2; column <= u + 2; column++) {
        found.push(...(cells.get(row * columns + column)?.slice(-SEEN_IN_CELL) ?? []));
      }
    }
    const own = v * columns + u;
    const members = cells.get(own);
    if (members === undefined) cells.set(own, [index]);
    else members.push(index);
    return found;
  };
}

function extent(values: readonly number[]): [number, number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  return [least, largest];
}
