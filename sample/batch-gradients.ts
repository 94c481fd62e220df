/** The gradient of the loss over one batch: the cross-entropy of the next token, by hand. */
import { exp, log } from "../src/math.ts";
import type { Candidates } from "./candidates.ts";
import { contextVector, type LanguageModel, predictions } from "./language-model.ts";
import { addScaled, dot, multiplyByTransposed, transpose } from "./products.ts";
import { RowGradients } from "./row-gradients.ts";

/** Computes gradients for batches of one size; what it holds is of the batch computed last. */
export class BatchGradients {
  /** Of the embeddings, for the rows touched. */
  readonly embeddings: RowGradients;
  /** Of c, (contextLength, dim). */
  readonly positions: Float64Array;
  /** Of M, (dim, dim). */
  readonly projection: Float64Array;
  /** Of b, for the rows touched. */
  readonly bias: RowGradients;
  readonly #model: LanguageModel;
  readonly #candidates: Candidates;
  readonly #buffers: Buffers;

  /** @param batch Places in a batch, a multiple of 4. */
  constructor(model: LanguageModel, candidates: Candidates, batch: number) {
    const { vocab, dim, contextLength } = model;
    this.embeddings = new RowGradients(vocab, dim);
    this.positions = new Float64Array(contextLength * dim);
    this.projection = new Float64Array(dim * dim);
    this.bias = new RowGradients(vocab, 1);
    this.#model = model;
    this.#candidates = candidates;
    this.#buffers = buffers(model, batch);
  }

  /**
   * Computes the gradients for the candidates drawn last. Those of rows must have been used up before.
   *
   * @returns The sum of the losses in nats, as estimated from the candidates.
   */
  compute(tokens: Int32Array, places: Int32Array): number {
    this.#predict(tokens, places);
    const loss = this.#differentiateLoss(tokens, places);
    this.#differentiateOutput(tokens, places);
    this.#differentiateProjection(tokens, places);
    this.#differentiateInput(tokens, places);
    this.#differentiateBias(tokens, places);
    return loss;
  }

  /** Scores of every candidate at every place; bias and sampling correction come later. */
  #predict(tokens: Int32Array, places: Int32Array): void {
    const { dim, embeddings } = this.#model;
    const { contexts, predicted, candidateRows, scores } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    places.forEach((place, b) => {
      contextVector(this.#model, tokens, place, contexts, b * dim);
    });
    predictions(this.#model, contexts, predicted, places.length);
    const padded = pad(count);
    for (let j = 0; j < count; j++) {
      const row = drawn[j]! * dim;
      candidateRows.set(embeddings.subarray(row, row + dim), j * dim);
    }
    candidateRows.fill(0, count * dim, padded * dim);
    multiplyByTransposed(predicted, candidateRows, scores, places.length, padded, dim);
  }

  /** Turns scores into the loss's gradient with respect to them, for candidates and for targets. */
  #differentiateLoss(tokens: Int32Array, places: Int32Array): number {
    const { bias, dim, embeddings } = this.#model;
    const { predicted, scores, targetGradient } = this.#buffers;
    const { tokens: drawn, count, logProbability } = this.#candidates;
    const padded = pad(count);
    let loss = 0;
    for (let b = 0; b < places.length; b++) {
      const target = tokens[places[b]!]!;
      const targetScore = bias[target]! + dot(predicted, b * dim, embeddings, target * dim, dim);
      const row = b * padded;
      // the target itself is certain, whether drawn or not: its copy among the drawn is left out
      let sum = 1;
      for (let j = 0; j < count; j++) {
        const token = drawn[j]!;
        const score = scores[row + j]! + bias[token]! - logProbability[token]!;
        const weight = token === target ? 0 : exp(Math.min(score - targetScore, 80));
        scores[row + j] = weight;
        sum += weight;
      }
      for (let j = 0; j < count; j++) scores[row + j]! /= sum;
      scores.fill(0, row + count, row + padded);
      targetGradient[b] = 1 / sum - 1;
      loss += log(sum);
    }
    return loss;
  }

