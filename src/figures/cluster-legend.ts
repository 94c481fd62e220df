import { groupDigits } from "../text/numbers.ts";
import type { ClusterStyle } from "./cluster-style.ts";
import { bySize } from "./clusters.ts";
import { markNode, plusNode } from "./marks.ts";
import { CENTROID, CROWD_NOISE, INK, UNSEEN } from "./palette.ts";
import { element, type SvgNode } from "./svg.ts";
import { TYPE } from "./text.ts";

/** What a legend tells of the clusters. */
export interface LegendClusters {
  readonly sizes: readonly number[];
  readonly styles: readonly ClusterStyle[];
  /** Number of points in no cluster. */
  readonly noise: number;
  /** Number of points that are drawn hollow, since training never saw their tokens; with plus signs, of those in clusters. */
  readonly unseen: number;
  /** Whether the map has dots only: noise without plus signs, and centroids of named clusters alone. */
  readonly crowded?: boolean | undefined;
}

/** DBSCAN's radius, and how long it is on the figure. */
export interface LegendScale {
  readonly eps: number;
  readonly pixels: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

const ROW = 17; // pixels
const OTHER_ROWS = 3; // for noise, centroids and tokens never seen
const SCALE_ROWS = 3; // for the bar of eps
const RADIUS = 4;
const LONGEST = 130; // room for the bar that shows eps, pixels

/** Noise, the clusters with mark and size, if too many for the height the largest, what a diamond means, and eps to scale. */
export function clusterLegend(
  { x, y, height }: Place,
  { sizes, styles, noise, unseen, crowded = false }: LegendClusters,
  scale: LegendScale | undefined,
): SvgNode {
  const rows: SvgNode[] = [];
  const row = (label: string, mark?: (x: number, y: number) => SvgNode): void => {
    const middle = y + (rows.length + 0.5) * ROW;
    const text = element("text", { x: x + 18, y: middle + 0.36 * TYPE.tick }, label);
    rows.push(element("g", { class: "legend-row" }, mark?.(x + RADIUS + 2, middle), text));
  };

  const black = { stroke: "#000000", "stroke-width": 1 };
  if (noise > 0) {
    row(`ungrouped (${groupDigits(noise)})`, (u, v) =>
      crowded
        ? markNode("circle", u, v, RADIUS, { fill: CROWD_NOISE })
        : plusNode(u, v, RADIUS + 0.6, black),
    );
  }
  const shown = shownClusters(sizes, height, scale !== undefined);
  for (const c of shown) {
    const { color, mark } = styles[c]!;
    row(`group ${c} (${groupDigits(sizes[c]!)})`, (u, v) =>
      markNode(mark, u, v, RADIUS, { fill: color }),
    );
  }
  if (shown.length < sizes.length) row(restOf(sizes, shown));
  if (sizes.length > 0) {
    row(crowded ? "a named centroid" : "centroid of a group", (u, v) =>
      markNode("diamond", u, v, 5.5, { fill: CENTROID, ...black }),
    );
  }
  if (unseen > 0) {
    row(`never seen (${groupDigits(unseen)})`, (u, v) =>
      markNode("circle", u, v, RADIUS, { fill: "#ffffff", stroke: UNSEEN }),
    );
  }
  return element(
    "g",
    { class: "legend", "font-size": TYPE.tick, fill: INK.tick },
    ...rows,
    scale && scaleBar(x, y + (rows.length + 1) * ROW, scale),
  );
}

/** Height in which the legend shows so many clusters, all that can come with them, and eps, in pixels. */
export function legendHeight(clusters: number): number {
  return (clusters + OTHER_ROWS + SCALE_ROWS) * ROW;
}

/** All clusters if there is room; else the largest, with a row for the rest. */
function shownClusters(sizes: readonly number[], height: number, hasScale: boolean): number[] {
  const room = Math.floor(height / ROW) - OTHER_ROWS - (hasScale ? SCALE_ROWS : 0);
  return sizes.length <= room ? [...sizes.keys()] : bySize(sizes).slice(0, room - 1);
}

function restOf(sizes: readonly number[], shown: readonly number[]): string {
  const count = groupDigits(sizes.length - shown.length);
  const total = (all: readonly number[]): number => all.reduce((sum, size) => sum + size, 0);
  const tokens = groupDigits(total(sizes) - total(shown.map((c) => sizes[c]!)));
  return `+ ${count} more (${tokens})`;
}

/** A bar as long as eps on this map, or a tenth of it where the legend has no room; without one, eps alone. */
function scaleBar(x: number, y: number, { eps, pixels }: LegendScale): SvgNode {
  const parts = pixels <= LONGEST ? 1 : 10;
  const value = `eps = ${Number(eps.toPrecision(6))}`;
  const text = (label: string): SvgNode => element("text", { x, y: y + 17 }, label);
  if (pixels / parts > LONGEST) return text(value);
  const [left, right] = [x + 1, x + 1 + pixels / parts];
  const line = (x1: number, y1: number, x2: number, y2: number): SvgNode =>
    element("line", { x1, y1, x2, y2 });
  return element(
    "g",
    { class: "scale" },
    element(
      "g",
      { stroke: INK.line, "stroke-width": 1 },
      line(left, y, right, y),
      line(left, y - 3.5, left, y + 3.5),
      line(right, y - 3.5, right, y + 3.5),
    ),
    text(parts === 1 ? `${value} on this map` : `a tenth of ${value}`),
  );
}
