/** The bench's rows: the same for the same seed, and like a vocabulary's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readMatrix, writeRows } from "../../bench/npy-file.ts";
import { randomRotation } from "../../bench/rotation.ts";
import { vocabularyRows } from "../../bench/vocabulary.ts";
import { nearestNeighbors } from "../../src/index.ts";
import { type Matrix, matrix, rowOf } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";

const folder = mkdtempSync(join(tmpdir(), "tokenscape-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function made(n: number, d: number, seed: number): Matrix {
  const X = matrix(n, d);
  const fill = vocabularyRows({ n, d, seed });
  for (let i = 0; i < n; i++) fill(i, rowOf(X, i));
  return X;
}

const length = (row: ArrayLike<number>): number =>
  Math.sqrt(Array.from(row).reduce((sum, value) => sum + value * value, 0));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("from a seed", () => {
  test("the same rows again, in any order", () => {
    const X = made(50, 33, 7);
    const fill = vocabularyRows({ n: 50, d: 33, seed: 7 });
    const row = new Float32Array(33);
    for (const i of [49, 3, 0, 17]) {
      fill(i, row);
      expect(row).toEqual(rowOf(X, i));
    }
  });

  test("other rows from another seed, and no two alike", () => {
    const X = made(60, 20, 1);
    expect(made(60, 20, 2).data).not.toEqual(X.data);
    const rows = new Set(Array.from({ length: 60 }, (_, i) => rowOf(X, i).join()));
    expect(rows.size).toBe(60);
  });

  test.each([
    [0, 5],
    [5, 0],
    [2.5, 5],
  ])("%s x %s is refused", (n, d) => {
    expect(() => vocabularyRows({ n, d, seed: 0 })).toThrow(/expected whole numbers of rows/);
  });

  test("one row of one column is fine", () => {
    expect(Number.isFinite(made(1, 1, 0).data[0])).toBe(true);
  });
});

describe("like a vocabulary", () => {
  const [n, d] = [2000, 192];
  const X = made(n, d, 0);
  const rows = Array.from({ length: n }, (_, i) => rowOf(X, i));
  const centre = Array.from({ length: d }, (_, c) => mean(rows.map((row) => row[c]!)));

  test("rows are 3 to 4.5 long, and the mean more than half as long", () => {
    const lengths = rows.map(length);
    expect(mean(lengths)).toBeGreaterThan(3.4);
    expect(mean(lengths)).toBeLessThan(4.1);
    expect(length(centre) / mean(lengths)).toBeGreaterThan(0.5);
    expect(length(centre) / mean(lengths)).toBeLessThan(0.7);
  });

  test("no column stands out", () => {
    const spread = centre.map((value, c) =>
      Math.sqrt(mean(rows.map((row) => (row[c]! - value) ** 2))),
    );
    expect(Math.max(...spread) / Math.min(...spread)).toBeLessThan(2);
  });

  test("some rows have near relatives, and a few rows are near to many", async () => {
    const k = 10;
    const { indices, distances } = await nearestNeighbors(X, { k, threads: 1 });
    const nearest = Array.from({ length: n }, (_, i) => distances[i * k]!).sort((a, b) => a - b);
    expect(nearest[n / 10]! / nearest[n - n / 10]!).toBeLessThan(0.8);
    const counts = new Int32Array(n);
    for (const index of indices) counts[index]!++;
    const sorted = counts.toSorted((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(n / 10);
    expect(sorted[n / 2]).toBeLessThan(2 * k);
  });
});

test("the rotation keeps lengths and angles", () => {
  for (const d of [1, 2, 3, 17, 768]) {
    const rotate = randomRotation(d, new Random(3));
    const random = new Random(4);
    const a = Float64Array.from({ length: d }, () => random.normal());
    const b = Float64Array.from({ length: d }, () => random.normal());
    const dot = (): number => a.reduce((sum, value, c) => sum + value * b[c]!, 0);
    const before = [length(a), dot()];
    rotate(a);
    rotate(b);
    expect(length(a)).toBeCloseTo(before[0]!, 10);
    expect(dot()).toBeCloseTo(before[1]!, 9);
  }
});

test("a file written row by row is read as it was filled", async () => {
  for (const [rows, cols] of [
    [0, 3],
    [1, 1],
    [7, 200_000],
    [12_345, 3],
  ] as const) {
    const path = join(folder, `${rows}.npy`);
    await writeRows(path, [rows, cols], (i, out) => out.fill(i + 0.5));
    const X = await readMatrix(path);
    expect(X.shape).toEqual([rows, cols]);
    expect(X.data.every((value, e) => value === Math.floor(e / cols) + 0.5)).toBe(true);
  }
});
