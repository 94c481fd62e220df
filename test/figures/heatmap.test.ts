import { interpolateViridis } from "d3-scale-chromatic";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { blockMeans, blockNote, heatImage } from "../../src/figures/heatmap.ts";
import { parseHex } from "../../src/figures/palette.ts";
import type { SvgElement } from "../../src/figures/svg.ts";
import { gramTile } from "../../src/gram/tile.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { gramOf, noise } from "./made.ts";

const limits = { low: 0, high: 1, below: false, above: false, missing: 0 };

/** The colour in the middle of each cell of the picture. */
function colors(X: Matrix, first?: "top" | "bottom"): number[][][] {
  const frame = { x: 0, y: 0, width: 10, height: 10 };
  const image = heatImage(blockMeans(X), frame, limits, first) as SvgElement;
  const href = String(image.attributes.href);
  expect(href).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  const png = decode(Buffer.from(href.slice(href.indexOf(",") + 1), "base64"));
  const [rows, cols] = X.shape;
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, j) => {
      const row = Math.floor(((i + 0.5) * png.height) / rows);
      const col = Math.floor(((j + 0.5) * png.width) / cols);
      return png.palette![png.data[row * png.width + col]!]!.slice(0, 3);
    }),
  );
}

describe("heatImage", () => {
  test("draws every cell in viridis, row 0 on top", () => {
    const picture = colors(
      fromRows([
        [0, 0.25, 0.5],
        [0.75, 1, 0.1],
      ]),
    );
    const expected = [
      [0, 0.25, 0.5],
      [0.75, 0.999, 0.1],
    ];
    expected.forEach((row, i) => {
      row.forEach((value, j) => {
        const want = parseHex(interpolateViridis(value));
        picture[i]![j]!.forEach((channel, c) => {
          expect(Math.abs(channel - want[c]!)).toBeLessThanOrEqual(4);
        });
      });
    });
  });

  test("puts row 0 at the bottom where asked", () => {
    const X = fromRows([
      [0, 1],
      [1, 1],
      [0, 0],
    ]);
    expect(colors(X, "bottom")).toEqual(colors(X).reverse());
  });

  test("draws what lies beyond the limits as the ends, and what is no number grey", () => {
    const [[below, low, high, above, infinite, missing]] = colors(
      fromRows([[-5, 0, 1, 5, Number.POSITIVE_INFINITY, Number.NaN]]),
    ) as [number[][]];
    expect(below).toEqual(low);
    expect(above).toEqual(high);
    expect(infinite).toEqual(high);
    expect(missing).toEqual([200, 200, 200]);
  });
});

describe("blockMeans", () => {
  test("divides as gramTile does, and says of even blocks that they are", async () => {
    const X = noise(1750, 3);
    const G = gramOf(X);
    const blocks = blockMeans(G);
    const tile = await gramTile(X, { shape: blocks.means.shape });
    expect(blocks.means.shape).toEqual([584, 584]);
    const errors = tile.data.map((mean, p) => Math.abs(blocks.means.data[p]! - mean));
    expect(errors.reduce((worst, error) => Math.max(worst, error))).toBeLessThan(1e-5);
    expect(blockNote(blockMeans(matrix(1600, 2)))).toBe("each pixel: mean of 2 x 1 entries");
  });

  test("keeps what is small enough", () => {
    const X = noise(100, 768);
    expect(blockMeans(X)).toEqual({ means: X, block: [1, 1] });
    expect(blockNote(blockMeans(X))).toBeUndefined();
  });

  test("takes exact means of blocks, sizes of which differ by one at most", () => {
    const X = fromRows([
      [1, 2, 3, 4, 5],
      [3, 4, 5, 6, 7],
      [0, 2, 4, 6, 8],
    ]);
    const blocks = blockMeans(X, 2);
    expect(blocks.block).toEqual([2, 3]);
    expect(blocks.means).toEqual(matrix(2, 2, Float32Array.of(1.5, 4, 2.25, 6)));
    expect(blockNote(blocks)).toBe("each pixel: mean of up to 2 x 3 entries");
  });

  test("keeps the overall mean of 2,000 rows", () => {
    const X = noise(2000, 40, 1, 4);
    const { means, block } = blockMeans(X);
    expect(block).toEqual([3, 1]);
    expect(means.shape).toEqual([667, 40]);
    const column = (Y: Matrix, i: number): number => Y.data[i * 40 + 7]!;
    // from floor(5 * 2000 / 667) up to floor(6 * 2000 / 667)
    expect(column(means, 5)).toBeCloseTo((column(X, 14) + column(X, 15) + column(X, 16)) / 3, 6);
  });
});
