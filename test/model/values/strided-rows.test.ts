import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { readRows } from "../../../src/model/values/row-reader.ts";

/** A matrix of whole numbers that lies with these strides, and the number at each place. */
function laid(shape: readonly [number, number], strides: readonly [number, number], start: number) {
  const length = (shape[0] - 1) * strides[0] + (shape[1] - 1) * strides[1] + 1;
  const values = Float32Array.from({ length }, (_, i) => i + 1);
  const bytes = new Uint8Array(start + 4 * length);
  bytes.set(new Uint8Array(values.buffer), start);
  return { source: bufferSource(bytes), start, dtype: "F32", shape, strides } as const;
}

describe("a matrix with strides", () => {
  test("any rows of any layout", async () => {
    const size = fc.integer({ min: 1, max: 9 });
    const layout = fc.record({
      shape: fc.tuple(fc.integer({ min: 1, max: 40 }), size),
      strides: fc.tuple(fc.nat(60), fc.nat(60)),
      start: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(
        layout,
        fc.infiniteStream(fc.nat()),
        async ({ shape, strides, start }, dice) => {
          const stored = laid(shape, strides, start);
          const drawn = [...dice.take(6)].map((n) => n % shape[0]);
          const rows = [...new Set(drawn)];
          const X = await readRows(stored, Int32Array.from(rows));
          const expected = rows.flatMap((row) =>
            Array.from({ length: shape[1] }, (_, col) => row * strides[0] + col * strides[1] + 1),
          );
          expect([...X.data]).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    [
      [700_000, 6],
      [1, 700_000],
    ],
    [
      [6, 700_000],
      [1, 6],
    ],
    [
      [6, 700_000],
      [1_400_000, 2],
    ],
  ] as const)("of %j with strides %j, in slices of at most 8 MiB", async (shape, strides) => {
    const stored = laid(shape, strides, 0);
    let longest = 0;
    const source = {
      ...stored.source,
      slice: (start: number, end: number) => {
        longest = Math.max(longest, end - start);
        return stored.source.slice(start, end);
      },
    };
    const done: number[] = [];
    const rows = Int32Array.from({ length: shape[0] }, (_, i) => shape[0] - 1 - i);
    const X = await readRows({ ...stored, source }, rows, {
      onProgress: (progress) => done.push(progress.done),
    });
    expect(longest).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(done.at(-1)).toBe(shape[0]);
    const wrong = X.data.findIndex((value, i) => {
      const [row, col] = [shape[0] - 1 - Math.floor(i / shape[1]), i % shape[1]];
      return value !== row * strides[0] + col * strides[1] + 1;
    });
    expect(wrong).toBe(-1);
  });
});
