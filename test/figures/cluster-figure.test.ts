import { describe, expect, test } from "vitest";
import { clusterFigure } from "../../src/figures/cluster-figure.ts";
import { fromRows, matrix } from "../../src/matrix.ts";
import { elements, labelBoxes, overlaps } from "./boxes.ts";
import { clumpyMap, TEXT, tokens } from "./made.ts";

const Y = clumpyMap(100);
// five clusters of the six clumps; the sixth is noise
const labels = Int32Array.from({ length: 100 }, (_, i) => (i % 6 === 5 ? -1 : i % 6));
const noise = labels.filter((label) => label === -1).length;

/** What the legend says, in order. */
function legend(svg: string): string[] {
  return [
    ...svg
      .slice(svg.indexOf('class="legend"'), svg.indexOf('class="caption"'))
      .matchAll(/<text [^>]*>([^<]*)<\/text><\/g>/g),
  ]
    .map((m) => m[1]!)
    .filter((text) => !text.startsWith("eps"));
}

describe("clusterFigure", () => {
  const svg = clusterFigure({ Y, labels, tokens: tokens(100), eps: 7, ...TEXT });

  test("has the notebook's marks: spokes, points, plus signs, diamonds", () => {
    const spokes = elements(svg, "line", "spoke");
    const points = elements(svg, "circle", "point");
    expect(spokes).toHaveLength(100 - noise);
    expect(points).toHaveLength(100 - noise);
    expect(elements(svg, "path", "noise")).toHaveLength(noise);
    expect(elements(svg, "polygon", "centroid")).toHaveLength(5);
    expect(svg).toContain('<g class="centroids" fill="#ccb31a" stroke="#000000"');
    // spokes begin at the points and have their colours
    spokes.forEach((spoke, i) => {
      expect(spoke.get("x1")).toBe(points[i]!.get("cx"));
      expect(spoke.get("stroke")).toBe(points[i]!.get("fill"));
    });
  });

  test("ends all spokes of a cluster in its centroid, the mean of its points", () => {
    const points = elements(svg, "circle", "point");
    const spokes = elements(svg, "line", "spoke");
    for (let c = 0; c < 5; c++) {
      const own = points.map((_, i) => i).filter((i) => points[i]!.get("data-group") === String(c));
      const mean = own.reduce((sum, i) => sum + Number(points[i]!.get("cx")), 0) / own.length;
      for (const i of own) expect(Math.abs(Number(spokes[i]!.get("x2")) - mean)).toBeLessThan(0.02);
    }
  });

  test("draws diamonds under the points, so that they hide none", () => {
    expect(svg.indexOf('class="centroids"')).toBeGreaterThan(svg.indexOf('class="spokes"'));
    expect(svg.indexOf('class="centroids"')).toBeLessThan(svg.indexOf('class="points"'));
  });

  test("has the notebook's title and axes, and a legend with sizes", () => {
    expect(svg).toContain(">Result of dbscan clustering (k=5)</text>");
    expect(svg).toContain(">tSNE axis 1</text>");
    expect(svg).toContain(">tSNE axis 2</text>");
    const sizes = [0, 1, 2, 3, 4].map((c) => labels.filter((label) => label === c).length);
    expect(legend(svg)).toEqual([
      `ungrouped (${noise})`,
      ...sizes.map((size, c) => `group ${c} (${size})`),
      "centroid of a group",
    ]);
    expect(svg).toContain(">eps = 7 on this map</text>");
  });

  test("names every token, and no two names intersect", () => {
    expect(labelBoxes(svg)).toHaveLength(100);
    expect(overlaps(labelBoxes(svg))).toEqual([]);
  });

  test("is the same every time", () => {
    expect(clusterFigure({ Y, labels, tokens: tokens(100), eps: 7, ...TEXT })).toBe(svg);
  });
});

