/**
 * Conditional probabilities of given perplexity: for every point the width of a Gaussian is searched
 * such that its neighbours' probabilities have entropy log(perplexity) (van der Maaten and Hinton 2008).
 *
 * The search is scikit-learn 1.9's (`_utils.pyx`): squared distances rounded to float32, bisection on
 * beta = 1 / (2 sigma^2) from 1 on, doubling or halving until bracketed, at most 100 steps, done when the
 * entropy is within 1e-5. Ours differs in two cases where scikit-learn's arithmetic fails: a squared
 * distance that float32 can't hold stays in float64; and a row whose search does not end, or ends where all
 * exponentials underflow, is searched again with its distances shifted to begin at 0 and scaled to mean 1,
 * which changes no probability.
 *
 * The twin of assembly/affinities.ts, which gives the same bits.
 */
import { exp, log } from "../../math.ts";

const TOLERANCE = Math.fround(1e-5);
const MAX_STEPS = 100;
/** Exponent from which on even the nearest neighbour's exp has lost its digits. */
const UNDERFLOW = 700;
const SMALLEST_NORMAL = 2 ** -126; // of float32

/** Rounds to float32 where that keeps the number's precision. */
export function roundDistance(squared: number): number {
  const rounded = Math.fround(squared);
  return rounded >= SMALLEST_NORMAL && rounded < Number.POSITIVE_INFINITY ? rounded : squared;
}

/**
 * As `roundDistance`, but through the distance: scikit-learn's neighbours come with float32 distances,
 * which it squares again. The detour moves probabilities by up to 1e-5, so it is taken here as well.
 */
export function roundNeighborDistance(squared: number): number {
  const distance = Math.fround(Math.sqrt(roundDistance(squared)));
  const rounded = roundDistance(distance * distance);
  return rounded > 0 && rounded < Number.POSITIVE_INFINITY ? rounded : squared;
}

/**
 * The probabilities of one row's neighbours.
 *
 * @param squared Squared distances to the k neighbours, as `roundDistance` gives them; k at least 1.
 * @param perplexity The effective number of neighbours wanted; above 0.
 * @param out Receives the k probabilities, which sum to 1.
 * @returns The perplexity reached: that wanted, or the nearest there is (with many equal distances).
 */
export function conditionalProbabilities(
  squared: Float64Array,
  perplexity: number,
  out: Float64Array,
): number {
  const wanted = log(perplexity);
  const least = squared.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let found = search(squared, wanted, out);
  const converged = Math.abs(found.entropy - wanted) <= TOLERANCE;
  if (!converged || found.beta * least > UNDERFLOW) {
    found = search(shiftAndScale(squared, least), wanted, out);
  }
  return exp(found.entropy);
}

/** Bisection for the entropy wanted; leaves the probabilities in `out`, and tells what was reached. */
function search(
  squared: Float64Array,
  wanted: number,
  out: Float64Array,
): { entropy: number; beta: number } {
  let beta = 1;
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let step = 1; ; step++) {
    const entropy = gaussian(squared, beta, out);
    const excess = entropy - wanted;
    if (Math.abs(excess) <= TOLERANCE || step === MAX_STEPS) return { entropy, beta };
    if (excess > 0) {
      low = beta;
      beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2;
    } else {
      high = beta;
      beta = low === Number.NEGATIVE_INFINITY ? beta / 2 : (beta + low) / 2;
    }
  }
}

/** Writes exp(-beta d^2) / sum and returns the entropy in nats; sums in four lanes of fixed order. */
function gaussian(squared: Float64Array, beta: number, out: Float64Array): number {
  const sums = [0, 0, 0, 0];
  for (let j = 0; j < squared.length; j++) {
    const p = exp(-squared[j]! * beta);
    out[j] = p;
    sums[j & 3]! += p;
  }
  // as scikit-learn: all neighbours far beyond the Gaussian
  const sum = total(sums) || 1e-8;
  const means = [0, 0, 0, 0];
  for (let j = 0; j < squared.length; j++) {
    const p = out[j]! / sum;
    out[j] = p;
    means[j & 3]! += squared[j]! * p;
  }
  return log(sum) + beta * total(means);
}

function total(lanes: number[]): number {
  return lanes[0]! + lanes[1]! + (lanes[2]! + lanes[3]!);
}

function shiftAndScale(squared: Float64Array, least: number): Float64Array {
  let mean = 0;
  for (const d of squared) mean += (d - least) / squared.length;
  return mean === 0 ? new Float64Array(squared.length) : squared.map((d) => (d - least) / mean);
}
