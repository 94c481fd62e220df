import { INK } from "./palette.ts";
import { element, num, type SvgNode } from "./svg.ts";
import { SANS, TYPE, textWidth } from "./text.ts";

/** The box in which a panel's data is drawn, in pixels. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A tick of an axis: its place in pixels from the figure's left or top, and its label. */
export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

/** What is written along an axis. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly AxisTick[];
}

const TICK = 4; // length of a tick mark, pixels
const GAP = 3; // from tick mark to label, pixels
const SIDE_WIDTH = 50; // room for the labels of a vertical axis, pixels

/** The frame's outline. */
export function outline(frame: Frame): SvgNode {
  const { x, y, width, height } = frame;
  return element("rect", {
    x,
    y,
    width,
    height,
    fill: "none",
    stroke: INK.line,
    "stroke-width": 0.8,
  });
}

/** The title above a panel, centred on its frame; with a note under it, or `raised` beside a panel that has one, higher. */
export function panelTitle(
  { x, y, width }: Frame,
  title: string,
  note?: string,
  raised: boolean = note !== undefined,
): SvgNode {
  const lift = raised ? 24 : 12;
  return element(
    "g",
    { "text-anchor": "middle" },
    element(
      "text",
      { class: "title", x: x + width / 2, y: y - lift, "font-size": TYPE.title, fill: INK.text },
      title,
    ),
    note === undefined
      ? undefined
      : element(
          "text",
          { class: "note", x: x + width / 2, y: y - 9, "font-size": TYPE.caption, fill: INK.note },
          note,
        ),
  );
}

/** An axis under the frame, with horizontal labels. */
export function bottomAxis({ x, y, width, height }: Frame, { title, ticks }: Axis): SvgNode {
  const bottom = y + height;
  const labelY = bottom + TICK + GAP + 0.75 * TYPE.tick;
  return element(
    "g",
    { class: "axis", "text-anchor": "middle", "font-size": TYPE.tick, fill: INK.tick },
    ...ticks.flatMap(({ at, label }) => [
      tickMark(at, bottom, at, bottom + TICK),
      element("text", { class: "tick", x: at, y: labelY }, label),
    ]),
    axisTitle(title, x + width / 2, bottom + TICK + GAP + TYPE.tick + 17),
  );
}

/** An axis at the left of the frame; its title runs upwards, outside the widest label. */
export function leftAxis({ x, y, height }: Frame, { title, ticks }: Axis): SvgNode {
  const widest = Math.max(0, ...ticks.map(({ label }) => sideWidth(label)));
  const [titleX, titleY] = [x - TICK - GAP - widest - 10, y + height / 2];
  return element(
    "g",
    { class: "axis", "text-anchor": "end", "font-size": TYPE.tick, fill: INK.tick },
    ...ticks.flatMap(({ at, label }) => [
      tickMark(x - TICK, at, x, at),
      sideLabel(label, x - TICK - GAP, at),
    ]),
    axisTitle(title, titleX, titleY, upwardsAt(titleX, titleY)),
  );
}

/** A tick's mark. */
export function tickMark(x1: number, y1: number, x2: number, y2: number): SvgNode {
  return element("line", { x1, y1, x2, y2, stroke: INK.line, "stroke-width": 0.8 });
}

/** The label of a tick beside a vertical axis, its middle at `y`; a very long one is set narrower. */
export function sideLabel(label: string, x: number, y: number): SvgNode {
  const narrow =
    sideWidth(label) < textWidth(label, TYPE.tick)
      ? ({ textLength: SIDE_WIDTH, lengthAdjust: "spacingAndGlyphs" } as const)
      : {};
  return element("text", { class: "tick", x, y: y + 0.36 * TYPE.tick, ...narrow }, label);
}

function sideWidth(label: string): number {
  return Math.min(textWidth(label, TYPE.tick), SIDE_WIDTH);
}

/** The title of an axis, centred at (x, y). */
export function axisTitle(title: string, x: number, y: number, transform?: string): SvgNode {
  return element(
    "text",
    {
      class: "axis-title",
      x,
      y,
      transform,
      "text-anchor": "middle",
      "font-family": SANS,
      "font-size": TYPE.axis,
      fill: INK.text,
    },
    title,
  );
}

/** A turn by which text at (x, y) runs upwards. */
export function upwardsAt(x: number, y: number): string {
  return `rotate(-90 ${num(x)} ${num(y)})`;
}
