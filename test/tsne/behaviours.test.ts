/**
 * scikit-learn's documented behaviours of t-SNE, each test named after the test function of
 * scikit-learn 1.9 that asserts it. docs/parity.md lists those that don't apply, and why.
 */
import { describe, expect, test } from "vitest";
import type { Progress } from "../../src/compute/run.ts";
import { Descent } from "../../src/compute/twins/descent.ts";
import { STRIDE } from "../../src/compute/twins/forces.ts";
import { exactObjective } from "../../src/compute/twins/objective.ts";
import { conditionalProbabilities } from "../../src/compute/twins/perplexity.ts";
import { log } from "../../src/math.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { nearestNeighbors } from "../../src/neighbors/neighbors.ts";
import { trustworthiness } from "../../src/neighbors/trustworthiness.ts";
import { Random } from "../../src/random.ts";
import { type Affinities, denseAffinities, neighborAffinities } from "../../src/tsne/affinities.ts";
import { StoppingRule } from "../../src/tsne/stopping.ts";
import { TSNE, type TSNEParams } from "../../src/tsne/tsne.ts";
import { clumps } from "../clumps.ts";

function normal(n: number, d: number, seed = 0): Matrix {
  const random = new Random(seed);
  return matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, () => random.normal()),
  );
}

/** All distances between rows, as a matrix for metric "precomputed". */
async function distances(X: Matrix, metric: "euclidean" | "cosine" = "euclidean"): Promise<Matrix> {
  const n = X.shape[0];
  const found = await nearestNeighbors(X, { k: n - 1, metric });
  const D = matrix(n, n);
  found.indices.forEach((j, e) => {
    D.data[Math.floor(e / (n - 1)) * n + j] = found.distances[e]!;
  });
  return D;
}

/** Squared distances from every row to all others. */
function squaredRows(X: Matrix): Float64Array[] {
  const [n, d] = X.shape;
  return Array.from({ length: n }, (_, i) =>
    Float64Array.from(
      Array.from({ length: n }, (_, j) => j).filter((j) => j !== i),
      (j) => {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += (X.data[i * d + k]! - X.data[j * d + k]!) ** 2;
        return sum;
      },
    ),
  );
}

const entropy = (p: Float64Array): number =>
  -p.reduce((sum, x) => sum + (x > 0 ? x * log(x) : 0), 0);

function dense({ indptr, indices, values }: Affinities): Float64Array {
  const n = indptr.length - 1;
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) P[i * n + indices[e]!] = values[e]!;
  }
  return P;
}

function padded(Y: Matrix): Float64Array {
  const [n, m] = Y.shape;
  return Float64Array.from({ length: n * STRIDE }, (_, e) =>
    e % STRIDE < m ? Y.data[Math.floor(e / STRIDE) * m + (e % STRIDE)]! : 0,
  );
}

const metric = "euclidean" as const;

