/**
 * Where names go on a map. No two boxes of labels ever intersect, and none leaves the bounds; within
 * that, a label stands close to its dot and on no other dot. Deterministic: no random moves, ties by order.
 *
 * Two ways, both greedy over candidate positions (Christensen, Marks and Shieber, 1995, compare such
 * methods). With leaders, all labels are placed at least cost, from crowded places outwards, and then
 * moved again, each against all others, as long as that helps: O(n²), for a few hundred labels. Without,
 * a label is placed beside its dot if one of eight positions is free of labels and dots, else left out:
 * about constant time a label, for any number.
 */
import {
  type Box,
  boxAround,
  cross,
  crossesBox,
  grown,
  inside,
  intersect,
  nearestIn,
  type Segment,
} from "./box.ts";
import { Grid } from "./grid.ts";

/** A dot that is to be named, and the size of its name in pixels. */
export interface LabelRequest {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where labels may stand and what they should avoid. */
export interface LabelSpace {
  /** No label leaves this box. */
  readonly bounds: Box;
  /** Radius of the dots in pixels. */
  readonly radius: number;
  /** What labels should not cover besides the dots. */
  readonly obstacles?: readonly Box[] | undefined;
  /** Whether labels may stand away from their dot, tied to it by a line; if not, those without room are left out. */
  readonly leaders: boolean;
}

/** A label that found its place. */
export interface PlacedLabel {
  /** Number of the request. */
  readonly index: number;
  readonly box: Box;
  /** From the dot's edge to the label where it stands away from its dot. */
  readonly leader: Segment | undefined;
}

const GAP = 1.5; // between a dot and the box of its name, pixels
const NEAR = 5; // a label further than this from its dot's edge gets a leader, pixels
const PASSES = 6;

// directions from the dot to the middle of its label, the best first; on a square, so no trigonometry
const SIDES: readonly (readonly [number, number])[] = [
  [0, -1],
  [1, 0],
  [-1, 0],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
];
const BETWEEN: readonly (readonly [number, number])[] = [
  [0.5, -1],
  [-0.5, -1],
  [1, -0.5],
  [-1, -0.5],
  [1, 0.5],
  [-1, 0.5],
  [0.5, 1],
  [-0.5, 1],
];

/**
 * Places for the labels, in the order of the requests. Without leaders, earlier requests go first, and
 * those that find no room are missing; with leaders, all are placed unless they can't fit into the
 * bounds together.
 */
export function placeLabels(requests: readonly LabelRequest[], space: LabelSpace): PlacedLabel[] {
  return space.leaders ? placeAll(requests, space) : placeFitting(requests, space);
}

function placeFitting(requests: readonly LabelRequest[], space: LabelSpace): PlacedLabel[] {
  const { bounds, radius, obstacles = [] } = space;
  const dots = new Grid(12);
  const taken = new Grid(12);
  for (const { x, y } of requests) dots.add(boxAround(x, y, 2 * radius, 2 * radius));
  for (const box of obstacles) taken.add(box);
  const placed: PlacedLabel[] = [];
  requests.forEach((request, index) => {
    for (const direction of SIDES) {
      const box = boxBeside(request, direction, radius + GAP);
      if (!inside(box, bounds) || taken.hits(box) || dots.hits(box, index)) continue;
      taken.add(box);
      placed.push({ index, box, leader: undefined });
      return;
    }
  });
  return placed;
}

function placeAll(requests: readonly LabelRequest[], space: LabelSpace): PlacedLabel[] {
  const placed: (PlacedLabel | undefined)[] = requests.map(() => undefined);
  const order = crowdedFirst(requests);
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = false;
    for (const index of order) {
      const before = placed[index];
      placed[index] = undefined;
      const best = cheapest(index, requests, space, placed) ?? before;
      moved ||= best !== undefined && !sameBox(best.box, before?.box);
      placed[index] = best;
    }
    if (!moved) break;
  }
  return placed.filter((label) => label !== undefined);
}

