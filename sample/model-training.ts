/**
 * Training: stochastic gradient steps on the cross-entropy of the next token, with Adagrad, over a sample
 * of the softmax's denominator (see `candidates.ts`).
 */
import type { Random } from "../src/random.ts";
import { Adagrad } from "./adagrad.ts";
import { BatchGradients } from "./batch-gradients.ts";
import { Candidates } from "./candidates.ts";
import type { LanguageModel } from "./language-model.ts";

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
  readonly #gradients: BatchGradients;
  readonly #embeddings: Adagrad;
  readonly #positions: Adagrad;
  readonly #projection: Adagrad;
  readonly #bias: Adagrad;

  constructor(model: LanguageModel, options: TrainerOptions, random: Random) {
    const { counts, candidates, batch, decay } = options;
    this.#model = model;
    this.#random = random;
    this.#batch = batch;
    this.#candidates = new Candidates(counts, candidates, random);
    this.#gradients = new BatchGradients(model, this.#candidates, batch);
    this.#embeddings = new Adagrad(model.embeddings, model.dim, decay);
    this.#positions = new Adagrad(model.positions, model.dim);
    this.#projection = new Adagrad(model.projection, model.dim);
    this.#bias = new Adagrad(model.bias, 1);
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
    const batches = Math.floor(places.length / this.#batch);
    let loss = 0;
    for (let i = 0; i < batches; i++) {
      this.#candidates.draw();
      const batch = places.subarray(i * this.#batch, (i + 1) * this.#batch);
      loss += this.#gradients.compute(tokens, batch);
      this.#step(learningRate(i / batches));
      onProgress?.(i / batches);
    }
    return loss / (batches * this.#batch);
  }

  #step(learningRate: number): void {
    const { dim, contextLength } = this.#model;
    const { embeddings, bias, positions, projection } = this.#gradients;
    embeddings.step(this.#embeddings, learningRate);
    bias.step(this.#bias, learningRate);
    for (let i = 0; i < contextLength; i++) {
      this.#positions.step(i, positions, i * dim, learningRate);
    }
    for (let k = 0; k < dim; k++) {
      this.#projection.step(k, projection, k * dim, learningRate);
    }
  }
}
