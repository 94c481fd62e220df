/** Reads back from a figure's SVG what it drew, to check it as a reader would see it. */
import { type Box, cross, intersect, type Point, type Segment } from "../../src/figures/box.ts";
import { distanceToName } from "../../src/figures/label-cost.ts";
import { lineHeight } from "../../src/figures/text.ts";

/** A name on a map, with the box that it may fill. */
export interface DrawnLabel {
  readonly index: number;
  readonly box: Box;
}

/** The boxes of all names on a figure's map. */
export function labelBoxes(svg: string): DrawnLabel[] {
  const size = Number(/<g class="labels"[^>]* font-size="([\d.]+)"/.exec(svg)?.[1]);
  return elements(svg, "text", "label").map((attributes) => {
    const x = Number(attributes.get("x"));
    const half = Number(attributes.get("textLength")) / 2;
    const bottom = Number(attributes.get("y")) + 0.245 * size;
    const box = { left: x - half, right: x + half, top: bottom - lineHeight(size), bottom };
    return { index: Number(attributes.get("data-index")), box };
  });
}

/** Pairs of boxes that intersect by more than the rounding of coordinates, by index. */
export function overlaps(labels: readonly DrawnLabel[], slack = 0.02): [number, number][] {
  const pairs: [number, number][] = [];
  labels.forEach((a, i) => {
    const inner = {
      left: a.box.left + slack,
      right: a.box.right - slack,
      top: a.box.top + slack,
      bottom: a.box.bottom - slack,
    };
    for (const b of labels.slice(0, i)) if (intersect(inner, b.box)) pairs.push([b.index, a.index]);
  });
  return pairs;
}

/** The lines from dots to names, by index. */
export function leaders(svg: string): Map<number, Segment> {
  return new Map(
    elements(svg, "line", "leader").map((attributes) => {
      const [index, x1, y1, x2, y2] = ["data-index", "x1", "y1", "x2", "y2"].map((name) =>
        Number(attributes.get(name)),
      );
      return [index!, { x1: x1!, y1: y1!, x2: x2!, y2: y2! }];
    }),
  );
}

/** Names without a leader that are not nearer to their own dot than to every other. */
export function misleading(
  labels: readonly DrawnLabel[],
  dots: readonly Point[],
  led: ReadonlySet<number>,
): number[] {
  return labels
    .filter(({ index, box }) => {
      const own = distanceToName(box, dots[index]!);
      return (
        !led.has(index) && dots.some((dot, i) => i !== index && distanceToName(box, dot) <= own)
      );
    })
    .map(({ index }) => index);
}

/** Number of pairs of lines that cross. */
export function crossings(lines: readonly Segment[]): number {
  return lines.reduce((sum, a, i) => sum + lines.slice(0, i).filter((b) => cross(a, b)).length, 0);
}

/** Attributes of every element of this name and class. */
export function elements(svg: string, name: string, kind: string): Map<string, string>[] {
  const found = [...svg.matchAll(new RegExp(`<${name}\\b([^>]*)>`, "g"))].map(
    ([, attributes]) =>
      new Map([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map((m) => [m[1]!, m[2]!])),
  );
  return found.filter((attributes) => attributes.get("class") === kind);
}
