/** The engines of DBSCAN against its definition, looked at pair by pair (src/compute/twins/dbscan.ts). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { treeDBSCAN } from "../../src/compute/dbscan.ts";
import { pairsDBSCAN } from "../../src/compute/dbscan-pairs.ts";
import { squaredDistances } from "../../src/compute/metrics.ts";
import { dbscanTwin } from "../../src/compute/twins/dbscan.ts";
import { fromRows, type Matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { clumps } from "../clumps.ts";
import { HOSTILE, WIDE } from "./hostile.ts";

const twin = (Y: Matrix, params: Parameters<typeof dbscanTwin>[2]) =>
  dbscanTwin(squaredDistances("test", Y, "euclidean"), Y.shape[0], params);

describe("the tree's clusters are the definition's", () => {
  test.each(HOSTILE)("%s", async (_, Y, radii) => {
    for (const eps of radii) {
      for (const minSamples of [1, 2, 3, 7, 40, 1000]) {
        const params = { eps, minSamples };
        expect(await treeDBSCAN(Y, params)).toEqual(await twin(Y, params));
      }
    }
  });

  test("with weights, whole and not, that sum to minSamples or just miss it", async () => {
    const kinds: ((r: Random) => number)[] = [
      (r) => r.below(4) - 1,
      (r) => 0.5 * r.below(5),
      (r) => 0.1 * r.below(5),
      (r) => r.normal(),
      (r) => (r.below(2) ? 1e308 : -1e308),
    ];
    for (const [name, Y, radii] of HOSTILE) {
      const random = new Random(1);
      for (const weight of kinds) {
        const sampleWeight = Array.from({ length: Y.shape[0] }, () => weight(random));
        for (const minSamples of [1, 3]) {
          const params = { eps: radii.at(-2) ?? radii[0]!, minSamples, sampleWeight };
          expect(await treeDBSCAN(Y, params), name).toEqual(await twin(Y, params));
        }
      }
    }
  });

  test("on random lattices, where distances equal eps", async () => {
    const place = fc.integer({ min: 0, max: 9 });
    const rows = (d: number) =>
      fc.array(fc.array(place, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }).chain(rows),
        fc.constantFrom(1, Math.SQRT2, 2, 3),
        fc.integer({ min: 1, max: 6 }),
        async (list, eps, minSamples) => {
          const Y = fromRows(list);
          const params = { eps, minSamples };
          expect(await treeDBSCAN(Y, params)).toEqual(await twin(Y, params));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("on a larger map, at many a radius", async () => {
    const Y = clumps(3000, 2, 8);
    for (const eps of [0.01, 0.05, 0.1, 0.3, 1]) {
      const params = { eps, minSamples: 5 };
      expect(await treeDBSCAN(Y, params)).toEqual(await twin(Y, params));
    }
  });
});

describe("the clusters of pairs are the definition's, on any number of threads", () => {
  test.each([...WIDE, ...HOSTILE.slice(-6)])("%s", async (_, Y, radii) => {
    const random = new Random(2);
    const fractions = Array.from({ length: Y.shape[0] }, () => random.normal());
    for (const eps of radii) {
      for (const minSamples of [1, 2, 5]) {
        for (const sampleWeight of [undefined, fractions]) {
          const params = { eps, minSamples, sampleWeight };
          expect(await pairsDBSCAN(Y, params)).toEqual(await twin(Y, params));
        }
      }
    }
  });

  test("more rows than a chunk for every thread", async () => {
    const Y = clumps(2500, 40, 9);
    const params = { eps: 5, minSamples: 4 };
    const expected = await twin(Y, params);
    expect(expected.nClusters).toBeGreaterThan(3);
    expect(expected.labels).toContain(-1);
    for (const threads of [1, 2, 4]) {
      expect(await pairsDBSCAN(Y, { ...params, threads })).toEqual(expected);
    }
  });
});
