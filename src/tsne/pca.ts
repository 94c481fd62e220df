/**
 * The leading principal components of the rows of X, for the start of t-SNE: block power iteration
 * with Rayleigh-Ritz (Rutishauser 1970; Halko, Martinsson and Tropp 2011) on the smaller of the two
 * product matrices, in float64. scikit-learn's randomised PCA stops after a few iterations and depends
 * on its seed; ours runs until the components stand still. Signs as in scikit-learn: the loading that
 * is largest in magnitude is positive.
 */
import { breather, type RunOptions } from "../compute/run.ts";
import type { Matrix } from "../matrix.ts";
import type { Random } from "../random.ts";
import { symmetricEigen } from "./eigen.ts";

const OVERSAMPLING = 8;
const MAX_ITERATIONS = 300;
/** Relative change of the eigenvalues asked for at which the iteration ends. */
const TOLERANCE = 1e-10;

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
  const rows = centred(X);
  const byRows = n <= d;
  const size = byRows ? n : d;
  const C = await products(rows, n, d, byRows, options);
  const { vectors, found } = await leadingVectors(
    C,
    size,
    Math.min(count, n - 1, d),
    random,
    options,
  );

  const scores = new Float64Array(n * count);
  for (let c = 0; c < found; c++) {
    const v = vectors.subarray(c * size, (c + 1) * size);
    // loadings are the component in the space of the columns, up to its length
    const loadings = byRows ? combineRows(rows, v, n, d) : v;
    const sign = largest(loadings) < 0 ? -1 : 1;
    const length = Math.sqrt(loadings.reduce((sum, x) => sum + x * x, 0)) || 1;
    for (let i = 0; i < n; i++) {
      let score = 0;
      for (let k = 0; k < d; k++) score += rows[i * d + k]! * loadings[k]!;
      scores[i * count + c] = (sign * score) / length;
    }
  }
  return scores;
}

/** The rows less their mean; in float64, where products of float32 values neither overflow nor vanish. */
function centred(X: Matrix): Float64Array {
  const [n, d] = X.shape;
  const mean = new Float64Array(d);
  for (let e = 0; e < X.data.length; e++) mean[e % d]! += X.data[e]! / n;
  return Float64Array.from(X.data, (x, e) => x - mean[e % d]!);
}

/** X X' (n, n) or X' X (d, d). */
async function products(
  rows: Float64Array,
  n: number,
  d: number,
  byRows: boolean,
  options: RunOptions,
): Promise<Float64Array> {
  const size = byRows ? n : d;
  const C = new Float64Array(size * size);
  const breath = breather("principal components", n, options);
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * d, (i + 1) * d);
    if (byRows) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += row[k]! * rows[j * d + k]!;
        C[i * n + j] = sum;
        C[j * n + i] = sum;
      }
    } else {
      for (let a = 0; a < d; a++) {
        const x = row[a]!;
        for (let b = 0; b < d; b++) C[a * d + b]! += x * row[b]!;
      }
    }
    await breath(i + 1);
  }
  return C;
}

/** The eigenvectors of the largest eigenvalues of C (size, size), one after the other; how many are not null. */
async function leadingVectors(
  C: Float64Array,
  size: number,
  count: number,
  random: Random,
  options: RunOptions,
): Promise<{ vectors: Float64Array; found: number }> {
  const block = Math.min(size, count + OVERSAMPLING);
  let V = orthonormal(
    Float64Array.from({ length: block * size }, () => random.normal()),
    size,
  );
  let values: Float64Array = new Float64Array(block);
  const breath = breather("principal components", MAX_ITERATIONS, options);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const W = multiply(C, V, size);
    const { eigenvalues, eigenvectors } = symmetricEigen(inner(V, W, size), block);
    const before = values;
    values = eigenvalues;
    V = orthonormal(combine(W, eigenvectors, block, size), size);
    const moved = values.subarray(0, count).some((value, c) => {
      return Math.abs(value - before[c]!) > TOLERANCE * Math.abs(values[0]!);
    });
    if (!moved && iteration > 1) break;
    await breath(iteration + 1);
  }
  await breath(MAX_ITERATIONS);
  // what rounding alone makes of a zero eigenvalue is no component
  const least = values[0]! * size * Number.EPSILON;
  const found = values.subarray(0, count).filter((value) => value > least).length;
  return { vectors: V, found };
}

/** C V for vectors that stand one after the other. */
function multiply(C: Float64Array, V: Float64Array, size: number): Float64Array {
  const W = new Float64Array(V.length);
  for (let v = 0; v < V.length; v += size) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += C[i * size + j]! * V[v + j]!;
      W[v + i] = sum;
    }
  }
  return W;
}

/** V' W, made symmetric. */
function inner(V: Float64Array, W: Float64Array, size: number): Float64Array {
  const block = V.length / size;
  const H = new Float64Array(block * block);
  for (let a = 0; a < block; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += V[a * size + i]! * W[b * size + i]!;
      H[a * block + b] = sum;
      H[b * block + a] = sum;
    }
  }
  return H;
}

/** W Q: every new vector a combination of the old, by the eigenvectors in Q's rows. */
function combine(W: Float64Array, Q: Float64Array, block: number, size: number): Float64Array {
  const out = new Float64Array(W.length);
  for (let a = 0; a < block; a++) {
    for (let b = 0; b < block; b++) {
      const q = Q[a * block + b]!;
      for (let i = 0; i < size; i++) out[a * size + i]! += q * W[b * size + i]!;
    }
  }
  return out;
}

/** Gram-Schmidt, twice, in place; a vector that depends on those before it becomes 0. */
function orthonormal(V: Float64Array, size: number): Float64Array {
  for (let v = 0; v < V.length; v += size) {
    const own = V.subarray(v, v + size);
    const start = length(own);
    for (let pass = 0; pass < 2; pass++) {
      for (let u = 0; u < v; u += size) {
        let along = 0;
        for (let i = 0; i < size; i++) along += own[i]! * V[u + i]!;
        for (let i = 0; i < size; i++) own[i]! -= along * V[u + i]!;
      }
    }
    const rest = length(own);
    const scale = rest > 1e-12 * start ? 1 / rest : 0;
    for (let i = 0; i < size; i++) own[i]! *= scale;
  }
  return V;
}

function combineRows(rows: Float64Array, v: Float64Array, n: number, d: number): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < d; k++) out[k]! += v[i]! * rows[i * d + k]!;
  }
  return out;
}

function length(v: Float64Array): number {
  return Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
}

function largest(v: Float64Array): number {
  return v.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
}
