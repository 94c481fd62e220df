/** What stations say they need, against the memories that they take; and what they say where that can't be had. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gramNeed } from "../../src/compute/gram.ts";
import { checkMemory, forgetMemory, MOST_BYTES, type Need } from "../../src/compute/memory.ts";
import { DBSCAN, dbscanNeed } from "../../src/dbscan/dbscan.ts";
import { epsAdvice } from "../../src/dbscan/eps.ts";
import { dbscanHierarchy, hierarchyNeed } from "../../src/dbscan/hierarchy.ts";
import { isInputError } from "../../src/errors.ts";
import { gram } from "../../src/gram/gram.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { nearestNeed, nearestNeighbors } from "../../src/neighbors/neighbors.ts";
import { tsneNeed } from "../../src/tsne/memory.ts";
import { TSNE } from "../../src/tsne/tsne.ts";
import { clumps } from "../clumps.ts";

const real = WebAssembly.Memory;
/** Bytes of every memory that was made. */
let made: number[] = [];

beforeEach(() => {
  forgetMemory();
  made = [];
  WebAssembly.Memory = new Proxy(real, {
    construct(target, [descriptor]) {
      made.push(descriptor.initial * 65536);
      return new target(descriptor);
    },
  });
});
afterEach(() => {
  WebAssembly.Memory = real;
  forgetMemory();
});

const rows = (n: number, d: number): Matrix => clumps(n, d, 1);
const distances = (n: number): Matrix => {
  const X = rows(n, 3);
  const at = (i: number, c: number) => X.data[3 * i + c]!;
  const apart = (i: number, j: number) =>
    Math.sqrt([0, 1, 2].reduce((sum, c) => sum + (at(i, c) - at(j, c)) * (at(i, c) - at(j, c)), 0));
  const data = Float32Array.from({ length: n * n }, (_, e) => apart(Math.floor(e / n), e % n));
  return matrix(n, n, data);
};

const neighbors = (X: Matrix, k: number, metric: "euclidean" | "cosine" | "dot" = "euclidean") =>
  [
    () => nearestNeighbors(X, { k, metric, threads: 1 }),
    nearestNeed({ n: X.shape[0], d: X.shape[1], k, metric }),
  ] as const;
const clusters = (X: Matrix, sampleWeight?: number[]) =>
  [
    () => new DBSCAN({ eps: 1 }).fit(X, { sampleWeight }),
    dbscanNeed({ n: X.shape[0], d: X.shape[1], weighted: sampleWeight !== undefined }),
  ] as const;
const hierarchy = (X: Matrix, minSamples: number) =>
  [
    () => dbscanHierarchy(X, { minSamples }),
    hierarchyNeed({ n: X.shape[0], d: X.shape[1], minSamples }),
  ] as const;
const product = (X: Matrix) => [() => gram(X), gramNeed(...X.shape)] as const;

describe("the largest memory that is taken is the one told before", () => {
  test.each<readonly [string, readonly [() => Promise<unknown>, Need]]>([
    ["neighbours", neighbors(rows(3000, 40), 20)],
    ["neighbours of few rows", neighbors(rows(30, 40), 20)],
    ["neighbours by cosine", neighbors(rows(3000, 41), 7, "cosine")],
    ["neighbours by dot product", neighbors(rows(3000, 3), 7, "dot")],
    ["neighbours on a map", neighbors(rows(5000, 2), 30)],
    ["DBSCAN on a map", clusters(rows(5000, 2))],
    ["DBSCAN with weights", clusters(rows(5000, 3), new Array<number>(5000).fill(1.5))],
    ["DBSCAN in space", clusters(rows(2000, 20))],
    ["DBSCAN in space with weights", clusters(rows(2000, 20), new Array<number>(2000).fill(0.1))],
    ["the hierarchy on a map", hierarchy(rows(5000, 2), 9)],
    ["the hierarchy in space", hierarchy(rows(1000, 20), 9)],
    ["the Gram matrix", product(rows(1000, 70))],
  ])("%s", async (_, [run, { step, peak }]) => {
    await run();
    expect(Math.max(...made)).toBe(Math.ceil(step / 65536) * 65536);
    expect(peak).toBeGreaterThan(step);
  });

  test.each([
    ["neighbors", rows(2000, 30), { nComponents: 2 }],
    ["neighbors", rows(2000, 2), { nComponents: 1, init: "random" }],
    ["neighbors", rows(500, 2000), { nComponents: 3, metric: "cosine" }],
    ["exact", rows(800, 30), { nComponents: 2 }],
    ["exact", rows(300, 4000), { nComponents: 2, init: "random", metric: "cosine" }],
    ["exact", distances(400), { nComponents: 2, init: "random", metric: "precomputed" }],
  ] as const)("t-SNE, method %s", async (method, X, params) => {
    const tsne = new TSNE({ ...params, method, perplexity: 10, maxIter: 1 });
    const [n, d] = X.shape;
    await tsne.fit(X, { threads: 1 });
    const { step, peak } = tsneNeed({ n, d }, tsne.params);
    const taken = Math.max(...made);
    // P has up to twice the entries that are counted on, or all, each row filled up to a multiple of four
    expect(taken).toBeGreaterThanOrEqual(step);
    expect(taken).toBeLessThan(step + 65536 + (method === "exact" ? 8 * 3.1 * n : 8 * 36 * n));
    expect(peak).toBeGreaterThan(step);
  });
});

