/**
 * Placement of labels that may stand away from their dots: all find a place, at least cost, crowded dots
 * first; then each is moved again, given all others, as long as that helps. A place costs its distance and
 * what `label-cost.ts` says. Intersecting another label's box is no matter of cost: such places are never
 * taken.
 */
import { type Box, boxAround, inside, intersect, squaredDistance } from "./box.ts";
import { BETWEEN, boxBeside, GAP, SIDES } from "./candidates.ts";
import { Dots } from "./dots.ts";
import { costOf } from "./label-cost.ts";
import type { LabelRequest, LabelSpace, PlacedLabel } from "./labels.ts";

const FURTHEST = 240; // of the rings on which places are tried, pixels
const PASSES = 8;
const DIAGONAL = 1; // cost of a place between the eight sides

/** The labels that are placed so far, by request. */
type Placed = (PlacedLabel | undefined)[];

/** Places for the labels, in order; missing are those that can't fit into the bounds, or cost too much. */
export function placeWithLeaders(
  requests: readonly LabelRequest[],
  space: LabelSpace,
): PlacedLabel[] {
  const placed: Placed = requests.map(() => undefined);
  const order = crowdedFirst(requests);
  const dots = new Dots(requests);
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = false;
    for (const index of order) {
      const before = placed[index];
      placed[index] = undefined;
      const best = cheapest(index, requests, dots, space, placed, before);
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
 * else any free place. Undefined if the bounds are full, or all places cost more than `space.most`.
 */
function cheapest(
  index: number,
  requests: readonly LabelRequest[],
  dots: Dots,
  space: LabelSpace,
  placed: Readonly<Placed>,
  before: PlacedLabel | undefined,
): PlacedLabel | undefined {
  const request = requests[index]!;
  const { bounds, radius, most = Number.POSITIVE_INFINITY } = space;
  let best: PlacedLabel | undefined;
  let least = most;
  const consider = (box: Box, distance: number): void => {
    if (distance >= least || !inside(box, bounds)) return;
    if (placed.some((other) => other !== undefined && intersect(other.box, box))) return;
    const label = costOf(box, request, dots, space, placed, least - distance);
    if (label === undefined) return;
    least = distance + label.cost;
    best = { index, box, leader: label.leader };
  };

  // as long as a place on this ring could still be better
  for (let away = 0; away < FURTHEST && away / 5 < least; away += away < 40 ? 4 : 8) {
    SIDES.forEach((direction, i) => {
      consider(boxBeside(request, direction, radius + GAP + away), away / 5 + i / 8);
    });
    BETWEEN.forEach((direction, i) => {
      const cost = away / 5 + DIAGONAL + i / 8;
      consider(boxBeside(request, direction, radius + GAP + away), cost);
    });
  }
  if (best === undefined && before === undefined && most === Number.POSITIVE_INFINITY) {
    scan(request, bounds, consider);
  }
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

function sameBox(a: Box, b: Box | undefined): boolean {
  return a.left === b?.left && a.top === b.top;
}
