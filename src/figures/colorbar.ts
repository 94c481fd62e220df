import { type Frame, sideLabel, tickMark } from "./axes.ts";
import { shadesImage } from "./heatmap.ts";
import { type ColorLimits, LIMIT_TICKS } from "./limits.ts";
import { heatPalette, INK, SHADES } from "./palette.ts";
import { element, num, type SvgNode } from "./svg.ts";
import { TYPE } from "./text.ts";
import { fitTicks } from "./ticks.ts";

const GAP = 10; // from the panel's frame, pixels
const WIDTH = 9;
const POINT = 8; // height of a pointed end

/** The colour scale at the right of a panel, with its limits; an end is pointed where entries lie beyond. */
export function colorBar(frame: Frame, limits: ColorLimits): SvgNode {
  const { low, high, below, above } = limits;
  const x = frame.x + frame.width + GAP;
  const top = frame.y + POINT;
  const height = frame.height - 2 * POINT;
  const bottom = top + height;
  const ticks = fitTicks({
    low,
    high,
    length: height,
    direction: "vertical",
    size: TYPE.tick,
    most: LIMIT_TICKS,
  });
  const right = x + WIDTH;
  const colors = heatPalette();
  const tip = (end: number, direction: number, shade: number): SvgNode =>
    element("polygon", {
      points: points([
        [x, end],
        [right, end],
        [x + WIDTH / 2, end + direction * POINT],
      ]),
      fill: `rgb(${colors[shade]!.join(",")})`,
    });
  const edge: [number, number][] = [
    [x, bottom],
    [x, top],
  ];
  if (above) edge.push([x + WIDTH / 2, top - POINT]);
  edge.push([right, top], [right, bottom]);
  if (below) edge.push([x + WIDTH / 2, bottom + POINT]);
  return element(
    "g",
    { class: "colorbar", "font-size": TYPE.tick, fill: INK.tick },
    shadesImage({ x, y: top, width: WIDTH, height }),
    above ? tip(top, -1, SHADES - 1) : undefined,
    below ? tip(bottom, 1, 0) : undefined,
    element("polygon", {
      points: points(edge),
      fill: "none",
      stroke: INK.line,
      "stroke-width": 0.8,
    }),
    ...ticks.flatMap(({ value, label }) => {
      const y = bottom - ((value - low) / (high - low)) * height;
      return [tickMark(right, y, right + 3, y), sideLabel(label, right + 6, y)];
    }),
  );
}

function points(corners: readonly (readonly [number, number])[]): string {
  return corners.map(([x, y]) => `${num(x)},${num(y)}`).join(" ");
}
