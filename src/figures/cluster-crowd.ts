import type { ClusterStyle } from "./cluster-style.ts";
import type { Clusters } from "./clusters.ts";
import { crowd, crowdNotes, type Layer } from "./crowd.ts";
import type { FigureToken } from "./figure.ts";
import { NAMED_CENTROID, nameGroups } from "./group-names.ts";
import { centroidMarks } from "./marks.ts";
import { CROWD_NOISE } from "./palette.ts";
import type { Scatter } from "./scatter.ts";
import type { SvgNode } from "./svg.ts";

/** What of a clusters' figure lies in its frame, under and over the axes, and what to say of it. */
export interface ClusterPicture {
  readonly under: readonly SvgNode[];
  readonly over: readonly SvgNode[];
  readonly notes: readonly string[];
}

/**
 * The clusters of a large map: dots in the clusters' colours, noise in grey under them, and the names and
 * centroids of large clusters that have room. Without lines to centroids, which would hide the dots.
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
    under: [crowd(map, colorLayers(labels, styles))],
    over: [
      centroidMarks(
        names.named.map((group) => centroids[group]!),
        NAMED_CENTROID,
      ),
      names.nodes,
    ],
    notes: [...names.notes, ...crowdNotes(tokens.length)],
  };
}

/** Noise, then the clusters by colour. */
function colorLayers(labels: ArrayLike<number>, styles: readonly ClusterStyle[]): Layer[] {
  const byColor = new Map<string, number[]>([[CROWD_NOISE, []]]);
  for (const { color } of styles) byColor.set(color, []);
  for (let i = 0; i < labels.length; i++) {
    byColor.get(styles[labels[i]!]?.color ?? CROWD_NOISE)!.push(i);
  }
  return Array.from(byColor, ([color, indices]) => ({ color, indices }));
}
