/**
 * The leading principal components of the rows of X, for the start of t-SNE: block Lanczos on Xc' Xc, Xc being
 * the centred rows, in float64, without ever forming that matrix. scikit-learn's randomised PCA stops after a
 * few iterations and depends on its seed; ours runs until the components stand still (krylov.ts says how
 * still). Signs as in scikit-learn: the loading that is largest in magnitude is positive.
 */
import { type CentredRows, withCentredRows } from "../compute/pca.ts";
import { breather, type RunOptions } from "../compute/run.ts";
import type { Matrix } from "../matrix.ts";
import type { Random } from "../random.ts";
import { leadingEigenpairs, MOST_PRODUCTS, type Operator } from "./krylov.ts";

/**
 * Scores of every row on the first `count` principal components: (n, count) in float64, row-major.
 * Components beyond the rank of the centred rows are 0.
 */
export async function principalComponents(
  X: Matrix,
  count: number,
  random: Random,
  options: RunOptions,
): Promise<Float64Array> {
  const [n, d] = X.shape;
  const scores = new Float64Array(n * count);
  const wanted = Math.min(count, n - 1, d);
  await withCentredRows(X, options, async (rows) => {
    const axes = wanted < 1 ? [] : await leadingAxes(rows, d, wanted, random, options);
    const columns = await inPairs(axes, (pair) => rows.scores(pair));
    columns.forEach((column, c) => {
      for (let i = 0; i < n; i++) scores[i * count + c] = column[i]!;
    });
  });
  return scores;
}

/** The components as directions in the space of the columns; fewer than wanted where the rank is lower. */
async function leadingAxes(
  rows: CentredRows,
  size: number,
  count: number,
  random: Random,
  options: RunOptions,
): Promise<Float64Array[]> {
  const product: Operator = (vectors) => inPairs(vectors, (pair) => rows.products(pair));
  const breath = breather("principal components", MOST_PRODUCTS, options);
  const { vectors } = await leadingEigenpairs(product, { size, count, random }, breath);
  await breath(MOST_PRODUCTS);
  return vectors.map((axis) => (largest(axis) < 0 ? axis.map((x) => -x) : axis));
}

async function inPairs(
  vectors: readonly Float64Array[],
  make: (pair: readonly Float64Array[]) => Promise<Float64Array[]>,
): Promise<Float64Array[]> {
  const made: Float64Array[] = [];
  for (let c = 0; c < vectors.length; c += 2) made.push(...(await make(vectors.slice(c, c + 2))));
  return made;
}

function largest(v: Float64Array): number {
  return v.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
}
