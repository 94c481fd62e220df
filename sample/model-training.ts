/**
 * Training: stochastic gradient steps on the cross-entropy of the next token, with Adagrad, over a sample
 * of the softmax's denominator (see `candidates.ts`).
 */
import { exp, log } from "../src/math.ts";
import type { Random } from "../src/random.ts";
import { Adagrad } from "./adagrad.ts";
import { Candidates } from "./candidates.ts";
import { contextVector, type LanguageModel, predictions } from "./language-model.ts";
import { multiplyByTransposed, transpose } from "./products.ts";
import { RowGradients } from "./row-gradients.ts";

export interface TrainerOptions {
  /** How often each token occurs; candidates are drawn by it. */
  readonly counts: ArrayLike<number>;
  /** Mean number of candidates for each batch. */
  readonly candidates: number;
  /** Places in the text for each step, a multiple of 4. */
  readonly batch: number;
  /** Weight decay of the embeddings. */
  readonly decay: number;
}

/** Trains one model, batch by batch. */
export class Trainer {
  readonly #model: LanguageModel;
  readonly #random: Random;
  readonly #batch: number;
  readonly #candidates: Candidates;
  readonly #buffers: Buffers;
  readonly #rows: RowGradients;
  readonly #embeddingSteps: Adagrad;
  readonly #positionSteps: Adagrad;
  readonly #projectionSteps: Adagrad;
  readonly #biasSteps: Adagrad;

  constructor(model: LanguageModel, options: TrainerOptions, random: Random) {
    const { counts, candidates, batch, decay } = options;
    const { vocab, dim } = model;
    this.#model = model;
    this.#random = random;
    this.#batch = batch;
    this.#candidates = new Candidates(counts, candidates, random);
    this.#buffers = buffers(model, batch);
    this.#rows = new RowGradients(vocab, dim);
    this.#embeddingSteps = new Adagrad(model.embeddings, dim, decay);
    this.#positionSteps = new Adagrad(model.positions, dim);
    this.#projectionSteps = new Adagrad(model.projection, dim);
    this.#biasSteps = new Adagrad(model.bias, 1);
  }

  /**
   * Predicts every token of a text once, in random order; a last batch that is not full is left out.
   *
   * @param learningRate The step size for a share, in [0, 1), of the pass that is done.
   * @returns The mean loss in nats, as estimated from the candidates.
   */
  pass(
    tokens: Int32Array,
    learningRate: (done: number) => number,
    onProgress?: (done: number) => void,
  ): number {
    const places = new Int32Array(tokens.length - 1);
    for (let i = 0; i < places.length; i++) places[i] = i + 1;
    this.#random.shuffle(places);
    let loss = 0;
    let end = this.#batch;
    for (; end <= places.length; end += this.#batch) {
      const done = (end - this.#batch) / places.length;
      loss += this.#step(tokens, places.subarray(end - this.#batch, end), learningRate(done));
      onProgress?.(done);
    }
    return loss / (end - this.#batch);
  }

  #step(tokens: Int32Array, places: Int32Array, learningRate: number): number {
    this.#candidates.draw();
    this.#predict(tokens, places);
    const loss = this.#differentiateLoss(tokens, places);
    this.#differentiateOutput(tokens, places);
    this.#differentiateProjection(tokens, places);
    this.#differentiateInput(tokens, places);
    this.#stepBias(tokens, places, learningRate);
    const { dim, contextLength } = this.#model;
    const { positionGradient, projectionGradient } = this.#buffers;
    this.#rows.step(this.#embeddingSteps, learningRate);
    for (let i = 0; i < contextLength; i++) {
      this.#positionSteps.step(i, positionGradient, i * dim, learningRate);
    }
    for (let k = 0; k < dim; k++) {
      this.#projectionSteps.step(k, projectionGradient, k * dim, learningRate);
    }
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
    for (let j = 0; j < count; j++) this.#rows.offset(drawn[j]!);
    transpose(scores, scoresT, places.length, padded);
    transpose(predicted, predictedT, places.length, dim);
    const gradients = this.#rows.data;
    multiplyByTransposed(scoresT, predictedT, gradients, padded, dim, places.length);
    for (let b = 0; b < places.length; b++) {
      const offset = this.#rows.offset(tokens[places[b]!]!);
      addScaled(gradients, offset, targetGradient[b]!, predicted, b * dim, dim);
    }
  }

  /** The gradient of the predictions, and from it those of M and of the contexts. */
  #differentiateProjection(tokens: Int32Array, places: Int32Array): void {
    const { dim, embeddings, projection } = this.#model;
    const { candidateRows, candidateRowsT, scores, targetGradient, gradient, gradientT } =
      this.#buffers;
    const { contexts, contextsT, contextGradient, projectionT, projectionGradient } = this.#buffers;
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
    multiplyByTransposed(gradientT, contextsT, projectionGradient, dim, dim, n);
    transpose(projection, projectionT, dim, dim);
    multiplyByTransposed(gradient, projectionT, contextGradient, n, dim, dim);
  }

