/** A box with sides along the axes, in pixels; y grows downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A straight line between two points, in pixels. */
export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A box around its middle. */
export function boxAround(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

/** Whether two boxes share more than an edge. */
export function intersect(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether a box lies within another. */
export function inside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

/** The box made larger (or smaller) on each side. */
export function grown({ left, top, right, bottom }: Box, by: number): Box {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

/** A place, in pixels or in units of a map. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The squared distance of two places. */
export function squaredDistance(a: Point, b: Point): number {
  const [dx, dy] = [a.x - b.x, a.y - b.y];
  return dx * dx + dy * dy;
}

/** The point of a box nearest to (x, y). */
export function nearestIn(box: Box, x: number, y: number): [x: number, y: number] {
  return [Math.min(Math.max(x, box.left), box.right), Math.min(Math.max(y, box.top), box.bottom)];
}

/** Whether a line passes through the inside of a box (Liang and Barsky, 1984). */
export function crossesBox({ x1, y1, x2, y2 }: Segment, box: Box): boolean {
  // most lines are far away
  if (Math.max(x1, x2) <= box.left || Math.min(x1, x2) >= box.right) return false;
  if (Math.max(y1, y2) <= box.top || Math.min(y1, y2) >= box.bottom) return false;
  let from = 0;
  let to = 1;
  const sides = [
    [x1 - x2, x1 - box.left],
    [x2 - x1, box.right - x1],
    [y1 - y2, y1 - box.top],
    [y2 - y1, box.bottom - y1],
  ] as const;
  for (const [direction, distance] of sides) {
    if (direction === 0) {
      if (distance <= 0) return false;
    } else if (direction < 0) {
      from = Math.max(from, distance / direction);
    } else {
      to = Math.min(to, distance / direction);
    }
  }
  return from < to;
}

/** Whether two lines cross in a point inside both. */
export function cross(a: Segment, b: Segment): boolean {
  return (
    side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0 && side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0
  );
}

function side({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  return (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
}
