/** Reads back from a figure's SVG what it drew, to check it as a reader would see it. */
import { type Box, intersect } from "../../src/figures/box.ts";
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

/** Attributes of every element of this name and class. */
export function elements(svg: string, name: string, kind: string): Map<string, string>[] {
  const found = [...svg.matchAll(new RegExp(`<${name}\\b([^>]*)>`, "g"))].map(
    ([, attributes]) =>
      new Map([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map((m) => [m[1]!, m[2]!])),
  );
  return found.filter((attributes) => attributes.get("class") === kind);
}