describe("gradient descent", () => {
  test("test_gradient_descent_stops", () => {
    // errors that fall, then stand still; the rule looks at every iteration here
    const run = (rule: StoppingRule, gradNorm: number, maxIter: number): number => {
      for (let i = 0; i < maxIter; i++) if (rule.stops(i, i === 0 ? 1 : 2, gradNorm)) return i;
      return maxIter - 1;
    };
    expect(run(new StoppingRule(1e-5, 100), 1e-6, 100)).toBe(0);
    expect(run(new StoppingRule(0, 10), 1, 100)).toBe(11);
    expect(run(new StoppingRule(0, 200), 1, 11)).toBe(10);
  });

  test("a step follows momentum, gains and learning rate", () => {
    const descent = new Descent(2);
    const Y = Float64Array.of(0, 0);
    expect(descent.step(Y, Float64Array.of(1, -2), 0.5, 10)).toBeCloseTo(0.8 * Math.sqrt(5), 12);
    expect(Array.from(Y)).toEqual([-8, 16]);
    descent.step(Y, Float64Array.of(1, 2), 0.5, 10); // the second coordinate turns
    expect(Y[0]).toBeCloseTo(-8 - 4 - 10 * 1.0, 12);
    expect(Y[1]).toBeCloseTo(16 + 8 - 10 * 0.64 * 2, 12);
  });

  test("test_early_exaggeration_used, test_max_iter_used", async () => {
    const X = normal(25, 2);
    const run = (params: TSNEParams) =>
      new TSNE({ perplexity: 1, maxIter: 260, init: "pca", ...params }).fit(X);
    for (const method of ["exact", "neighbors"] as const) {
      const [a, b] = [
        await run({ method, earlyExaggeration: 1 }),
        await run({ method, earlyExaggeration: 10 }),
      ];
      expect(a.embedding.data).not.toEqual(b.embedding.data);
      for (const maxIter of [251, 500])
        expect((await run({ method, maxIter })).nIter).toBe(maxIter);
    }
  });

  test("test_optimization_minimizes_kl", async () => {
    const X = clumps(60, 10, 1);
    const kl: number[] = [];
    for (const maxIter of [250, 300, 350])
      kl.push((await new TSNE({ perplexity: 10, maxIter }).fit(X)).klDivergence);
    expect(kl[1]).toBeLessThanOrEqual(kl[0]!);
    expect(kl[2]).toBeLessThanOrEqual(kl[1]!);
  });

  test("test_n_iter_without_progress", async () => {
    // a perplexity near n makes a compact map that comes to rest
    for (const method of ["exact", "neighbors"] as const) {
      const params = { method, perplexity: 25, minGradNorm: 0, maxIter: 5000 } as const;
      const X = normal(30, 4);
      const impatient = await new TSNE({ ...params, nIterWithoutProgress: -1 }).fit(X);
      const patient = await new TSNE({ ...params, nIterWithoutProgress: 300 }).fit(X);
      expect(impatient.nIter).toBeLessThan(patient.nIter);
      expect(patient.nIter).toBeLessThan(5000);
      expect([impatient.nIter % 50, patient.nIter % 50]).toEqual([0, 0]);
    }
  });

  test("test_min_grad_norm", async () => {
    const X = normal(100, 2);
    const { nIter } = await new TSNE({ perplexity: 30, minGradNorm: 0.002, method: "exact" }).fit(
      X,
    );
    expect(nIter).toBeLessThan(1000);
    expect(nIter).toBeGreaterThan(250);
    expect(
      (
        await new TSNE({
          perplexity: 30,
          minGradNorm: 0,
          nIterWithoutProgress: 1000,
          method: "exact",
        }).fit(X)
      ).nIter,
    ).toBe(1000);
  });

  test("test_verbose: progress names every step and ends at its total", async () => {
    const seen = new Map<string, Progress>();
    const steps = [
      ...["neighbours", "affinities", "principal components"],
      ...["t-SNE, early exaggeration", "t-SNE", "KL divergence"],
    ];
    const run = (maxIter: number) =>
      new TSNE({ perplexity: 4, maxIter }).fit(normal(20, 5), {
        onProgress: (progress) => seen.set(progress.step, progress),
      });
    await run(300);
    expect([...seen.keys()]).toEqual(steps);
    for (const { done, total } of seen.values()) expect(done).toBe(total);
    expect(seen.get("t-SNE, early exaggeration")?.total).toBe(250);
    expect(seen.get("t-SNE")?.total).toBe(50);
    seen.clear();
    await run(250);
    expect([...seen.keys()]).toEqual(steps.filter((step) => step !== "t-SNE"));
  });

  test("progress ends at its total where a stopping rule ends the run", async () => {
    const seen = new Map<string, Progress>();
    const tsne = new TSNE({ perplexity: 5, minGradNorm: 1, maxIter: 500 });
    const { nIter } = await tsne.fit(normal(30, 4), {
      onProgress: (progress) => seen.set(progress.step, progress),
    });
    expect(nIter).toBeLessThan(500);
    expect(seen.get("t-SNE")).toEqual({ step: "t-SNE", done: 250, total: 250 });
  });
});

