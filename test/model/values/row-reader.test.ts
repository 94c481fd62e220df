import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../../src/compute/run.ts";
import { type ByteSource, bufferSource } from "../../../src/model/bytes/source.ts";
import { readRows } from "../../../src/model/values/row-reader.ts";

/** A source that notes what is asked of it. */
function noting(source: ByteSource): ByteSource & { asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    asked,
    byteLength: source.byteLength,
    slice: (start, end, options) => {
      asked.push([start, end]);
      return source.slice(start, end, options);
    },
  };
}

describe("readRows", () => {
  const cols = 3;
  const bytes = new Uint8Array(Float32Array.from({ length: 300 }, (_, i) => i).buffer);
  const stored = (source: ByteSource) =>
    ({ source, start: 24, dtype: "F32", shape: [98, cols] }) as const;

  test("asks for the bytes of the rows alone, and joins those side by side", async () => {
    const source = noting(bufferSource(bytes));
    const X = await readRows(stored(source), Int32Array.of(9, 5, 20, 22, 21, 10));
    expect(source.asked).toEqual([
      [24 + 5 * 12, 24 + 6 * 12],
      [24 + 9 * 12, 24 + 11 * 12],
      [24 + 20 * 12, 24 + 23 * 12],
    ]);
    const first = [9, 5, 20, 22, 21, 10].map((row) => 6 + row * cols);
    expect(X.shape).toEqual([6, cols]);
    expect([...X.data]).toEqual(first.flatMap((value) => [value, value + 1, value + 2]));
  });

  test("gives any rows in any order as whole reading does", async () => {
    const whole = new Float32Array(bytes.buffer).subarray(6);
    const subset = fc.shuffledSubarray([...Array(98).keys()], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(subset, async (rows) => {
        const source = noting(bufferSource(bytes));
        const X = await readRows(stored(source), Int32Array.from(rows));
        const expected = rows.flatMap((r) => [...whole.subarray(r * cols, (r + 1) * cols)]);
        expect([...X.data]).toEqual(expected);
        const read = source.asked.reduce((sum, [start, end]) => sum + end - start, 0);
        expect(read).toBe(rows.length * cols * 4);
      }),
    );
  });

  test("reads along what lies between rows nearer than the source's gap, and gives the same", async () => {
    const near = { ...noting(bufferSource(bytes)), gap: 3 * 12 + 11 };
    const rows = Int32Array.of(40, 0, 4, 9, 20, 21, 8);
    const X = await readRows(stored(near), rows);
    expect(near.asked).toEqual([
      [24, 24 + 10 * 12],
      [24 + 20 * 12, 24 + 22 * 12],
      [24 + 40 * 12, 24 + 41 * 12],
    ]);
    expect(X).toEqual(await readRows(stored(bufferSource(bytes)), rows));
  });

  test("reports rows under way by their bytes, as one step", async () => {
    const slow: ByteSource = {
      ...bufferSource(bytes),
      slice: async (start, end, options) => {
        for (const part of [0.25, 0.5]) {
          options?.onBytes?.((end - start) * part);
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        return bytes.slice(start, end);
      },
    };
    const seen: Progress[] = [];
    const rows = Int32Array.from({ length: 80 }, (_, i) => i);
    await readRows(stored(slow), rows, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual([20, 40, 80]);
    expect(new Set(seen.map(({ step }) => step))).toEqual(new Set(["reading rows"]));
  });

  test("reports progress to its end", async () => {
    const seen: number[] = [];
    await readRows(stored(bufferSource(bytes)), Int32Array.of(1, 3, 5), {
      onProgress: ({ step, done, total }) => {
        expect([step, total]).toEqual(["reading rows", 3]);
        seen.push(done);
      },
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  test("stops when it is cancelled, and when a slice fails", async () => {
    const gone = AbortSignal.abort(new Error("enough"));
    await expect(
      readRows(stored(bufferSource(bytes)), Int32Array.of(1), { signal: gone }),
    ).rejects.toThrow("enough");

    let slices = 0;
    const failing: ByteSource = {
      byteLength: bytes.length,
      slice: async () => {
        slices++;
        throw new Error("no disk");
      },
    };
    const odd = Int32Array.from({ length: 40 }, (_, i) => 2 * i);
    await expect(readRows(stored(failing), odd)).rejects.toThrow("no disk");
    expect(slices).toBeLessThanOrEqual(6);
  });

  test("cuts what is longer than 8 MiB", async () => {
    const cols = 3 << 18;
    const asked: number[] = [];
    const zeros: ByteSource = {
      byteLength: 9 * cols * 2,
      slice: async (start, end) => {
        asked.push(end - start);
        return new Uint8Array(end - start);
      },
    };
    const wide = { source: zeros, start: 0, dtype: "F16", shape: [9, cols] } as const;
    const X = await readRows(
      wide,
      Int32Array.from({ length: 7 }, (_, i) => i + 1),
    );
    expect(X.shape).toEqual([7, cols]);
    expect(asked).toEqual([5 * cols * 2, 2 * cols * 2]);
  });
});
