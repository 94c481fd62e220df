/**
 * What a label's place costs, where 1 is worth 5 pixels of distance: the line that it needs, dots that it
 * covers or stands near, what the line crosses.
 */
import {
  type Box,
  cross,
  crossesBox,
  grown,
  intersect,
  nearestIn,
  type Point,
  type Segment,
  squaredDistance,
} from "./box.ts";
import type { Dots } from "./dots.ts";
import type { LabelRequest, LabelSpace, PlacedLabel } from "./labels.ts";

const AWAY = 5; // a label further than this from its dot's edge gets a leader, pixels
/** A label without a leader is nearer to its own dot than to any other by this, in pixels. */
export const CLEARLY = 1;
const CLOSE = 6; // a label within this of a foreign dot's edge seems to name it, pixels
const STUB = 4; // a shorter leader is hardly seen, pixels

const COST = {
  leader: 2,
  stub: 8,
  foreign: 6,
  dot: 30,
  dotUnderLeader: 30,
  labelUnderLeader: 24,
  leaders: 100,
} as const;

type Place = Omit<PlacedLabel, "index">;

/** Pixels from a place to a name: to its letters, which leave about a sixth of their line free above and below. */
export function distanceToName({ left, top, right, bottom }: Box, { x, y }: Point): number {
  const blank = (bottom - top) / 6;
  const dx = Math.max(left - x, x - right, 0);
  const dy = Math.max(top + blank - y, y - bottom + blank, 0);
  return Math.sqrt(dx * dx + dy * dy);
}

/** Whether a name that has no leader may stand here: at its own dot, and clearly nearer to it than to any other. */
export function isOwn(own: number, foreign: number, radius: number): boolean {
  return own <= radius + AWAY && own + CLEARLY <= foreign;
}

/** How far from a name's box another dot may still matter to it, besides dots under its leader, pixels. */
export function reachOf(radius: number): number {
  return radius + Math.max(CLOSE, AWAY + CLEARLY);
}

/**
 * The label at this place, with a leader if it needs one, and what that costs besides its distance.
 * Undefined once the cost exceeds `limit`.
 *
 * @param dots The dots, to be asked for those near a box.
 */
export function costOf(
  box: Box,
  request: LabelRequest,
  dots: Dots,
  { radius, obstacles = [] }: LabelSpace,
  placed: readonly (PlacedLabel | undefined)[],
  limit: number,
): (Place & { cost: number }) | undefined {
  const others = dots.within(grown(box, reachOf(radius)), request);
  let foreign = Number.POSITIVE_INFINITY;
  for (const dot of others) foreign = Math.min(foreign, distanceToName(box, dot));
  const own = distanceToName(box, request);
  const leader = isOwn(own, foreign, radius) ? undefined : leaderTo(box, request, radius);
  let cost = COST.foreign * Math.max(0, 1 - Math.max(0, foreign - radius) / CLOSE);
  if (cost >= limit) return undefined;
  if (leader !== undefined) cost += leaderCost(leader, dots, request, radius);
  const covered = grown(box, radius);
  for (const { x, y } of others) {
    if (cost >= limit) return undefined;
    const { left, top, right, bottom } = covered;
    if (x > left && x < right && y > top && y < bottom) cost += COST.dot;
  }
  for (const obstacle of obstacles) if (intersect(obstacle, box)) cost += COST.dot;
  for (const other of placed) {
    if (cost >= limit) return undefined;
    if (other !== undefined) cost += conflict({ box, leader }, other);
  }
  return cost < limit ? { box, leader, cost } : undefined;
}

function leaderCost(leader: Segment, dots: Dots, own: Point, radius: number): number {
  const { x1, y1, x2, y2 } = leader;
  const length = Math.sqrt(squaredDistance({ x: x1, y: y1 }, { x: x2, y: y2 }));
  let cost = COST.leader + (length < STUB ? COST.stub : 0);
  const around = {
    left: Math.min(x1, x2),
    top: Math.min(y1, y2),
    right: Math.max(x1, x2),
    bottom: Math.max(y1, y2),
  };
  for (const dot of dots.within(grown(around, radius + 1), own)) {
    if (isNear(leader, dot, radius + 1)) cost += COST.dotUnderLeader;
  }
  return cost;
}

/** Whether a line comes nearer than `distance` to a place. */
function isNear({ x1, y1, x2, y2 }: Segment, dot: Point, distance: number): boolean {
  const [u, v] = [x2 - x1, y2 - y1];
  const squared = u * u + v * v;
  const along = squared === 0 ? 0 : ((dot.x - x1) * u + (dot.y - y1) * v) / squared;
  const t = Math.min(Math.max(along, 0), 1);
  return squaredDistance({ x: x1 + t * u, y: y1 + t * v }, dot) < distance * distance;
}

function conflict(a: Place, b: Place): number {
  let cost = 0;
  if (b.leader !== undefined && crossesBox(b.leader, a.box)) cost += COST.labelUnderLeader;
  if (a.leader !== undefined && crossesBox(a.leader, b.box)) cost += COST.labelUnderLeader;
  if (a.leader !== undefined && b.leader !== undefined && cross(a.leader, b.leader)) {
    cost += COST.leaders;
  }
  return cost;
}

function leaderTo(box: Box, { x, y }: Point, radius: number): Segment {
  const [x2, y2] = nearestIn(box, x, y);
  const length = Math.sqrt(squaredDistance({ x, y }, { x: x2, y: y2 }));
  const t = length === 0 ? 0 : Math.min(1, radius / length);
  return { x1: x + t * (x2 - x), y1: y + t * (y2 - y), x2, y2 };
}
