import { describe, expect, test } from "vitest";
import { gramMatrix } from "../../src/compute/gram.ts";
import { gramTwin } from "../../src/compute/twins/gram.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { clumps } from "../clumps.ts";

/** Equal bit by bit: -0 is not 0. */
function expectTwin(G: Matrix, X: Matrix): void {
  expect(G.shape).toEqual([X.shape[0], X.shape[0]]);
  expect(Buffer.from(G.data.buffer).equals(Buffer.from(gramTwin(X).data.buffer))).toBe(true);
}

function filled(n: number, d: number, value: (i: number, k: number) => number): Matrix {
  return matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, (_, e) => value(Math.floor(e / d), e % d)),
  );
}

describe("the kernel gives its twin's bits", () => {
  test.each([0, 1, 3, 4, 5, 8, 17, 63, 64, 65, 130, 300])("%i rows", async (n) => {
    for (const d of [0, 1, 3, 4, 5, 8, 17, 67]) {
      const X = clumps(n, d, 7 * n + d);
      expectTwin(await gramMatrix(X, { threads: 1 }), X);
    }
  });

  test.each([1, 2, 4])("%i threads, over several bands", async (threads) => {
    const X = clumps(801, 771, 3); // 247 million multiply-adds: enough for threads
    expectTwin(await gramMatrix(X, { threads }), X);
  });

  test.each([
    ["duplicates", filled(70, 9, (i, k) => Math.sin((i % 3) + k))],
    ["constant rows", filled(70, 9, (i) => i)],
    ["all rows equal", filled(70, 9, (_, k) => 0.1 * k)],
    ["zeros of both signs", filled(70, 9, (i, k) => (i % 2 === 0 ? 0 : -0) * (k + 1))],
    ["a huge outlier", filled(70, 9, (i, k) => (i === 5 ? 3e38 : k - 4))],
    ["sums that cancel", filled(70, 9, (i, k) => (k % 2 === 0 ? 1 : -1) * (1e30 + i))],
    ["the smallest numbers", filled(70, 9, (i, k) => (i - 30) * 1.4e-45 * k)],
  ])("%s", async (_, X) => {
    expectTwin(await gramMatrix(X, {}), X);
  });
});

test("says how far it is, in rows, and can be cancelled between bands", async () => {
  const X = clumps(1500, 768, 1);
  const seen: number[] = [];
  const stop = new AbortController();
  const run = gramMatrix(X, {
    signal: stop.signal,
    onProgress: ({ step, done, total }) => {
      expect([step, total]).toEqual(["Gram matrix", 1500]);
      seen.push(done);
      stop.abort(new Error("enough"));
    },
  });
  await expect(run).rejects.toThrow("enough");
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBeLessThan(1500);
});