  /** The embeddings' gradient as what is predicted. */
  #differentiateOutput(tokens: Int32Array, places: Int32Array): void {
    const { dim } = this.#model;
    const { predicted, predictedT, scores, scoresT, targetGradient } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    const padded = pad(count);
    for (let j = 0; j < count; j++) this.embeddings.offset(drawn[j]!);
    transpose(scores, scoresT, places.length, padded);
    transpose(predicted, predictedT, places.length, dim);
    const gradients = this.embeddings.data;
    multiplyByTransposed(scoresT, predictedT, gradients, padded, dim, places.length);
    for (let b = 0; b < places.length; b++) {
      const offset = this.embeddings.offset(tokens[places[b]!]!);
      addScaled(gradients, offset, targetGradient[b]!, predicted, b * dim, dim);
    }
  }

  /** The gradient of the predictions, and from it those of M and of the contexts. */
  #differentiateProjection(tokens: Int32Array, places: Int32Array): void {
    const { dim, embeddings, projection } = this.#model;
    const { candidateRows, candidateRowsT, scores, targetGradient, gradient, gradientT } =
      this.#buffers;
    const { contexts, contextsT, contextGradient, projectionT } = this.#buffers;
    const n = places.length;
    const padded = pad(this.#candidates.count);
    transpose(candidateRows, candidateRowsT, padded, dim);
    multiplyByTransposed(scores, candidateRowsT, gradient, n, dim, padded);
    for (let b = 0; b < n; b++) {
      const target = tokens[places[b]!]! * dim;
      addScaled(gradient, b * dim, targetGradient[b]!, embeddings, target, dim);
    }
    transpose(gradient, gradientT, n, dim);
    transpose(contexts, contextsT, n, dim);
    multiplyByTransposed(gradientT, contextsT, this.projection, dim, dim, n);
    transpose(projection, projectionT, dim, dim);
    multiplyByTransposed(gradient, projectionT, contextGradient, n, dim, dim);
  }

  /** The embeddings' gradient as what is read, and that of the positions' weights. */
  #differentiateInput(tokens: Int32Array, places: Int32Array): void {
    const { dim, contextLength, embeddings, positions } = this.#model;
    const { contextGradient } = this.#buffers;
    const gradients = this.embeddings.data;
    this.positions.fill(0);
    for (let b = 0; b < places.length; b++) {
      const place = places[b]!;
      for (let i = 0; i < contextLength && i < place; i++) {
        const token = tokens[place - 1 - i]!;
        const offset = this.embeddings.offset(token);
        for (let k = 0; k < dim; k++) {
          const g = contextGradient[b * dim + k]!;
          gradients[offset + k]! += g * positions[i * dim + k]!;
          this.positions[i * dim + k]! += g * embeddings[token * dim + k]!;
        }
      }
    }
  }

  #differentiateBias(tokens: Int32Array, places: Int32Array): void {
    const { scores, targetGradient } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    const padded = pad(count);
    const gradients = this.bias.data;
    for (let j = 0; j < count; j++) {
      const offset = this.bias.offset(drawn[j]!);
      for (let b = 0; b < places.length; b++) gradients[offset]! += scores[b * padded + j]!;
    }
    for (let b = 0; b < places.length; b++) {
      gradients[this.bias.offset(tokens[places[b]!]!)]! += targetGradient[b]!;
    }
  }
}

type Buffers = ReturnType<typeof buffers>;

/** Room for one step; names that end in T are transposes. */
function buffers({ vocab, dim }: LanguageModel, batch: number) {
  const padded = pad(vocab);
  return {
    contexts: new Float64Array(batch * dim),
    contextsT: new Float64Array(dim * batch),
    contextGradient: new Float64Array(batch * dim),
    projectionT: new Float64Array(dim * dim),
    predicted: new Float64Array(batch * dim),
    predictedT: new Float64Array(dim * batch),
    gradient: new Float64Array(batch * dim),
    gradientT: new Float64Array(dim * batch),
    candidateRows: new Float64Array(padded * dim),
    candidateRowsT: new Float64Array(dim * padded),
    scores: new Float64Array(batch * padded),
    scoresT: new Float64Array(padded * batch),
    targetGradient: new Float64Array(batch),
  };
}

function pad(count: number): number {
  return (count + 3) & ~3;
}
