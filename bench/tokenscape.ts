/** Tokenscape as a timed process, through its public names alone. */
import { writeFile } from "node:fs/promises";
import {
  DBSCAN,
  dbscanHierarchy,
  type Matrix,
  nearestNeighbors,
  openModel,
  type Progress,
  runNotebook,
  TSNE,
  type TSNEParams,
  version,
  writeNpy,
} from "tokenscape";
import { EPS_FACTORS, MIN_SAMPLES, mapEps } from "./eps.ts";
import { readMatrix } from "./npy-file.ts";
import { type Answer, answer, readTask, type Task, timed, type Work } from "./task.ts";

type Part = Omit<Answer, "version">;

/** Times that a warm process does the same; the first ones warm it. */
const WARM_RUNS = 12;
const WARMING = 3;

const WORKS: Record<Exclude<Work, "road">, (task: Task) => Promise<Part>> = {
  neighbors: async ({ input, output, k, threads }) => {
    const X = await readMatrix(input);
    const [{ indices }, search] = await timed(() => nearestNeighbors(X, { k, threads }));
    await save(output, { data: Float32Array.from(indices), shape: [X.shape[0], k] });
    return { seconds: { search }, facts: {} };
  },

  tsne: async ({ input, output, init, perplexity, iterations, threads, seed }) => {
    const X = await readMatrix(input);
    const given = init === undefined ? {} : await fixedRun(init, iterations);
    const phases = phaseClock();
    const tsne = new TSNE({ perplexity, maxIter: iterations, randomState: seed, ...given });
    const [map, fit] = await timed(() =>
      tsne.fit(X, { threads, onProgress: (progress) => phases.see(progress) }),
    );
    await save(output, map.embedding);
    const before = phases.secondsUntil(init === undefined ? "principal components" : "affinities");
    return {
      seconds: { fit, optimization: fit - before, before },
      facts: { iterations: map.nIter, [init === undefined ? "kl" : "ownKl"]: map.klDivergence },
    };
  },

  warm: async ({ input, perplexity, threads, seed }) => {
    const model = await openModel(input);
    const rows = `0:${model.shape[0]}`;
    const fits: number[] = [];
    for (let run = 0; run < WARM_RUNS; run++) {
      const [, fit] = await timed(() =>
        runNotebook({ model, rows, perplexity, randomState: seed, threads }),
      );
      fits.push(fit);
    }
    return { seconds: { fit: middle(fits.slice(WARMING)), first: fits[0]! }, facts: {} };
  },

  dbscan: async ({ input, output, threads }) => {
    const Y = await readMatrix(input);
    const eps = mapEps(Y);
    const fits: Record<string, number> = {};
    for (const [name, factor] of Object.entries(EPS_FACTORS)) {
      const of = new DBSCAN({ eps: eps * factor, minSamples: MIN_SAMPLES });
      const runs: number[] = [];
      for (let run = 0; run < WARM_RUNS; run++) {
        runs.push((await timed(() => of.fit(Y, { threads })))[1]);
      }
      fits[name] = middle(runs.slice(WARMING));
    }
    const dbscan = new DBSCAN({ eps, minSamples: MIN_SAMPLES });
    const { labels, nClusters } = await dbscan.fit(Y, { threads });
    const [hierarchy, build] = await timed(() =>
      dbscanHierarchy(Y, { minSamples: MIN_SAMPLES, threads }),
    );
    const cuts: number[] = [];
    for (let run = 0; run < WARM_RUNS; run++) {
      cuts.push((await timed(() => hierarchy.at(eps * (0.5 + run / 8))))[1]);
    }
    await save(output, { data: Float32Array.from(labels), shape: [Y.shape[0], 1] });
    const cut = Math.max(...cuts.slice(WARMING));
    return {
      seconds: { ...fits, hierarchy: build, cut },
      facts: { eps, clusters: nClusters },
    };
  },

  // one step too short to move anything, from the map itself: its KL comes with the result
  score: async ({ input, map, perplexity, threads }) => {
    const [X, Y] = [await readMatrix(input), await readMatrix(map!)];
    const still = { init: Y, maxIter: 1, earlyExaggeration: 1, learningRate: 1e-9 };
    const { klDivergence } = await new TSNE({ perplexity, ...still }).fit(X, { threads });
    return { seconds: {}, facts: { kl: klDivergence } };
  },
};

/** A run from a start that is given, to its last iteration. */
async function fixedRun(init: string, iterations: number): Promise<TSNEParams> {
  return { init: await readMatrix(init), minGradNorm: 0, nIterWithoutProgress: iterations };
}

/** Seconds until the end of a step: every step reports its end. */
function phaseClock(): { see(progress: Progress): void; secondsUntil(step: string): number } {
  const last = new Map<string, number>();
  const start = performance.now();
  return {
    see: ({ step }) => last.set(step, performance.now()),
    secondsUntil: (step) => (last.get(step)! - start) / 1000,
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function save(path: string, X: Matrix): Promise<void> {
  await writeFile(path, writeNpy(X));
}

const task = readTask();
if (task.work === "road") throw new Error("bench: the road is timed as the command");
answer({ version, ...(await WORKS[task.work](task)) });
