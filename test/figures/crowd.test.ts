import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { clusterFigure } from "../../src/figures/cluster-figure.ts";
import { crowd, type Layer } from "../../src/figures/crowd.ts";
import { mapFigure } from "../../src/figures/map-figure.ts";
import { mapPanel } from "../../src/figures/map-panel.ts";
import { type Scatter, scatter } from "../../src/figures/scatter.ts";
import { renderSvg, type SvgElement } from "../../src/figures/svg.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { elements, labelBoxes, misleading, overlaps } from "./boxes.ts";
import { clumpyMap, TEXT, tokens } from "./made.ts";

const FRAME = { x: 70, y: 50, width: 300, height: 200 };

/** The pixels of the picture of dots in a figure. */
function picture(svg: string): { data: Uint8Array; width: number; height: number } {
  const [, base64] = /class="density"[^>]* href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
  const { data, width, height } = decode(Buffer.from(base64!, "base64"));
  return { data: Uint8Array.from(data), width, height };
}

/** Places of the dots that paths draw, by colour. */
function pathDots(svg: string): Map<string, [x: number, y: number][]> {
  return new Map(
    elements(svg, "path", "dots").map((path) => [
      path.get("stroke")!,
      [...path.get("d")!.matchAll(/M([\d.-]+) ([\d.-]+)h0/g)].map((m) => [+m[1]!, +m[2]!]),
    ]),
  );
}

/** Clumps of Zipf sizes and a tenth of noise, with their labels. */
function groups(n: number, count: number): { Y: Matrix; labels: Int32Array } {
  const random = new Random(5);
  const middles = Array.from({ length: count }, () => [
    160 * random.uniform(),
    120 * random.uniform(),
  ]);
  const Y = matrix(n, 2);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    // every group once, then small numbers more often
    const group =
      i < count ? i : Math.floor(count * random.uniform() * random.uniform() * random.uniform());
    const alone = i >= count && i % 10 === 0;
    labels[i] = alone ? -1 : group;
    const [x, y] = alone ? [80, 60] : middles[group]!;
    const spread = alone ? 40 : 0.6;
    Y.data[2 * i] = x! + spread * random.normal();
    Y.data[2 * i + 1] = y! + spread * random.normal();
  }
  return { Y, labels };
}

/** The legend's clusters as number and size, and its row for the rest. */
function legend(svg: string): { shown: [group: number, size: number][]; rest: number[] } {
  const number = (text: string): number => Number(text.replaceAll(",", ""));
  const shown = [...svg.matchAll(/>group (\d+) \(([\d,]+)\)</g)];
  const rest = />\+ ([\d,]+) more \(([\d,]+)\)</.exec(svg)?.slice(1) ?? [];
  return { shown: shown.map((m) => [Number(m[1]), number(m[2]!)]), rest: rest.map(number) };
}

const named = (svg: string): { x: number; y: number }[] =>
  elements(svg, "circle", "named").map((mark) => ({
    x: Number(mark.get("cx")),
    y: Number(mark.get("cy")),
  }));

describe.each([2001, 5000, 30_000])("the map of %i tokens", (n) => {
  const Y = clumpyMap(n);
  const panel = mapPanel(
    Y,
    tokens(n),
    { x: 70, y: 50, width: [560, 880], height: [640, 640] },
    "t-SNE",
  );
  const svg = renderSvg(panel.node as SvgElement);
  const labels = labelBoxes(svg);

  test("names tokens that are marked, clear of each other, and says how many", () => {
    expect(labels.length).toBeGreaterThan(40);
    expect(overlaps(labels)).toEqual([]);
    expect(named(svg)).toHaveLength(labels.length);
    const count = `${labels.length} of ${n.toLocaleString("en-US")} tokens`;
    expect(panel.notes[0]).toBe(`Named, with a dark dot: ${count}, spread over the map`);
  });

  test("writes every name at the mark of its own token", () => {
    const points = scatter(
      "test",
      Y,
      { ...FRAME, x: 70, y: 50, width: panel.width, height: 640 },
      "",
    );
    const marks = named(svg);
    labels.forEach(({ index }, i) => {
      expect(marks[i]!.x).toBeCloseTo(points.points[index]!.x, 1);
      expect(marks[i]!.y).toBeCloseTo(points.points[index]!.y, 1);
    });
    const beside = labels.map(({ box }, index) => ({ index, box }));
    expect(misleading(beside, marks, new Set())).toEqual([]);
  });

  test("is small, and has no element for each dot", () => {
    expect(svg.length).toBeLessThan(400_000);
    expect(elements(svg, "circle", "dot")).toEqual([]);
    expect(panel.notes.some((note) => note.startsWith("The darker"))).toBe(n > 20_000);
  });
});

