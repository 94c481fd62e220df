import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DBSCAN } from "../../src/dbscan/dbscan.ts";
import { kDistances } from "../../src/dbscan/eps.ts";
import { dbscanHierarchy, hierarchyNeed } from "../../src/dbscan/hierarchy.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";
import { HOSTILE, WIDE } from "./hostile.ts";

async function agrees(Y: Matrix, minSamples: number, radii: readonly number[]): Promise<void> {
  const hierarchy = await dbscanHierarchy(Y, { minSamples });
  for (const eps of radii) {
    expect(hierarchy.at(eps)).toEqual(await new DBSCAN({ eps, minSamples }).fit(Y));
  }
}

/** Every distance between two rows that is a float64, its neighbours, and more than all. */
function cuts(Y: Matrix): number[] {
  const [n, d] = Y.shape;
  const found = new Set<number>([1e-9, 1e9]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let squared = 0;
      for (let k = 0; k < d; k++) squared += (Y.data[i * d + k]! - Y.data[j * d + k]!) ** 2;
      const distance = Math.sqrt(squared);
      if (distance > 0) for (const near of [1 - 1e-16, 1, 1 + 3e-16]) found.add(distance * near);
    }
  }
  return Array.from(found);
}

describe("at(eps) is what DBSCAN gives", () => {
  test.each([...HOSTILE, ...WIDE])("%s", async (_, Y, radii) => {
    for (const minSamples of [1, 2, 3, 7, 40, 1000]) await agrees(Y, minSamples, radii);
  });

  test("at every distance between two points, and just beside it", async () => {
    for (const d of [1, 2, 3, 4]) {
      const Y = clumps(14, d, d);
      for (const minSamples of [1, 2, 3, 4, 6, 14]) await agrees(Y, minSamples, cuts(Y));
    }
  });

  test("on random lattices with duplicates", async () => {
    const place = fc.integer({ min: 0, max: 7 });
    const rows = (d: number) =>
      fc.array(fc.array(place, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }).chain(rows),
        fc.integer({ min: 1, max: 7 }),
        async (list, minSamples) =>
          agrees(fromRows(list), minSamples, [0.5, 1, Math.SQRT2, 1.5, Math.sqrt(3), 2, 3, 20]),
      ),
      { numRuns: 150 },
    );
  });

  test("on random points", async () => {
    const point = fc.tuple(fc.float({ min: -4, max: 4 }), fc.float({ min: -4, max: 4 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(point, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (list, minSamples) => {
          const Y = fromRows(list.map((row) => row.map((x) => x || 0)));
          await agrees(Y, minSamples, cuts(Y).slice(0, 60));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("on a larger map, and on more rows than a chunk for every thread", async () => {
    await agrees(clumps(20000, 2, 8), 5, [0.005, 0.02, 0.05, 0.1, 0.3, 1, 10]);
    const wide = clumps(1500, 70, 9);
    for (const threads of [1, 2, 4]) {
      const hierarchy = await dbscanHierarchy(wide, { minSamples: 4, threads });
      for (const eps of [3, 5, 7]) {
        const expected = await new DBSCAN({ eps, minSamples: 4 }).fit(wide);
        expect(hierarchy.at(eps)).toEqual(expected);
      }
    }
  });
});

test("its k-distance curve is kDistances'", async () => {
  const Y = clumps(300, 2, 3);
  for (const minSamples of [1, 2, 5, 300]) {
    const hierarchy = await dbscanHierarchy(Y, { minSamples });
    const k = Math.max(1, minSamples - 1);
    expect(hierarchy.kDistances()).toEqual(await kDistances(Y, { k }));
  }
});

test("its memory is said before: some 200 bytes a point, and 24 for each neighbour kept", () => {
  for (const n of [50257, 262144]) {
    for (const minSamples of [3, 100]) {
      const bytes = hierarchyNeed({ n, d: 2, minSamples }).peak / n;
      expect(bytes - 24 * (minSamples - 1)).toBeGreaterThan(100);
      expect(bytes - 24 * (minSamples - 1)).toBeLessThan(250);
    }
  }
  expect(hierarchyNeed({ n: 1000, d: 50, minSamples: 3 }).peak / 1000).toBeLessThan(4 * 50 + 250);
});

describe("errors", () => {
  test.each([
    [matrix(0, 2), 5, /dbscanHierarchy: expected at least 1 row, got 0/],
    [fromRows([[Number.NaN, 1]]), 5, /dbscanHierarchy: expected finite values/],
    [clumps(5, 2, 1), 0, /dbscanHierarchy: expected minSamples .* got 0/],
    [clumps(5, 2, 1), 1.5, /minSamples .* got 1.5/],
  ])("%#", async (Y, minSamples, message) => {
    await expect(dbscanHierarchy(Y, { minSamples })).rejects.toThrow(message);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("eps %d", async (eps) => {
    for (const n of [1, 9]) {
      const hierarchy = await dbscanHierarchy(clumps(n, 2, 1), { minSamples: 2 });
      expect(() => hierarchy.at(eps)).toThrow(`expected eps to be a number above 0, got ${eps}`);
    }
  });

  test("building can be cancelled", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    for (const d of [2, 5]) {
      await expect(dbscanHierarchy(clumps(50, d, 1), { signal })).rejects.toBe(reason);
    }
  });
});
