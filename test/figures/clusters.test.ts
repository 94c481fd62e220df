import { describe, expect, test } from "vitest";
import { CLUSTER_COLORS, clusterStyles, STYLES } from "../../src/figures/cluster-style.ts";
import { clustersOf } from "../../src/figures/clusters.ts";
import { fromRows } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { colorDistance, VISION } from "./color-vision.ts";

describe("cluster colours", () => {
  test.each([...VISION.keys()])("differ clearly from each other, black and white, with %s", (v) => {
    const all = [...CLUSTER_COLORS, "#000000", "#ffffff"];
    all.forEach((a, i) => {
      for (const b of all.slice(0, i)) expect(colorDistance(a, b, v)).toBeGreaterThan(16);
    });
  });
});

describe("clusterStyles", () => {
  const random = new Random(2);
  const centroids = Array.from({ length: 200 }, () => ({ x: random.normal(), y: random.normal() }));
  const styles = clusterStyles(centroids).map(({ color, mark }) => `${color} ${mark}`);

  test("differ for the first 30, the first six in colour alone", () => {
    expect(STYLES).toBe(30);
    expect(new Set(styles.slice(0, 30)).size).toBe(30);
    expect(clusterStyles(centroids.slice(0, 6)).map(({ mark }) => mark)).toEqual(
      Array(6).fill("circle"),
    );
  });

  test("differ between neighbours on the map, however many clusters", () => {
    const alike = centroids.flatMap((a, i) => {
      const distances = centroids.map((b) => (a.x - b.x) ** 2 + (a.y - b.y) ** 2);
      const nearest = distances.map((_, j) => j).sort((j, k) => distances[j]! - distances[k]!);
      return nearest.slice(1, 4).filter((j) => styles[j] === styles[i]);
    });
    expect(alike).toEqual([]);
  });

  test("none for no cluster", () => {
    expect(clusterStyles([])).toEqual([]);
  });
});

describe("clustersOf", () => {
  const Y = fromRows([
    [0, 0],
    [2, 4],
    [10, 10],
    [5, 5],
  ]);

  test("gives sizes and means", () => {
    expect(clustersOf(Y, [0, 0, 1, -1])).toMatchObject({
      sizes: [2, 1],
      centroids: [
        { x: 1, y: 2 },
        { x: 10, y: 10 },
      ],
    });
    expect(clustersOf(Y, [-1, -1, -1, -1]).sizes).toEqual([]);
  });

  test.each([
    [[0, 0], "expected 4 labels, one for each point, got 2"],
    [[0, 0, 2, 2], "without a gap, got no point of 1"],
    [[0, 0, 0.5, 0], "got 0.5"],
    [[0, -2, 0, 0], "got -2"],
    [[0, 4, 0, 0], "got 4"],
  ])("refuses labels %j", (labels, message) => {
    expect(() => clustersOf(Y, labels)).toThrow(RangeError);
    expect(() => clustersOf(Y, labels)).toThrow(message);
  });
});