describe("dots as paths", () => {
  test("are drawn once each, at their places to a tenth of a pixel", () => {
    const n = 5000;
    const map = scatter("test", clumpyMap(n), FRAME, "");
    const layers = [0, 1, 2].map((layer) => ({
      color: `#00000${layer}`,
      indices: Array.from({ length: n }, (_, i) => i).filter((i) => i % 3 === layer),
    }));
    const dots = pathDots(renderSvg(crowd(map, layers) as SvgElement));
    for (const { color, indices } of layers) {
      const drawn = dots.get(color)!;
      expect(drawn).toHaveLength(indices.length);
      indices.forEach((i, k) => {
        expect(Math.abs(drawn[k]![0] - map.points[i]!.x)).toBeLessThanOrEqual(0.0501);
        expect(Math.abs(drawn[k]![1] - map.points[i]!.y)).toBeLessThanOrEqual(0.0501);
      });
    }
  });

  test("those never seen in training are grey, under the others", () => {
    const n = 2500;
    const some = tokens(n).map((token, i) => ({ ...token, occurrences: i % 5 }));
    const panel = mapPanel(
      clumpyMap(n),
      some,
      { ...FRAME, width: [300, 300], height: [200, 200] },
      "given",
    );
    const dots = [...pathDots(renderSvg(panel.node as SvgElement))];
    expect(dots.map(([color, places]) => [color, places.length])).toEqual([
      ["#8a8a8a", 500],
      ["#6a6ae0", 2000],
    ]);
    expect(panel.notes).toContain("Grey: never seen in training (500 of 2,500 tokens)");
  });
});

describe("dots as a picture of their density", () => {
  /** A map of so many points at the same place, and some at others, by hand. */
  function mapOf(places: readonly [number, number][]): Scatter {
    const map = scatter("test", clumpyMap(4), FRAME, "");
    const points = Array.from({ length: 20_001 }, (_, i) => {
      const [x, y] = places[i % places.length]!;
      return { x, y };
    });
    return { ...map, points, radius: 0.5 };
  }
  const pictureOf = (map: Scatter, layers: readonly Layer[]): ReturnType<typeof picture> =>
    picture(renderSvg(crowd(map, layers) as SvgElement));

  test("shows a dot at every point's place, and white elsewhere", () => {
    const places: [number, number][] = [
      [70, 50],
      [100.2, 60.4],
      [369.9, 249.9],
    ];
    const { data, width, height } = pictureOf(mapOf(places), [
      { color: "#0072b2", indices: [0, 1, 2] },
    ]);
    expect([width, height]).toEqual([600, 400]);
    const inked = new Set([...data.keys()].filter((at) => data[at] !== 0));
    for (const [x, y] of places) {
      expect(inked).toContain(Math.floor(2 * (y - 50)) * 600 + Math.floor(2 * (x - 70)));
    }
    // a dot is five pixels; those at corners lose two
    expect(inked.size).toBe(3 + 5 + 3);
  });

  test("is darker where more lie, up to a limit, and covers one layer with the next", () => {
    const map = mapOf([[200, 100]]);
    const shade = (layers: readonly number[][]): number => {
      const { data } = pictureOf(
        map,
        layers.map((indices) => ({ color: "#0072b2", indices })),
      );
      return data[100 * 600 + 260]!;
    };
    const all = Array.from({ length: 1000 }, (_, i) => i);
    expect([[[1]], [[1, 2]], [[1, 2, 3]]].map(shade)).toEqual([1, 2, 3]);
    expect(shade([all])).toBe(24);
    expect(shade([all, [5]])).toBe(25);
  });
});