describe("perplexity", () => {
  const mean = (rows: Float64Array[], perplexity: number): number => {
    const p = new Float64Array(rows[0]!.length);
    const reached = rows.map((row) => {
      conditionalProbabilities(row, perplexity, p);
      return Math.exp(entropy(p));
    });
    return reached.reduce((a, b) => a + b) / reached.length;
  };

  test("test_binary_search", () => {
    expect(mean(squaredRows(normal(50, 5)), 25)).toBeCloseTo(25, 3);
  });

  test("test_binary_search_underflow: distances near 100", () => {
    const random = new Random(42);
    const rows = Array.from({ length: 91 }, () =>
      Float64Array.from({ length: 90 }, () => Math.fround((random.normal() / 100 + 10) ** 2)),
    );
    expect(mean(rows, 30)).toBeCloseTo(30, 3);
  });

  test("distances near 1e8, where every Gaussian of width 1 underflows", () => {
    const random = new Random(42);
    const rows = Array.from({ length: 20 }, () =>
      Float64Array.from({ length: 90 }, () => 1e8 + random.normal()),
    );
    expect(mean(rows, 30)).toBeCloseTo(30, 2);
  });

  test("test_binary_search_neighbors", async () => {
    const X = normal(200, 2);
    // as many neighbours as there are: the same P but for the detour of neighbours over float32 distances
    const all = await neighborAffinities(X, { perplexity: 70, metric });
    expect(all.neighbors).toBe(199);
    const P = dense(await denseAffinities(X, { perplexity: 70, metric }));
    dense(all).forEach((p, e) => {
      expect(Math.abs(p - P[e]!)).toBeLessThan(1e-8);
    });
    // fewer neighbours: the strongest attractions stay nearly what they were
    const exact = dense(await denseAffinities(X, { perplexity: 20, metric }));
    const some = dense(await neighborAffinities(X, { perplexity: 20, metric }));
    const strongest = Array.from(exact.keys())
      .sort((a, b) => exact[b]! - exact[a]!)
      .slice(0, 200);
    for (const e of strongest) expect(Math.abs(some[e]! / exact[e]! - 1)).toBeLessThan(0.05);
  });

  test("test_binary_perplexity_stability: the same bits a hundred times", async () => {
    const X = fromRows([
      [1, 0],
      [0, 1],
      [5, 2],
      [7.3, 2.2],
      [4, 4],
      [1, 1],
      [0.5, 3],
      [9, 9],
      [8, 8.5],
      [2, 7],
    ]);
    const first = await neighborAffinities(X, { perplexity: 3, metric });
    for (let i = 0; i < 100; i++) {
      expect(await neighborAffinities(X, { perplexity: 3, metric })).toEqual(first);
    }
  });

  test.each(["exact", "neighbors"] as const)(
    "test_tsne_perplexity_validation, %s",
    async (method) => {
      const fit = new TSNE({ method, perplexity: 20 }).fit(normal(20, 2));
      await expect(fit).rejects.toThrow(
        "expected a perplexity below the number of rows, 20, got 20",
      );
      const floats = new TSNE({ method, perplexity: 19.9, maxIter: 5 }).fit(normal(20, 2));
      expect((await floats).embedding.data.every(Number.isFinite)).toBe(true);
    },
  );
});

