import { groupDigits } from "../text/numbers.ts";
import type { ClusterStyle } from "./cluster-style.ts";
import type { Clusters } from "./clusters.ts";
import { AS_PATHS, crowd, crowdNotes, type Layer } from "./crowd.ts";
import type { FigureToken } from "./figure.ts";
import { NAMED_CENTROID, nameGroups } from "./group-names.ts";
import { centroidMarks } from "./marks.ts";
import { isUnseen } from "./names.ts";
import { CROWD_NOISE } from "./palette.ts";
import type { Scatter } from "./scatter.ts";
import type { SvgNode } from "./svg.ts";

/** What of a clusters' figure lies in its frame, under and over the axes, and what to say of it. */
export interface ClusterPicture {
  readonly under: readonly SvgNode[];
  readonly over: readonly SvgNode[];
  readonly notes: readonly string[];
}

/** Size of the white in hollow dots, where 1 is the dot's. */
const HOLE = 0.55;

/**
 * The clusters of a large map: dots in the clusters' colours, noise in grey under them, and the names and
 * centroids of large clusters that have room. Without lines to centroids, which would hide the dots. Tokens
 * never seen in training are hollow, under the others; in a density, where no dot has room for that, a note says
 * that they are not set apart.
 */
export function clusterCrowd(
  tokens: readonly FigureToken[],
  map: Scatter,
  { sizes, centroids: middles, styles }: Clusters,
  labels: ArrayLike<number>,
): ClusterPicture {
  const centroids = middles.map(({ x, y }) => map.place(x, y));
  const names = nameGroups(tokens, map, { sizes, centroids, labels });
  return {
    under: [crowd(map, layersOf(tokens, labels, styles))],
    over: [
      centroidMarks(
        names.named.map((group) => centroids[group]!),
        NAMED_CENTROID,
      ),
      names.nodes,
    ],
    notes: [...names.notes, ...crowdNotes(tokens.length), ...unseenNotes(tokens)],
  };
}

/** How many tokens the clusters of a large map show hollow. */
export function hollowCount(tokens: readonly FigureToken[]): number {
  return tokens.length > AS_PATHS ? 0 : tokens.filter(isUnseen).length;
}

function unseenNotes(tokens: readonly FigureToken[]): string[] {
  const count = tokens.filter(isUnseen).length;
  if (count === 0) return [];
  const of = `${groupDigits(count)} of ${groupDigits(tokens.length)} tokens`;
  if (tokens.length <= AS_PATHS) return [`Hollow: never seen in training (${of})`];
  return [`Never seen in training: ${of}; not set apart here, but grey on the map without groups`];
}

/** Tokens never seen with white on them, where dots can have it; then the others. */
function layersOf(
  tokens: readonly FigureToken[],
  labels: ArrayLike<number>,
  styles: readonly ClusterStyle[],
): Layer[] {
  const all = [...tokens.keys()];
  if (hollowCount(tokens) === 0) return colorLayers(all, labels, styles);
  const unseen = all.filter((i) => isUnseen(tokens[i]!));
  return [
    ...colorLayers(unseen, labels, styles),
    { color: "#ffffff", indices: unseen, size: HOLE },
    ...colorLayers(
      all.filter((i) => !isUnseen(tokens[i]!)),
      labels,
      styles,
    ),
  ];
}

/** Noise, then the clusters by colour. */
function colorLayers(
  indices: readonly number[],
  labels: ArrayLike<number>,
  styles: readonly ClusterStyle[],
): Layer[] {
  const byColor = new Map<string, number[]>([[CROWD_NOISE, []]]);
  for (const { color } of styles) byColor.set(color, []);
  for (const i of indices) byColor.get(styles[labels[i]!]?.color ?? CROWD_NOISE)!.push(i);
  return Array.from(byColor, ([color, members]) => ({ color, indices: members }));
}
