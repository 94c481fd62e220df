/**
 * Agreement with scikit-learn, number by number: on inputs the project makes itself (fixtures), and on the
 * reference data where they lie beside the checkout.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Metric } from "../../src/compute/metrics.ts";
import { STRIDE } from "../../src/compute/twins/forces.ts";
import { exactObjective } from "../../src/compute/twins/objective.ts";
import { gram } from "../../src/gram/gram.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { nearestNeighbors } from "../../src/neighbors/neighbors.ts";
import { trustworthiness } from "../../src/neighbors/trustworthiness.ts";
import { Random } from "../../src/random.ts";
import { type Affinities, denseAffinities, neighborAffinities } from "../../src/tsne/affinities.ts";
import { principalComponents } from "../../src/tsne/pca.ts";
import { TSNE } from "../../src/tsne/tsne.ts";
import { clumps } from "../clumps.ts";
import { hasShared, head, sharedJson, sharedNpy, sharedTensor } from "../shared.ts";

type Entry = [i: number, j: number, value: number];

interface Golden {
  name: string;
  n: number;
  perplexity: number;
  metric?: Metric;
  jointP: Entry[];
  jointPNeighbors: { k: number; nonZeros: number; pairs: Entry[] };
  fixedY: { kl: number; klNeighbors: number; gradRows0to9: number[][]; gradNorm: number };
  pca: { std: number[]; absRow0: number[] };
  neighbors10: { rows0to4: number[][]; distances: number[][] };
  gram: Entry[];
  finalKL: Partial<Record<"exact" | "barnes_hut", { median: number }>>;
  trustworthiness: { k: number; Y: () => Matrix; value: number }[];
  /** Largest relative error of P and what follows from it. */
  tolerance: number;
  /** Largest final KL, as a multiple of scikit-learn's median. */
  margin: number;
  input: () => Matrix;
}

function fixtures(): Golden[] {
  const url = new URL("../fixtures/tsne-golden.json", import.meta.url);
  type Stored = Omit<Golden, "trustworthiness"> & {
    d: number;
    seed: number;
    trustworthiness: number[];
  };
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Stored[] };
  return cases.map((c) => ({
    ...c,
    // scikit-learn's cosine distances are float64, ours float32
    tolerance: c.metric === "cosine" ? 2e-5 : 1e-6,
    margin: 1.05,
    input: () => clumps(c.n, c.d, c.seed),
    trustworthiness: [1, 5, 10].map((k, at) => ({
      k,
      Y: () => planar(fixedMap(c.n)),
      value: c.trustworthiness[at]!,
    })),
  }));
}

function references(): Golden[] {
  if (!hasShared) return [];
  const inputs = new Map<string, () => Matrix>([
    ["word2vec-100", () => head(sharedNpy("data/vectors/word2vec-1000x300.npy"), 100)],
    [
      "gpt2-positions-100",
      () => head(sharedTensor("data/models/gpt2-positions/model.safetensors", 768), 100),
    ],
    ["stories260K-512", () => sharedTensor("data/models/stories260K/model.safetensors", 64)],
    ["glove-1000", () => head(sharedNpy("data/vectors/glove-5050x50.npy"), 1000)],
  ]);
  type Stored = Omit<Golden, "jointP" | "gram" | "trustworthiness"> & {
    trustworthiness_k5_k10_of_saved_Y: number[];
    jointP: { pairs: Entry[]; largest: Entry[] };
    gram: { entries: Entry[]; trace: number };
  };
  return sharedJson<{ cases: Stored[] }>("golden/tsne.json").cases.map((c) => ({
    ...c,
    jointP: [...c.jointP.pairs, ...c.jointP.largest],
    gram: c.gram.entries,
    tolerance: 1e-6,
    margin: c.n <= 100 ? 1.05 : 1.02,
    input: inputs.get(c.name)!,
    trustworthiness: [5, 10].map((k, at) => ({
      k,
      Y: () => sharedNpy(`golden/${c.name}-barnes_hut-Y.npy`),
      value: c.trustworthiness_k5_k10_of_saved_Y[at]!,
    })),
  }));
}

function at({ indptr, indices, values }: Affinities, i: number, j: number): number {
  for (let e = indptr[i]!; e < indptr[i + 1]!; e++) if (indices[e] === j) return values[e]!;
  return 0;
}

const total = ({ values }: Affinities): number => {
  let sum = 0;
  for (const p of values) sum += p;
  return sum;
};

const relative = (value: number, reference: number): number =>
  Math.abs(value - reference) / Math.abs(reference);

/** The map at which the reference gradients were taken. */
function fixedMap(n: number): Float64Array {
  const Y = new Float64Array(n * STRIDE);
  for (let i = 0; i < n; i++) {
    Y[i * STRIDE] = 10 * Math.cos(0.7 * i);
    Y[i * STRIDE + 1] = 10 * Math.sin(1.3 * i);
  }
  return Y;
}

/** The first two of three coordinates. */
function planar(Y: Float64Array): Matrix {
  const n = Y.length / STRIDE;
  const flat = Float32Array.from({ length: 2 * n }, (_, e) => Y[(e >> 1) * STRIDE + (e & 1)]!);
  return matrix(n, 2, flat);
}

if (!hasShared) console.info("reference data absent: agreement is tested on the fixtures alone");

