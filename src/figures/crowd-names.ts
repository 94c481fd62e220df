/**
 * Names on large maps, where few of the dots can be named and no name finds a place without dots: the
 * dots that are named are marked, and names stand beside their marks, clear of each other, with a white edge.
 */
import { groupDigits } from "../text/numbers.ts";
import { boxAround, grown, type Point, squaredDistance } from "./box.ts";
import type { FigureToken } from "./figure.ts";
import type { LabelRequest, PlacedLabel } from "./labels.ts";
import { placeMarked } from "./marked-labels.ts";
import { isUnseen, type NameSize, type Names, nameNode, nameSize, WHITE_EDGE } from "./names.ts";
import { INK } from "./palette.ts";
import type { Scatter } from "./scatter.ts";
import { element, type SvgNode } from "./svg.ts";
import { MONO } from "./text.ts";

const SIZE: NameSize = { type: 7.5, limit: 14 };
const MARK = 1.8; // radius of the mark at a named dot, pixels
const CELL = { width: 58, height: 24 } as const; // in each, one token may be named, pixels

/**
 * Names tokens all over the map: in every cell of a grid the one nearest to the mean of the cell's dots,
 * where there is room; those of the fullest cells go first.
 */
export function nameSome(tokens: readonly FigureToken[], map: Scatter): Names {
  const chosen = middles(map);
  const requests = chosen.map((i) => ({
    ...map.points[i]!,
    ...nameSize(tokens[i]!.display, SIZE),
  }));
  const labels = besideMarks(requests, map, MARK).map((label) => ({
    ...label,
    index: chosen[label.index]!,
  }));
  const marks = labels.map(({ index }) => {
    const { x, y } = map.points[index]!;
    const title = element("title", {}, tokens[index]!.display);
    return element("circle", { class: "named", cx: x, cy: y, r: MARK }, title);
  });
  const edge = { fill: INK.text, stroke: "#ffffff", "stroke-width": 0.6 };
  const names = labels.map((label) => nameNode(tokens[label.index]!, label, SIZE));
  const all = groupDigits(tokens.length);
  const notes = [
    `Named, with a dark dot: ${groupDigits(labels.length)} of ${all} tokens, spread over the map`,
  ];
  const unseen = tokens.filter(isUnseen).length;
  if (unseen > 0) {
    notes.push(`Grey: never seen in training (${groupDigits(unseen)} of ${all} tokens)`);
  }
  return {
    nodes: element(
      "g",
      {},
      element("g", { class: "marks", ...edge }, ...marks),
      edged(names, SIZE),
    ),
    notes,
  };
}

/** Names in one size of type, each with a white edge that keeps it readable on dots. */
export function edged(names: readonly SvgNode[], { type }: NameSize, weight?: "bold"): SvgNode {
  return element(
    "g",
    {
      class: "labels",
      "font-family": MONO,
      "font-size": type,
      "font-weight": weight,
      "text-anchor": "middle",
      fill: INK.text,
      ...WHITE_EDGE,
    },
    ...names,
  );
}

/** Places beside marks of this radius, for those that have room; earlier ones go first. */
export function besideMarks(
  requests: readonly LabelRequest[],
  { frame }: Scatter,
  radius: number,
): PlacedLabel[] {
  const { x, y, width, height } = frame;
  const bounds = grown(boxAround(x + width / 2, y + height / 2, width, height), -2);
  return placeMarked(requests, bounds, radius);
}

/** Of every group the point nearest to its middle; points of no group have a label that names no middle. */
export function centralPoints(
  points: readonly Point[],
  middles: readonly Point[],
  labels: ArrayLike<number>,
): Int32Array {
  const nearest = new Int32Array(middles.length).fill(-1);
  const least = new Float64Array(middles.length).fill(Number.POSITIVE_INFINITY);
  points.forEach((point, i) => {
    const group = labels[i]!;
    const middle = middles[group];
    if (middle === undefined) return;
    const distance = squaredDistance(point, middle);
    if (distance < least[group]!) {
      least[group] = distance;
      nearest[group] = i;
    }
  });
  return nearest;
}

/** In every cell the point nearest to the mean of the cell's points; those of the fullest cells first. */
function middles({ frame, points }: Scatter): number[] {
  const columns = Math.ceil(frame.width / CELL.width) + 1;
  const cells = Int32Array.from(points, ({ x, y }) => {
    const row = Math.floor((y - frame.y) / CELL.height);
    return row * columns + Math.floor((x - frame.x) / CELL.width);
  });
  const sums = Array.from({ length: cells.reduce((a, b) => Math.max(a, b), 0) + 1 }, () => ({
    count: 0,
    x: 0,
    y: 0,
  }));
  points.forEach(({ x, y }, i) => {
    const sum = sums[cells[i]!]!;
    sum.count += 1;
    sum.x += x;
    sum.y += y;
  });
  const means = sums.map(({ count, x, y }) => ({ x: x / count, y: y / count }));
  const central = centralPoints(points, means, cells);
  return sums
    .map((_, cell) => cell)
    .filter((cell) => sums[cell]!.count > 0)
    .sort((a, b) => sums[b]!.count - sums[a]!.count || a - b)
    .map((cell) => central[cell]!);
}
