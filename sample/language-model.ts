/**
 * A log-bilinear language model: Mnih and Hinton, "Three new graphical models for statistical language
 * modelling" (2007). The score of token w after a context is
 *
 *     (sum over positions i of C_i E[context_i]) . E[w] + b[w]
 *
 * and a softmax over all tokens makes it a probability. As in the paper, one matrix E of embeddings serves
 * input and output. Ours differs in that C_i, full matrices there, are M diag(c_i): a weight for every
 * position and dimension (as in Mnih and Teh, 2012) before one full matrix for all positions.
 */
import { log } from "../src/math.ts";
import type { Random } from "../src/random.ts";
import { multiplyByTransposed } from "./products.ts";

/** The parameters, row-major. */
export interface LanguageModel {
  /** Number of tokens. */
  readonly vocab: number;
  /** Dimensions of the embeddings. */
  readonly dim: number;
  /** How many tokens before a token its prediction looks at. */
  readonly contextLength: number;
  /** E, (vocab, dim). */
  readonly embeddings: Float64Array;
  /** c, (contextLength, dim): row 0 is for the token just before. */
  readonly positions: Float64Array;
  /** M, (dim, dim). */
  readonly projection: Float64Array;
  /** b, (vocab). */
  readonly bias: Float64Array;
}

/** Standard deviation of the embeddings at the start; those of tokens that training never sees stay so. */
export const INITIAL_DEVIATION = 0.02;

/**
 * The start: small random embeddings, nearer positions weigh more, M the identity, and biases that alone
 * give each token's frequency.
 *
 * @param counts How often training sees each token.
 */
export function initialModel(
  { dim, contextLength }: Pick<LanguageModel, "dim" | "contextLength">,
  counts: Float64Array,
  random: Random,
): LanguageModel {
  const vocab = counts.length;
  const embeddings = new Float64Array(vocab * dim);
  for (let i = 0; i < embeddings.length; i++) embeddings[i] = INITIAL_DEVIATION * random.normal();
  const positions = new Float64Array(contextLength * dim);
  for (let i = 0; i < positions.length; i++) positions[i] = 1 / (1 + Math.floor(i / dim));
  const projection = new Float64Array(dim * dim);
  for (let k = 0; k < dim; k++) projection[k * dim + k] = 1;
  const total = counts.reduce((sum, count) => sum + count + 1, 0);
  const bias = counts.map((count) => log((count + 1) / total));
  return { vocab, dim, contextLength, embeddings, positions, projection, bias };
}

/**
 * Writes the weighted sum of the embeddings before a place, M not applied yet: `dim` numbers to `out` at
 * `offset`. Where there are fewer tokens before the place than the model looks at, the rest count as zero.
 */
export function contextVector(
  model: LanguageModel,
  tokens: Int32Array,
  place: number,
  out: Float64Array,
  offset: number,
): void {
  const { dim, contextLength, embeddings, positions } = model;
  out.fill(0, offset, offset + dim);
  for (let i = 0; i < contextLength && i < place; i++) {
    const row = tokens[place - 1 - i]! * dim;
    const weights = i * dim;
    for (let k = 0; k < dim; k++) {
      out[offset + k]! += positions[weights + k]! * embeddings[row + k]!;
    }
  }
}

/** What the contexts say about the next tokens: (n, dim) to `out`, n even, dim a multiple of 4. */
export function predictions(
  { projection, dim }: LanguageModel,
  contexts: Float64Array,
  out: Float64Array,
  n: number,
): void {
  multiplyByTransposed(contexts, projection, out, n, dim, dim);
}
