/**
 * Names beside marks of their own, on maps so full that only some dots get one: a request is taken with its
 * mark and its name, or not at all. No two names intersect, none lies on a mark, and every name is clearly
 * nearer to its own mark than to any other. Greedy, in the order of the requests; about constant time each.
 */
import { type Box, boxAround, grown, inside } from "./box.ts";
import { BETWEEN, boxBeside, GAP, SIDES } from "./candidates.ts";
import { Grid } from "./grid.ts";
import { CLEARLY, distanceToName } from "./label-cost.ts";
import type { LabelRequest, PlacedLabel } from "./labels.ts";

const CELL = 12; // of the grids, pixels

/** Places for the marks and names that have room within the bounds; earlier requests go first. */
export function placeMarked(
  requests: readonly LabelRequest[],
  bounds: Box,
  radius: number,
): PlacedLabel[] {
  const taken = new Grid(CELL); // names and marks
  const centres = new Grid(CELL); // of marks
  const claimed = new Grid(CELL); // around each name as far as its own mark is: no other mark may stand there
  const placed: PlacedLabel[] = [];
  const directions = [...SIDES, ...BETWEEN];
  requests.forEach((request, index) => {
    const mark = boxAround(request.x, request.y, 2 * radius, 2 * radius);
    const centre = boxAround(request.x, request.y, 0.02, 0.02);
    if (taken.hits(mark) || claimed.hits(centre)) return;
    for (const direction of directions) {
      const box = boxBeside(request, direction, radius + GAP);
      if (!inside(box, bounds) || taken.hits(box)) continue;
      const around = grown(box, distanceToName(box, request) + CLEARLY);
      if (centres.hits(around)) continue;
      taken.add(box);
      taken.add(mark);
      centres.add(centre);
      claimed.add(around);
      placed.push({ index, box, leader: undefined });
      return;
    }
  });
  return placed;
}
