/**
 * Where names go on a map. No two boxes of labels ever intersect, and none leaves the bounds; within
 * that, a label stands close to its dot and on no other dot; where it is not clearly nearer to its own dot
 * than to any other, a line leads to it. Deterministic: no random moves, ties by order.
 *
 * Two ways, both greedy over candidate positions (Christensen, Marks and Shieber, 1995, compare such
 * methods). With leaders, see `leaders.ts`: O(n²), for a few hundred labels. Without, a label is placed
 * beside its dot if one of sixteen positions is free of labels and not as near to another dot, else left
 * out: about constant time a label, for any number.
 */
import { type Box, boxAround, grown, inside, type Segment } from "./box.ts";
import { BETWEEN, boxBeside, GAP, SIDES } from "./candidates.ts";
import { Grid } from "./grid.ts";
import { CLEARLY, distanceToName } from "./label-cost.ts";
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
  /** With leaders: the most that a place may cost, labels without a cheaper one are left out; default no limit. */
  readonly most?: number | undefined;
}

/** A label that found its place. */
export interface PlacedLabel {
  /** Number of the request. */
  readonly index: number;
  readonly box: Box;
  /** From the dot's edge to the label, wherever it is not at its dot and clearly nearer to it than to any other. */
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
  const directions = [...SIDES, ...BETWEEN];
  requests.forEach((request, index) => {
    for (const direction of directions) {
      const box = boxBeside(request, direction, radius + GAP);
      if (!inside(box, bounds) || taken.hits(box)) continue;
      // boxes of dots reach `radius` from their middles
      const near = distanceToName(box, request) + CLEARLY - radius;
      if (dots.hits(grown(box, near), index)) continue;
      taken.add(box);
      placed.push({ index, box, leader: undefined });
      return;
    }
  });
  return placed;
}
