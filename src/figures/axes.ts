import { INK } from "./palette.ts";
import { element, type SvgNode } from "./svg.ts";
import { TYPE, textWidth } from "./text.ts";

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
  /** The label's colour where it differs from the others'. */
  readonly fill?: string | undefined;
}

/** What is written along an axis. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly AxisTick[];
}

const TICK = 4; // length of a tick mark, pixels
const GAP = 3; // from tick mark to label, pixels

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

/** The title above a panel, centred on its frame. */
export function panelTitle({ x, y, width }: Frame, title: string, note?: string): SvgNode {
  const lift = note === undefined ? 12 : 24;
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
  return element(
    "g",
    { class: "axis", "text-anchor": "middle", "font-size": TYPE.tick, fill: INK.tick },
    ...ticks.flatMap(({ at, label, fill }) => [
      element("line", {
        x1: at,
        x2: at,
        y1: bottom,
        y2: bottom + TICK,
        stroke: INK.line,
        "stroke-width": 0.8,
      }),
      element(
        "text",
        { class: "tick", x: at, y: bottom + TICK + GAP + 0.75 * TYPE.tick, fill },
        label,
      ),
    ]),
    element(
      "text",
      {
        class: "axis-title",
        x: x + width / 2,
        y: bottom + TICK + GAP + TYPE.tick + 17,
        "font-size": TYPE.axis,
        fill: INK.text,
      },
      title,
    ),
  );
}

/** An axis at the left of the frame; its title runs upwards, outside the widest label. */
export function leftAxis({ x, y, height }: Frame, { title, ticks }: Axis): SvgNode {
  const widest = Math.max(0, ...ticks.map(({ label }) => textWidth(label, TYPE.tick)));
  const titleX = x - TICK - GAP - widest - 10;
  const titleY = y + height / 2;
  return element(
    "g",
    { class: "axis", "text-anchor": "end", "font-size": TYPE.tick, fill: INK.tick },
    ...ticks.flatMap(({ at, label, fill }) => [
      element("line", {
        x1: x - TICK,
        x2: x,
        y1: at,
        y2: at,
        stroke: INK.line,
        "stroke-width": 0.8,
      }),
      element("text", { class: "tick", x: x - TICK - GAP, y: at + 0.36 * TYPE.tick, fill }, label),
    ]),
    element(
      "text",
      {
        class: "axis-title",
        x: titleX,
        y: titleY,
        transform: `rotate(-90 ${titleX.toFixed(2)} ${titleY.toFixed(2)})`,
        "text-anchor": "middle",
        "font-size": TYPE.axis,
        fill: INK.text,
      },
      title,
    ),
  );
}
