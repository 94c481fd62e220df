/** What scikit-learn's `check_estimator` asks of every estimator, where it applies to DBSCAN. */
import { describe, expect, test } from "vitest";
import { DBSCAN } from "../../src/dbscan/dbscan.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";
import { notMatrices } from "../not-matrices.ts";

describe("what is no matrix of float32 is refused, by a line of ours", () => {
  test.each(notMatrices)("%s", async (_, Y) => {
    const fit = new DBSCAN().fit(Y as Matrix);
    await expect(fit).rejects.toThrow(TypeError);
    await expect(fit).rejects.toThrow("DBSCAN: expected a matrix { data: Float32Array");
  });

  test("entries that don't fill the shape", async () => {
    const fit = new DBSCAN().fit({ data: new Float32Array(5), shape: [3, 2] });
    await expect(fit).rejects.toThrow("DBSCAN: expected rows * cols = 3 * 2 = 6 values, got 5");
  });
});

describe("points and parameters are only read", () => {
  const Y = clumps(60, 2, 3);
  const dbscan = new DBSCAN({ eps: 0.8, minSamples: 3 });

  test("from the middle of a larger array, as from an array of their own", async () => {
    const larger = new Float32Array(Y.data.length + 20);
    larger.set(Y.data, 7);
    const view = matrix(60, 2, larger.subarray(7, 7 + Y.data.length));
    expect(await dbscan.fit(view)).toEqual(await dbscan.fit(Y));
  });

  test("fit twice, or side by side, finds the same and changes nothing", async () => {
    const params = JSON.stringify(dbscan);
    const first = await dbscan.fit(Y);
    const [again, other] = await Promise.all([dbscan.fit(Y), dbscan.fit(clumps(30, 3, 1))]);
    expect(again).toEqual(first);
    expect(other.labels).toHaveLength(30);
    expect(JSON.stringify(dbscan)).toBe(params);
    expect(new DBSCAN(JSON.parse(params))).toEqual(dbscan);
  });

  test("the defaults are scikit-learn's", () => {
    expect({ ...new DBSCAN() }).toEqual({ eps: 0.5, minSamples: 5, metric: "euclidean" });
  });

  test("frozen points and weights", async () => {
    const frozen = Object.freeze({ data: Y.data, shape: Object.freeze([60, 2] as const) });
    const sampleWeight = Object.freeze(Array.from({ length: 60 }, () => 1));
    expect(await dbscan.fit(frozen, { sampleWeight })).toEqual(await dbscan.fit(Y));
  });
});

describe("degenerate points", () => {
  const found = async (rows: number[][], eps: number, minSamples: number) => {
    const { labels, coreSampleIndices } = await new DBSCAN({ eps, minSamples }).fit(fromRows(rows));
    return [Array.from(labels), Array.from(coreSampleIndices)];
  };

  test("all at one place are one cluster, if they are enough", async () => {
    const rows = Array.from({ length: 5 }, () => [3, -7]);
    expect(await found(rows, 1e-30, 5)).toEqual([
      [0, 0, 0, 0, 0],
      [0, 1, 2, 3, 4],
    ]);
    expect(await found(rows, 1e30, 6)).toEqual([[-1, -1, -1, -1, -1], []]);
  });

  test.each([1e-30, 1e-10, 1, 1e10, 1e18])("at scale %d as at scale 1", async (scale) => {
    const rows = [
      [0, 0],
      [1, 0],
      [2, 0],
      [10, 0],
      [11, 0],
      [30, 0],
    ];
    const scaled = rows.map((row) => row.map((x) => x * scale));
    // between the distances, so that rounding decides nothing
    expect(await found(scaled, 1.5 * scale, 2)).toEqual([
      [0, 0, 0, 1, 1, -1],
      [0, 1, 2, 3, 4],
    ]);
  });

  test("far from the origin, one feature, many features", async () => {
    const far = [[1e8], [1e8 + 8], [1e8 + 16], [2e8]];
    expect((await found(far, 8, 2))[0]).toEqual([0, 0, 0, -1]);
    const wide = [0, 1, 2, 50].map((x) => Array.from({ length: 300 }, () => x));
    expect((await found(wide, 18, 2))[0]).toEqual([0, 0, 0, -1]);
  });

  test("a border point between two clusters goes to the one found first", async () => {
    // 2.5 is no core point and within eps of a core point of either
    const rows = [[0], [0.5], [1], [1.5], [2.5], [3.5], [4], [4.5], [5]];
    const [labels, core] = await found(rows, 1, 4);
    expect(core).not.toContain(4);
    expect(labels).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
    const reversed = (await found([...rows].reverse(), 1, 4))[0];
    expect(reversed).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });
});
