import type { ClusterStyle } from "./cluster-style.ts";
import { markNode, plusNode } from "./marks.ts";
import { CENTROID, INK } from "./palette.ts";
import { element, type SvgNode } from "./svg.ts";
import { groupDigits, TYPE } from "./text.ts";

const ROW = 17; // pixels
const RADIUS = 4;

/** The clusters with mark and size, as many as fit into the height, then noise and what a diamond means. */
export function clusterLegend(
  { x, y, height }: { readonly x: number; readonly y: number; readonly height: number },
  sizes: readonly number[],
  styles: readonly ClusterStyle[],
  points: number,
): SvgNode {
  const noise = points - sizes.reduce((sum, size) => sum + size, 0);
  const fixed = sizes.length === 0 ? 1 : 2;
  const room = Math.floor(height / ROW) - fixed;
  const shown = sizes.length <= room ? sizes.length : room - 1;
  const rows: SvgNode[] = [];
  const row = (mark: (x: number, y: number) => SvgNode, label: string): void => {
    const middle = y + (rows.length + 0.5) * ROW;
    rows.push(
      element(
        "g",
        { class: "legend-row" },
        mark(x + RADIUS + 2, middle),
        element("text", { x: x + 18, y: middle + 0.36 * TYPE.tick }, label),
      ),
    );
  };
  row(
    (u, v) => plusNode(u, v, RADIUS + 0.6, { stroke: "#000000", "stroke-width": 1 }),
    `ungrouped (${groupDigits(noise)})`,
  );
  for (let c = 0; c < shown; c++) {
    const { color, mark } = styles[c]!;
    row(
      (u, v) => markNode(mark, u, v, RADIUS, { fill: color }),
      `group ${c} (${groupDigits(sizes[c]!)})`,
    );
  }
  if (shown < sizes.length) row(() => undefined, `+ ${groupDigits(sizes.length - shown)} more`);
  if (sizes.length > 0) {
    row(
      (u, v) =>
        markNode("diamond", u, v, 5.5, { fill: CENTROID, stroke: "#000000", "stroke-width": 1 }),
      "centroid of a group",
    );
  }
  return element("g", { class: "legend", "font-size": TYPE.tick, fill: INK.tick }, ...rows);
}
