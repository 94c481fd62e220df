/** The final KL against openTSNE 1.0.4's, by its own schedule, from the same P and start. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Matrix } from "../../src/matrix.ts";
import { matrix } from "../../src/matrix.ts";
import { nearestRows } from "../../src/neighbors/neighbors.ts";
import { Random } from "../../src/random.ts";
import { type Affinities, affinitiesOf } from "../../src/tsne/affinities.ts";
import { principalComponents } from "../../src/tsne/pca.ts";
import { type Phase, runSchedule, type Stage } from "../../src/tsne/schedule.ts";
import { hasShared, sharedJson, sharedNpy } from "../shared.ts";

interface Golden {
  P: { nonZeros: number; pairs: [i: number, j: number, p: number][] };
  finalKL: { fft: { median: number }; bh: { median: number } };
}

describe.skipIf(!hasShared)("5,050 GloVe vectors, perplexity 30, 90 neighbours", () => {
  let golden: Golden;
  let X: Matrix;
  let P: Affinities;

  beforeAll(async () => {
    golden = sharedJson<Golden>("golden/opentsne-glove-5050.json");
    X = sharedNpy("data/vectors/glove-5050x50.npy");
    const metric = "euclidean" as const;
    const { indices, squared } = await nearestRows(X, { k: 90, metric, who: "test" });
    P = await affinitiesOf(indices, squared, { k: 90, perplexity: 30 });
  });

  test("P is openTSNE's", () => {
    expect(P.values.length).toBe(golden.P.nonZeros);
    for (const [i, j, p] of golden.P.pairs) {
      const row = P.indices.subarray(P.indptr[i]!, P.indptr[i + 1]!);
      const e = P.indptr[i]! + row.indexOf(j);
      // the perplexities are found to 1e-5 here, to 1e-8 there
      expect(Math.abs(P.values[e]! / p - 1)).toBeLessThan(1e-4);
    }
  });

  test("mean final KL of three seeds is not above that of openTSNE's two methods", async () => {
    const runs: Stage[] = [];
    for (let seed = 0; seed < 3; seed++) runs.push(await run(await movedStart(X, seed)));
    const mean = runs.reduce((sum, { klDivergence }) => sum + klDivergence / 3, 0);
    const { fft, bh } = golden.finalKL;
    console.info(
      `mean KL ${mean.toFixed(4)}, openTSNE's FFT ${fft.median}, Barnes-Hut ${bh.median}`,
    );
    expect(mean).toBeLessThan(fft.median);
    expect(mean).toBeLessThan(bh.median);
    expect(mean).toBeGreaterThan(0.95 * bh.median); // far below would be another P, or another KL
    for (const { repulsion } of runs) expect(repulsion).toBe("mesh");
  });

  /** openTSNE's schedule; its gradient lacks the factor 4, so learning rates are a quarter here. */
  async function run(start: Matrix): Promise<Stage> {
    const n = start.shape[0];
    const common = {
      step: "t-SNE",
      momentum: 0.8,
      maxStepNorm: 5,
      patience: Number.POSITIVE_INFINITY,
    };
    const phases: Phase[] = [
      { iterations: 250, exaggeration: 12, learningRate: n / 12 / 4, ...common },
      { iterations: 500, exaggeration: 1, learningRate: n / 4, ...common },
    ];
    let last: Stage | undefined;
    for await (const stage of runSchedule({ P, start, phases, minGradNorm: 0, every: 750 })) {
      last = stage;
    }
    return last!;
  }
});

/** Principal components at std 1e-4, every coordinate times 1 + 1e-6 normal. */
async function movedStart(X: Matrix, seed: number): Promise<Matrix> {
  const random = new Random(seed);
  const n = X.shape[0];
  const scores = await principalComponents(X, 2, new Random(0), {});
  const first = scores.filter((_, e) => e % 2 === 0);
  const std = Math.sqrt(first.reduce((sum, x) => sum + x * x, 0) / n);
  const start = Float32Array.from(scores, (s) => (s / std) * 1e-4 * (1 + 1e-6 * random.normal()));
  return matrix(n, 2, start);
}
