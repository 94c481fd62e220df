import { type Box, boxAround } from "./box.ts";
import type { LabelRequest } from "./labels.ts";

/** Steps to the right and downwards, from a dot to the middle of its label. */
export type Direction = readonly [right: number, down: number];

/** Directions of the eight places beside a dot, the best first; on a square, so that no trigonometry is needed. */
export const SIDES: readonly Direction[] = [
  [0, -1],
  [1, 0],
  [-1, 0],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
];

/** Directions between those of `SIDES`. */
export const BETWEEN: readonly Direction[] = [
  [0.5, -1],
  [-0.5, -1],
  [1, -0.5],
  [-1, -0.5],
  [1, 0.5],
  [-1, 0.5],
  [0.5, 1],
  [-0.5, 1],
];

/** Between a dot and the box of its name, pixels. */
export const GAP = 1.5;

/** The label's box in the given direction from its dot, `distance` pixels between the dot's middle and the box. */
export function boxBeside(
  { x, y, width, height }: LabelRequest,
  [right, down]: Direction,
  distance: number,
): Box {
  // a corner as far from the dot as a side would be
  const gap = Math.abs(right) === Math.abs(down) ? Math.SQRT1_2 * distance : distance;
  return boxAround(x + right * (width / 2 + gap), y + down * (height / 2 + gap), width, height);
}
