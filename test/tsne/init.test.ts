import { describe, expect, test } from "vitest";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { STRIDE, startingPoints } from "../../src/tsne/init.ts";

const start = (init: Matrix, randomState = 0): Promise<Float64Array> =>
  startingPoints(matrix(init.shape[0], 1), {
    init,
    nComponents: init.shape[1] as 1 | 2 | 3,
    randomState,
  });

/** As it is defined: a set of places written out, and the points that found theirs taken. */
function taken(init: Matrix): boolean[] {
  const [n, cols] = init.shape;
  const seen = new Set<string>();
  return Array.from({ length: n }, (_, i) => {
    const row = Array.from(init.data.subarray(i * cols, (i + 1) * cols));
    const place = row.map((y) => Math.round(y / 1e-10)).join();
    const was = seen.has(place);
    seen.add(place);
    return was;
  });
}

describe("points that start at one place are moved apart, but for the first", () => {
  test.each([1, 2, 3])("%i axes", async (cols) => {
    const random = new Random(cols);
    const values = [0, -0, 1e-4, -1e-4, 1e-4 + 1e-11, 3e20, -3e20];
    const init = matrix(500, cols);
    for (let e = 0; e < init.data.length; e++) init.data[e] = values[random.below(values.length)]!;
    const Y = await start(init);
    const moved = taken(init);
    expect(moved.filter(Boolean).length).toBeGreaterThan(100);
    moved.forEach((was, i) => {
      for (let c = 0; c < STRIDE; c++) {
        const before = c < cols ? init.data[i * cols + c]! : 0;
        const after = Y[i * STRIDE + c]!;
        if (!was || c >= cols || Math.abs(before) > 1) expect(after === before).toBe(true);
        else expect(after).not.toBe(before);
        expect(Math.abs(after - before)).toBeLessThan(1e-5);
      }
    });
  });

  test("many points, most of them at a place of their own, the same way every time", async () => {
    const random = new Random(1);
    const init = matrix(100_000, 2);
    for (let e = 0; e < init.data.length; e++) init.data[e] = 1e-4 * random.normal();
    for (let i = 90_000; i < 100_000; i++)
      init.data.copyWithin(2 * i, 2 * (i % 977), 2 * (i % 977) + 2);
    const Y = await start(init);
    const moved = taken(init);
    const apart = moved.filter((was, i) => was === (Y[i * STRIDE] !== init.data[2 * i]));
    expect(apart.length).toBe(100_000);
    expect(await start(init)).toEqual(Y);
    expect(await start(init, 1)).not.toEqual(Y);
  });
});

test("an axis on which nothing is spread is filled", async () => {
  const Y = await start(
    fromRows([
      [1, 0],
      [2, 0],
      [3, 0],
    ]),
  );
  const second = [0, 1, 2].map((i) => Y[i * STRIDE + 1]!);
  expect(new Set(second).size).toBe(3);
  for (const y of second) expect(Math.abs(y)).toBeLessThan(1e-5);
});
