import fc from "fast-check";
import { expect, test } from "vitest";
import { entriesAt } from "../../src/figures/quantile.ts";
import { matrix } from "../../src/matrix.ts";

test("takes the entries of the nearest ranks, as sorting would", () => {
  const floats = fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true });
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(floats, part, part, (data, p, q) => {
      const finite = data.filter((value) => Number.isFinite(value)).sort();
      const got = entriesAt(matrix(1, data.length, data), [p, q]);
      const expected = [p, q].map((at) => finite[Math.round(at * (finite.length - 1))]! + 0);
      // -0 and 0 are one value
      expect(got?.map((value) => value + 0)).toEqual(finite.length === 0 ? undefined : expected);
    }),
  );
});

test("leaves out the diagonal if told to, and what is not finite", () => {
  const G = matrix(3, 3, Float32Array.of(100, 1, 2, 1, 200, 3, 2, 3, Number.POSITIVE_INFINITY));
  expect(entriesAt(G, [0, 1], "diagonal")).toEqual([1, 3]);
  expect(entriesAt(G, [0, 0.5, 1])).toEqual([1, 3, 200]);
  const odd = matrix(2, 2, Float32Array.of(5, Number.NaN, Number.NEGATIVE_INFINITY, 7));
  expect(entriesAt(odd, [0, 1], "diagonal")).toBeUndefined();
  expect(entriesAt(odd, [0, 1])).toEqual([5, 7]);
});
