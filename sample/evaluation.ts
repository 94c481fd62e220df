/** How well a model predicts held-out text, as perplexity: e to the mean surprise in nats per token. */
import { exp, log } from "../src/math.ts";
import { contextVector, type LanguageModel, predictions } from "./language-model.ts";
import { multiplyByTransposed } from "./products.ts";

const BATCH = 64;

/**
 * Perplexity under the full softmax. Every token is predicted but `except` (the end-of-text token, whose
 * place says nothing about the text) and the first.
 */
export function modelPerplexity(model: LanguageModel, tokens: Int32Array, except: number): number {
  const { vocab, dim } = model;
  const padded = (vocab + 3) & ~3;
  const embeddings = new Float64Array(padded * dim);
  embeddings.set(model.embeddings);
  const contexts = new Float64Array(BATCH * dim);
  const predicted = new Float64Array(BATCH * dim);
  const scores = new Float64Array(BATCH * padded);
  const places: number[] = [];
  for (let i = 1; i < tokens.length; i++) if (tokens[i] !== except) places.push(i);
  let surprise = 0;
  for (let start = 0; start < places.length; start += BATCH) {
    const batch = places.slice(start, start + BATCH);
    batch.forEach((place, b) => {
      contextVector(model, tokens, place, contexts, b * dim);
    });
    predictions(model, contexts, predicted, BATCH);
    multiplyByTransposed(predicted, embeddings, scores, BATCH, padded, dim);
    batch.forEach((place, b) => {
      const row = scores.subarray(b * padded, b * padded + vocab);
      surprise += surpriseOf(row, model.bias, tokens[place]!);
    });
  }
  return exp(surprise / places.length);
}

/** -log of the softmax of scores + bias at the target. */
function surpriseOf(scores: Float64Array, bias: Float64Array, target: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < scores.length; j++) highest = Math.max(highest, scores[j]! + bias[j]!);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += exp(scores[j]! + bias[j]! - highest);
  return log(sum) - (scores[target]! + bias[target]! - highest);
}
