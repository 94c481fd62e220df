/**
 * Placement of labels that may stand away from their dots: all find a place, at least cost, crowded dots
 * first; then each is moved again, given all others, as long as that helps. A place costs its distance,
 * a leader line if it needs one, and what it covers or crosses. Intersecting another label's box is no
 * matter of cost: such places are never taken.
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
  squaredDistance,
} from "./box.ts";
import { BETWEEN, boxBeside, GAP, SIDES } from "./candidates.ts";
import type { LabelRequest, LabelSpace, PlacedLabel } from "./labels.ts";

const NEAR = 5; // a label further than this from its dot's edge gets a leader, pixels
const FURTHEST = 240; // of the rings on which places are tried, pixels
const PASSES = 5;

// what a place costs besides its distance, where 1 is worth 5 pixels
const COST = { leader: 3, dot: 14, labelUnderLeader: 14, leaders: 6, diagonal: 1 } as const;

/** The labels that are placed so far, by request. */
type Placed = (PlacedLabel | undefined)[];

/** Places for all labels, in order; some are missing only if they can't fit into the bounds together. */
export function placeWithLeaders(
  requests: readonly LabelRequest[],
  space: LabelSpace,
): PlacedLabel[] {
  const placed: Placed = requests.map(() => undefined);
  const order = crowdedFirst(requests);
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = false;
    for (const index of order) {
      const before = placed[index];
      placed[index] = undefined;
      const best = cheapest(index, requests, space, placed, before);
      moved ||= best !== undefined && !sameBox(best.box, before?.box);
      placed[index] = best;
    }
    if (!moved) break;
  }
  return placed.filter((label) => label !== undefined);
}

/** The dots with the most others within 40 pixels first: they have the least choice. */
function crowdedFirst(requests: readonly LabelRequest[]): number[] {
  const near = requests.map((a) => requests.filter((b) => squaredDistance(a, b) < 1600).length);
  return requests.map((_, i) => i).sort((i, j) => near[j]! - near[i]! || i - j);
}

/**
 * The free place that costs least of those around the dot; if there is none, the place it had before, or
 * else any free place. Undefined if the bounds are full.
 */
function cheapest(
  index: number,
  requests: readonly LabelRequest[],
  space: LabelSpace,
  placed: Readonly<Placed>,
  before: PlacedLabel | undefined,
): PlacedLabel | undefined {
  const request = requests[index]!;
  const { bounds, radius } = space;
  let best: PlacedLabel | undefined;
  let least = Number.POSITIVE_INFINITY;
  const consider = (box: Box, cost: number): void => {
    if (cost >= least || !inside(box, bounds)) return;
    if (placed.some((other) => other !== undefined && intersect(other.box, box))) return;
    const label = { index, box, leader: leaderTo(box, request, radius) };
    const total = cost + disturbance(label, requests, space, placed, least - cost);
    if (total >= least) return;
    least = total;
    best = label;
  };

  // as long as a place on this ring could still be better
  for (let away = 0; away < FURTHEST && away / 5 < least; away += away < 40 ? 5 : 10) {
    SIDES.forEach((direction, i) => {
      consider(boxBeside(request, direction, radius + GAP + away), away / 5 + i / 8);
    });
    BETWEEN.forEach((direction, i) => {
      const cost = away / 5 + COST.diagonal + i / 8;
      consider(boxBeside(request, direction, radius + GAP + away), cost);
    });
  }
  if (best === undefined && before === undefined) scan(request, bounds, consider);
  return best ?? before;
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

/** The cost of what a label covers and crosses; stops adding once it exceeds `limit`. */
function disturbance(
  { index, box, leader }: PlacedLabel,
  requests: readonly LabelRequest[],
  { radius, obstacles = [] }: LabelSpace,
  placed: Readonly<Placed>,
  limit: number,
): number {
  let cost = leader === undefined ? 0 : COST.leader;
  const { left, top, right, bottom } = grown(box, radius);
  for (let i = 0; i < requests.length && cost < limit; i++) {
    const { x, y } = requests[i]!;
    if (i !== index && x > left && x < right && y > top && y < bottom) cost += COST.dot;
  }
  for (const obstacle of obstacles) if (intersect(obstacle, box)) cost += COST.dot;
  for (let i = 0; i < placed.length && cost < limit; i++) {
    const other = placed[i];
    if (other !== undefined) cost += conflict({ box, leader }, other);
  }
  return cost;
}

function conflict(a: Omit<PlacedLabel, "index">, b: Omit<PlacedLabel, "index">): number {
  let cost = 0;
  if (b.leader !== undefined && crossesBox(b.leader, a.box)) cost += COST.labelUnderLeader;
  if (a.leader !== undefined && crossesBox(a.leader, b.box)) cost += COST.labelUnderLeader;
  if (a.leader !== undefined && b.leader !== undefined && cross(a.leader, b.leader)) {
    cost += COST.leaders;
  }
  return cost;
}

function leaderTo(box: Box, { x, y }: LabelRequest, radius: number): Segment | undefined {
  const [x2, y2] = nearestIn(box, x, y);
  const length = Math.sqrt(squaredDistance({ x, y }, { x: x2, y: y2 }));
  if (length <= radius + NEAR) return undefined;
  const t = radius / length;
  return { x1: x + t * (x2 - x), y1: y + t * (y2 - y), x2, y2 };
}

function sameBox(a: Box, b: Box | undefined): boolean {
  return a.left === b?.left && a.top === b.top;
}
