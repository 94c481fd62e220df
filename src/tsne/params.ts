import { checkMetric, type Metric } from "../compute/metrics.ts";
import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";
import { checkSeed } from "../random.ts";

/** scikit-learn's parameters of t-SNE, with its defaults. */
export interface TSNEParams {
  /**
   * Dimensions of the map: 1, 2 or 3; default 2. Similarities on the map have one degree of freedom in all of
   * them; scikit-learn takes two in three dimensions.
   */
  readonly nComponents?: 1 | 2 | 3 | undefined;
  /**
   * Effective number of neighbours, above 0 and below n; default 30. Raised: broader neighbourhoods, fewer and
   * larger groups.
   */
  readonly perplexity?: number | undefined;
  /**
   * `"neighbors"` (default): P over the 3 perplexity + 1 nearest neighbours, as scikit-learn's default
   * method; `"exact"`: P over all pairs. Repulsion is exact in both.
   */
  readonly method?: "neighbors" | "exact" | undefined;
  /** Distance between rows; default `"euclidean"`. P is made from squared distances, whatever the metric. */
  readonly metric?: Metric | undefined;
  /** Iterations at most; default 1000. The first 250 run with early exaggeration. */
  readonly maxIter?: number | undefined;
  /** Factor on P in the first 250 iterations, at least 1; default 12. Raised: tighter groups, more room between. */
  readonly earlyExaggeration?: number | undefined;
  /**
   * Factor on P in all later iterations, above 0; default 1, which minimises KL. Raised to 2 or 4: tighter groups
   * that stay apart, for large n (Kobak and Berens 2019).
   */
  readonly exaggeration?: number | undefined;
  /**
   * Step of the gradient descent, above 0; default `"auto"`: max(n / exaggeration / 4, 50) with the larger
   * of the two exaggerations. The
   * gradient carries the factor 4: other programs' learning rates are 4 times as large for the same step.
   */
  readonly learningRate?: number | "auto" | undefined;
  /** The start: `"pca"` (default), `"random"`, or coordinates (n, nComponents). With precomputed distances not "pca". */
  readonly init?: "pca" | "random" | Matrix | undefined;
  /** Ends the run when the gradient's norm is not above this; default 1e-7. */
  readonly minGradNorm?: number | undefined;
  /** Ends the run after this many iterations without progress, in steps of 50; at least -1, default 300. */
  readonly nIterWithoutProgress?: number | undefined;
  /** Seed of everything random, from 0 to 2^32 - 1; default 0. Same seed, same bits. */
  readonly randomState?: number | undefined;
}

export type ResolvedParams = {
  readonly [K in keyof TSNEParams]-?: Exclude<TSNEParams[K], undefined>;
};

const DEFAULTS: ResolvedParams = {
  nComponents: 2,
  perplexity: 30,
  method: "neighbors",
  metric: "euclidean",
  maxIter: 1000,
  earlyExaggeration: 12,
  exaggeration: 1,
  learningRate: "auto",
  init: "pca",
  minGradNorm: 1e-7,
  nIterWithoutProgress: 300,
  randomState: 0,
};

/** @throws {RangeError | TypeError} for a parameter that is unknown or out of its range. */
export function resolveParams(given: TSNEParams): ResolvedParams {
  const known = new Set(Object.keys(DEFAULTS));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw typeError(`TSNE: expected parameters ${[...known].join(", ")}, got ${name}`);
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const params: ResolvedParams = { ...DEFAULTS, ...Object.fromEntries(set) };
  const { perplexity, learningRate, earlyExaggeration, maxIter, metric, init } = params;
  expect("nComponents", [1, 2, 3].includes(params.nComponents), "1, 2 or 3", params.nComponents);
  expect(
    "perplexity",
    perplexity > 0 && Number.isFinite(perplexity),
    "a number above 0",
    perplexity,
  );
  expect(
    "method",
    ["neighbors", "exact"].includes(params.method),
    "neighbors or exact",
    params.method,
  );
  expect("maxIter", Number.isInteger(maxIter) && maxIter >= 1, "a whole number above 0", maxIter);
  expect(
    "earlyExaggeration",
    earlyExaggeration >= 1 && Number.isFinite(earlyExaggeration),
    "a number of at least 1",
    earlyExaggeration,
  );
  expect(
    "exaggeration",
    params.exaggeration > 0 && Number.isFinite(params.exaggeration),
    "a number above 0",
    params.exaggeration,
  );
  expect(
    "learningRate",
    learningRate === "auto" || (learningRate > 0 && Number.isFinite(learningRate)),
    `"auto" or a number above 0`,
    learningRate,
  );
  expect("minGradNorm", params.minGradNorm >= 0, "a number of at least 0", params.minGradNorm);
  expect(
    "nIterWithoutProgress",
    Number.isInteger(params.nIterWithoutProgress) && params.nIterWithoutProgress >= -1,
    "a whole number of at least -1",
    params.nIterWithoutProgress,
  );
  checkMetric("TSNE", metric);
  checkSeed("TSNE", params.randomState);
  if (typeof init === "string") {
    expect("init", init === "pca" || init === "random", "pca, random or a matrix", init);
  } else {
    checkMatrix("TSNE: init", init);
    checkFinite("TSNE: init", init);
  }
  expect(
    "init",
    !(init === "pca" && metric === "precomputed"),
    "random or a matrix with precomputed distances",
    init,
  );
  return Object.freeze(params);
}

function expect(name: string, holds: boolean, expected: string, got: unknown): void {
  if (!holds) throw rangeError(`TSNE: expected ${name} to be ${expected}, got ${String(got)}`);
}

/**
 * Checks X against the parameters, before any work.
 *
 * @throws {RangeError} naming the reason.
 */
export function checkInput(X: Matrix, params: ResolvedParams): void {
  checkMatrix("TSNE", X);
  const [n, d] = X.shape;
  checkRowCount(n, params.perplexity);
  if (d < 1) throw rangeError("TSNE: expected at least 1 column, got 0");
  checkFinite("TSNE", X);
  if (params.metric === "precomputed" ? allZero(X) : allEqual(X)) {
    throw rangeError(`TSNE: all ${n} rows are equal in float32: there is nothing to map`);
  }
  const { init, nComponents } = params;
  if (typeof init !== "string" && (init.shape[0] !== n || init.shape[1] !== nComponents)) {
    throw rangeError(
      `TSNE: expected init to be ${n} x ${nComponents}, got ${init.shape[0]} x ${init.shape[1]}`,
    );
  }
}

/** @throws {RangeError} for fewer than 2 rows, or a perplexity that is not below their number. */
export function checkRowCount(n: number, perplexity: number): void {
  if (n < 2) throw rangeError(`TSNE: expected at least 2 rows, got ${n}`);
  if (perplexity >= n) {
    throw rangeError(
      `TSNE: expected a perplexity below the number of rows, ${n}, got ${perplexity}`,
    );
  }
}

/** Whether all distances between different rows are 0. */
function allZero({ data, shape: [n] }: Matrix): boolean {
  return data.every((distance, e) => distance === 0 || Math.floor(e / n) === e % n);
}

function allEqual({ data, shape }: Matrix): boolean {
  return data.every((value, e) => value === data[e % shape[1]]);
}
