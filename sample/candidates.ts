/**
 * Which output tokens a step of training looks at. Every token is drawn on its own with its own
 * probability, and the drawn ones stand for all: divided by its probability, each term of the softmax's
 * denominator makes an unbiased estimate of the whole (Horvitz and Thompson, 1952). The use of a sample
 * for the softmax is Bengio and Senécal's, "Quick training of probabilistic neural nets by importance
 * sampling" (2003); ours draws frequent tokens with certainty and none twice.
 */
import { log } from "../src/math.ts";
import type { Random } from "../src/random.ts";

/** Draws candidate tokens. */
export class Candidates {
  /** The tokens drawn last, in the first `count` places, ascending. */
  readonly tokens: Int32Array;
  /** How many were drawn last. */
  count = 0;
  /** For every token the logarithm of its probability to be drawn. */
  readonly logProbability: Float64Array;
  readonly #thresholds: Float64Array;
  readonly #random: Random;

  /**
   * @param counts How often each token occurs; a token is drawn in proportion to its count to the power
   *   3/4, but at most with probability 1. One that never occurs is never drawn.
   * @param expected How many tokens are drawn on average, fewer than there are.
   */
  constructor(counts: ArrayLike<number>, expected: number, random: Random) {
    const probability = inclusionProbabilities(counts, expected);
    this.tokens = new Int32Array(counts.length);
    this.logProbability = probability.map(log);
    this.#thresholds = probability.map((p) => p * 2 ** 32);
    this.#random = random;
  }

  /** Draws anew. */
  draw(): void {
    this.count = 0;
    for (let token = 0; token < this.#thresholds.length; token++) {
      const threshold = this.#thresholds[token]!;
      if (threshold >= 2 ** 32 || this.#random.uint32() < threshold) {
        this.tokens[this.count++] = token;
      }
    }
  }
}

function inclusionProbabilities(counts: ArrayLike<number>, expected: number): Float64Array {
  const weights = Float64Array.from(counts, (count) => {
    const root = Math.sqrt(count);
    return root * Math.sqrt(root);
  });
  // scale until the probabilities, cut at 1, add up: more are cut each time, so this ends
  let scale = 0;
  for (;;) {
    let free = 0;
    let certain = 0;
    for (const weight of weights) {
      if (weight * scale >= 1) certain++;
      else free += weight;
    }
    const next = free === 0 ? scale : (expected - certain) / free;
    if (next <= scale) return weights.map((weight) => Math.min(1, weight * scale));
    scale = next;
  }
}
