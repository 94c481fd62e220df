import fc from "fast-check";
import { expect, test } from "vitest";
import { shortestFloat32 } from "../../src/report/float32.ts";

/** The fewest digits that do, tried one after the other. */
function tried(x: number): number {
  const digits = Array.from({ length: 9 }, (_, i) => Number(x.toPrecision(i + 1)));
  return digits.find((short) => Math.fround(short) === x)! + 0;
}

test("shortestFloat32 gives the fewest digits, for powers of two and their neighbours too", () => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const mantissa of [0, 1, 2, 0x7ffffe, 0x7fffff, 0x400000, 0x2aaaaa]) {
      bits[0] = ((exponent << 23) | mantissa) >>> 0;
      expect(shortestFloat32(float[0]!)).toBe(tried(float[0]!));
      expect(shortestFloat32(-float[0]!)).toBe(float[0] === 0 ? 0 : tried(-float[0]!));
    }
  }
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(shortestFloat32(x)).toBe(x === 0 ? 0 : tried(x));
    }),
    { numRuns: 3000 },
  );
});

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
