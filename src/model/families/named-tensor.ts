/** Which tensor a user means by a name, the same in every format that holds tensors by name. */
import { rangeError } from "../../errors.ts";
import { editDistance } from "../../text/edit-distance.ts";
import { quoted } from "../bytes/display.ts";
import { shapeText } from "../bytes/shape-text.ts";
import type { TensorInfo } from "../model.ts";

/** A tensor that was asked for by name. */
export interface NamedTensor<T> {
  readonly tensor: T;
  /** What is to be said of it: the whole name, where only its end was given. */
  readonly notes: readonly string[];
}

/**
 * The names that may be meant: this one, or else those that end with it after a dot, as `wte.weight` in a
 * checkpoint of dictionaries is `state_dict.model.wte.weight`.
 */
export function meantNames(names: readonly string[], asked: string): readonly string[] {
  if (names.includes(asked)) return [asked];
  return asked === "" ? [] : names.filter((name) => name.endsWith(`.${asked}`));
}

/**
 * The tensor of this name, or else the only one whose name ends with it after a dot.
 *
 * @param what The file or model, which begins the message.
 * @throws {RangeError} if there is none, there are several, or it is not a matrix; it lists the tensors to
 *   choose from, and says which name is near.
 */
export function namedTensor<T extends TensorInfo>(
  tensors: readonly T[],
  asked: string,
  what: string,
): NamedTensor<T> {
  const all = tensors.map(({ name }) => name);
  const names = new Set(meantNames(all, asked));
  const fail = (reason: string, choice: readonly TensorInfo[] = tensors) =>
    rangeError(`${what}: ${reason}; ${listTensors(choice, "to choose from: ")}`);
  const meant = tensors.filter(({ name }) => names.has(name));
  if (meant.length > 1) throw fail(`several tensors have names that end with .${asked}`, meant);
  const [tensor] = meant;
  if (tensor === undefined) {
    const near = nearName(tensors, asked);
    const hint = near === undefined ? "" : ` (did you mean ${quoted(near)}?)`;
    throw fail(`no tensor is named ${quoted(asked)}${hint}`);
  }
  const { name, shape } = tensor;
  if (shape.length !== 2) {
    throw fail(`tensor ${quoted(name)} has shape (${shapeText(shape)}), expected rows and columns`);
  }
  const note = `${bare(name)} is the only tensor whose name ends with ${bare(asked)}`;
  return { tensor, notes: name === asked ? [] : [note] };
}

/** Most edits, per letter of the name meant, that make a slip of the keys. */
const SLIPS = 0.3;
/** Names that are compared at most, and their letters: comparing takes the product of the lengths. */
const MOST_COMPARED = 20_000;
const LONGEST_COMPARED = 100;

/** The matrix whose name was probably meant: a part of it was given (`embed_tokens`), or it differs by few letters. */
function nearName(tensors: readonly TensorInfo[], asked: string): string | undefined {
  const matrices = tallestFirst(tensors).map(({ name }) => name);
  if (asked === "" || asked.length > LONGEST_COMPARED) return undefined;
  const containing = matrices.filter((name) => `.${name}.`.includes(`.${asked}.`));
  if (containing.length > 0) return containing[0];
  const parts = asked.split(".").length;
  let near: { readonly name: string; readonly edits: number } | undefined;
  for (const name of matrices.slice(0, MOST_COMPARED)) {
    for (const written of new Set([name, name.split(".").slice(-parts).join(".")])) {
      const most = Math.min(written.length, LONGEST_COMPARED) * SLIPS;
      if (Math.abs(written.length - asked.length) > most) continue;
      const edits = editDistance(asked.toLowerCase(), written.toLowerCase(), most);
      if (edits <= most && edits < (near?.edits ?? Number.POSITIVE_INFINITY))
        near = { name, edits };
    }
  }
  return near?.name;
}

/** How a tensor can be chosen, before the list of them. */
export const CHOOSE: string = "choose one with --tensor (option tensor): ";
/** Most candidates that an error lists. */
const MAX_LISTED = 12;

/**
 * The matrices among the tensors, tallest first, as the list at an error's end.
 *
 * @param lead What stands before the list, where there is a matrix to choose.
 */
export function listTensors(tensors: readonly TensorInfo[], lead: string): string {
  const matrices = tallestFirst(tensors);
  if (matrices.length === 0) return "there is no matrix to choose";
  const listed = matrices.slice(0, MAX_LISTED);
  const lines = listed.map(
    ({ name, dtype, shape }) => `${bare(name)} (${dtype} ${shape.join(" x ")})`,
  );
  const more = matrices.length - listed.length;
  return lead + lines.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The embedding is likely the matrix with the most rows. */
function tallestFirst(tensors: readonly TensorInfo[]): TensorInfo[] {
  return tensors
    .filter(({ shape }) => shape.length === 2)
    .toSorted((a, b) => b.shape[0]! - a.shape[0]!);
}

/** A name with what can't be shown escaped, without quotes. */
function bare(name: string): string {
  return quoted(name).slice(1, -1);
}
