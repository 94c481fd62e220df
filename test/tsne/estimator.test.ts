/** What scikit-learn's `check_estimator` asks of every estimator, where it applies to t-SNE. */
import { describe, expect, test } from "vitest";
import { Descent } from "../../src/compute/twins/descent.ts";
import { STRIDE } from "../../src/compute/twins/forces.ts";
import { exactObjective } from "../../src/compute/twins/objective.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { denseAffinities } from "../../src/tsne/affinities.ts";
import { startingPoints } from "../../src/tsne/init.ts";
import { TSNE } from "../../src/tsne/tsne.ts";
import { clumps } from "../clumps.ts";
import { notMatrices } from "../not-matrices.ts";

const quick = { perplexity: 4, maxIter: 30 } as const;

describe("what is no matrix of float32 is refused, by a line of ours", () => {
  test.each(notMatrices)("%s", async (_, X) => {
    const fit = new TSNE(quick).fit(X as Matrix);
    await expect(fit).rejects.toThrow(TypeError);
    await expect(fit).rejects.toThrow("TSNE: expected a matrix { data: Float32Array");
  });

  test("entries that don't fill the shape", async () => {
    const fit = new TSNE(quick).fit({ data: new Float32Array(5), shape: [3, 2] });
    await expect(fit).rejects.toThrow("TSNE: expected rows * cols = 3 * 2 = 6 values, got 5");
  });
});

describe("the rows are only read", () => {
  const X = clumps(30, 5, 3);

  test("from the middle of a larger array, as from an array of their own", async () => {
    const larger = new Float32Array(X.data.length + 20).fill(Number.NaN);
    larger.set(X.data, 7);
    const view = matrix(30, 5, larger.subarray(7, 7 + X.data.length));
    for (const method of ["neighbors", "exact"] as const) {
      const tsne = new TSNE({ ...quick, method });
      expect(await tsne.fit(view)).toEqual(await tsne.fit(X));
    }
    expect(larger.slice(0, 7).every(Number.isNaN)).toBe(true);
  });

  test("from a frozen matrix, and frozen parameters", async () => {
    const params = Object.freeze({ ...quick, init: Object.freeze(clumps(30, 2, 4)) });
    const frozen = Object.freeze({ data: X.data, shape: Object.freeze([30, 5] as const) });
    const before = X.data.slice();
    const { embedding } = await new TSNE(params).fit(frozen);
    expect(X.data).toEqual(before);
    expect(embedding.shape).toEqual([30, 2]);
  });
});

describe("results stand by themselves", () => {
  const X = clumps(30, 5, 3);

  test("a second fit on other rows changes neither the first result nor itself", async () => {
    const tsne = new TSNE({ ...quick, randomState: 9 });
    const first = await tsne.fit(X);
    const kept = first.embedding.data.slice();
    const second = await tsne.fit(clumps(40, 3, 8));
    expect(second.embedding.shape).toEqual([40, 2]);
    expect(first.embedding.data).toEqual(kept);
    expect(await tsne.fit(X)).toEqual(first);
  });

  test("fits side by side give what fits one after another give", async () => {
    const tsne = new TSNE({ ...quick, maxIter: 300 });
    const other = clumps(35, 4, 6);
    const together = await Promise.all([tsne.fit(X), tsne.fit(other), tsne.fit(X)]);
    expect(together).toEqual([await tsne.fit(X), await tsne.fit(other), await tsne.fit(X)]);
  });

  test("another seed gives another map, the same seed the same", async () => {
    const started = (randomState: number) =>
      new TSNE({ ...quick, init: "random", randomState }).fit(X);
    const [a, b] = [await started(1), await started(2)];
    expect(a.embedding).not.toEqual(b.embedding);
    expect(await started(1)).toEqual(a);
  });

  test("a result survives JSON", async () => {
    const result = await new TSNE(quick).fit(X);
    const { embedding, ...numbers } = JSON.parse(JSON.stringify(result));
    expect({ ...result, embedding: undefined }).toEqual({ ...numbers, embedding: undefined });
    expect(Float32Array.from(Object.values(embedding.data) as number[])).toEqual(
      result.embedding.data,
    );
  });
});

