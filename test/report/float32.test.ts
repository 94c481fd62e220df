import fc from "fast-check";
import { expect, test } from "vitest";
import { shortestFloat32 } from "../../src/report/float32.ts";

test("shortestFloat32 gives at most 9 digits that float32 restores", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const short = shortestFloat32(x);
      expect(Math.fround(short)).toBe(x === 0 ? 0 : x);
      expect(Number(short.toPrecision(9))).toBe(short);
    }),
    { numRuns: 2000 },
  );
  expect(shortestFloat32(Math.fround(0.1))).toBe(0.1);
  expect(Object.is(shortestFloat32(-0), 0)).toBe(true);
  expect(shortestFloat32(16777216)).toBe(16777216);
  expect(shortestFloat32(Math.fround(1e-45))).toBe(1e-45);
});
