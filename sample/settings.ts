/** What the recipe can be told besides the texts. */
import { checkSeed } from "../src/random.ts";

/** What the result depends on besides the texts. */
export interface Settings {
  readonly seed: number;
  /** Tokens in all: 256 bytes, merges, and the end-of-text token. */
  readonly vocab: number;
  readonly dim: number;
  readonly contextLength: number;
  /** How often the model reads the texts; with dropout each time but the last. */
  readonly passes: number;
  readonly dropout: number;
  /** Adagrad's step at the start; it falls to zero in a straight line. */
  readonly learningRate: number;
  readonly batch: number;
  /** How strongly each step draws the embeddings it touches to zero. */
  readonly decay: number;
  /** Mean number of tokens that stand for the softmax in each step. */
  readonly candidates: number;
}

/** The settings of the built-in sample. */
export const SETTINGS: Settings = {
  seed: 0,
  vocab: 4000,
  dim: 96,
  contextLength: 6,
  passes: 2,
  dropout: 0.1,
  learningRate: 0.1,
  batch: 64,
  decay: 0.06,
  candidates: 256,
};

/** @throws {RangeError} for a setting that makes no model. */
export function checkSettings({ seed, dim, batch, passes, dropout }: Settings): void {
  checkSeed("makeSample", seed);
  for (const [name, value] of Object.entries({ dim, batch })) {
    if (!Number.isInteger(value) || value < 4 || value % 4 !== 0) {
      throw new RangeError(`makeSample: expected ${name} a multiple of 4, got ${value}`);
    }
  }
  if (!Number.isInteger(passes) || passes < 1) {
    throw new RangeError(`makeSample: expected at least 1 pass, got ${passes}`);
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new RangeError(`makeSample: expected dropout from 0 to below 1, got ${dropout}`);
  }
}
