import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { panelTitle } from "./axes.ts";
import { boxAround } from "./box.ts";
import { clusterLegend, legendHeight } from "./cluster-legend.ts";
import type { ClusterStyle } from "./cluster-style.ts";
import { clustersOf } from "./clusters.ts";
import type { FigureText, FigureToken, Projection } from "./figure.ts";
import { markNode, plusNode } from "./marks.ts";
import { isUnseen, nameDots } from "./names.ts";
import { renderPage } from "./page.ts";
import { CENTROID } from "./palette.ts";
import { fitFrame, type Scatter, scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";

/** What the notebook's third figure shows. */
export interface ClusterFigureOptions extends FigureText {
  /** Map of the embeddings, (n, 2). */
  readonly Y: Matrix;
  /** Cluster of each point: 0, 1, ...; noise is -1. */
  readonly labels: ArrayLike<number>;
  /** The n tokens. */
  readonly tokens: readonly FigureToken[];
  /** Radius of DBSCAN in units of the map; drawn to scale in the legend where given. */
  readonly eps?: number | undefined;
  /** Where Y comes from, default `"t-SNE"`; the axes say so. */
  readonly projection?: Projection | undefined;
}

const TOP = 50;
const LEFT = 78;
const LEGEND = 160; // right of the frame
// of the frame, as the map's shape and the legend need, pixels
const WIDTH = [440, 714] as const;
const HEIGHT = { least: 320, legend: 520, most: 600 } as const;

/**
 * The notebook's third figure as SVG: a line from every clustered point to its cluster's centroid,
 * points in the cluster's colour, noise as black plus signs, centroids as gold diamonds under the points,
 * and a legend with the clusters' sizes. The frame takes the map's shape. For any number of clusters, 0 included; names as on the map.
 *
 * @throws {RangeError} if labels or tokens don't fit the map, labels are not -1, 0, 1, ... without a
 *   gap, or Y is not finite.
 */
export function clusterFigure(options: ClusterFigureOptions): string {
  const { Y, labels, tokens, eps, projection = "t-SNE" } = options;
  checkMatrix("clusterFigure", Y);
  if (eps !== undefined && !(eps > 0 && eps < Number.POSITIVE_INFINITY)) {
    throw rangeError(`clusterFigure: expected eps above 0, got ${eps}`);
  }
  if (tokens.length !== Y.shape[0]) {
    throw rangeError(
      `clusterFigure: expected ${Y.shape[0]} tokens, one for each point, got ${tokens.length}`,
    );
  }
  const axis = projection === "given" ? "Dim" : "tSNE axis";
  const { sizes, centroids: middles, styles } = clustersOf(Y, labels);
  const least = Math.min(Math.max(legendHeight(sizes.length), HEIGHT.least), HEIGHT.legend);
  const size = { width: WIDTH, height: [least, HEIGHT.most] } as const;
  const frame = fitFrame("clusterFigure", Y, { x: LEFT, y: TOP, ...size });
  const map = scatter("clusterFigure", Y, frame, axis);
  const centroids = middles.map(({ x, y }) => map.place(x, y));
  // smaller on a crowded map, where diamonds would hide the points
  const half = Math.min(7, Math.max(3, 2.2 * map.radius));
  const names = nameDots(
    tokens,
    map,
    centroids.map(({ x, y }) => boxAround(x, y, 2 * half, 2 * half)),
  );
  const title = `Result of dbscan clustering (k=${sizes.length})`;
  return renderPage(
    {
      width: frame.x + frame.width + LEGEND,
      height: TOP + frame.height + 54,
      title,
      notes: names.notes,
    },
    options,
    [
      panelTitle(frame, title),
      map.axes,
      spokes(map, labels, centroids, styles),
      // under the points, so that they hide none
      diamonds(centroids, half),
      marks(map, labels, tokens, styles),
      names.nodes,
      clusterLegend(
        { x: frame.x + frame.width + 18, y: TOP, height: frame.height },
        { sizes, styles, ...countsOf(labels, tokens) },
        eps === undefined ? undefined : { eps, pixels: eps / map.unit },
      ),
    ],
  );
}

type Place = Scatter["points"][number];

function countsOf(
  labels: ArrayLike<number>,
  tokens: readonly FigureToken[],
): { noise: number; unseen: number } {
  const grouped = tokens.filter((_, i) => labels[i] !== -1);
  return { noise: tokens.length - grouped.length, unseen: grouped.filter(isUnseen).length };
}

function spokes(
  { points }: Scatter,
  labels: ArrayLike<number>,
  centroids: readonly Place[],
  styles: readonly ClusterStyle[],
): SvgNode {
  return element(
    "g",
    { class: "spokes", "stroke-width": 0.9, "stroke-opacity": 0.45 },
    ...points.map(({ x, y }, i) => {
      const centroid = centroids[labels[i]!];
      return (
        centroid &&
        element("line", {
          class: "spoke",
          x1: x,
          y1: y,
          x2: centroid.x,
          y2: centroid.y,
          stroke: styles[labels[i]!]!.color,
        })
      );
    }),
  );
}

function marks(
  { points, radius }: Scatter,
  labels: ArrayLike<number>,
  tokens: readonly FigureToken[],
  styles: readonly ClusterStyle[],
): SvgNode {
  return element(
    "g",
    { class: "points", stroke: "#000000", "stroke-width": 1 },
    ...points.map(({ x, y }, i) => {
      const label = labels[i]!;
      const name = element("title", {}, tokens[i]!.display);
      if (label === -1) return plusNode(x, y, radius + 0.6, { class: "noise" }, name);
      const { color, mark } = styles[label]!;
      const unseen = isUnseen(tokens[i]!);
      const fill = unseen ? "#ffffff" : color;
      const edge = unseen ? { stroke: color } : { stroke: "#ffffff", "stroke-width": radius / 6 };
      return markNode(
        mark,
        x,
        y,
        radius,
        { class: "point", "data-group": label, fill, ...edge },
        name,
      );
    }),
  );
}

function diamonds(centroids: readonly Place[], size: number): SvgNode {
  return element(
    "g",
    {
      class: "centroids",
      fill: CENTROID,
      stroke: "#000000",
      "stroke-width": 1,
      "stroke-linejoin": "round",
    },
    ...centroids.map(({ x, y }) => markNode("diamond", x, y, size, { class: "centroid" })),
  );
}
