/**
 * A log-bilinear language model: Mnih and Hinton, "Three new graphical models for statistical language
 * modelling" (2007), with the diagonal context weights of Mnih and Teh, "A fast and simple algorithm for
 * training neural probabilistic language models" (2012). The score of token w after a context is
 *
 *     (sum over positions i of C_i * E[context_i]) . O[w] + b[w]
 *
 * where `*` is element by element, E holds the input embeddings, O the output embeddings (not tied), and
 * C one weight for every position and dimension. A softmax over all tokens makes it a probability.
 */
import type { Random } from "../src/random.ts";

/** The parameters, row-major. */
export interface LanguageModel {
  /** Number of tokens. */
  readonly vocab: number;
  /** Dimensions of the embeddings. */
  readonly dim: number;
  /** How many tokens before a token its prediction looks at. */
  readonly contextLength: number;
  /** E, (vocab, dim). */
  readonly input: Float64Array;
  /** O, (vocab, dim). */
  readonly output: Float64Array;
  /** b, (vocab). */
  readonly bias: Float64Array;
  /** C, (contextLength, dim): row 0 is for the token just before. */
  readonly context: Float64Array;
}

/** Standard deviation of the input embeddings at the start; tokens that training never sees keep it. */
export const INITIAL_DEVIATION = 0.05;

/** The start: small random input embeddings; output embeddings and bias zero; nearer tokens weigh more. */
export function initialModel(
  { vocab, dim, contextLength }: Pick<LanguageModel, "vocab" | "dim" | "contextLength">,
  random: Random,
): LanguageModel {
  const input = new Float64Array(vocab * dim);
  for (let i = 0; i < input.length; i++) input[i] = INITIAL_DEVIATION * random.normal();
  const context = new Float64Array(contextLength * dim);
  for (let i = 0; i < context.length; i++) context[i] = 1 / (1 + Math.floor(i / dim));
  return {
    vocab,
    dim,
    contextLength,
    input,
    output: new Float64Array(vocab * dim),
    bias: new Float64Array(vocab),
    context,
  };
}

/**
 * Writes what the tokens before a place say about the token there: `dim` numbers to `out` at `offset`.
 * Where there are fewer tokens before the place than the model looks at, the rest count as zero.
 */
export function contextVector(
  model: LanguageModel,
  tokens: Int32Array,
  place: number,
  out: Float64Array,
  offset: number,
): void {
  const { dim, contextLength, input, context } = model;
  out.fill(0, offset, offset + dim);
  for (let i = 0; i < contextLength && i < place; i++) {
    const row = tokens[place - 1 - i]! * dim;
    const weights = i * dim;
    for (let k = 0; k < dim; k++) {
      out[offset + k]! += context[weights + k]! * input[row + k]!;
    }
  }
}
