import fc from "fast-check";
import { expect, test } from "vitest";
import { boxAround, inside, intersect } from "../../src/figures/box.ts";
import { placeMarked } from "../../src/figures/marked-labels.ts";
import { misleading } from "./boxes.ts";

const bounds = { left: 0, top: 0, right: 300, bottom: 200 };
const RADIUS = 2;
const request = fc.record({
  x: fc.double({ min: 0, max: 300, noNaN: true }),
  y: fc.double({ min: 0, max: 200, noNaN: true }),
  width: fc.double({ min: 4, max: 80, noNaN: true }),
  height: fc.constant(10),
});

test("names and marks keep clear of each other, and every name is nearest to its own mark", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 120 }), (requests) => {
      const placed = placeMarked(requests, bounds, RADIUS);
      const marks = placed.map(({ index }) => requests[index]!);
      const marksOf = marks.map(({ x, y }) => boxAround(x, y, 2 * RADIUS, 2 * RADIUS));
      placed.forEach(({ box }, i) => {
        expect(inside(box, bounds)).toBe(true);
        expect(placed.slice(0, i).filter((other) => intersect(other.box, box))).toEqual([]);
        expect(marksOf.filter((mark) => intersect(mark, box))).toEqual([]);
      });
      const names = placed.map(({ box }, index) => ({ index, box }));
      expect(misleading(names, marks, new Set())).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("earlier requests go first, and those left out leave no trace", () => {
  const at = (x: number, y: number): { x: number; y: number; width: number; height: number } => ({
    ...{ x, y, width: 40, height: 10 },
  });
  const crowded = [at(150, 100), at(151, 100), at(149, 101), at(60, 40)];
  expect(placeMarked(crowded, bounds, RADIUS).map(({ index }) => index)).toEqual([0, 3]);
  expect(placeMarked([at(151, 100)], bounds, RADIUS)).toHaveLength(1);
});

test("equal places: one name", () => {
  const same = Array.from({ length: 50 }, () => ({ x: 100, y: 100, width: 30, height: 10 }));
  expect(placeMarked(same, bounds, RADIUS).map(({ index }) => index)).toEqual([0]);
});