describe("the schedule, by numbers that scikit-learn documents", () => {
  test("the defaults are scikit-learn's", () => {
    expect(new TSNE().params).toEqual({
      ...{ nComponents: 2, perplexity: 30, earlyExaggeration: 12, exaggeration: 1 },
      ...{ learningRate: "auto" },
      ...{ maxIter: 1000, nIterWithoutProgress: 300, minGradNorm: 1e-7, metric: "euclidean" },
      ...{ init: "pca", method: "neighbors", randomState: 0 },
    });
  });

  const X = clumps(40, 6, 2);

  test("the learning rate is max(n / early exaggeration / 4, 50), or the one given", async () => {
    const rate = async (params: ConstructorParameters<typeof TSNE>[0], rows = X) =>
      (await new TSNE({ ...quick, maxIter: 1, ...params }).fit(rows)).learningRate;
    expect(await rate({})).toBe(50);
    expect(await rate({ earlyExaggeration: 1 }, clumps(240, 3, 1))).toBe(60);
    expect(await rate({ earlyExaggeration: 4 }, clumps(240, 3, 1))).toBe(50);
    expect(await rate({ learningRate: 7 })).toBe(7);
  });

  test.each([1, 3])(
    "250 steps with early exaggeration and momentum 0.5, the rest with exaggeration %d and 0.8",
    async (late) => {
      const P = await denseAffinities(X, { perplexity: 4, metric: "euclidean" });
      const init = clumps(40, 2, 4);
      const Y = await startingPoints(X, { init, nComponents: 2, randomState: 0 });
      const objective = exactObjective(P);
      const gradient = new Float64Array(Y.length);
      // a start and steps with which rounding does not grow
      const learningRate = 0.02;
      for (const [steps, exaggeration, momentum] of [
        [250, 12, 0.5],
        [70, late, 0.8],
      ] as const) {
        const descent = new Descent(Y.length); // gains and velocity begin anew
        for (let step = 0; step < steps; step++) {
          objective.gradient(Y, exaggeration, gradient);
          descent.step(Y, gradient, momentum, learningRate);
        }
      }
      const params = { perplexity: 4, method: "exact", maxIter: 320, learningRate, init } as const;
      const { embedding } = await new TSNE({ ...params, exaggeration: late }).fit(X);
      const planar = Y.filter((_, e) => e % STRIDE < 2);
      const largest = Math.max(...planar.map(Math.abs));
      planar.forEach((y, e) => {
        expect(Math.abs(embedding.data[e]! - y)).toBeLessThan(1e-4 * largest);
      });
    },
  );

  test.each(["neighbors", "exact"] as const)(
    "P of method %s looks at as many rows",
    async (method) => {
      const { neighbors } = await new TSNE({ ...quick, method, maxIter: 1 }).fit(X);
      expect(neighbors).toBe(method === "exact" ? 39 : 13);
      const few = await new TSNE({ method, perplexity: 2.5, maxIter: 1 }).fit(clumps(6, 3, 1));
      expect(few.neighbors).toBe(5);
    },
  );

  test("gains shrink to 0.01 and not below", () => {
    const descent = new Descent(1);
    const Y = Float64Array.of(0);
    let before = 0;
    for (let step = 0; step < 60; step++) {
      before = Y[0]!;
      descent.step(Y, Float64Array.of(step % 2 === 0 ? 1 : -1), 0, 10);
    }
    expect(Math.abs(Y[0]! - before)).toBeCloseTo(10 * 0.01, 12);
  });
});

test("rows whose perplexity can't be had, by 1 % or more, are counted", async () => {
  // seven rows at one place have six others equally near: their perplexity is 6 at least
  const X = clumps(40, 3, 5);
  for (let i = 0; i < 7; i++) X.data.set([1000, 1000, 1000], 3 * i);
  for (const method of ["neighbors", "exact"] as const) {
    const missed = async (perplexity: number) =>
      (await new TSNE({ method, perplexity, maxIter: 1 }).fit(X)).perplexityMissed;
    expect(await missed(5)).toBe(7);
    expect(await missed(5.9)).toBe(7);
    expect(await missed(6.5)).toBe(0);
  }
});
