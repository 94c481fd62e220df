import { describe, expect, test } from "vitest";
import { gramFigure } from "../../src/figures/gram-figure.ts";
import { fromRows, matrix } from "../../src/matrix.ts";
import { elements } from "./boxes.ts";
import { gramOf, noise, TEXT } from "./made.ts";

const X = noise(100, 48, 0.1);
const G = gramOf(X);

/** The text of every element of a class, in order. */
function texts(svg: string, kind: string): string[] {
  return [...svg.matchAll(new RegExp(`<text class="${kind}"[^>]*>([^<]*)<`, "g"))].map(
    (m) => m[1]!,
  );
}

describe("gramFigure", () => {
  const ids = Array.from({ length: 100 }, (_, i) => i);
  const svg = gramFigure({ X, G, ids, ...TEXT });

  test("has the notebook's three panels, their titles and axes", () => {
    expect(elements(svg, "image", "heatmap")).toHaveLength(6); // a panel and its colour bar each
    expect(texts(svg, "title")).toEqual(["Embeddings", "Embeddings transpose", "Gram matrix"]);
    const [dim, token] = ["Embedding dimension", "Token"];
    expect(texts(svg, "axis-title")).toEqual([dim, token, token, dim, token, token]);
  });

  test("says what it is, first of all", () => {
    expect(svg).toMatch(
      /^<svg [^>]*role="img"[^>]*>\n<title>Embeddings and their Gram matrix<\/title>\n<desc>A picture for tests.<\/desc>/,
    );
    for (const line of TEXT.caption) expect(svg).toContain(`>${line}</text>`);
  });

  test("counts tokens by ids that follow each other, else by position, and says which", () => {
    const later = gramFigure({ X, G, ids: ids.map((i) => 1000 + i), ...TEXT });
    expect(texts(later, "axis-title")).toContain("Token");
    expect(texts(later, "tick")).toEqual(expect.arrayContaining(["1000", "1080"]));
    for (const apart of [undefined, ids.map((i) => 2 * i)]) {
      const byPosition = gramFigure({ X, G, ids: apart, ...TEXT });
      expect(texts(byPosition, "axis-title")).toContain("Token (position)");
      expect(texts(byPosition, "axis-title")).not.toContain("Token");
      expect(texts(byPosition, "tick")).toEqual(texts(svg, "tick"));
    }
  });

  test("has equally large panels on one line", () => {
    const boxes = elements(svg, "image", "heatmap").filter((box) => box.get("width") === "250");
    expect(boxes).toHaveLength(3);
    expect(new Set(boxes.map((box) => `${box.get("y")} ${box.get("height")}`)).size).toBe(1);
  });

  test("shows the notebook's limits where asked", () => {
    const notebook = gramFigure({ X, G, ...TEXT, limits: "notebook" });
    const ticks = texts(notebook, "tick");
    expect(ticks).toContain("−0.2");
    expect(ticks).toContain("0.2");
    expect(ticks.slice(-6)).toEqual(["2", "3", "4", "5", "6", "7"]);
  });

  test("is the same every time, and rounds to hundredths", () => {
    expect(gramFigure({ X, G, ids, ...TEXT })).toBe(svg);
    expect(svg.replace(/base64,[^"]*/g, "")).not.toMatch(/\d\.\d{3}/);
  });

  test("says where pixels are means, and where entries are not numbers", () => {
    const tall = noise(1700, 2);
    expect(gramFigure({ X: tall, G: matrix(1700, 1700), ...TEXT })).toContain(
      "each pixel: mean of up to 3 x 3 entries",
    );
    const bad = matrix(2, 2, Float32Array.of(Number.NaN, 1, 1, Number.POSITIVE_INFINITY));
    expect(gramFigure({ X: noise(2, 3), G: bad, ...TEXT })).toContain(
      "Grey cells, not numbers: 1 entry of the Gram matrix",
    );
    expect(svg).not.toContain("each pixel");
  });

  test.each([
    ["one entry", [[3]]],
    [
      "zeros",
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "four rows",
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    ],
    [
      "huge",
      [
        [1e18, -2e18],
        [3e18, 1e18],
      ],
    ],
    [
      "tiny",
      [
        [1e-18, -2e-18],
        [3e-18, 1e-18],
      ],
    ],
  ])("draws %s", (_, rows) => {
    const small = fromRows(rows);
    const figure = gramFigure({ X: small, G: gramOf(small), ...TEXT });
    expect(figure).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts(figure, "title")).toHaveLength(3);
  });

  test("refuses what does not fit", () => {
    expect(() => gramFigure({ X, G: matrix(3, 3), ...TEXT })).toThrow(
      "gramFigure: expected G of 100 x 100, got 3 x 3",
    );
    expect(() => gramFigure({ X, G, ids: [1, 2], ...TEXT })).toThrow(
      "gramFigure: expected 100 ids, one for each row, got 2",
    );
    expect(() => gramFigure({ X: matrix(0, 3), G: matrix(0, 0), ...TEXT })).toThrow(RangeError);
  });
});

test("a Gram matrix of many rows comes as its block means, and the panel says so", () => {
  const n = 1601; // three rows to a pixel, but the last ones
  const X = matrix(n, 3);
  for (let e = 0; e < X.data.length; e++) X.data[e] = Math.fround(((e * 7919) % 1000) / 1000);
  const G = matrix(534, 534).data.fill(0.5);
  const picture = { data: G, shape: [534, 534] as const };
  const svg = gramFigure({ X, G: picture, caption: ["made"], description: "d" });
  expect(svg).toContain("each pixel: mean of up to 3 x 3 entries");
  const note =
    "Colour limits of the embeddings and the Gram matrix: from the block means shown, not from";
  expect(svg).toContain(note);
  expect(gramFigure({ X, G: picture, limits: "notebook", ...TEXT })).not.toContain(note);
  expect(() => gramFigure({ X, G: matrix(533, 533), caption: ["made"], description: "d" })).toThrow(
    "expected G of 1601 x 1601, or its block means, 534 x 534, got 533 x 533",
  );
});
