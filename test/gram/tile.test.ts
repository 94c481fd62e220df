import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gram } from "../../src/gram/gram.ts";
import { type GramTileOptions, gramTile } from "../../src/gram/tile.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";

/** Means of blocks of G taken one by one, and the mean size of the entries in each. */
function slowTile(G: Matrix, { rows, cols, shape: [h, w] }: GramTileOptions) {
  const n = G.shape[0];
  const [[a, b], [c, e]] = [rows ?? [0, n], cols ?? [0, n]];
  const means: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      let [sum, size, count] = [0, 0, 0];
      const bound = (from: number, to: number, k: number, parts: number) =>
        from + Math.floor((k * (to - from)) / parts);
      for (let r = bound(a, b, i, h); r < bound(a, b, i + 1, h); r++) {
        for (let s = bound(c, e, j, w); s < bound(c, e, j + 1, w); s++) {
          sum += G.data[r * n + s]!;
          size += Math.abs(G.data[r * n + s]!);
          count++;
        }
      }
      means.push(sum / count);
      sizes.push(size / count);
    }
  }
  return { means, sizes };
}

test("pixels are means of blocks, by hand", async () => {
  const X = fromRows([[1], [2], [3], [4], [5]]);
  // blocks {1, 2} and {3, 4, 5} have the means 1.5 and 4
  const all = await gramTile(X, { shape: [2, 2] });
  expect(all.shape).toEqual([2, 2]);
  expect(Array.from(all.data)).toEqual([2.25, 6, 6, 16]);
  const part = await gramTile(X, { rows: [1, 3], cols: [3, 5], shape: [2, 1] });
  expect(part.shape).toEqual([2, 1]);
  expect(Array.from(part.data)).toEqual([9, 13.5]);
});

test("block means of the whole matrix to rounding, for any part and shape", async () => {
  const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  const pixels = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      ...[fc.integer({ min: 1, max: 9 }), fc.nat(1000), range, range, pixels, pixels],
      async (d, seed, rows, cols, tall, wide) => {
        const X = clumps(40, d, seed);
        const count = ([from, to]: number[], part: number) =>
          Math.min(to! - from!, 1 + Math.floor(part * (to! - from!)));
        const options = {
          rows: rows as [number, number],
          cols: cols as [number, number],
          shape: [count(rows, tall), count(cols, wide)] as const,
        };
        const tile = await gramTile(X, options);
        expect(tile.shape).toEqual(options.shape);
        const { means, sizes } = slowTile(await gram(X), options);
        means.forEach((mean, p) => {
          expect(Math.abs(tile.data[p]! - mean)).toBeLessThanOrEqual(3e-7 * d * (1 + sizes[p]!));
        });
      },
    ),
  );
});

test("at full resolution the entries themselves, bit for bit", async () => {
  const X = clumps(90, 13, 4);
  const G = await gram(X);
  expect(await gramTile(X, { shape: [90, 90] })).toEqual(G);
  const part = await gramTile(X, { rows: [10, 25], cols: [60, 90], shape: [15, 30] });
  for (let i = 0; i < 15; i++) {
    expect(part.data.subarray(i * 30, (i + 1) * 30)).toEqual(
      G.data.subarray((10 + i) * 90 + 60, (10 + i) * 90 + 90),
    );
  }
});

test("the same bytes on 1, 2 and 4 threads", async () => {
  const X = clumps(1200, 500, 9);
  const tiles = await Promise.all(
    [1, 2, 4].map((threads) => gramTile(X, { cols: [5, 1200], shape: [700, 600], threads })),
  );
  const bytes = ({ data }: Matrix) => Buffer.from(data.buffer);
  expect(bytes(tiles[1]!).equals(bytes(tiles[0]!))).toBe(true);
  expect(bytes(tiles[2]!).equals(bytes(tiles[0]!))).toBe(true);
  expect(new Set(tiles[0]!.data).size).toBeGreaterThan(100_000);
});

test("rows as large as float32 can be have finite means where products are", async () => {
  const X = fromRows([[3e38], [-3e38], [1e19], [1e19]]);
  const { data } = await gramTile(X, { shape: [2, 2] });
  expect(data[0]).toBe(0);
  expect(data[3]).toBeCloseTo(1e38, -31);
  expect(Array.from((await gramTile(X, { shape: [4, 4] })).data.subarray(0, 2))).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});

test("nothing of nothing", async () => {
  expect((await gramTile(matrix(0, 3), { shape: [0, 0] })).shape).toEqual([0, 0]);
  const none = await gramTile(clumps(4, 2, 1), { rows: [2, 2], shape: [0, 3] });
  expect(none.shape).toEqual([0, 3]);
  expect(Array.from((await gramTile(matrix(4, 0), { shape: [2, 1] })).data)).toEqual([0, 0]);
});

describe("errors come before any work", () => {
  const X = clumps(5, 2, 1);
  test.each([
    [{ shape: [6, 1] }, /height of 1 to 5 pixels, as many as rows at most, got 6/],
    [{ shape: [1, 0] }, /width of 1 to 5 pixels, as many as columns at most, got 0/],
    [{ shape: [1.5, 1] }, /height of 1 to 5 pixels.*got 1.5/],
    [{ rows: [0, 6], shape: [1, 1] }, /rows \[from, to\] in 0 to 5.*got \[0, 6\]/],
    [{ cols: [3, 2], shape: [1, 1] }, /cols \[from, to\].*got \[3, 2\]/],
    [{ rows: [Number.NaN, 2], shape: [1, 1] }, /rows \[from, to\].*got \[NaN, 2\]/],
    [{ shape: [1, 1], threads: 0 }, /1 to 64 threads, got 0/],
  ])("%j", async (options, message) => {
    const run = gramTile(X, options as unknown as GramTileOptions);
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(RangeError);
  });

  test.each([{}, { shape: 3 }, { shape: [1, 1], rows: "0:5" }])("%j is no picture", async (o) => {
    await expect(gramTile(X, o as unknown as GramTileOptions)).rejects.toThrow(TypeError);
  });

  test("rows that are not finite", async () => {
    const bad = fromRows([[1], [Number.NaN]]);
    await expect(gramTile(bad, { shape: [1, 1] })).rejects.toThrow("NaN in row 1, column 0");
  });

  test("cancelled", async () => {
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(gramTile(X, { shape: [2, 2], signal })).rejects.toThrow("stop");
  });
});
