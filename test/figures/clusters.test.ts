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

  test("differ in colour alone where only dots are drawn; neighbours differ among thousands too", () => {
    const random = new Random(8);
    const many = Array.from({ length: 3000 }, () => ({ x: random.uniform(), y: random.uniform() }));
    const styles = clusterStyles(many, true);
    expect(new Set(styles.map(({ mark }) => mark))).toEqual(new Set(["circle"]));
    expect(new Set(styles.map(({ color }) => color)).size).toBe(6);
    const alike = many.filter((a, i) => {
      let nearest = -1;
      let least = Number.POSITIVE_INFINITY;
      many.forEach((b, j) => {
        const distance = (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
        if (j !== i && distance < least) [least, nearest] = [distance, j];
      });
      return styles[nearest]!.color === styles[i]!.color;
    });
    // later neighbours look at all around them, so few are left alike
    expect(alike.length).toBeLessThan(30);
  });

  test.each([
    ["one place", () => ({ x: 1, y: 1 })],
    ["a line", (i: number) => ({ x: i, y: 0 })],
  ])("thousands of clusters in %s", (_, at) => {
    const styles = clusterStyles(Array.from({ length: 2000 }, (__, i) => at(i)));
    const names = styles.map(({ color, mark }) => `${color} ${mark}`);
    expect(new Set(names).size).toBe(STYLES);
    if (at(0).x === at(1).x) return;
    expect(names.filter((name, i) => name === names[i - 1])).toEqual([]);
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