describe("what does not fit is refused before any work, with how much would", () => {
  // rows that are never looked at: zeros cost no memory until they are written
  test("t-SNE over all pairs", async () => {
    const X = matrix(30_000, 1);
    X.data[0] = 1;
    const run = new TSNE({ method: "exact" }).fit(X);
    await expect(run).rejects.toThrow(
      /^TSNE: expected rows that fit into memory, got 30,000 of 1 columns \(method exact, over all pairs\): one step needs 7.\d GB of memory, and 4.3 GB is the most it can have; [\d,]+ rows would fit$/,
    );
    const fit = Number(
      /([\d,]+) rows would/.exec((await run.catch(String)) as string)![1]!.replace(",", ""),
    );
    expect(fit).toBeLessThan(23_171);
    const { params } = new TSNE({ method: "exact" });
    expect(tsneNeed({ n: fit, d: 1 }, params).step).toBeLessThanOrEqual(MOST_BYTES);
    expect(made).toEqual([]);
  });

  test.each([
    [
      "t-SNE",
      /^TSNE: .*2,000,000 of 1 columns \(perplexity 500\): one step/,
      (X: Matrix) => new TSNE({ perplexity: 500 }).fit(X),
    ],
    [
      "neighbours",
      /^nearestNeighbors: .* of 1 columns and 900 neighbours: one step needs 2\d GB/,
      (X: Matrix) => nearestNeighbors(X, { k: 900 }),
    ],
    [
      "the hierarchy",
      /^dbscanHierarchy: .* of 1 columns with minSamples 500: one step/,
      (X: Matrix) => dbscanHierarchy(X, { minSamples: 500 }),
    ],
    [
      "the Gram matrix",
      /^gram: .*: about 16000 GB of memory are needed, and [\d.]+ GB are free; [\d,]+ rows/,
      (X: Matrix) => gram(X),
    ],
  ] as const)("%s", async (_, message, run) => {
    const X = matrix(2_000_000, 1);
    X.data[0] = 1;
    await expect(run(X)).rejects.toThrow(message);
    await expect(run(X)).rejects.toSatisfy(isInputError);
    expect(made).toEqual([]);
  });

  test("DBSCAN of wide rows", async () => {
    const need = (n: number) => dbscanNeed({ n, d: 4096, weighted: false });
    expect(() => checkMemory({ who: "DBSCAN", n: 300_000, of: "rows" }, need, 1e12)).toThrow(
      /one step needs 4.9 GB .*; 26\d,\d{3} rows would fit/,
    );
  });

  test("advice on eps does without the distances", async () => {
    const Y = matrix(200_000, 2);
    const found = {
      labels: new Int32Array(200_000),
      coreSampleIndices: new Int32Array(0),
      nClusters: 1,
    };
    const advice = await epsAdvice(Y, found, { eps: 7, minSamples: 5000 });
    expect(advice).toMatch(
      /^one cluster found: eps = 7 .*; the distances to the 4999th nearest point, to choose eps by, don't fit into memory$/,
    );
    expect(made).toEqual([]);
  });
});

describe("what there is", () => {
  const need = (n: number): Need => ({ step: n, peak: n });

  /** Asks for so many bytes on a host of this kind. */
  function ask(bytes: number, host: object): void {
    const { process } = globalThis;
    try {
      Object.defineProperty(globalThis, "process", { value: host, configurable: true });
      checkMemory({ who: "test", n: bytes, of: "bytes" }, need);
    } finally {
      Object.defineProperty(globalThis, "process", { value: process, configurable: true });
    }
  }
  const host = (platform: string, constrained: number, total: number, free: number) => ({
    platform,
    constrainedMemory: () => constrained,
    memoryUsage: { rss: () => 1e8 },
    getBuiltinModule: () => ({ totalmem: () => total, freemem: () => free }),
  });

  test.each([
    ["a container's share less what the process has", host("linux", 1e9, 8e9, 6e9), 9e8],
    ["what is not in use, in Linux", host("linux", 2 ** 64, 8e9, 6e8), 6e8],
    ["no limit of a container", host("linux", 0, 8e9, 3e9), 3e9],
    ["the machine's memory, where files count as in use", host("darwin", 0, 2e9, 1e7), 1.9e9],
    ["nothing where more is held than allowed", host("linux", 5e7, 8e9, 6e9), 0],
  ])("%s", (_, on, bytes) => {
    expect(() => ask(bytes, on)).not.toThrow();
    expect(() => ask(bytes + 1, on)).toThrow(RangeError);
  });

  test("a browser does not say", () => {
    expect(() => ask(MOST_BYTES, {})).not.toThrow();
    expect(() => ask(MOST_BYTES + 1, {})).toThrow(RangeError);
  });
});