describe("gradient", () => {
  test.each([1, 2, 3] as const)(
    "test_gradient: finite differences in %d dimensions",
    async (nComponents) => {
      const X = normal(30, 5);
      const Y = padded(normal(30, nComponents, 3));
      for (const affinities of [denseAffinities, neighborAffinities]) {
        const objective = exactObjective(await affinities(X, { perplexity: 8, metric }));
        const scratch = new Float64Array(Y.length);
        const kl = (at: Float64Array) =>
          objective.klDivergence(at, objective.gradient(at, 1, scratch));
        const gradient = new Float64Array(Y.length);
        objective.gradient(Y, 1, gradient);
        for (let e = 0; e < Y.length; e++) {
          if (e % STRIDE >= nComponents) {
            expect(gradient[e]).toBe(0);
            continue;
          }
          const [ahead, behind] = [Y.slice(), Y.slice()];
          ahead[e]! += 1e-5;
          behind[e]! -= 1e-5;
          expect((kl(ahead) - kl(behind)) / 2e-5).toBeCloseTo(gradient[e]!, 7);
        }
      }
    },
  );

  // inputs and maps of scikit-learn's tests; gradients by its own _kl_divergence (see docs/parity.md)
  const two = {
    X: [
      [1, 0],
      [0, 1],
    ],
    Y: [
      [-4.961291e-5, -1.072243e-4],
      [9.25946e-5, 2.702024e-4],
    ],
    gradient: [
      [0, 0],
      [0, 0],
    ],
    kl: 0,
  };
  const four = {
    X: [
      [1, 0],
      [0, 1],
      [5, 2],
      [7.3, 2.2],
    ],
    Y: [
      [6.080564e-5, -7.120823e-5],
      [-1.718945e-4, -4.000536e-5],
      [-2.27172e-4, 8.66331e-5],
      [-1.032577e-4, -3.582033e-5],
    ],
    gradient: [
      [4.4531101781e-6, 4.3607821619e-5],
      [-1.5068031855e-4, 6.4409742493e-5],
      [3.1808832879e-5, -1.3190970491e-5],
      [1.1441837549e-4, -9.4826593621e-5],
    ],
    kl: 1.0986122905,
  };

  test.each([
    ["two", two],
    ["four", four],
  ])("test_answer_gradient_%s_points", async (_, { X, Y, gradient, kl }) => {
    // the tests give distances where squared ones are expected
    const between = (a: number[], b: number[]) =>
      Math.sqrt((a[0]! - b[0]!) ** 2 + (a[1]! - b[1]!) ** 2);
    const roots = fromRows(X.map((a) => X.map((b) => Math.sqrt(between(a, b)))));
    const P = await denseAffinities(roots, { perplexity: 0.1, metric: "precomputed" });
    const map = padded(fromRows(Y));
    const found = new Float64Array(map.length);
    const objective = exactObjective(P);
    expect(objective.klDivergence(map, objective.gradient(map, 1, found))).toBeCloseTo(kl, 7);
    gradient.forEach((row, i) => {
      row.forEach((g, c) => {
        expect(Math.abs(found[i * STRIDE + c]! - g)).toBeLessThan(1e-4 * Math.abs(g) + 1e-11);
      });
    });
  });
});

