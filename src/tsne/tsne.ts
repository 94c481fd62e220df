/**
 * t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008; over nearest
 * neighbours: van der Maaten 2014), with the parameters, defaults and schedule of scikit-learn 1.9's
 * `TSNE`. Ours differs in that repulsion is taken over all pairs, or for large maps from a particle mesh
 * (scikit-learn's default approximates it by a Barnes-Hut tree), the start has no points at one place, and
 * everything is reproducible to the bit from `randomState`. docs/parity.md lists parameter by parameter.
 */

import type { RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { denseAffinities, neighborAffinities } from "./affinities.ts";
import { STRIDE, startingPoints } from "./init.ts";
import { checkMap } from "./memory.ts";
import { checkInput, type ResolvedParams, resolveParams, type TSNEParams } from "./params.ts";
import { type Phase, runSchedule } from "./schedule.ts";

export type { TSNEParams } from "./params.ts";

/** A map, or a map in the making. */
export interface TSNEResult {
  /** Coordinates (n, nComponents). */
  readonly embedding: Matrix;
  /** KL(P || Q) in nats, of these coordinates, against the P used (never exaggerated), with exact Z. */
  readonly klDivergence: number;
  /** Iterations done; fewer than `maxIter` where a stopping rule ended the run. */
  readonly nIter: number;
  /** The learning rate used. */
  readonly learningRate: number;
  readonly method: "neighbors" | "exact";
  /**
   * Where repulsion came from: `"pairs"`, all pairs in every iteration; or `"mesh"`, in some iterations the
   * particle mesh, which is faster for large n. At the usual spacing its error is 0.1 % of the forces, root mean
   * square (docs/method.md).
   */
  readonly repulsion: "pairs" | "mesh";
  /**
   * The widest spacing of the mesh's grid points in any iteration, in units of the map; null with `"pairs"`. It is 0.25
   * but for maps too wide for the mesh's memory, where the error grows with about its fourth power.
   */
  readonly meshSpacing: number | null;
  /** How many neighbours of every row P is made from; n - 1 with method "exact". */
  readonly neighbors: number;
  /**
   * Rows for which no Gaussian has the perplexity asked for, by 1 % or more: they have too many equally near
   * rows (duplicates, all distances equal). With all rows missed, a map near one point can be the best there is.
   */
  readonly perplexityMissed: number;
}

/** Iterations with early exaggeration, as in scikit-learn. */
const EXPLORATION = 250;
/** Iterations between two maps of `iterate`. */
const EVERY = 50;

/**
 * t-SNE with fixed parameters.
 *
 * @example
 * const Y = await new TSNE({ perplexity: 5, randomState: 0 }).fitTransform(X); // (n, 2)
 */
export class TSNE {
  /** The parameters, with defaults filled in. */
  readonly params: ResolvedParams;

  /** @throws {RangeError | TypeError} for a parameter out of its range. */
  constructor(params: TSNEParams = {}) {
    this.params = resolveParams(params);
  }

  /**
   * The map of the rows of X, which is (n, d) with n at least 2, or (n, n) distances with metric
   * `"precomputed"`. Time per iteration grows with n log n, nearly, in two dimensions; with n^2 in one and three.
   *
   * @throws {RangeError} for NaN or infinities in X, a perplexity not below n, rows that are all equal, or more of
   *   them than fit into memory: the message says how many would.
   */
  async fit(X: Matrix, options: RunOptions = {}): Promise<TSNEResult> {
    let last: TSNEResult | undefined;
    for await (const state of this.iterate(X, { every: this.params.maxIter, ...options }))
      last = state;
    return last!;
  }

  /** The coordinates of `fit` alone. */
  async fitTransform(X: Matrix, options: RunOptions = {}): Promise<Matrix> {
    return (await this.fit(X, options)).embedding;
  }

  /**
   * The map as it grows: after every `every` iterations (default 50) and at the end. The last one
   * yielded is what `fit` gives, bit for bit.
   *
   * @throws as `fit`, and {RangeError} unless `every` is a whole number above 0.
   */
  async *iterate(
    X: Matrix,
    { every = EVERY, ...options }: { every?: number } & RunOptions = {},
  ): AsyncGenerator<TSNEResult, void, undefined> {
    if (!Number.isInteger(every) || every < 1) {
      throw rangeError(`TSNE.iterate: expected every to be a whole number above 0, got ${every}`);
    }
    const { params } = this;
    checkInput(X, params);
    checkMap({ n: X.shape[0], d: X.shape[1] }, params);
    const affinities = params.method === "exact" ? denseAffinities : neighborAffinities;
    const P = await affinities(X, {
      ...options,
      perplexity: params.perplexity,
      metric: params.metric,
    });
    const start = await startingPoints(X, { ...options, ...params });
    const learningRate = learningRateOf(X.shape[0], params);
    const { minGradNorm, nComponents, method } = params;
    const { neighbors, perplexityMissed } = P;
    const phases = schedule(params, learningRate);
    const run = { P, start: planar(start, nComponents), phases, minGradNorm, every, ...options };
    for await (const stage of runSchedule(run)) {
      yield { ...stage, learningRate, method, neighbors, perplexityMissed };
    }
  }
}

/** scikit-learn's schedule: 250 iterations with early exaggeration and momentum 0.5, then the rest with 0.8. */
function schedule(params: ResolvedParams, learningRate: number): Phase[] {
  const { maxIter, earlyExaggeration, exaggeration, nIterWithoutProgress } = params;
  const early = Math.min(EXPLORATION, maxIter);
  return [
    {
      step: "t-SNE, early exaggeration",
      iterations: early,
      exaggeration: earlyExaggeration,
      momentum: 0.5,
      learningRate,
      patience: EXPLORATION,
    },
    {
      step: "t-SNE",
      iterations: maxIter - early,
      exaggeration,
      momentum: 0.8,
      learningRate,
      patience: nIterWithoutProgress,
    },
  ];
}

/** The learning rate given, or the one that scikit-learn takes, for the larger exaggeration. */
function learningRateOf(n: number, params: ResolvedParams): number {
  const { learningRate, earlyExaggeration, exaggeration } = params;
  if (learningRate !== "auto") return learningRate;
  return Math.max(n / Math.max(earlyExaggeration, exaggeration) / 4, 50);
}

/** The first coordinates of points that have three. */
function planar(start: Float64Array, nComponents: number): Matrix {
  const map = matrix(start.length / STRIDE, nComponents);
  for (let e = 0; e < map.data.length; e++) {
    map.data[e] = start[Math.floor(e / nComponents) * STRIDE + (e % nComponents)]!;
  }
  return map;
}
