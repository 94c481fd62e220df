/**
 * t-distributed stochastic neighbour embedding (van der Maaten and Hinton 2008; over nearest
 * neighbours: van der Maaten 2014), with the parameters, defaults and schedule of scikit-learn 1.9's
 * `TSNE`. Ours differs in that repulsion is exact in both methods (scikit-learn's default approximates it
 * by a Barnes-Hut tree), coordinates are float64 until the end, the start has no points at one place, and
 * everything is reproducible to the bit from `randomState`. docs/parity.md lists parameter by parameter.
 */

import { STRIDE } from "../compute/forces.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { type Affinities, denseAffinities, neighborAffinities } from "./affinities.ts";
import { Descent, StoppingRule } from "./descent.ts";
import { startingPoints } from "./init.ts";
import { exactObjective, type Objective } from "./objective.ts";
import { checkInput, type ResolvedParams, resolveParams, type TSNEParams } from "./params.ts";

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
/** Iterations between two looks at the divergence. */
const CHECK_EVERY = 50;

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
   * `"precomputed"`. Time per iteration grows with n^2.
   *
   * @throws {RangeError} for NaN or infinities in X, a perplexity not below n, or rows that are all equal.
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
   */
  async *iterate(
    X: Matrix,
    { every = CHECK_EVERY, ...options }: { every?: number } & RunOptions = {},
  ): AsyncGenerator<TSNEResult, void, undefined> {
    if (!Number.isInteger(every) || every < 1) {
      throw rangeError(`TSNE.iterate: expected every to be a whole number above 0, got ${every}`);
    }
    const { params } = this;
    checkInput(X, params);
    const affinities = params.method === "exact" ? denseAffinities : neighborAffinities;
    const P = await affinities(X, {
      ...options,
      perplexity: params.perplexity,
      metric: params.metric,
    });
    const Y = await startingPoints(X, { ...options, ...params });
    yield* optimize(Y, P, X.shape[0], params, every, options);
  }
}

/** The schedule: 250 iterations with early exaggeration and momentum 0.5, then the rest with 0.8. */
async function* optimize(
  Y: Float64Array,
  P: Affinities,
  n: number,
  params: ResolvedParams,
  every: number,
  options: RunOptions,
): AsyncGenerator<TSNEResult, void, undefined> {
  const { maxIter, earlyExaggeration, minGradNorm, nIterWithoutProgress } = params;
  const learningRate =
    params.learningRate === "auto" ? Math.max(n / earlyExaggeration / 4, 50) : params.learningRate;
  const objective = exactObjective(P);
  const gradient = new Float64Array(Y.length);
  const breath = breather("t-SNE", maxIter, options);
  const phases = [
    {
      until: Math.min(EXPLORATION, maxIter),
      exaggeration: earlyExaggeration,
      momentum: 0.5,
      patience: EXPLORATION,
    },
    { until: maxIter, exaggeration: 1, momentum: 0.8, patience: nIterWithoutProgress },
  ];

  let nIter = 0;
  for (const { until, exaggeration, momentum, patience } of phases) {
    const descent = new Descent(Y.length);
    const rule = new StoppingRule(minGradNorm, patience);
    while (nIter < until) {
      const Z = objective.gradient(Y, exaggeration, gradient);
      const checks = (nIter + 1) % CHECK_EVERY === 0;
      const error = checks ? objective.klDivergence(Y, Z) : 0;
      const norm = descent.step(Y, gradient, momentum, learningRate);
      nIter++;
      await breath(nIter);
      if (checks && rule.stops(nIter - 1, error, norm)) break;
      if (nIter % every === 0 && nIter < maxIter) yield snapshot();
    }
  }
  if (nIter < maxIter) await breath(maxIter);
  yield snapshot();

  function snapshot(): TSNEResult {
    const embedding = rounded(Y, n, params.nComponents);
    const klDivergence = divergenceOf(embedding, objective, gradient.slice());
    const { method } = params;
    const { neighbors, perplexityMissed } = P;
    return { embedding, klDivergence, nIter, learningRate, method, neighbors, perplexityMissed };
  }
}

/** The coordinates as float32, which is what people get. */
function rounded(Y: Float64Array, n: number, nComponents: number): Matrix {
  const embedding = matrix(n, nComponents);
  for (let e = 0; e < embedding.data.length; e++) {
    const value = Math.fround(Y[Math.floor(e / nComponents) * STRIDE + (e % nComponents)]!);
    if (!Number.isFinite(value)) {
      throw rangeError("TSNE: the map left the range of float32; expected a lower learningRate");
    }
    embedding.data[e] = value;
  }
  return embedding;
}

function divergenceOf(embedding: Matrix, objective: Objective, scratch: Float64Array): number {
  const [n, cols] = embedding.shape;
  const Y = new Float64Array(n * STRIDE);
  for (let e = 0; e < embedding.data.length; e++) {
    Y[Math.floor(e / cols) * STRIDE + (e % cols)] = embedding.data[e]!;
  }
  return objective.klDivergence(Y, objective.gradient(Y, 1, scratch));
}
