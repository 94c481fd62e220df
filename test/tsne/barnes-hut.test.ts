/** The mesh's final KL against scikit-learn's Barnes-Hut, from the same rows, starts and schedule. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { TSNE, type TSNEResult } from "../../src/tsne/tsne.ts";
import { clumps } from "../clumps.ts";

interface Golden {
  n: number;
  d: number;
  rowsSeed: number;
  perplexity: number;
  maxIter: number;
  runs: { seed: number; kl: number }[];
}

const url = new URL("../fixtures/tsne-barnes-hut-golden.json", import.meta.url);
const { n, d, rowsSeed, perplexity, maxIter, runs }: Golden = JSON.parse(readFileSync(url, "utf8"));

test("5,000 rows: mean final KL of three seeds is not above scikit-learn's", async () => {
  const X = clumps(n, d, rowsSeed);
  const whole = { minGradNorm: 0, nIterWithoutProgress: maxIter }; // nothing stops a run early
  const ours: TSNEResult[] = [];
  for (const { seed } of runs) {
    const tsne = new TSNE({ perplexity, maxIter, init: "random", randomState: seed, ...whole });
    ours.push(await tsne.fit(X));
  }
  for (const { repulsion, meshSpacing, nIter } of ours) {
    expect([repulsion, meshSpacing, nIter]).toEqual(["mesh", 0.25, maxIter]);
  }
  const own = mean(ours.map(({ klDivergence }) => klDivergence));
  const theirs = mean(runs.map(({ kl }) => kl));
  console.info(`mean KL ${own.toFixed(4)}, scikit-learn's Barnes-Hut ${theirs.toFixed(4)}`);
  expect(own).toBeLessThan(theirs);
  expect(own).toBeGreaterThan(0.95 * theirs); // far below would be another P, or another KL
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
