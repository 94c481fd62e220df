import { rangeError } from "../errors.ts";
import { checkMatrix, type Matrix } from "../matrix.ts";
import { panelTitle } from "./axes.ts";
import { boxAround } from "./box.ts";
import { type ClusterPicture, clusterCrowd, hollowCount } from "./cluster-crowd.ts";
import { clusterLegend, legendHeight } from "./cluster-legend.ts";
import type { ClusterStyle } from "./cluster-style.ts";
import { type Clusters, clustersOf } from "./clusters.ts";
import { ONE_BY_ONE } from "./crowd.ts";
import type { FigureText, FigureToken, Projection } from "./figure.ts";
import { centroidMarks, markNode, plusNode } from "./marks.ts";
import { isUnseen, nameDots } from "./names.ts";
import { renderPage } from "./page.ts";
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
// of the frame, as the map's shape and the legend need, pixels; maps of many tokens are larger
const LEAST_HEIGHT = 320;
const USUAL = { width: [440, 714], height: 600, legend: 520 } as const;
const LARGE = { width: [600, 960], height: 840, legend: 720 } as const;

/**
 * The notebook's third figure as SVG: a line from every clustered point to its cluster's centroid,
 * points in the cluster's colour, noise as black plus signs, centroids as gold diamonds under the points,
 * and a legend with the clusters' sizes. The frame takes the map's shape. For any number of clusters, 0 included; names as on the map.
 * Beyond 2,000 tokens, dots in the clusters' colours and names of clusters, see `cluster-crowd.ts`.
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
  const clusters = clustersOf(Y, labels);
  const { sizes, styles } = clusters;
  const many = tokens.length > ONE_BY_ONE;
  const most = many ? LARGE : USUAL;
  const least = Math.min(Math.max(legendHeight(sizes.length), LEAST_HEIGHT), most.legend);
  const size = { width: most.width, height: [least, most.height] } as const;
  const frame = fitFrame("clusterFigure", Y, { x: LEFT, y: TOP, ...size });
  const map = scatter("clusterFigure", Y, frame, axis);
  const picture = many
    ? clusterCrowd(tokens, map, clusters, labels)
    : oneByOne(tokens, map, clusters, labels);
  const title = `Result of dbscan clustering (k=${sizes.length})`;
  const counts = countsOf(labels, tokens);
  return renderPage(
    {
      width: frame.x + frame.width + LEGEND,
      height: TOP + frame.height + 54,
      title,
      notes: picture.notes,
    },
    options,
    [
      panelTitle(frame, title),
      ...picture.under,
      map.axes,
      ...picture.over,
      clusterLegend(
        { x: frame.x + frame.width + 18, y: TOP, height: frame.height },
        many
          ? { sizes, styles, ...counts, crowded: true, unseen: hollowCount(tokens) }
          : { sizes, styles, ...counts },
        eps === undefined ? undefined : { eps, pixels: eps / map.unit },
      ),
    ],
  );
}

/** Every point and its line to the centroid by itself; centroids under the points, so that they hide none. */
function oneByOne(
  tokens: readonly FigureToken[],
  map: Scatter,
  { centroids: middles, styles }: Clusters,
  labels: ArrayLike<number>,
): ClusterPicture {
  const centroids = middles.map(({ x, y }) => map.place(x, y));
  // smaller on a crowded map, where diamonds would hide the points
  const half = Math.min(7, Math.max(3, 2.2 * map.radius));
  const obstacles = centroids.map(({ x, y }) => boxAround(x, y, 2 * half, 2 * half));
  const names = nameDots(tokens, map, obstacles);
  return {
    under: [],
    over: [
      spokes(map, labels, centroids, styles),
      centroidMarks(centroids, half),
      marks(map, labels, tokens, styles),
      names.nodes,
    ],
    notes: names.notes,
  };
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
