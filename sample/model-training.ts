/**
 * Training: stochastic gradient steps on the cross-entropy of the next token, with Adagrad, over a sample
 * of the softmax's denominator (see `candidates.ts`).
 */
import { exp, log } from "../src/math.ts";
import type { Random } from "../src/random.ts";
import { Adagrad } from "./adagrad.ts";
import { Candidates } from "./candidates.ts";
import { contextVector, type LanguageModel } from "./language-model.ts";
import { multiplyByTransposed, transpose } from "./products.ts";
import { RowGradients } from "./row-gradients.ts";

export interface TrainerOptions {
  /** How often each token occurs; candidates are drawn by it. */
  readonly counts: ArrayLike<number>;
  /** Mean number of candidates for each batch. */
  readonly candidates: number;
  /** Places in the text for each step, a multiple of 4. */
  readonly batch: number;
}

/** Trains one model, batch by batch. */
export class Trainer {
  readonly #model: LanguageModel;
  readonly #random: Random;
  readonly #batch: number;
  readonly #candidates: Candidates;
  readonly #inputs: RowGradients;
  readonly #outputs: RowGradients;
  readonly #inputSteps: Adagrad;
  readonly #outputSteps: Adagrad;
  readonly #biasSteps: Adagrad;
  readonly #contextSteps: Adagrad;
  readonly #buffers: Buffers;

  constructor(model: LanguageModel, { counts, candidates, batch }: TrainerOptions, random: Random) {
    const { vocab, dim } = model;
    this.#model = model;
    this.#random = random;
    this.#batch = batch;
    this.#candidates = new Candidates(counts, candidates, random);
    this.#inputs = new RowGradients(vocab, dim);
    this.#outputs = new RowGradients(vocab, dim);
    this.#inputSteps = new Adagrad(model.input, dim);
    this.#outputSteps = new Adagrad(model.output, dim);
    this.#biasSteps = new Adagrad(model.bias, 1);
    this.#contextSteps = new Adagrad(model.context, dim);
    this.#buffers = buffers(model, batch);
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
    this.#differentiateOutputs(tokens, places);
    this.#differentiateInputs(tokens, places);
    this.#outputs.step(this.#outputSteps, learningRate);
    this.#inputs.step(this.#inputSteps, learningRate);
    const { dim, contextLength } = this.#model;
    for (let i = 0; i < contextLength; i++) {
      this.#contextSteps.step(i, this.#buffers.contextGradient, i * dim, learningRate);
    }
    this.#stepBias(tokens, places, learningRate);
    return loss;
  }

  /** Context vectors and, for every candidate, scores: bias and sampling correction come later. */
  #predict(tokens: Int32Array, places: Int32Array): void {
    const { dim, output } = this.#model;
    const { contexts, rows, scores } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    places.forEach((place, b) => {
      contextVector(this.#model, tokens, place, contexts, b * dim);
    });
    const padded = pad(count);
    for (let j = 0; j < count; j++) {
      const row = drawn[j]! * dim;
      rows.set(output.subarray(row, row + dim), j * dim);
    }
    rows.fill(0, count * dim, padded * dim);
    multiplyByTransposed(contexts, rows, scores, places.length, padded, dim);
  }

  /** Turns scores into the loss's gradient with respect to them, for candidates and for targets. */
  #differentiateLoss(tokens: Int32Array, places: Int32Array): number {
    const { bias, dim, output } = this.#model;
    const { contexts, scores, targetGradient } = this.#buffers;
    const { tokens: drawn, count, logProbability } = this.#candidates;
    const padded = pad(count);
    let loss = 0;
    for (let b = 0; b < places.length; b++) {
      const target = tokens[places[b]!]!;
      const targetScore = bias[target]! + dot(contexts, b * dim, output, target * dim, dim);
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

  #differentiateOutputs(tokens: Int32Array, places: Int32Array): void {
    const { dim } = this.#model;
    const { contexts, contextsT, scores, scoresT, targetGradient } = this.#buffers;
    const { tokens: drawn, count } = this.#candidates;
    const padded = pad(count);
    for (let j = 0; j < count; j++) this.#outputs.offset(drawn[j]!);
    transpose(scores, scoresT, places.length, padded);
    transpose(contexts, contextsT, places.length, dim);
    multiplyByTransposed(scoresT, contextsT, this.#outputs.data, padded, dim, places.length);
    const gradients = this.#outputs.data;
    for (let b = 0; b < places.length; b++) {
      const offset = this.#outputs.offset(tokens[places[b]!]!);
      addScaled(gradients, offset, targetGradient[b]!, contexts, b * dim, dim);
    }
  }

  #differentiateInputs(tokens: Int32Array, places: Int32Array): void {
    const { dim, contextLength, input, output, context } = this.#model;
    const { rows, rowsT, scores, targetGradient, gradient, contextGradient } = this.#buffers;
    const padded = pad(this.#candidates.count);
    transpose(rows, rowsT, padded, dim);
    multiplyByTransposed(scores, rowsT, gradient, places.length, dim, padded);
    contextGradient.fill(0);
    for (let b = 0; b < places.length; b++) {
      const place = places[b]!;
      const from = b * dim;
      addScaled(gradient, from, targetGradient[b]!, output, tokens[place]! * dim, dim);
      for (let i = 0; i < contextLength && i < place; i++) {
        const token = tokens[place - 1 - i]!;
        const offset = this.#inputs.offset(token);
        const inputs = this.#inputs.data;
        for (let k = 0; k < dim; k++) {
          const g = gradient[from + k]!;
          inputs[offset + k]! += g * context[i * dim + k]!;
          contextGradient[i * dim + k]! += g * input[token * dim + k]!;
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

type Buffers = Readonly<
  Record<
    | "contexts"
    | "contextsT"
    | "rows"
    | "rowsT"
    | "scores"
    | "scoresT"
    | "gradient"
    | "targetGradient"
    | "biasGradient"
    | "contextGradient",
    Float64Array
  >
>;

function buffers({ vocab, dim, contextLength }: LanguageModel, batch: number): Buffers {
  const padded = pad(vocab);
  return {
    contexts: new Float64Array(batch * dim),
    contextsT: new Float64Array(dim * batch),
    rows: new Float64Array(padded * dim),
    rowsT: new Float64Array(dim * padded),
    scores: new Float64Array(batch * padded),
    scoresT: new Float64Array(padded * batch),
    gradient: new Float64Array(batch * dim),
    targetGradient: new Float64Array(batch),
    biasGradient: new Float64Array(vocab),
    contextGradient: new Float64Array(contextLength * dim),
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
