/** What the model must beat: the two simplest language models, counted on the same training tokens. */
import { exp, log } from "../src/math.ts";

export interface BaselineInput {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  /** Number of tokens in the vocabulary. */
  readonly vocab: number;
  /** A token of the held-out text that is not predicted: end of text. */
  readonly except: number;
}

/** Perplexity of token frequencies, one added to each count (Laplace). */
export function unigramPerplexity({ training, heldOut, vocab, except }: BaselineInput): number {
  const counts = countTokens([training], vocab);
  const total = training.length + vocab;
  return perplexity(heldOut, except, (place) => (counts[heldOut[place]!]! + 1) / total);
}

/**
 * Perplexity of pairs of tokens under interpolated Kneser-Ney smoothing (Kneser and Ney, 1995; Chen and
 * Goodman, "An empirical study of smoothing techniques for language modeling", 1999, section 3.6), the
 * strongest common bigram. One discount for each order, n1 / (n1 + 2 n2); the lower order is a token's
 * number of distinct predecessors, itself discounted and interpolated with the uniform distribution.
 */
export function bigramPerplexity({ training, heldOut, vocab, except }: BaselineInput): number {
  const pairs = countPairs(training, vocab);
  const followers = new Float64Array(vocab);
  const predecessors = new Float64Array(vocab);
  const histories = new Float64Array(vocab);
  for (const [key, count] of pairs) {
    followers[Math.floor(key / vocab)]!++;
    predecessors[key % vocab]!++;
    histories[Math.floor(key / vocab)]! += count;
  }
  const lower = lowerOrder(predecessors, pairs.size);
  const discount = discountFor(pairs.values());
  return perplexity(heldOut, except, (place) => {
    const before = heldOut[place - 1]!;
    const token = heldOut[place]!;
    if (histories[before] === 0) return lower[token]!;
    const count = pairs.get(before * vocab + token) ?? 0;
    const kept = Math.max(count - discount, 0);
    return (kept + discount * followers[before]! * lower[token]!) / histories[before]!;
  });
}

/** How often each token occurs in rows of tokens. */
export function countTokens(rows: readonly Int32Array[], vocab: number): Float64Array {
  const counts = new Float64Array(vocab);
  for (const tokens of rows) for (const token of tokens) counts[token]!++;
  return counts;
}

function countPairs(tokens: Int32Array, vocab: number): Map<number, number> {
  const pairs = new Map<number, number>();
  for (let i = 1; i < tokens.length; i++) {
    const key = tokens[i - 1]! * vocab + tokens[i]!;
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  return pairs;
}

function lowerOrder(predecessors: Float64Array, pairs: number): Float64Array {
  const discount = discountFor(predecessors);
  const seen = predecessors.reduce((sum, count) => sum + Math.min(count, 1), 0);
  const uniform = (discount * seen) / predecessors.length;
  return predecessors.map((count) => (Math.max(count - discount, 0) + uniform) / pairs);
}

/** n1 / (n1 + 2 n2) with n1, n2 the number of counts that are 1 and 2; 1/2 where either is none. */
function discountFor(counts: Iterable<number>): number {
  let ones = 0;
  let twos = 0;
  for (const count of counts) {
    if (count === 1) ones++;
    if (count === 2) twos++;
  }
  return ones > 0 && twos > 0 ? ones / (ones + 2 * twos) : 0.5;
}

function perplexity(
  tokens: Int32Array,
  except: number,
  probability: (place: number) => number,
): number {
  let surprise = 0;
  let count = 0;
  for (let place = 1; place < tokens.length; place++) {
    if (tokens[place] === except) continue;
    surprise -= log(probability(place));
    count++;
  }
  return exp(surprise / count);
}
