import { scaleLinear } from "d3-scale";
import { textWidth } from "./text.ts";

/** A place on an axis and what is written there. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Where ticks go: a run of values over a length of pixels, and which way the labels stand. */
export interface TickSpace {
  readonly low: number;
  readonly high: number;
  /** Length of the axis in pixels. */
  readonly length: number;
  /** Along the axis, labels of a horizontal axis take their width, those of a vertical one their height. */
  readonly direction: "horizontal" | "vertical";
  readonly size: number;
  /** About the most ticks, default 8. */
  readonly most?: number;
  /** For rows and columns: only whole numbers. */
  readonly whole?: boolean;
}

/** Round values from `low` to `high`, as many as can be labelled without touching each other. */
export function fitTicks(space: TickSpace): Tick[] {
  let ticks: Tick[] = [];
  for (let count = space.most ?? 8; count >= 1; count--) {
    ticks = roundTicks(space, count);
    if (haveRoom(ticks, space)) return ticks;
  }
  return ticks.slice(0, 1);
}

/** The limits widened to round values: multiples of the step that gives about `count` ticks. */
export function roundLimits(low: number, high: number, count: number): [number, number] {
  const [a, b] = scaleLinear([low, high], [0, 1]).nice(count).domain();
  // + 0 turns -0 into 0
  return [a! + 0, b! + 0];
}

function roundTicks({ low, high, whole }: TickSpace, count: number): Tick[] {
  const values = scaleLinear([low, high], [0, 1])
    .ticks(count)
    .filter((value) => whole !== true || Number.isInteger(value));
  const labels = formatValues(values);
  return values.map((value, i) => ({ value, label: labels[i]! }));
}

function haveRoom(
  ticks: readonly Tick[],
  { low, high, length, direction, size }: TickSpace,
): boolean {
  const scale = length / (high - low);
  const extent = (label: string): number =>
    direction === "horizontal" ? textWidth(label, size) + size : 1.6 * size;
  return ticks.every((tick, i) => {
    const before = ticks[i - 1];
    if (before === undefined) return true;
    const room = (tick.value - before.value) * scale;
    return room >= (extent(tick.label) + extent(before.label)) / 2;
  });
}

/**
 * Evenly spaced values as text, all with the same number of decimals; those of very large or very
 * small axes as `2e30`. A true minus sign stands before negative ones.
 */
export function formatValues(values: readonly number[]): string[] {
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : largest;
  if (largest === 0) return values.map(() => "0");
  if (largest >= 1e6 || largest < 1e-3) {
    const exponent = exponentOf(largest);
    return values.map((value) => scientific(value, step, exponent));
  }
  const decimals = Math.min(Math.max(-exponentOf(step), 0), 12);
  return values.map((value) => minus(value.toFixed(decimals)));
}

// mantissas with the exponent of the largest value: 0.8e30, 1.0e30
function scientific(value: number, step: number, exponent: number): string {
  if (value === 0) return "0";
  const decimals = Math.min(Math.max(exponent - exponentOf(step), 0), 8);
  const [mantissa, own] = value.toExponential(12).split("e");
  const shifted = Number(`${mantissa}e${Number(own) - exponent}`);
  return minus(`${shifted.toFixed(decimals)}e${exponent}`);
}

/** The power of ten of a number's first digit. */
function exponentOf(value: number): number {
  return Number(value.toExponential(6).split("e")[1]);
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}
