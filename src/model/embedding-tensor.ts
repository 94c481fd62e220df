import { rangeError, UnsupportedError } from "../errors.ts";
import { quoted } from "./display.ts";
import type { TensorInfo } from "./model.ts";

/**
 * How families of models name their token embedding. A name fits if it is one of these or ends with one
 * after a dot (`transformer.wte.weight`, `language_model.model.embed_tokens.weight`). To teach a
 * family, add a line.
 */
export const EMBEDDING_TENSORS: readonly { readonly family: string; readonly name: string }[] = [
  { family: "GPT-2, GPT-J, MPT, Qwen 1", name: "wte.weight" },
  { family: "LLaMA, Mistral, Gemma, Qwen, Phi, OPT", name: "embed_tokens.weight" },
  { family: "GPT-NeoX, Pythia", name: "embed_in.weight" },
  { family: "BERT, RoBERTa, DistilBERT, BLOOM, Falcon", name: "word_embeddings.weight" },
];

/** Sizes that a `config.json` states; undefined where it does not. */
export interface EmbeddingSize {
  readonly vocab: number | undefined;
  /** Widths that the embedding may have: the hidden size, or the embedding's own where it differs. */
  readonly widths: readonly number[];
}

/** The fields that state the width of the embedding, by family. */
const WIDTHS = ["hidden_size", "n_embd", "d_model", "dim", "embedding_size", "word_embed_proj_dim"];

/** The sizes in a parsed `config.json`; models of several parts keep the text's in `text_config`. */
export function configSize(config: Readonly<Record<string, unknown>> | undefined): EmbeddingSize {
  const inner = config?.text_config;
  const own = typeof inner === "object" && inner !== null ? inner : {};
  const fields = new Map<string, unknown>(Object.entries({ ...config, ...own }));
  const whole = (name: string) => {
    const value = fields.get(name);
    return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
  };
  return {
    vocab: whole("vocab_size"),
    widths: WIDTHS.flatMap((name) => whole(name) ?? []),
  };
}

/** True if a family's table names this tensor. */
export function isEmbeddingName(name: string): boolean {
  return EMBEDDING_TENSORS.some((known) => name === known.name || name.endsWith(`.${known.name}`));
}

/**
 * The token embedding among these tensors: the one of two dimensions that bears a known name and fits
 * the sizes that the configuration states.
 *
 * @param what The file or model, which begins the message.
 * @throws {UnsupportedError} if none or several fit; it lists the candidates.
 */
export function findEmbedding<T extends TensorInfo>(
  tensors: readonly T[],
  size: EmbeddingSize,
  what: string,
): T {
  const named = tensors.filter(({ name, shape }) => isEmbeddingName(name) && shape.length === 2);
  const fitting = named.filter(({ shape }) => fits(shape, size));
  if (fitting.length === 1) return fitting[0]!;
  const [reason, candidates] =
    fitting.length > 1
      ? ["several tensors could be the token embedding", fitting]
      : named.length > 0
        ? [`config.json asks for a token embedding of ${sizeText(size)}, which none has`, named]
        : ["no tensor is known to be the token embedding", tensors];
  throw new UnsupportedError(
    `${what}: ${reason}; choose one with --tensor (option tensor): ${listTensors(candidates)}`,
    { feature: "embedding tensor" },
  );
}

/**
 * The tensor of this name.
 *
 * @throws {RangeError} if there is none or it is not a matrix; it lists the tensors to choose from.
 */
export function namedTensor<T extends TensorInfo>(
  tensors: readonly T[],
  name: string,
  what: string,
): T {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (tensor?.shape.length === 2) return tensor;
  const reason =
    tensor === undefined
      ? `no tensor is named ${quoted(name)}`
      : `tensor ${quoted(name)} has shape (${tensor.shape.join(", ")}), expected rows and columns`;
  throw rangeError(`${what}: ${reason}; to choose from: ${listTensors(tensors)}`);
}

function fits([rows, cols]: readonly number[], { vocab, widths }: EmbeddingSize): boolean {
  // the rows may be padded beyond the vocabulary
  return (vocab === undefined || rows! >= vocab) && (widths.length === 0 || widths.includes(cols!));
}

function sizeText({ vocab, widths }: EmbeddingSize): string {
  return `${vocab ?? "any"} x ${widths.join(" or ") || "any"}`;
}

/** Most candidates that an error lists. */
const MAX_LISTED = 12;

/** The matrices among the tensors, tallest first: the embedding is likely the one with the most rows. */
function listTensors(tensors: readonly TensorInfo[]): string {
  const matrices = tensors.filter(({ shape }) => shape.length === 2);
  if (matrices.length === 0) return "there is no matrix";
  const listed = matrices.toSorted((a, b) => b.shape[0]! - a.shape[0]!).slice(0, MAX_LISTED);
  const lines = listed.map(
    ({ name, dtype, shape }) => `${quoted(name).slice(1, -1)} (${dtype} ${shape.join(" x ")})`,
  );
  const more = matrices.length - listed.length;
  return lines.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
