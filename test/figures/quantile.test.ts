import fc from "fast-check";
import { expect, test } from "vitest";
import { quantile } from "../../src/figures/quantile.ts";
import { matrix } from "../../src/matrix.ts";

test("takes the entry of the nearest rank, as sorting would", () => {
  const floats = fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true });
  fc.assert(
    fc.property(floats, fc.double({ min: 0, max: 1, noNaN: true }), (data, q) => {
      const finite = data.filter((value) => Number.isFinite(value)).sort();
      const expected = finite[Math.round(q * (finite.length - 1))];
      const got = quantile(matrix(1, data.length, data), q);
      // -0 and 0 are one value
      expect(got === undefined ? undefined : got + 0).toBe(
        expected === undefined ? undefined : expected + 0,
      );
    }),
  );
});

test("leaves out what it is told to, and what is not finite", () => {
  const G = matrix(3, 3, Float32Array.of(100, 1, 2, 1, 200, 3, 2, 3, Number.POSITIVE_INFINITY));
  const diagonal = (i: number, j: number): boolean => i === j;
  expect(quantile(G, 0, diagonal)).toBe(1);
  expect(quantile(G, 1, diagonal)).toBe(3);
  expect(quantile(G, 1)).toBe(200);
  expect(quantile(matrix(1, 1, Float32Array.of(Number.NaN)), 0.5)).toBeUndefined();
});
