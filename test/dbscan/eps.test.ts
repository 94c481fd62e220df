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
    const [, eps, groups] =
      /bend upwards at about (\S+), which would give (\d+) groups, the largest with 16 of 50 points, and 2 ungrouped$/.exec(
        advice!,
      )!;
    const { nClusters } = await new DBSCAN({ eps: Number(eps), minSamples: 3 }).fit(squares);
    expect([nClusters, Number(groups)]).toEqual([3, 3]);
  });

  test("for one cluster", async () => {
    expect(await advise(1000, 3)).toMatch(
      /^one cluster found: .*2nd nearest point.*about 1(\.4)?, which would give 3 groups/,
    );
  });

  test("for nine tenths in one", async () => {
    const Y = fromRows([
      ...Array.from({ length: 95 }, (_, i) => [i * 0.1, 0]),
      ...Array.from({ length: 5 }, (_, i) => [1000 + i * 0.1, 0]),
    ]);
    expect(await advise(1, 3, Y)).toMatch(/^one of 2 clusters holds 95 of 100 points: eps = 1 is/);
  });

  test("where the knee is no better, another eps of the curve that is, with what it gives", async () => {
    // two dense lines near each other, a thin one that holds on to them, and four points far away
    const Y = fromRows([
      ...Array.from({ length: 30 }, (_, i) => [i, 0]),
      ...Array.from({ length: 30 }, (_, i) => [32 + i, 0]),
      ...Array.from({ length: 20 }, (_, i) => [65 + 4 * i, 0]),
      ...Array.from({ length: 4 }, (_, i) => [171 + 30 * i, 0]),
    ]);
    const advice = await advise(1000, 2, Y);
    const [, bend, eps, groups, largest, noise] =
      /about (\S+), which would give .*; eps (\S+) would give (\d+) groups, the largest with (\d+) of 84 points, and (\d+) ungrouped$/
        .exec(advice!)!
        .map(Number);
    const at = await new DBSCAN({ eps: eps!, minSamples: 2 }).fit(Y);
    const sizes = Array.from({ length: at.nClusters }, (_, c) =>
      at.labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0),
    );
    expect([at.nClusters, Math.max(...sizes), 84 - sizes.reduce((a, b) => a + b)]).toEqual([
      groups,
      largest,
      noise,
    ]);
    expect(bend).not.toBe(eps);
  });

  test("says so where nothing along the curve gives two groups", async () => {
    const four = fromRows([
      [0, 0],
      [300, 0],
      [0, 300],
      [300, 310],
    ]);
    const advice = await advise(7, 3, four);
    expect(advice).toMatch(/^no cluster found: /);
    expect(advice).toMatch(/would give 1 group with \d of 4 points, and \d ungrouped; /);
    expect(advice).toMatch(
      /; no other value tried along this curve gives two groups of fair size$/,
    );
    expect(advice).not.toContain("--eps");
  });

  test("holds on a map of equal points, which has no distance above 0", async () => {
    const advice = await advise(1, 3, fromRows(Array.from({ length: 9 }, () => [1, 1])));
    expect(advice).toMatch(
      /about 0; no other value tried along this curve gives two groups of fair size$/,
    );
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
