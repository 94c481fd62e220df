import { rangeError } from "../../errors.ts";
import { displayByte, displayBytes } from "../bytes/display.ts";
import type { TokenTable } from "./token-table.ts";

/** What a token is to the model. */
export type TokenKind = "normal" | "byte" | "added" | "special" | "padding";

/** A row of the embedding matrix, as people see it. Tokens are bytes first; text and display follow from them. */
export interface Token {
  /** The row. */
  readonly id: number;
  /** The bytes the token stands for; empty for padding. */
  readonly bytes: Uint8Array;
  /** The bytes as text; null where they are not valid UTF-8, and for padding. */
  readonly text: string | null;
  /**
   * One visible line without surprises, from which the bytes can be had again (`parseDisplay`): what can
   * be seen as it is, `·` for a blank, `↵` for a newline, escapes for the rest. A mark that is no
   * text stays around it (`##ing` in WordPiece, `the</w>` in CLIP); padding is `#id`.
   */
  readonly display: string;
  readonly kind: TokenKind;
  /** How often training saw the token, where the model's files say so (the built-in sample's do). */
  readonly occurrences?: number;
}

/** The tokens of a model, one for every row of its embedding matrix. */
export interface Vocabulary {
  readonly size: number;
  /** The file that the tokens were read from; null where there is none and every row shows as `#id`. */
  readonly source: string | null;
  /** @throws {RangeError} if there is no such id. */
  token(id: number): Token;
  /**
   * The ids of the tokens with this text (where several share it and some also show as it, those), or
   * else with this display, in ascending order; none: [].
   */
  find(text: string): number[];
  [Symbol.iterator](): Iterator<Token>;
}

/**
 * A vocabulary for a matrix of this many rows. Rows that the table has no token for are padding.
 *
 * @param table Null for rows without tokens.
 * @param occurrences How often training saw each row's token; as many as there are rows.
 */
export function createVocabulary(
  rows: number,
  table: TokenTable | null,
  occurrences?: readonly number[],
): Vocabulary {
  return new TokenVocabulary(rows, table, occurrences);
}

/** Makes tokens when they are asked for: a large vocabulary costs little until all of it is looked at. */
class TokenVocabulary implements Vocabulary {
  readonly size: number;
  readonly source: string | null;
  readonly #table: TokenTable | null;
  readonly #occurrences: readonly number[] | undefined;
  #idsByText: Map<string, number[]> | undefined;
  #idsByDisplay: Map<string, number[]> | undefined;

  constructor(size: number, table: TokenTable | null, occurrences: readonly number[] | undefined) {
    this.size = size;
    this.source = table?.source ?? null;
    this.#table = table;
    this.#occurrences = occurrences;
  }

  token(id: number): Token {
    if (!Number.isInteger(id) || id < 0 || id >= this.size) {
      throw rangeError(`token: expected an id from 0 to ${this.size - 1}, got ${id}`);
    }
    const token = this.#bare(id);
    return this.#occurrences === undefined
      ? token
      : { ...token, occurrences: this.#occurrences[id]! };
  }

  #bare(id: number): Token {
    const entry = this.#table?.entries.get(id);
    if (entry === undefined) {
      return { id, bytes: new Uint8Array(), text: null, display: `#${id}`, kind: "padding" };
    }
    const { bytes, prefix = "", suffix = "" } = this.#table!.spell(entry);
    const display = entry.kind === "byte" ? displayByte(bytes[0]!) : displayBytes(bytes);
    return {
      id,
      bytes,
      text: decodeText(bytes),
      display: `${affix(prefix)}${display}${affix(suffix)}`,
      kind: entry.kind,
    };
  }

  find(text: string): number[] {
    if (this.#idsByText === undefined || this.#idsByDisplay === undefined) {
      this.#idsByText = groupIds(this.#named(), (token) => token.text);
      this.#idsByDisplay = groupIds(this.#named(), (token) => token.display);
    }
    const shownSo = new Set([
      ...(this.#idsByDisplay.get(text) ?? []),
      ...this.#paddingShownAs(text),
    ]);
    const same = this.#idsByText.get(text);
    if (same === undefined) return [...shownSo].sort((a, b) => a - b);
    const both = same.filter((id) => shownSo.has(id));
    return [...(both.length > 0 ? both : same)];
  }

  /** All tokens but padding, of which a matrix may have more rows than a Map has room for. */
  *#named(): Generator<Token> {
    const ids = Array.from(this.#table?.entries.keys() ?? []).filter((id) => id < this.size);
    for (const id of ids.sort((a, b) => a - b)) yield this.#bare(id);
  }

  #paddingShownAs(display: string): number[] {
    const id = Number(/^#(0|[1-9]\d{0,15})$/.exec(display)?.[1] ?? Number.NaN);
    const isPadding = id < this.size && this.#table?.entries.has(id) !== true;
    return isPadding ? [id] : [];
  }

  *[Symbol.iterator](): Iterator<Token> {
    for (let id = 0; id < this.size; id++) yield this.token(id);
  }
}

function groupIds(
  tokens: Iterable<Token>,
  key: (token: Token) => string | null,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const token of tokens) {
    const name = key(token);
    if (name === null) continue;
    const ids = groups.get(name);
    if (ids === undefined) groups.set(name, [token.id]);
    else ids.push(token.id);
  }
  return groups;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function affix(mark: string): string {
  return mark === "" ? "" : displayBytes(new TextEncoder().encode(mark));
}
