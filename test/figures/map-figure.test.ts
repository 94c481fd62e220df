import { describe, expect, test } from "vitest";
import type { FigureToken } from "../../src/figures/figure.ts";
import { mapFigure } from "../../src/figures/map-figure.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { hasShared, head, sharedNpy } from "../shared.ts";
import { crossings, elements, labelBoxes, leaders, misleading, overlaps } from "./boxes.ts";
import { clumpyMap, gramOf, noise, TEXT, tokens } from "./made.ts";

function figure(Y: Matrix, named: readonly FigureToken[] = tokens(Y.shape[0])): string {
  return mapFigure({ G: gramOf(noise(Y.shape[0], 4)), Y, tokens: named, ...TEXT });
}

/** Names whose dot can't be told, and leaders that cross. */
function faults(svg: string): { misleading: number[]; crossings: number } {
  const dots = elements(svg, "circle", "dot").map((dot) => ({
    x: Number(dot.get("cx")),
    y: Number(dot.get("cy")),
  }));
  const lines = leaders(svg);
  return {
    misleading: misleading(labelBoxes(svg), dots, new Set(lines.keys())),
    crossings: crossings([...lines.values()]),
  };
}
const NONE = { misleading: [], crossings: 0 };

describe("mapFigure at 100 tokens", () => {
  const svg = figure(clumpyMap(100));

  test("has a dot for every token in the notebook's colour", () => {
    const dots = elements(svg, "circle", "dot");
    expect(dots).toHaveLength(100);
    expect(svg).toContain('<g class="dots" fill="#b3b3ff" stroke="#1a1a1a"');
    expect(new Set(dots.map((dot) => dot.get("r"))).size).toBe(1);
  });

  test("names every dot, and no two names intersect", () => {
    const labels = labelBoxes(svg);
    expect(labels.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(overlaps(labels)).toEqual([]);
    expect(svg).not.toContain("Named:");
  });

  test("shows which dot each name belongs to", () => {
    expect(faults(svg)).toEqual(NONE);
    for (const seed of [1, 2, 4]) expect(faults(figure(clumpyMap(100, seed)))).toEqual(NONE);
  });

  test("names every third token on the axes: x from 1, y from 0", () => {
    const ticks = [...svg.matchAll(/<text class="tick"[^>]*textLength[^>]*>([^<]*)</g)];
    const names = ticks.map((m) => m[1]!.replace("&quot;", '"').replace("&lt;", "<"));
    const displays = tokens(100).map(({ display }) => display);
    const every = (first: number): string[] => displays.filter((_, i) => i % 3 === first);
    const plain = names.map((name) => name.replace(/&(amp|gt|apos);/, "?"));
    const expected = [...every(0), ...every(1)].map((name) => name.replace(/[&>']/, "?"));
    expect(plain).toEqual(expected);
    expect(svg).toContain(">Token 0, 3, 6, …</text>");
    expect(svg).toContain(">Token 1, 4, 7, …</text>");
  });

  test("names rows by their ids, or by position where ids are not known", () => {
    const later = tokens(100).map(({ display }, i) => ({ display, id: 300 + 2 * i }));
    expect(figure(clumpyMap(100), later)).toContain(">Token 302, 308, 314, …</text>");
    const unknown = tokens(100).map(({ display }) => ({ display }));
    expect(figure(clumpyMap(100), unknown)).toContain(">Token (position) 1, 4, 7, …</text>");
  });

  test("writes all names on the lower axis in one direction", () => {
    const turned = (named: readonly FigureToken[]): number =>
      elements(figure(clumpyMap(40), named), "text", "tick").filter(
        (tick) => tick.has("textLength") && tick.has("transform"),
      ).length;
    const short = tokens(40);
    expect(turned(short)).toBe(0);
    expect(turned(short.with(3, { id: 3, display: "·longer" }))).toBe(20);
  });

  test("has the notebook's titles, and says nothing that is not so", () => {
    expect(svg).toContain(">Gram matrix, first 100 token embeds</text>");
    expect(svg).toContain(">T-SNE visualization of embeddings</text>");
    expect(svg).toContain(">TSNE dim 1</text>");
    expect(svg).toContain(">TSNE dim 2</text>");
    const others = tokens(100).map(({ display }, i) => ({ display, id: i + 300 }));
    expect(figure(clumpyMap(100), others)).toContain(">Gram matrix, 100 token embeds</text>");
    const given = mapFigure({
      G: gramOf(noise(4, 3)),
      Y: clumpyMap(4),
      tokens: tokens(4),
      projection: "given",
      ...TEXT,
    });
    expect(given).not.toMatch(/t-?sne/i);
  });

  test("draws tokens never seen in training grey and hollow, and says so", () => {
    const named = tokens(100).map((token, i) => ({ ...token, occurrences: i % 50 }));
    const seen = figure(clumpyMap(100), named);
    expect(seen).toContain(">Grey and hollow: never seen in training (2 of 100 tokens)</text>");
    const hollow = elements(seen, "circle", "dot").filter((dot) => dot.get("fill") === "#ffffff");
    expect(hollow).toHaveLength(2);
    const grey = elements(seen, "text", "label").filter((label) => label.has("fill"));
    expect(grey.map((label) => label.get("data-index"))).toEqual(["0", "50"]);
    expect(svg).not.toContain("Grey");
  });

  test("is the same every time", () => {
    expect(figure(clumpyMap(100))).toBe(svg);
  });
});

describe("mapFigure at other sizes", () => {
  test("names what has room among 2,000, and says how many", () => {
    const svg = figure(clumpyMap(2000));
    const labels = labelBoxes(svg);
    expect(labels.length).toBeGreaterThan(20);
    expect(overlaps(labels)).toEqual([]);
    expect(svg).toContain(`>Named: ${labels.length} of 2,000 tokens, those with room</text>`);
    expect(elements(svg, "line", "leader")).toHaveLength(0);
    expect(elements(svg, "circle", "dot")).toHaveLength(2000);
  });

  test.each([
    ["one point", [[5, 5]]],
    [
      "equal points",
      [
        [5, 5],
        [5, 5],
        [5, 5],
        [5, 5],
      ],
    ],
    [
      "a line",
      [
        [0, 0],
        [1, 0],
        [2, 0],
      ],
    ],
    [
      "huge",
      [
        [1e30, 0],
        [-1e30, 1e30],
      ],
    ],
    [
      "tiny",
      [
        [1e-30, 0],
        [-1e-30, 1e-30],
      ],
    ],
    [
      "far away",
      [
        [1e8, 1e8],
        [1e8 + 64, 1e8],
      ],
    ],
  ])("draws %s, all named", (_, rows) => {
    const svg = figure(fromRows(rows));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(labelBoxes(svg)).toHaveLength(rows.length);
    expect(overlaps(labelBoxes(svg))).toEqual([]);
  });

  test("fits the map's frame to its shape, with equal scales", () => {
    const width = (Y: Matrix): number =>
      Number(elements(figure(Y), "rect", "ground")[0]!.get("width"));
    const [tall, square, wide] = [0.3, 1, 3].map((stretch) => {
      const Y = clumpyMap(60);
      return matrix(
        60,
        2,
        Y.data.map((value, i) => (i % 2 === 0 ? stretch * value : value)),
      );
    });
    expect(width(tall!)).toBeLessThan(width(square!));
    expect(width(square!)).toBeLessThan(width(wide!));
  });

  test("cuts long names, and keeps the whole name to be read", () => {
    const long = "x".repeat(128);
    const svg = figure(
      fromRows([
        [0, 0],
        [1, 1],
      ]),
      [{ display: long }, { display: "b" }],
    );
    expect(svg).toContain(`>${"x".repeat(23)}…<title>${long}</title></text>`);
  });

  test("names 100 long tokens in one spot", () => {
    const named = tokens(100).map((_, i) => ({ display: `·a-long-token-of-number-${i}` }));
    const labels = labelBoxes(figure(matrix(100, 2), named));
    expect(labels).toHaveLength(100);
    expect(overlaps(labels)).toEqual([]);
  });
});

test("mapFigure refuses what does not fit", () => {
  const options = { G: matrix(4, 4), Y: clumpyMap(4), tokens: tokens(4), ...TEXT };
  expect(() => mapFigure({ ...options, G: matrix(3, 4) })).toThrow("expected G of 4 x 4");
  expect(() => mapFigure({ ...options, tokens: tokens(3) })).toThrow(
    "expected 4 tokens, one for each row of Y, got 3",
  );
  expect(() => mapFigure({ ...options, Y: matrix(4, 3) })).toThrow("expected a map of n x 2");
  const Y = fromRows([
    [0, 0],
    [1, Number.NaN],
    [1, 1],
    [2, 2],
  ]);
  expect(() => mapFigure({ ...options, Y })).toThrow("got NaN in row 1, column 1");
});

describe.skipIf(!hasShared)("mapFigure on scikit-learn's maps (needs ../shared)", () => {
  test.each([
    ["gpt2-positions-100-exact-Y", 100],
    ["gpt2-positions-100-barnes_hut-Y", 100],
    ["word2vec-100-exact-Y", 100],
    ["word2vec-100-barnes_hut-Y", 100],
    ["stories260K-512-exact-Y", 100],
    ["stories260K-512-exact-Y", 512],
    ["glove-1000-barnes_hut-Y", 1000],
  ])("names on %s, %i rows, never intersect", (name, n) => {
    const svg = figure(head(sharedNpy(`golden/${name}.npy`), n));
    const labels = labelBoxes(svg);
    expect(overlaps(labels)).toEqual([]);
    expect(faults(svg)).toEqual(NONE);
    if (n === 100) expect(labels).toHaveLength(100);
    else expect(svg).toContain(`Named: ${labels.length} of `);
  });
});