describe("trustworthiness", () => {
  test("test_trustworthiness", async () => {
    const X = normal(100, 2);
    const affine = matrix(
      100,
      2,
      X.data.map((x) => 5 + x / 10),
    );
    expect(await trustworthiness(X, affine, { k: 5 })).toBe(1);
    const ranks = fromRows(Array.from({ length: 100 }, (_, i) => [i]));
    const shuffled = matrix(100, 1, new Random(0).shuffle(ranks.data.slice()));
    expect(await trustworthiness(ranks, shuffled, { k: 10 })).toBeLessThan(0.6);
    const five = fromRows([[0], [1], [2], [3], [4]]);
    const permuted = fromRows([[0], [2], [4], [1], [3]]);
    expect(await trustworthiness(five, permuted, { k: 1 })).toBeCloseTo(0.2, 12);
  });

  test("test_trustworthiness_n_neighbors_error", async () => {
    const X = normal(10, 2);
    await expect(trustworthiness(X, X, { k: 5 })).rejects.toThrow(
      "expected 1 <= k < n / 2 = 5, got k = 5",
    );
    expect(await trustworthiness(X, X, { k: 4 })).toBe(1);
  });

  test("test_trustworthiness_not_euclidean_metric", async () => {
    const X = normal(50, 3);
    const Y = normal(50, 2, 4);
    const D = await distances(X, "cosine");
    expect(await trustworthiness(X, Y, { metric: "cosine" })).toBe(
      await trustworthiness(D, Y, { metric: "precomputed" }),
    );
  });

  test.each([
    ["exact", "random"],
    ["exact", "pca"],
    ["neighbors", "random"],
    ["neighbors", "pca"],
  ] as const)("test_preserve_trustworthiness_approximately, %s, %s", async (method, init) => {
    const X = normal(50, 2);
    const Y = await new TSNE({
      method,
      init,
      perplexity: 15,
      randomState: 0,
      maxIter: 700,
    }).fitTransform(X);
    expect(await trustworthiness(X, Y, { k: 1 })).toBeGreaterThan(0.85);
  });

  test("test_preserve_trustworthiness_approximately_with_precomputed_distances", async () => {
    for (const seed of [0, 1, 2]) {
      const D = await distances(normal(80, 2, seed));
      const params = {
        perplexity: 2,
        metric: "precomputed",
        init: "random",
        randomState: seed,
      } as const;
      const Y = await new TSNE({ ...params, earlyExaggeration: 2, maxIter: 500 }).fitTransform(D);
      expect(await trustworthiness(D, Y, { k: 1, metric: "precomputed" })).toBeGreaterThan(0.95);
    }
  });
});

describe("input", () => {
  test("test_bad_precomputed_distances, test_non_positive_precomputed_distances", async () => {
    for (const method of ["exact", "neighbors"] as const) {
      const tsne = new TSNE({ metric: "precomputed", init: "random", method, perplexity: 1 });
      await expect(tsne.fit(matrix(3, 2, Float32Array.of(0, 1, 1, 0, 2, 2)))).rejects.toThrow(
        /square .* got 3 x 2/,
      );
      await expect(tsne.fit(matrix(2, 2, Float32Array.of(0, -1, -1, 0)))).rejects.toThrow(
        /at least 0, got -1/,
      );
    }
  });

  test("test_init_ndarray, test_init_ndarray_precomputed", async () => {
    const init = normal(20, 2, 5);
    const before = init.data.slice();
    const X = normal(20, 3);
    const { embedding } = await new TSNE({
      init,
      perplexity: 3,
      maxIter: 1,
      learningRate: 1e-9,
    }).fit(X);
    embedding.data.forEach((y, e) => {
      expect(y).toBeCloseTo(init.data[e]!, 6);
    });
    expect(init.data).toEqual(before);
    const D = await distances(X);
    await new TSNE({ init, perplexity: 3, maxIter: 1, metric: "precomputed" }).fit(D);
    await expect(new TSNE({ init, perplexity: 3 }).fit(normal(19, 3))).rejects.toThrow(
      "expected init to be 19 x 2, got 20 x 2",
    );
  });

  test("test_pca_initialization_not_compatible_with_precomputed_kernel", () => {
    expect(() => new TSNE({ metric: "precomputed", init: "pca" })).toThrow(
      /precomputed distances, got pca/,
    );
    expect(() => new TSNE({ metric: "precomputed" })).toThrow(/precomputed distances, got pca/);
  });

  test.each([
    [{ nComponents: 4 as 3 }, "nComponents to be 1, 2 or 3, got 4"],
    [{ perplexity: 0 }, "perplexity to be a number above 0, got 0"],
    [{ perplexity: Number.NaN }, "perplexity to be a number above 0, got NaN"],
    [{ earlyExaggeration: 0.5 }, "earlyExaggeration to be a number of at least 1, got 0.5"],
    [{ exaggeration: 0 }, "exaggeration to be a number above 0, got 0"],
    [{ learningRate: 0 }, 'learningRate to be "auto" or a number above 0, got 0'],
    [{ maxIter: 0 }, "maxIter to be a whole number above 0, got 0"],
    [{ minGradNorm: -1 }, "minGradNorm to be a number of at least 0, got -1"],
    [
      { nIterWithoutProgress: -2 },
      "nIterWithoutProgress to be a whole number of at least -1, got -2",
    ],
    [{ randomState: -1 }, "seed from 0 to 4294967295, got -1"],
    [{ init: "spectral" as "pca" }, "init to be pca, random or a matrix, got spectral"],
    [{ method: "barnes_hut" as "exact" }, "method to be neighbors or exact, got barnes_hut"],
    [
      { metric: "manhattan" as "cosine" },
      "expected metric euclidean, cosine, precomputed, got manhattan",
    ],
    [{ perplexty: 5 } as TSNEParams, "expected parameters nComponents"],
  ])("test_n_components_range and other limits: %j", (params, message) => {
    expect(() => new TSNE(params)).toThrow(message);
  });

  test("test_64bit: the map is float32, and rows that are not are refused", async () => {
    const doubles = { data: new Float64Array(40), shape: [20, 2] } as unknown as Matrix;
    await expect(new TSNE({ perplexity: 3 }).fit(doubles)).rejects.toThrow(TypeError);
    const { embedding } = await new TSNE({ perplexity: 3, maxIter: 5 }).fit(normal(20, 2));
    expect(embedding.data).toBeInstanceOf(Float32Array);
  });

  test("check_estimator: parameters and input stay as they are, fit twice gives the same bits", async () => {
    const X = normal(40, 5);
    const before = X.data.slice();
    const tsne = new TSNE({ perplexity: 5, randomState: 7 });
    const params = JSON.stringify(tsne.params);
    const [a, b] = [await tsne.fit(X), await tsne.fit(X)];
    expect(a).toEqual(b);
    expect(X.data).toEqual(before);
    expect(JSON.stringify(tsne.params)).toBe(params);
    expect(new TSNE(JSON.parse(params)).params).toEqual(tsne.params);
  });
});

