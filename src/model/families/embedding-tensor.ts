import { UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import type { TensorInfo } from "../model.ts";
import { isInteger, unreadDtype } from "../values/dtype.ts";
import { type Family, KNOWN_INPUTS, KNOWN_OUTPUTS, TOKEN_MATRICES } from "./families.ts";
import type { EmbeddingSize } from "./model-config.ts";
import { CHOOSE, listTensors } from "./named-tensor.ts";

/** A tensor by name; without a shape where only an index names it and its header has not been read. */
export interface ListedTensor {
  readonly name: string;
  readonly dtype?: string | undefined;
  readonly shape?: readonly number[] | undefined;
}

/** What a search goes by: sizes, and the family where it is known. */
export interface Sought extends EmbeddingSize {
  /** The file that states them. */
  readonly file: string;
  readonly family?: Family | undefined;
}

/** What a search came to: one tensor, or why there is none, and which to choose from; null: it would not help. */
export type Search<T> =
  | { readonly found: T; readonly guessed: boolean }
  | { readonly found: null; readonly reason: string; readonly candidates: readonly T[] | null };

/**
 * True if the name is one of these, or ends with one after a prefix and a dot (`model.wte.weight`). Tensors
 * of numbered layers never fit: DeepSeek-V3's `model.layers.61.embed_tokens.weight` is a copy.
 */
export function bearsName(name: string, known: readonly string[]): boolean {
  return known.some((end) => {
    if (name === end) return true;
    if (!name.endsWith(`.${end}`)) return false;
    return !/(^|\.)(\d+|mtp)(\.|$)/.test(name.slice(0, -end.length - 1));
  });
}

/** True if any family names a token matrix so. */
export function isTokenMatrixName(name: string): boolean {
  return bearsName(name, TOKEN_MATRICES);
}

/**
 * Looks for the token embedding: a tensor of two dimensions with a name of the model's family, or else
 * with one that any family uses, that fits the sizes which the configuration states; or else, guessed,
 * the only tensor of these sizes.
 */
export function searchInput<T extends ListedTensor>(
  tensors: readonly T[],
  config: Sought,
): Search<T> {
  const matrices = tensors.filter(({ shape }) => shape === undefined || shape.length === 2);
  const fitting = matrices.filter((tensor) => fits(tensor, config));
  for (const name of config.family?.input ?? []) {
    const named = fitting.filter((tensor) => bearsName(tensor.name, [name]));
    if (named.length > 0) return only(named);
  }
  const names = [...(config.family?.input ?? []), ...KNOWN_INPUTS];
  const named = fitting.filter(({ name }) => bearsName(name, names));
  if (named.length > 0) return only(withoutCopies(named));
  const misfits = matrices.filter(({ name }) => bearsName(name, names));
  const packed = misfits.find(({ dtype }) => dtype !== undefined && isInteger(dtype));
  if (packed !== undefined) {
    const reason = `${quoted(packed.name).slice(1, -1)} ${unreadDtype(packed.dtype!)}`;
    return { found: null, reason, candidates: null };
  }
  if (misfits.length > 0) {
    const reason = `${config.file} asks for a token embedding of ${sizeText(config)}, which none has`;
    return { found: null, reason, candidates: misfits };
  }
  return guess(fitting, config) ?? nothing(tensors);
}

/**
 * The names among these, of an index without shapes, that the token embedding may have: the first of the
 * family's that is there, or else all that any family uses.
 */
export function inputNames(names: readonly string[], { family }: Sought): readonly string[] {
  const own = family?.input.map((known) => names.filter((name) => bearsName(name, [known]))) ?? [];
  return (
    own.find((found) => found.length > 0) ?? names.filter((name) => bearsName(name, KNOWN_INPUTS))
  );
}

/** The matrix that encoder and decoder share; files may hold copies of it under their names (T5, BART). */
function withoutCopies<T extends ListedTensor>(tensors: readonly T[]): readonly T[] {
  const [shared] = tensors.filter(({ name }) => bearsName(name, ["shared.weight"]));
  const isCopied = tensors.every(({ shape }) => shape?.join() === shared?.shape?.join());
  return shared !== undefined && isCopied ? [shared] : tensors;
}

function only<T>(tensors: readonly T[]): Search<T> {
  if (tensors.length === 1) return { found: tensors[0]!, guessed: false };
  const reason = "several tensors could be the token embedding";
  return { found: null, reason, candidates: tensors };
}

/** The only matrix of the vocabulary's size and the model's width, whatever its name. */
function guess<T extends ListedTensor>(
  fitting: readonly T[],
  { vocab, widths }: EmbeddingSize,
): Search<T> | undefined {
  if (vocab === undefined || widths.length === 0) return undefined;
  const likely = fitting.filter(
    ({ name, shape }) => shape !== undefined && !bearsName(name, KNOWN_OUTPUTS),
  );
  return likely.length === 1 ? { found: likely[0]!, guessed: true } : undefined;
}

function nothing<T>(candidates: readonly T[]): Search<T> {
  return { found: null, reason: "no tensor is known to be the token embedding", candidates };
}

/** The tensors that bear a name of the output matrix: of the model's family, or, if that is not known, of any. */
export function namedOutputs<T extends ListedTensor>(
  tensors: readonly T[],
  { family }: Sought,
): readonly T[] {
  const names = family === undefined ? KNOWN_OUTPUTS : family.output;
  return tensors.filter(({ name }) => bearsName(name, names));
}

/** True for a matrix with a row, or a column, for each of so many tokens; undefined: not known. */
export function holdsTokens({ shape }: ListedTensor, tokens: number | undefined): boolean {
  if (shape === undefined) return true;
  return shape.length === 2 && (tokens === undefined || Math.max(...shape) >= tokens);
}

/** True for a matrix that holds tokens as columns: it has too few rows for the vocabulary, and enough columns. */
export function isTransposed([rows, cols]: readonly number[], vocab: number | undefined): boolean {
  return vocab !== undefined && rows! < vocab && cols! >= vocab;
}

/**
 * The token embedding among these tensors.
 *
 * @param what The file or model, which begins the message.
 * @throws {UnsupportedError} if it can't be told; it lists the candidates.
 */
export function findEmbedding<T extends TensorInfo>(
  tensors: readonly T[],
  config: Sought,
  what: string,
): T {
  const search = searchInput(tensors, config);
  if ("guessed" in search) return search.found;
  const { reason, candidates } = search;
  const choice = candidates === null ? "" : `; ${listTensors(candidates, CHOOSE)}`;
  throw new UnsupportedError(`${what}: ${reason}${choice}`, { feature: "embedding tensor" });
}

/** Rows may be padded beyond the vocabulary; no family stores its input matrix as columns. */
function fits({ shape }: ListedTensor, { vocab, widths }: EmbeddingSize): boolean {
  if (shape === undefined) return true;
  const [rows, cols] = shape;
  return (vocab === undefined || rows! >= vocab) && (widths.length === 0 || widths.includes(cols!));
}

function sizeText({ vocab, widths }: EmbeddingSize): string {
  return `${vocab ?? "any"} x ${widths.join(" or ") || "any"}`;
}