describe.each([3000, 30_000])("the clusters of %i tokens", (n) => {
  const count = 300;
  const { Y, labels } = groups(n, count);
  const sizes = Array.from(
    { length: count },
    (_, c) => labels.filter((label) => label === c).length,
  );
  const svg = clusterFigure({ Y, labels, tokens: tokens(n), eps: 1, ...TEXT });

  test("has the largest in its legend, and counts the rest", () => {
    const { shown, rest } = legend(svg);
    expect(shown.length).toBeGreaterThan(25);
    for (const [group, size] of shown) expect(size).toBe(sizes[group]);
    const left = sizes.filter((_, c) => !shown.some(([group]) => group === c));
    expect(rest).toEqual([left.length, left.reduce((a, b) => a + b, 0)]);
    expect(Math.max(...left)).toBeLessThanOrEqual(Math.min(...shown.map(([, size]) => size)));
  });

  test("names groups, the largest of all first, with their centroids, and says how many", () => {
    const names = labelBoxes(svg);
    expect(overlaps(names)).toEqual([]);
    expect(elements(svg, "polygon", "centroid")).toHaveLength(names.length);
    expect(svg).toContain(`>Named: ${names.length} of 300 groups, large ones with room, by number`);
    expect(names.map(({ index }) => index)).toContain(sizes.indexOf(Math.max(...sizes)));
  });

  test("draws every dot, none of them an element, and no lines to centroids", () => {
    expect(svg.length).toBeLessThan(500_000);
    expect(elements(svg, "line", "spoke")).toEqual([]);
    if (n > 20_000) return;
    const drawn = [...pathDots(svg)];
    expect(drawn.reduce((sum, [, places]) => sum + places.length, 0)).toBe(n);
    const noise = labels.filter((label) => label === -1).length;
    expect(drawn[0]![1]).toHaveLength(noise);
    expect(svg).toContain(`>ungrouped (${noise})</text>`);
  });

  test("sets apart tokens never seen in training, or says that it does not", () => {
    const some = tokens(n).map((token, i) => ({ ...token, occurrences: i % 100 }));
    const marked = clusterFigure({ Y, labels, tokens: some, eps: 1, ...TEXT });
    expect(svg).not.toContain("ever seen");
    const of = `(${n / 100} of ${n / 1000},000 tokens)`;
    if (n > 20_000) {
      const said = `Never seen in training: ${of.slice(1, -1)}; not set apart here`;
      expect(marked).toContain(said);
      expect(marked).not.toContain(">never seen (");
      return;
    }
    expect(marked).toContain(`>Hollow: never seen in training ${of}</text>`);
    expect(marked).toContain(`>never seen (${n / 100})</text>`);
    const paths = elements(marked, "path", "dots");
    const count = (path: Map<string, string>): number => path.get("d")!.split("M").length - 1;
    const white = paths.findIndex((path) => path.get("stroke") === "#ffffff");
    expect(count(paths[white]!)).toBe(n / 100);
    const sum = (some: typeof paths): number => some.reduce((all, path) => all + count(path), 0);
    expect(sum(paths.slice(0, white))).toBe(n / 100);
    expect(sum(paths.slice(white + 1))).toBe(n - n / 100);
  });
});

test("figures of large maps are the same every time", () => {
  const n = 2100;
  const { Y, labels } = groups(n, 50);
  const G = matrix(n, n, new Float32Array(n * n).fill(1));
  const draw = (): string[] => [
    mapFigure({ G, Y, tokens: tokens(n), ...TEXT }),
    clusterFigure({ Y, labels, tokens: tokens(n), eps: 1, ...TEXT }),
  ];
  expect(draw()).toEqual(draw());
});

test.each([
  ["one place", () => [3, 3]],
  ["a line", (i: number) => [i, 0]],
  ["two places far apart", (i: number) => [i % 2 === 0 ? -1e30 : 1e30, 0]],
])("%s: dots and groups are drawn", (_, at) => {
  const n = 2100;
  const Y = matrix(
    n,
    2,
    Float32Array.from({ length: 2 * n }, (__, k) => at(k >> 1)[k % 2]!),
  );
  const labels = Int32Array.from({ length: n }, (__, i) => i % 3);
  const svg = clusterFigure({ Y, labels, tokens: tokens(n), eps: 1, ...TEXT });
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect([...pathDots(svg).values()].flat()).toHaveLength(n);
  expect(labelBoxes(svg).length).toBeGreaterThan(0);
});
