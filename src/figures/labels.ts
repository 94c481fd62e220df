/**
 * Where names go on a map. No two boxes of labels ever intersect, and none leaves the bounds; within
 * that, a label stands close to its dot and on no other dot. Deterministic: no random moves, ties by order.
 *
 * Two ways, both greedy over candidate positions (Christensen, Marks and Shieber, 1995, compare such
 * methods). With leaders, see `leaders.ts`: O(n²), for a few hundred labels. Without, a label is placed
 * beside its dot if one of eight positions is free of labels and dots, else left out: about constant
 * time a label, for any number.
 */
import { type Box, boxAround, inside, type Segment } from "./box.ts";
import { boxBeside, GAP, SIDES } from "./candidates.ts";
import { Grid } from "./grid.ts";
import { placeWithLeaders } from "./leaders.ts";

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

/**
 * Places for the labels, in the order of the requests. Without leaders, earlier requests go first, and
 * those that find no room are missing; with leaders, all are placed unless they can't fit into the
 * bounds together.
 */
export function placeLabels(requests: readonly LabelRequest[], space: LabelSpace): PlacedLabel[] {
  return space.leaders ? placeWithLeaders(requests, space) : placeBeside(requests, space);
}

function placeBeside(requests: readonly LabelRequest[], space: LabelSpace): PlacedLabel[] {
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