  /** The embeddings' gradient as what is read, and that of the positions' weights. */
  #differentiateInput(tokens: Int32Array, places: Int32Array): void {
    const { dim, contextLength, embeddings, positions } = this.#model;
    const { contextGradient, positionGradient } = this.#buffers;
    const gradients = this.#rows.data;
    positionGradient.fill(0);
    for (let b = 0; b < places.length; b++) {
      const place = places[b]!;
      for (let i = 0; i < contextLength && i < place; i++) {
        const token = tokens[place - 1 - i]!;
        const offset = this.#rows.offset(token);
        for (let k = 0; k < dim; k++) {
          const g = contextGradient[b * dim + k]!;
          gradients[offset + k]! += g * positions[i * dim + k]!;
          positionGradient[i * dim + k]! += g * embeddings[token * dim + k]!;
        }
      }
    }
  }

  #stepBias(tokens: Int32Array, places: Int32Array, learningRate: number): void {
    const { scores, targetGradient, biasGradient } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    const padded = pad(count);
    for (let b = 0; b < places.length; b++) {
      biasGradient[tokens[places[b]!]!]! += targetGradient[b]!;
      for (let j = 0; j < count; j++) biasGradient[drawn[j]!]! += scores[b * padded + j]!;
    }
    for (let token = 0; token < biasGradient.length; token++) {
      if (biasGradient[token] === 0) continue;
      this.#biasSteps.step(token, biasGradient, token, learningRate);
      biasGradient[token] = 0;
    }
  }
}

type Buffers = ReturnType<typeof buffers>;

/** Room for one step; names that end in T are transposes. */
function buffers({ vocab, dim, contextLength }: LanguageModel, batch: number) {
  const padded = pad(vocab);
  return {
    contexts: new Float64Array(batch * dim),
    contextsT: new Float64Array(dim * batch),
    contextGradient: new Float64Array(batch * dim),
    positionGradient: new Float64Array(contextLength * dim),
    projectionT: new Float64Array(dim * dim),
    projectionGradient: new Float64Array(dim * dim),
    predicted: new Float64Array(batch * dim),
    predictedT: new Float64Array(dim * batch),
    gradient: new Float64Array(batch * dim),
    gradientT: new Float64Array(dim * batch),
    candidateRows: new Float64Array(padded * dim),
    candidateRowsT: new Float64Array(dim * padded),
    scores: new Float64Array(batch * padded),
    scoresT: new Float64Array(padded * batch),
    targetGradient: new Float64Array(batch),
    biasGradient: new Float64Array(vocab),
  };
}

function pad(count: number): number {
  return (count + 3) & ~3;
}

function dot(
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += a[aOffset + k]! * b[bOffset + k]!;
  return sum;
}

/** to += scale * from */
function addScaled(
  to: Float64Array,
  toOffset: number,
  scale: number,
  from: Float64Array,
  fromOffset: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) to[toOffset + k]! += scale * from[fromOffset + k]!;
}
