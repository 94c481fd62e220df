import type { Frame } from "../src/figures/axes.ts";
import { textWidth } from "../src/figures/text.ts";

type Place = readonly [x: number, y: number];

/** A line of the plot that wants its name beside it, in pixels. */
export interface NamedLine {
  readonly name: string;
  readonly line: readonly Place[];
  /** All of its dots, those on the line too. */
  readonly dots: readonly Place[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const GAP = 9; // from a dot to a name, pixels
const AIR = 3; // around names, pixels

/**
 * Where each name begins (its baseline's left end): beside one of its own dots, the last one first, where it
 * covers the fewest dots, lines and names.
 */
export function placeLabels(lines: readonly NamedLine[], frame: Frame, size: number): Place[] {
  const dots = lines.flatMap((line) => line.dots);
  const strokes = lines.flatMap(({ line }) => alongLine(line));
  const taken: Box[] = [];
  return lines.map(({ name, dots: own }) => {
    const width = textWidth(name, size);
    const candidates = [...own]
      .sort((a, b) => b[0] - a[0])
      .flatMap((dot) => around(dot, width, size));
    let best = { cost: Number.POSITIVE_INFINITY, place: candidates[0]! };
    candidates.forEach((place, order) => {
      const box = boxAt(place, width, size);
      const covered = [...dots, ...strokes].filter((dot) => contains(box, dot)).length;
      const names = taken.filter((other) => overlap(box, other)).length;
      const outside = isInside(box, frame) ? 0 : 10_000;
      const cost = outside + 1000 * names + 10 * covered + order;
      if (cost < best.cost) best = { cost, place };
    });
    taken.push(boxAt(best.place, width, size));
    return best.place;
  });
}

/** Right of a dot, left of it, below and above. */
function around([x, y]: Place, width: number, size: number): Place[] {
  const middle = y + 0.36 * size;
  return [
    [x + GAP, middle],
    [x - GAP - width, middle],
    [x - width / 2, y + GAP + 0.8 * size],
    [x - width / 2, y - GAP],
    [x + GAP, y + GAP + 0.5 * size],
    [x - GAP - width, y - GAP],
  ];
}

/** Places along a line, a few pixels from each other. */
function alongLine(line: readonly Place[]): Place[] {
  return line.slice(1).flatMap(([x, y], i) => {
    const [fromX, fromY] = line[i]!;
    const steps = Math.ceil(Math.max(Math.abs(x - fromX), Math.abs(y - fromY)) / 4);
    return Array.from({ length: steps }, (_, step): Place => {
      const t = step / steps;
      return [fromX + t * (x - fromX), fromY + t * (y - fromY)];
    });
  });
}

function boxAt([x, y]: Place, width: number, size: number): Box {
  return {
    ...{ left: x - AIR, right: x + width + AIR },
    ...{ top: y - 0.8 * size - AIR, bottom: y + 0.25 * size + AIR },
  };
}

function contains({ left, right, top, bottom }: Box, [x, y]: Place): boolean {
  return x >= left - 3 && x <= right + 3 && y >= top - 3 && y <= bottom + 3;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isInside(box: Box, { x, y, width, height }: Frame): boolean {
  return box.left >= x && box.right <= x + width && box.top >= y && box.bottom <= y + height;
}