describe("methods and metrics", () => {
  test("test_bh_match_exact, test_barnes_hut_angle: all neighbours is the exact method", async () => {
    for (const nComponents of [2, 3] as const) {
      const X = normal(30, 3);
      const params = {
        nComponents,
        perplexity: 10,
        maxIter: 40, // later, differences of rounding have grown: the descent is chaotic
        init: "random",
        learningRate: 5,
      } as const;
      const exact = await new TSNE({ ...params, method: "exact" }).fit(X);
      const neighbors = await new TSNE({ ...params, method: "neighbors" }).fit(X);
      expect(neighbors.neighbors).toBe(exact.neighbors);
      expect(neighbors.klDivergence).toBeCloseTo(exact.klDivergence, 3);
      neighbors.embedding.data.forEach((y, e) => {
        expect(Math.abs(y - exact.embedding.data[e]!)).toBeLessThan(
          1e-3 * Math.max(1, Math.abs(y)),
        );
      });
    }
  });

  test.each(["exact", "neighbors"] as const)(
    "test_tsne_with_different_distance_metrics, %s: cosine is precomputed cosine, bit for bit",
    async (method) => {
      const X = normal(50, 3);
      const params = { method, init: "random", perplexity: 10, maxIter: 300 } as const;
      const direct = await new TSNE({ ...params, metric: "cosine" }).fit(X);
      const given = await new TSNE({ ...params, metric: "precomputed" }).fit(
        await distances(X, "cosine"),
      );
      expect(given.embedding.data).toEqual(direct.embedding.data);
    },
  );

  test("test_chebyshev_metric, test_mahalanobis: any metric, through its distances", async () => {
    const X = normal(50, 2);
    const D = matrix(
      50,
      50,
      Float32Array.from({ length: 2500 }, (_, e) => {
        const [i, j] = [Math.floor(e / 50), e % 50];
        return Math.max(...[0, 1].map((c) => Math.abs(X.data[2 * i + c]! - X.data[2 * j + c]!)));
      }),
    );
    const Y = await new TSNE({ metric: "precomputed", init: "random", perplexity: 5 }).fitTransform(
      D,
    );
    expect(await trustworthiness(D, Y, { k: 5, metric: "precomputed" })).toBeGreaterThan(0.9);
  });

  test("test_reduction_to_one_component", async () => {
    const Y = await new TSNE({ nComponents: 1, perplexity: 3 }).fitTransform(normal(20, 4));
    expect(Y.shape).toEqual([20, 1]);
    expect(Y.data.every(Number.isFinite)).toBe(true);
    expect(new Set(Y.data).size).toBe(20);
  });
});