describe.each([...fixtures(), ...references()])("$name", (golden) => {
  const { perplexity, metric = "euclidean", tolerance } = golden;
  let X: Matrix;
  let dense: Affinities;
  let sparse: Affinities;

  beforeAll(async () => {
    X = golden.input();
    dense = await denseAffinities(X, { perplexity, metric });
    sparse = await neighborAffinities(X, { perplexity, metric });
  });

  test("joint probabilities over all pairs", () => {
    for (const [i, j, p] of golden.jointP) {
      expect(relative(at(dense, i, j), p)).toBeLessThan(tolerance);
      expect(at(dense, j, i)).toBe(at(dense, i, j));
    }
    expect(total(dense)).toBeCloseTo(1, 9);
  });

  test("joint probabilities over neighbours", () => {
    const { k, nonZeros, pairs } = golden.jointPNeighbors;
    expect(sparse.neighbors).toBe(k);
    expect(sparse.values.length).toBe(nonZeros);
    for (const [i, j, p] of pairs) expect(relative(at(sparse, i, j), p)).toBeLessThan(tolerance);
    expect(total(sparse)).toBeCloseTo(1, 9);
  });

  test("KL divergence and gradient at fixed coordinates", () => {
    const Y = fixedMap(golden.n);
    const gradient = new Float64Array(Y.length);
    const objective = exactObjective(dense);
    const kl = objective.klDivergence(Y, objective.gradient(Y, 1, gradient));
    expect(relative(kl, golden.fixedY.kl)).toBeLessThan(1e-5);
    golden.fixedY.gradRows0to9.forEach((row, i) => {
      row.forEach((g, c) => {
        expect(relative(gradient[i * STRIDE + c]!, g)).toBeLessThan(1e-5);
      });
    });
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    expect(relative(norm, golden.fixedY.gradNorm)).toBeLessThan(1e-5);

    const ofSparse = exactObjective(sparse);
    const klNeighbors = ofSparse.klDivergence(Y, ofSparse.gradient(Y, 1, gradient));
    expect(relative(klNeighbors, golden.fixedY.klNeighbors)).toBeLessThan(1e-5);
  });

  test("principal components", async () => {
    const scores = await principalComponents(X, 2, new Random(0), {});
    for (const c of [0, 1]) {
      const column = scores.filter((_, e) => e % 2 === c);
      const std = Math.sqrt(column.reduce((sum, x) => sum + x * x, 0) / golden.n);
      expect(relative(std, golden.pca.std[c]!)).toBeLessThan(1e-6);
      // the reference used a randomised solver for some cases: 1e-4 of the axis
      expect(Math.abs(Math.abs(column[0]!) - golden.pca.absRow0[c]!)).toBeLessThan(1e-4 * std);
    }
  });

  test("neighbours and Gram entries", async () => {
    const { indices, distances } = await nearestNeighbors(X, { k: 10, metric });
    golden.neighbors10.rows0to4.forEach((row, i) => {
      expect(Array.from(indices.subarray(i * 10, i * 10 + 10))).toEqual(row);
      golden.neighbors10.distances[i]!.forEach((distance, k) => {
        expect(relative(distances[i * 10 + k]!, distance)).toBeLessThan(2e-6);
      });
    });
    const G = await gram(X);
    for (const [i, j, product] of golden.gram) {
      expect(relative(G.data[i * golden.n + j]!, product)).toBeLessThan(1e-6);
    }
  });

  test("trustworthiness", async () => {
    for (const { k, Y, value } of golden.trustworthiness) {
      const trust = await trustworthiness(X, Y(), { k, metric });
      expect(Math.abs(trust - value)).toBeLessThan(2e-6);
    }
  });

  test.each([
    ["exact", "exact"],
    ["neighbors", "barnes_hut"],
  ] as const)("final KL with method %s: median of 11 runs", async (method, reference) => {
    const theirs = golden.finalKL[reference];
    if (theirs === undefined) return expect(reference).toBe("exact"); // too large for scikit-learn's exact method
    const runs: number[] = [];
    for (let seed = 0; seed < 11; seed++) {
      const init = await movedStart(X, seed);
      const tsne = new TSNE({ perplexity, metric, method, init });
      runs.push((await tsne.fit(X)).klDivergence);
    }
    const median = runs.sort((a, b) => a - b)[5]!;
    console.info(
      `${golden.name}, ${method}: median KL ${median.toFixed(4)}, scikit-learn's ${theirs.median}`,
    );
    expect(median).toBeLessThan(golden.margin * theirs.median);
    expect(median).toBeGreaterThan(0.8 * theirs.median); // far below would be another P, or another KL
  });
});

/** The references' start: principal components at std 1e-4, every coordinate times 1 + 1e-6 normal. */
async function movedStart(X: Matrix, seed: number): Promise<Matrix> {
  const random = new Random(seed);
  const n = X.shape[0];
  const scores = await principalComponents(X, 2, new Random(0), {});
  const first = scores.filter((_, e) => e % 2 === 0);
  const std = Math.sqrt(first.reduce((sum, x) => sum + x * x, 0) / n);
  const start = Float32Array.from(scores, (s) => (s / std) * 1e-4 * (1 + 1e-6 * random.normal()));
  return matrix(n, 2, start);
}
