/**
 * Conditional probabilities of given perplexity, every row on its own: src/compute/twins/perplexity.ts,
 * operation by operation (what it computes is told there), two numbers at a time.
 */
import { exp, expOfNegatives } from "./exp";
import { log } from "./log";
import { nearestDot, nearestSquared } from "./nearest-exact";
import { claim } from "./threads";

/** Rows that a thread takes at a time. */
const CHUNK: u32 = 16;
/** The entropy's tolerance: 1e-5 in float32. */
const TOLERANCE: f64 = 0.000009999999747378752;
const MAX_STEPS: i32 = 100;
const UNDERFLOW: f64 = 700.0;
/** Stands behind a row's end, up to a multiple of four: its exponential is 0 at every width searched. */
const BEYOND: f64 = 1e300;
const SMALLEST_NORMAL: f32 = 1.1754943508222875e-38;

/**
 * Replaces every row's k squared distances by probabilities.
 *
 * @param rows f64, (count, k): squared distances in, probabilities out.
 * @param reached f64, count: receives every row's perplexity.
 * @param detour Whether distances are rounded by way of their square roots.
 * @param scratch f64, for every thread twice k, rounded up to a multiple of four, and 2.
 */
export function conditionalRows(
  rows: usize,
  count: u32,
  k: u32,
  perplexity: f64,
  detour: u32,
  reached: usize,
  scratch: usize,
  thread: u32,
  _threads: u32,
): void {
  const padded = (k + 3) & ~3;
  const squared = scratch + ((<usize>thread * (padded + 1)) << 4);
  const p = squared + ((<usize>padded) << 3);
  const chunks = (count + CHUNK - 1) / CHUNK;
  for (let chunk = claim(0); chunk < chunks; chunk = claim(0)) {
    const end = min((chunk + 1) * CHUNK, count);
    for (let i = chunk * CHUNK; i < end; i++) {
      const row = rows + ((<usize>i * k) << 3);
      for (let j: u32 = 0; j < k; j++) {
        const at = (<usize>j) << 3;
        const d = load<f64>(row + at);
        store<f64>(squared + at, detour ? roundNeighborDistance(d) : roundDistance(d));
      }
      store<f64>(reached + ((<usize>i) << 3), conditional(squared, k, perplexity, p));
      memory.copy(row, p, (<usize>k) << 3);
    }
  }
}

function roundDistance(squared: f64): f64 {
  const rounded = <f32>squared;
  return rounded >= SMALLEST_NORMAL && rounded < <f32>Infinity ? <f64>rounded : squared;
}

function roundNeighborDistance(squared: f64): f64 {
  const distance = <f64>(<f32>sqrt<f64>(roundDistance(squared)));
  const rounded = roundDistance(distance * distance);
  return rounded > 0 && rounded < Infinity ? rounded : squared;
}

/** Turns one row's k squared distances into probabilities at `p`; returns the perplexity reached. */
export function conditional(squared: usize, k: u32, perplexity: f64, p: usize): f64 {
  const padded = (k + 3) & ~3;
  for (let j = k; j < padded; j++) store<f64>(squared + ((<usize>j) << 3), BEYOND);
  const wanted = log(perplexity);
  let least: f64 = Infinity;
  for (let j: u32 = 0; j < k; j++) least = min(least, load<f64>(squared + ((<usize>j) << 3)));
  let entropy = search(squared, padded, wanted, p);
  const beta = load<f64>(p + ((<usize>padded) << 3));
  if (!(abs(entropy - wanted) <= TOLERANCE) || beta * least > UNDERFLOW) {
    shiftAndScale(squared, k, least);
    entropy = search(squared, padded, wanted, p);
  }
  return exp(entropy);
}