describe("clusterFigure for any number of clusters", () => {
  test("none: only plus signs", () => {
    const svg = clusterFigure({
      Y,
      labels: new Int32Array(100).fill(-1),
      tokens: tokens(100),
      ...TEXT,
    });
    expect(svg).toContain("(k=0)");
    expect(elements(svg, "path", "noise")).toHaveLength(100);
    expect(elements(svg, "line", "spoke")).toHaveLength(0);
    expect(elements(svg, "polygon", "centroid")).toHaveLength(0);
    expect(legend(svg)).toEqual(["ungrouped (100)"]);
  });

  test("150: as many in the legend as fit, and how many more", () => {
    const many = clumpyMap(450);
    const svg = clusterFigure({
      Y: many,
      labels: Int32Array.from({ length: 450 }, (_, i) => i % 150),
      tokens: tokens(450),
      ...TEXT,
    });
    expect(elements(svg, "polygon", "centroid")).toHaveLength(150);
    const rows = legend(svg);
    const shown = rows.filter((row) => row.startsWith("group")).length;
    expect(shown).toBeGreaterThan(20);
    expect(rows).toContain(`+ ${150 - shown} more (${3 * (150 - shown)})`);
    expect(overlaps(labelBoxes(svg))).toEqual([]);
  });

  test("a token never seen in training is hollow in its cluster's colour", () => {
    const svg = clusterFigure({
      Y: fromRows([
        [0, 0],
        [1, 1],
        [2, 0],
      ]),
      labels: [0, 0, 0],
      tokens: [
        { display: "a", occurrences: 0 },
        { display: "b", occurrences: 3 },
        { display: "c" },
      ],
      ...TEXT,
    });
    const [a, b] = elements(svg, "circle", "point");
    expect([a!.get("fill"), a!.get("stroke")]).toEqual(["#ffffff", "#0072b2"]);
    expect(b!.get("fill")).toBe("#0072b2");
    expect(svg).toContain("Grey and hollow: never seen in training (1 of 3 tokens)");
    expect(legend(svg)).toEqual(["group 0 (3)", "centroid of a group", "never seen (1)"]);
  });

  test("a wide map has a low frame, with room for the legend", () => {
    const wide = matrix(
      100,
      2,
      Y.data.map((value, i) => (i % 2 === 0 ? 9 * value : value)),
    );
    const height = (map: typeof Y): number =>
      Number(
        elements(
          clusterFigure({ Y: map, labels, tokens: tokens(100), ...TEXT }),
          "rect",
          "ground",
        )[0]!.get("height"),
      );
    expect(height(wide)).toBeLessThan(height(Y) - 100);
  });

  test("notes follow the caption's first line", () => {
    const many = clumpyMap(600);
    const svg = clusterFigure({
      Y: many,
      labels: new Int32Array(600).fill(-1),
      tokens: tokens(600),
      ...TEXT,
    });
    const caption = [...svg.slice(svg.indexOf('class="caption"')).matchAll(/>([^<]+)<\/text>/g)];
    const lines = caption.map((m) => m[1]!);
    expect([lines[0], lines[2]]).toEqual([...TEXT.caption]);
    expect(lines[1]).toMatch(/^Named: \d+ of 600 tokens, those with room$/);
    // readable on the lines to centroids
    expect(svg).toMatch(/<g class="labels"[^>]* stroke="#ffffff"[^>]* paint-order="stroke">/);
  });

  test("one point, and equal points", () => {
    for (const n of [1, 5]) {
      const svg = clusterFigure({
        Y: matrix(n, 2),
        labels: new Int32Array(n),
        tokens: tokens(n),
        eps: 1e9,
        ...TEXT,
      });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(labelBoxes(svg)).toHaveLength(n);
    }
  });
});

test("clusterFigure refuses what does not fit", () => {
  const options = { Y, labels, tokens: tokens(100), ...TEXT };
  expect(() => clusterFigure({ ...options, labels: [0] })).toThrow("expected 100 labels");
  expect(() => clusterFigure({ ...options, tokens: tokens(3) })).toThrow("expected 100 tokens");
  expect(() => clusterFigure({ ...options, eps: 0 })).toThrow("expected eps above 0, got 0");
  expect(() => clusterFigure({ ...options, Y: matrix(100, 3) })).toThrow("a map of n x 2");
});
