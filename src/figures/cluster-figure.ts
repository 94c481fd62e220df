import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { type Frame, panelTitle } from "./axes.ts";
import { boxAround } from "./box.ts";
import { clusterLegend } from "./cluster-legend.ts";
import type { ClusterStyle } from "./cluster-style.ts";
import { clustersOf } from "./clusters.ts";
import type { FigureText, FigureToken, Projection } from "./figure.ts";
import { markNode, plusNode } from "./marks.ts";
import { isUnseen, nameDots } from "./names.ts";
import { renderPage } from "./page.ts";
import { CENTROID } from "./palette.ts";
import { type Scatter, scatter } from "./scatter.ts";
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

const WIDTH = 952;
const TOP = 50;
const FRAME: Frame = { x: 78, y: TOP, width: 714, height: 520 };

/**
 * The notebook's third figure as SVG: a line from every clustered point to its cluster's centroid,
 * points in the cluster's colour, noise as black plus signs, centroids as gold diamonds, and a legend
 * with the clusters' sizes. For any number of clusters, 0 included; names as on the map.
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
  const map = scatter("clusterFigure", Y, FRAME, axis);
  const { sizes, centroids: middles, styles } = clustersOf(Y, labels);
  const centroids = middles.map(({ x, y }) => map.place(x, y));
  // smaller on a crowded map, where diamonds would hide the points
  const size = Math.min(7, Math.max(3, 2.2 * map.radius));
  const names = nameDots(
    tokens,
    map,
    centroids.map(({ x, y }) => boxAround(x, y, 2 * size, 2 * size)),
  );
  const title = `Result of dbscan clustering (k=${sizes.length})`;
  return renderPage(
    { width: WIDTH, height: TOP + FRAME.height + 54, title, notes: names.notes },
    options,
    [
      panelTitle(FRAME, title),
      map.axes,
      spokes(map, labels, centroids, styles),
      marks(map, labels, tokens, styles),
      diamonds(centroids, size),
      names.nodes,
      clusterLegend(
        { x: FRAME.x + FRAME.width + 18, y: TOP, height: FRAME.height },
        { sizes, styles, noise: tokens.length - sizes.reduce((sum, n) => sum + n, 0) },
        eps === undefined ? undefined : { eps, pixels: eps / map.unit },
      ),
    ],
  );
}

type Place = Scatter["points"][number];

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
      const fill = isUnseen(tokens[i]!) ? "#ffffff" : color;
      return markNode(
        mark,
        x,
        y,
        radius,
        { class: "point", "data-group": label, fill, stroke: color },
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