/** The dots with the most others within 40 pixels first: they have the least choice. */
function crowdedFirst(requests: readonly LabelRequest[]): number[] {
  const near = requests.map(
    (a) => requests.filter((b) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2 < 1600).length,
  );
  return requests.map((_, i) => i).sort((i, j) => near[j]! - near[i]! || i - j);
}

/** The free place that costs least; undefined if the bounds are full. */
function cheapest(
  index: number,
  requests: readonly LabelRequest[],
  space: LabelSpace,
  placed: readonly (PlacedLabel | undefined)[],
): PlacedLabel | undefined {
  const request = requests[index]!;
  const { bounds, radius } = space;
  let best: PlacedLabel | undefined;
  let least = Number.POSITIVE_INFINITY;
  const consider = (box: Box, cost: number): void => {
    if (cost >= least || !inside(box, bounds)) return;
    if (placed.some((other) => other !== undefined && intersect(other.box, box))) return;
    const label = { index, box, leader: leaderTo(box, request, radius) };
    const total = cost + disturbance(label, requests, space, placed);
    if (total >= least) return;
    least = total;
    best = label;
  };

  for (let away = 0; away < 240 && away / 5 < least; away += away < 40 ? 5 : 10) {
    SIDES.forEach((direction, i) => {
      consider(boxBeside(request, direction, radius + GAP + away), away / 5 + i / 8);
    });
    BETWEEN.forEach((direction, i) => {
      consider(boxBeside(request, direction, radius + GAP + away), away / 5 + 1 + i / 8);
    });
  }
  if (best === undefined) scan(request, bounds, consider);
  return best;
}

/** Tries the whole space, line by line; for labels that the rings around their dot leave without a place. */
function scan(
  { x, y, width, height }: LabelRequest,
  { left, top, right, bottom }: Box,
  consider: (box: Box, cost: number) => void,
): void {
  for (let v = top + height / 2; v <= bottom - height / 2; v += height / 2) {
    for (let u = left + width / 2; u <= right - width / 2; u += Math.min(width / 2, 8)) {
      consider(boxAround(u, v, width, height), (Math.abs(u - x) + Math.abs(v - y)) / 5);
    }
  }
}

/** What a place costs for what it covers: dots and other obstacles, leaders, labels under its own leader. */
function disturbance(
  { index, box, leader }: PlacedLabel,
  requests: readonly LabelRequest[],
  { radius, obstacles = [] }: LabelSpace,
  placed: readonly (PlacedLabel | undefined)[],
): number {
  let cost = leader === undefined ? 0 : 3;
  const { left, top, right, bottom } = grown(box, radius);
  for (let i = 0; i < requests.length; i++) {
    const { x, y } = requests[i]!;
    if (i !== index && x > left && x < right && y > top && y < bottom) cost += 8;
  }
  for (const obstacle of obstacles) if (intersect(obstacle, box)) cost += 8;
  for (const other of placed) {
    if (other === undefined) continue;
    if (other.leader !== undefined && crossesBox(other.leader, box)) cost += 12;
    if (leader === undefined) continue;
    if (crossesBox(leader, other.box)) cost += 12;
    if (other.leader !== undefined && cross(leader, other.leader)) cost += 6;
  }
  return cost;
}

function boxBeside(
  { x, y, width, height }: LabelRequest,
  [right, down]: readonly [number, number],
  distance: number,
): Box {
  return boxAround(
    x + right * (width / 2 + distance),
    y + down * (height / 2 + distance),
    width,
    height,
  );
}

function leaderTo(box: Box, { x, y }: LabelRequest, radius: number): Segment | undefined {
  const [x2, y2] = nearestIn(box, x, y);
  const length = Math.sqrt((x2 - x) ** 2 + (y2 - y) ** 2);
  if (length <= radius + NEAR) return undefined;
  const t = radius / length;
  return { x1: x + t * (x2 - x), y1: y + t * (y2 - y), x2, y2 };
}

function sameBox(a: Box, b: Box | undefined): boolean {
  return a.left === b?.left && a.top === b.top;
}
