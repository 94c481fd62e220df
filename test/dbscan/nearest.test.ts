/** Neighbours over the tree against all pairs (nearestSquared), as indices and squared distances to the bit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { treeNearest } from "../../src/compute/kdtree-neighbors.ts";
import { squaredDistances } from "../../src/compute/metrics.ts";
import { nearestSquared } from "../../src/compute/nearest-pairs.ts";
import { fromRows, type Matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";
import { HOSTILE } from "./hostile.ts";

async function agrees(Y: Matrix, k: number): Promise<void> {
  const distance = squaredDistances("test", Y, "euclidean");
  const expected = await nearestSquared(distance, Y.shape[0], { k, symmetric: true });
  expect(await treeNearest(Y, { k })).toEqual(expected);
}

const bytes = ({ buffer }: Int32Array | Float64Array): Buffer => Buffer.from(buffer as ArrayBuffer);

describe("the k nearest are those of all pairs", () => {
  test.each(HOSTILE.filter(([, Y]) => Y.shape[0] > 1))("%s", async (_, Y) => {
    const most = Y.shape[0] - 1;
    for (const k of new Set([1, 2, 3, 7, 30, most].map((k) => Math.min(k, most)))) {
      await agrees(Y, k);
    }
  });

  test("on random lattices, where distances are equal", async () => {
    const place = fc.integer({ min: 0, max: 6 });
    const rows = (d: number) =>
      fc.array(fc.array(place, { minLength: d, maxLength: d }), { minLength: 2, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }).chain(rows), fc.nat(), (list, at) =>
        agrees(fromRows(list), 1 + (at % (list.length - 1))),
      ),
      { numRuns: 200 },
    );
  });

  test("on any number of threads", async () => {
    const Y = clumps(4000, 2, 3);
    const k = 2500;
    const [alone, ...together] = await Promise.all(
      [1, 2, 4].map((threads) => treeNearest(Y, { k, threads })),
    );
    for (const each of together) {
      expect(bytes(each.indices).equals(bytes(alone!.indices))).toBe(true);
      expect(bytes(each.squared).equals(bytes(alone!.squared))).toBe(true);
    }
  });
});
