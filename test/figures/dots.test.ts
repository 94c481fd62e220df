import fc from "fast-check";
import { expect, test } from "vitest";
import { type Box, crossesBox } from "../../src/figures/box.ts";
import { Dots } from "../../src/figures/dots.ts";

const place = fc.record({
  x: fc.double({ min: -50, max: 700, noNaN: true }),
  y: fc.double({ min: -50, max: 500, noNaN: true }),
});
const box: fc.Arbitrary<Box> = fc.tuple(place, place).map(([a, b]) => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
}));

test("Dots finds every dot in a box, each once, without the one given", () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 80 }), box, (all, around) => {
      const found = new Dots(all).within(around, all[0]!);
      expect(new Set(found).size).toBe(found.length);
      expect(found).not.toContain(all[0]);
      const inside = all.slice(1).filter(({ x, y }) => {
        const { left, top, right, bottom } = around;
        return x >= left && x <= right && y >= top && y <= bottom;
      });
      for (const dot of inside) expect(found).toContain(dot);
    }),
  );
});

test("a line crosses a box where a point between its ends lies inside", () => {
  fc.assert(
    fc.property(place, place, box, (a, b, around) => {
      const { left, top, right, bottom } = around;
      const line = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
      const passes = Array.from({ length: 201 }, (_, i) => i / 200).some((t) => {
        const [x, y] = [a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)];
        const least = Math.min(x - left, right - x, y - top, bottom - y);
        return least > 1e-6; // more than the rounding of this test's own steps
      });
      if (passes) expect(crossesBox(line, around)).toBe(true);
      const apart = Math.max(a.x, b.x) <= left || Math.min(a.y, b.y) >= bottom;
      if (apart) expect(crossesBox(line, around)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