/** Bisection for the entropy wanted; returns the one reached, and leaves its beta behind the probabilities. */
function search(squared: usize, padded: u32, wanted: f64, p: usize): f64 {
  let beta: f64 = 1;
  let low: f64 = -Infinity;
  let high: f64 = Infinity;
  let entropy = gaussian(squared, padded, beta, p);
  for (let step = 1; step < MAX_STEPS && abs(entropy - wanted) > TOLERANCE; step++) {
    if (entropy - wanted > 0) {
      low = beta;
      beta = high === Infinity ? beta * 2 : (beta + high) / 2;
    } else {
      high = beta;
      beta = low === -Infinity ? beta / 2 : (beta + low) / 2;
    }
    entropy = gaussian(squared, padded, beta, p);
  }
  store<f64>(p + ((<usize>padded) << 3), beta);
  return entropy;
}

/** Writes exp(-beta d^2) / sum and returns the entropy in nats. */
function gaussian(squared: usize, padded: u32, beta: f64, p: usize): f64 {
  const bytes = (<usize>padded) << 3;
  const betas = f64x2.splat(beta);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 32) {
    const a = expOfNegatives(f64x2.mul(f64x2.neg(v128.load(squared + at)), betas));
    const b = expOfNegatives(f64x2.mul(f64x2.neg(v128.load(squared + at, 16)), betas));
    v128.store(p + at, a);
    v128.store(p + at, b, 16);
    low = f64x2.add(low, a);
    high = f64x2.add(high, b);
  }
  let sum = lanes(low, high);
  if (sum === 0) sum = 1e-8;
  const sums = f64x2.splat(sum);
  low = f64x2.splat(0);
  high = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 32) {
    const a = f64x2.div(v128.load(p + at), sums);
    const b = f64x2.div(v128.load(p + at, 16), sums);
    v128.store(p + at, a);
    v128.store(p + at, b, 16);
    low = f64x2.add(low, f64x2.mul(v128.load(squared + at), a));
    high = f64x2.add(high, f64x2.mul(v128.load(squared + at, 16), b));
  }
  return log(sum) + beta * lanes(low, high);
}

function lanes(low: v128, high: v128): f64 {
  return (
    f64x2.extract_lane(low, 0) +
    f64x2.extract_lane(low, 1) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
  );
}

/** Distances that begin at 0 and have mean 1; all 0 where they are equal. */
function shiftAndScale(squared: usize, k: u32, least: f64): void {
  const end = squared + ((<usize>k) << 3);
  let mean: f64 = 0;
  for (let at = squared; at < end; at += 8) mean += (load<f64>(at) - least) / <f64>k;
  for (let at = squared; at < end; at += 8) {
    store<f64>(at, mean === 0 ? 0 : (load<f64>(at) - least) / mean);
  }
}

/** Rows compared with all others at a time, so that a row once read serves them all. */
const BLOCK: u32 = 8;

/**
 * Writes the squared distances of rows [from, from + count) of X, (n, d) of f32, to all but themselves:
 * (count, n - 1) of f64.
 *
 * @param lengths f64, n: the rows' lengths where distances are cosine distances; 0 where they are Euclidean.
 */
export function squaredRows(
  X: usize,
  n: u32,
  d: u32,
  lengths: usize,
  from: u32,
  count: u32,
  out: usize,
  _thread: u32,
  _threads: u32,
): void {
  const blocks = (count + BLOCK - 1) / BLOCK;
  for (let block = claim(0); block < blocks; block = claim(0)) {
    const first = block * BLOCK;
    const end = min(first + BLOCK, count);
    for (let j: u32 = 0; j < n; j++) {
      const other = X + ((<usize>j * d) << 2);
      for (let r = first; r < end; r++) {
        const i = from + r;
        if (i === j) continue;
        const row = X + ((<usize>i * d) << 2);
        const entry = <usize>r * (n - 1) + (j < i ? j : j - 1);
        const squared =
          lengths === 0
            ? nearestSquared(row, other, d)
            : squaredCosine(nearestDot(row, other, d), lengths, i, j);
        store<f64>(out + (entry << 3), squared);
      }
    }
  }
}

function squaredCosine(product: f64, lengths: usize, i: u32, j: u32): f64 {
  const scale = load<f64>(lengths + ((<usize>i) << 3)) * load<f64>(lengths + ((<usize>j) << 3));
  const cosine = scale === 0 ? 0 : product / scale;
  const distance = <f64>(<f32>max<f64>(0, 1 - cosine));
  return distance * distance;
}
