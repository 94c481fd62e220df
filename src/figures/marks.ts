import type { Point } from "./box.ts";
import type { Mark } from "./cluster-style.ts";
import { CENTROID } from "./palette.ts";
import { type Attributes, element, num, type SvgNode } from "./svg.ts";

// corners on the unit square, scaled so that all marks look equally large
const CORNERS: {
  readonly [mark in Exclude<Mark, "circle"> | "diamond"]: readonly (readonly [number, number])[];
} = {
  square: [
    [-0.88, -0.88],
    [0.88, -0.88],
    [0.88, 0.88],
    [-0.88, 0.88],
  ],
  up: [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  down: [
    [0, 1.2],
    [1.1, -0.8],
    [-1.1, -0.8],
  ],
  hexagon: [
    [-0.55, -1],
    [0.55, -1],
    [1.15, 0],
    [0.55, 1],
    [-0.55, 1],
    [-1.15, 0],
  ],
  diamond: [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ],
};

/** A mark around (x, y); `radius` is the circle's, and other marks look as large. */
export function markNode(
  mark: Mark | "diamond",
  x: number,
  y: number,
  radius: number,
  attributes: Attributes,
  ...children: readonly SvgNode[]
): SvgNode {
  if (mark === "circle") {
    return element("circle", { cx: x, cy: y, r: radius, ...attributes }, ...children);
  }
  const points = CORNERS[mark]
    .map(([u, v]) => `${num(x + radius * u)},${num(y + radius * v)}`)
    .join(" ");
  return element("polygon", { points, ...attributes }, ...children);
}

/** A plus sign around (x, y), as noise is drawn. */
export function plusNode(
  x: number,
  y: number,
  radius: number,
  attributes: Attributes,
  ...children: readonly SvgNode[]
): SvgNode {
  const d = `M${num(x - radius)} ${num(y)}H${num(x + radius)}M${num(x)} ${num(y - radius)}V${num(y + radius)}`;
  return element("path", { d, ...attributes }, ...children);
}

/** Diamonds at the centroids of clusters; `half` is half of their width. */
export function centroidMarks(centroids: readonly Point[], half: number): SvgNode {
  return element(
    "g",
    {
      class: "centroids",
      fill: CENTROID,
      stroke: "#000000",
      "stroke-width": 1,
      "stroke-linejoin": "round",
    },
    ...centroids.map(({ x, y }) => markNode("diamond", x, y, half, { class: "centroid" })),
  );
}