describe("the divergence reported", () => {
  test.each(["exact", "neighbors"] as const)("test_kl_divergence_not_nan, %s", async (method) => {
    const { klDivergence, nIter } = await new TSNE({ method, perplexity: 5, maxIter: 503 }).fit(
      normal(50, 5),
    );
    expect(nIter).toBe(503);
    expect(klDivergence).toBeGreaterThan(0);
    expect(klDivergence).toBeLessThan(2);
  });

  test.each(["exact", "neighbors"] as const)(
    "test_accessible_kl_divergence, %s: it is the map's own",
    async (method) => {
      const X = normal(50, 5);
      const { embedding, klDivergence } = await new TSNE({
        method,
        perplexity: 5,
        maxIter: 300,
      }).fit(X);
      const affinities = method === "exact" ? denseAffinities : neighborAffinities;
      const P = dense(await affinities(X, { perplexity: 5, metric }));
      const n = 50;
      const w = (i: number, j: number) =>
        1 /
        (1 +
          [0, 1].reduce(
            (s, c) => s + (embedding.data[2 * i + c]! - embedding.data[2 * j + c]!) ** 2,
            0,
          ));
      let Z = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) Z += w(i, j);
      let kl = 0;
      P.forEach((p, e) => {
        if (p > 0) kl += p * Math.log(p / (w(Math.floor(e / n), e % n) / Z));
      });
      expect(klDivergence).toBeCloseTo(kl, 6);
    },
  );

  test("test_uniform_grid", async () => {
    const X = fromRows(Array.from({ length: 100 }, (_, i) => [i % 10, Math.floor(i / 10)]));
    for (const method of ["exact", "neighbors"] as const) {
      for (const randomState of [0, 1, 2]) {
        const params = {
          method,
          randomState,
          perplexity: 50,
          maxIter: 500,
          init: "random",
        } as const;
        const Y = await new TSNE(params).fitTransform(X);
        const { distances: nearest } = await nearestNeighbors(Y, { k: 1 });
        const mean = nearest.reduce((a, b) => a + b) / 100;
        expect(Math.min(...nearest)).toBeGreaterThan(0.1);
        expect(Math.min(...nearest) / mean).toBeGreaterThan(0.5);
        expect(Math.max(...nearest) / mean).toBeLessThan(2);
      }
    }
  });
});

describe("iterate", () => {
  test("yields the map as it grows, and ends with what fit gives", async () => {
    const X = clumps(40, 6, 2);
    const tsne = new TSNE({ perplexity: 5, maxIter: 330 });
    const states = [];
    for await (const state of tsne.iterate(X, { every: 100 })) states.push(state);
    expect(states.map(({ nIter }) => nIter)).toEqual([100, 200, 300, 330]);
    expect(states.at(-1)).toEqual(await tsne.fit(X));
    expect(states[0]!.embedding.data).not.toEqual(states[1]!.embedding.data);
    await expect(tsne.iterate(X, { every: 0 }).next()).rejects.toThrow(RangeError);
  });

  test("can be cancelled while it runs", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const fit = new TSNE({ perplexity: 5, maxIter: 1_000_000 }).fit(clumps(200, 6, 2), {
      signal: controller.signal,
      onProgress: ({ step, done }) => {
        if (step === "t-SNE" && done > 0) controller.abort(reason);
      },
    });
    await expect(fit).rejects.toBe(reason);
  });
});
