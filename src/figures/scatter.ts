import { rangeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";
import { type AxisTick, bottomAxis, type Frame, leftAxis, outline } from "./axes.ts";
import { AS_PATHS, ONE_BY_ONE } from "./crowd.ts";
import { element, type SvgNode } from "./svg.ts";
import { TYPE } from "./text.ts";
import { fitTicks } from "./ticks.ts";

/** A map laid into a frame. */
export interface Scatter {
  readonly frame: Frame;
  /** Pixels of each point, from the figure's left and top. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Frame and both axes. */
  readonly axes: SvgNode;
  /** Radius of a dot in pixels; the more points, the smaller. */
  readonly radius: number;
  /** The pixels of any place on the map. */
  place(x: number, y: number): { x: number; y: number };
  /** Units of the map per pixel. */
  readonly unit: number;
}

// between the outermost points and the frame, for their names, pixels
const ROOM = { x: 40, y: 26 } as const;

/** Where a map's frame is, and how small and large it may be, in pixels. */
export interface FrameRange {
  readonly x: number;
  readonly y: number;
  readonly width: readonly [least: number, most: number];
  readonly height: readonly [least: number, most: number];
}

/**
 * The frame that the map Y (n, 2) fills best with the same scale on both axes: as large as it may be in
 * one direction, and in the other as long as the map needs, within the limits.
 *
 * @throws {RangeError} if Y is not (n, 2), n >= 1, or not finite.
 */
export function fitFrame(who: string, Y: Matrix, { x, y, width, height }: FrameRange): Frame {
  checkMap(who, Y);
  const largest: Frame = { x, y, width: width[1], height: height[1] };
  const [left, right] = extent(Y, 0);
  const [low, high] = extent(Y, 1);
  if (left === right && low === high) return largest;
  const unit = unitOf(right - left, high - low, largest, 0);
  const within = (length: number, [least, most]: readonly [number, number]): number =>
    Math.min(Math.max(Math.ceil(length), least), most);
  return {
    x,
    y,
    width: within((right - left) / unit + 2 * ROOM.x, width),
    height: within((high - low) / unit + 2 * ROOM.y, height),
  };
}

/**
 * Lays the map Y (n, 2) into the frame with the same scale on both axes, unlike matplotlib's default:
 * t-SNE's distances mean the same in every direction, and DBSCAN's eps is a circle.
 *
 * @param axis What both axes are called, before their number.
 * @throws {RangeError} if Y is not (n, 2), n >= 1, or not finite.
 */
export function scatter(who: string, Y: Matrix, frame: Frame, axis: string): Scatter {
  checkMap(who, Y);
  const n = Y.shape[0];
  const [left, right] = extent(Y, 0);
  const [low, high] = extent(Y, 1);
  const unit = unitOf(right - left, high - low, frame, Math.max(Math.abs(right), Math.abs(high)));
  const x0 = (left + right) / 2 - (unit * frame.width) / 2;
  const y0 = (low + high) / 2 - (unit * frame.height) / 2;
  const place = (x: number, y: number): { x: number; y: number } => ({
    x: frame.x + (x - x0) / unit,
    y: frame.y + frame.height - (y - y0) / unit,
  });
  const points = Array.from({ length: n }, (_, i) => place(Y.data[2 * i]!, Y.data[2 * i + 1]!));
  const xTicks = axisTicks(x0, unit * frame.width, frame.width, "horizontal").map(
    ({ value, label }): AxisTick => ({ at: place(value, y0).x, label }),
  );
  const yTicks = axisTicks(y0, unit * frame.height, frame.height, "vertical").map(
    ({ value, label }): AxisTick => ({ at: place(x0, value).y, label }),
  );
  const axes = element(
    "g",
    {},
    outline(frame),
    bottomAxis(frame, { title: `${axis} 1`, ticks: xTicks }),
    leftAxis(frame, { title: `${axis} 2`, ticks: yTicks }),
  );
  return { frame, points, axes, radius: radiusOf(n), place, unit };
}

function radiusOf(n: number): number {
  // dots of a density are smaller: where they overprint, shades tell how many there are
  if (n > AS_PATHS) return Math.min(0.8, Math.max(0.5, 160 / Math.sqrt(n)));
  // frames of large maps are larger
  const size = n > ONE_BY_ONE ? 80 : 45;
  return Math.min(3.6, Math.max(0.8, size / Math.sqrt(n)));
}

function checkMap(who: string, Y: Matrix): void {
  checkMatrix(who, Y);
  if (Y.shape[0] < 1 || Y.shape[1] !== 2) {
    throw rangeError(`${who}: expected a map of n x 2, n >= 1, got ${Y.shape.join(" x ")}`);
  }
  checkFinite(who, Y);
}

function axisTicks(
  low: number,
  span: number,
  length: number,
  direction: "horizontal" | "vertical",
): ReturnType<typeof fitTicks> {
  return fitTicks({ low, high: low + span, length, direction, size: TYPE.tick });
}

/** Units of the map per pixel, so that all points keep their room; for a single place, a frame around it. */
function unitOf(width: number, height: number, frame: Frame, size: number): number {
  const unit = Math.max(width / (frame.width - 2 * ROOM.x), height / (frame.height - 2 * ROOM.y));
  return unit > 0 ? unit : (size / 100 || 1) / frame.height;
}

function extent({ data }: Matrix, column: number): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = column; i < data.length; i += 2) {
    least = Math.min(least, data[i]!);
    largest = Math.max(largest, data[i]!);
  }
  return [least, largest];
}
