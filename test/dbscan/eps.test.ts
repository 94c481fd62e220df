import { describe, expect, test } from "vitest";
import { DBSCAN } from "../../src/dbscan/dbscan.ts";
import { epsAdvice, kDistances, knee } from "../../src/dbscan/eps.ts";
import { fromRows, type Matrix } from "../../src/matrix.ts";

/** Three tight squares of points far apart, and two points by themselves. */
const squares: Matrix = fromRows([
  ...[0, 100, 200].flatMap((x) =>
    Array.from({ length: 16 }, (_, i) => [x + (i % 4), Math.floor(i / 4)]),
  ),
  [50, 50],
  [150, 50],
]);

const advise = async (eps: number, minSamples: number, Y = squares) =>
  epsAdvice(Y, await new DBSCAN({ eps, minSamples }).fit(Y), { eps, minSamples });

test("the k-distance curve is ascending, and its points up to eps are the core points", async () => {
  const minSamples = 4;
  const curve = await kDistances(squares, { k: minSamples - 1 });
  expect(curve).toHaveLength(50);
  expect(Array.from(curve)).toEqual(Array.from(curve).sort((a, b) => a - b));
  for (const eps of [1, 1.5, 3, 70, 120]) {
    const { coreSampleIndices } = await new DBSCAN({ eps, minSamples }).fit(squares);
    expect(coreSampleIndices).toHaveLength(curve.filter((d) => d <= eps).length);
  }
});

test("the knee is where a curve bends upwards", () => {
  expect(knee([1, 1, 1, 1, 2, 50, 100])).toBe(2);
  expect(knee([1, 2, 3, 4])).toBe(4);
  expect(knee([3, 3, 3])).toBe(3);
  expect(knee([5])).toBe(5);
  expect(() => knee([])).toThrow(RangeError);
});

describe("advice", () => {
  test("none where there are clusters of fair size", async () => {
    expect(await advise(1.5, 3)).toBeNull();
  });

  test("for no cluster: eps is in units of the map, and what the curve suggests works", async () => {
    const advice = await advise(0.01, 3);
    expect(advice).toMatch(/^no cluster found: eps = 0.01 is in units of the map/);
    const eps = Number(/try --eps (\S+)$/.exec(advice!)![1]);
    const { nClusters } = await new DBSCAN({ eps, minSamples: 3 }).fit(squares);
    expect(nClusters).toBe(3);
  });

  test("for one cluster", async () => {
    expect(await advise(1000, 3)).toMatch(
      /^one cluster found: .*2nd nearest point.*try --eps 1(\.4)?$/,
    );
  });

  test("for nine tenths in one", async () => {
    const Y = fromRows([
      ...Array.from({ length: 95 }, (_, i) => [i * 0.1, 0]),
      ...Array.from({ length: 5 }, (_, i) => [1000 + i * 0.1, 0]),
    ]);
    expect(await advise(1, 3, Y)).toMatch(/^one of 2 clusters holds 95 of 100 points: eps = 1 is/);
  });

  test("for a single point, which has no distances", async () => {
    const one = fromRows([[3, 4]]);
    for (const minSamples of [1, 2]) {
      expect(await advise(1, minSamples, one)).toMatch(/a map of one point has no distances/);
    }
  });

  test("says so where min-samples exceeds the points", async () => {
    expect(await advise(1, 99)).toMatch(/min-samples = 99 is more than there are points \(50\)/);
  });
});
