import { FormatError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import type { TokenKind } from "./vocabulary.ts";

/** A token as a vocabulary file has it. */
export interface TokenEntry {
  /** The token in the file's own spelling: `"Ġthe"`, `"▁the"`, `"##ing"`, `"<0x0A>"`. */
  readonly content: string;
  readonly kind: Exclude<TokenKind, "padding">;
}

/** What an entry stands for. */
export interface Spelling {
  readonly bytes: Uint8Array;
  /** A mark that is no part of the text but tells the token from others: WordPiece's `##`. */
  readonly prefix?: string;
  readonly suffix?: string;
}

/** A vocabulary file, read. */
export interface TokenTable {
  /** The file, as people know it. */
  readonly source: string;
  /** By id; there may be holes. */
  readonly entries: TokenEntries;
  /** The highest id + 1, of fillers too; 0 for a table without entries. */
  readonly end: number;
  readonly spell: (entry: TokenEntry) => Spelling;
}

/** Entries by id: of a Map what is needed of it. */
export interface TokenEntries extends Iterable<readonly [id: number, entry: TokenEntry]> {
  readonly size: number;
  get(id: number): TokenEntry | undefined;
  has(id: number): boolean;
  keys(): Iterable<number>;
}

/** Ids beyond this are a mistake: no vocabulary has 2^31 tokens. */
const MAX_ID = 2 ** 31 - 2;
/** A file of 100 MB could name far more tokens than memory holds; the largest vocabularies have a million. */
export const MOST_TOKENS: number = 2_000_000;
/** Longest token, in UTF-16 code units: real ones have some hundred, and each is spelt, shown and looked for. */
const LONGEST_TOKEN = 1 << 20;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Where in the file a token stands, in bytes; asked only when something is wrong with it. */
export type TokenPlace = (key: string | number) => number;

/** Normal tokens, nearly all of a vocabulary, are kept as their texts alone: 10 MB less for 262,144 of them. */
class CompactEntries implements TokenEntries {
  readonly #map: Map<number, string | TokenEntry> = new Map();

  get size(): number {
    return this.#map.size;
  }

  get(id: number): TokenEntry | undefined {
    const entry = this.#map.get(id);
    return typeof entry === "string" ? { content: entry, kind: "normal" } : entry;
  }

  has(id: number): boolean {
    return this.#map.has(id);
  }

  keys(): Iterable<number> {
    return this.#map.keys();
  }

  set(id: number, entry: TokenEntry): void {
    this.#map.set(id, entry.kind === "normal" ? entry.content : entry);
  }

  *[Symbol.iterator](): Generator<readonly [number, TokenEntry]> {
    for (const id of this.#map.keys()) yield [id, this.get(id)!];
  }
}

/** Gathers the entries of a table and refuses what can't be right. */
export class TokenTableBuilder {
  readonly #file: string;
  readonly #place: TokenPlace | undefined;
  readonly #entries = new CompactEntries();
  #end = 0;

  /** @param place What the `key` of a token says about its place; errors name it. */
  constructor(file: string, place?: TokenPlace) {
    this.#file = file;
    this.#place = place;
  }

  /** @throws {FormatError} if the id is not a whole number, or another token of the vocabulary has it. */
  add(id: unknown, content: unknown, kind: TokenEntry["kind"], key?: string | number): void {
    const entry = this.#check(id, content, kind, key);
    const before = this.#entries.get(id as number);
    if (before !== undefined && before.content !== entry.content) {
      const names = `${quoted(before.content)} and ${quoted(entry.content)}`;
      throw this.fault(`the tokens ${names} share the id ${id}`, key);
    }
    this.#set(id as number, entry, key);
  }

  /** An added token, which takes the place of the vocabulary's token with its id. */
  replace(id: unknown, content: unknown, kind: TokenEntry["kind"], key?: string | number): void {
    const entry = this.#check(id, content, kind, key);
    this.#set(id as number, entry, key);
  }

  /** All tokens of another builder, in the places of this one's. */
  replaceAll(other: TokenTableBuilder): void {
    for (const [id, entry] of other.#entries) this.#set(id, entry, undefined);
  }

  /** An id that the file lists and no token has: it counts, and shows as `#id`. */
  addFiller(id: number): void {
    this.#end = Math.max(this.#end, id + 1);
  }

  table(spell: TokenTable["spell"]): TokenTable {
    return { source: this.#file, entries: this.#entries, end: this.#end, spell };
  }

  /** The error for a token that can't be right. */
  fault(reason: string, key?: string | number): FormatError {
    const offset = key === undefined ? undefined : this.#place?.(key);
    const at = offset === undefined ? "" : `byte ${offset}: `;
    return new FormatError(`${this.#file}: ${at}${reason}`, {
      file: this.#file,
      ...(offset === undefined ? {} : { offset }),
    });
  }

  #set(id: number, entry: TokenEntry, key: string | number | undefined): void {
    this.#entries.set(id, entry);
    this.#end = Math.max(this.#end, id + 1);
    if (this.#entries.size > MOST_TOKENS) throw this.fault(`more than ${MOST_TOKENS} tokens`, key);
  }

  #check(
    id: unknown,
    content: unknown,
    kind: TokenEntry["kind"],
    key: string | number | undefined,
  ): TokenEntry {
    if (typeof content !== "string") {
      throw this.fault(`the token with the id ${shownId(id)} is not a text`, key);
    }
    if (content.length > LONGEST_TOKEN) {
      throw this.fault(
        `a token of ${content.length} characters, at most ${LONGEST_TOKEN} are read`,
        key,
      );
    }
    if (LONE_SURROGATE.test(content)) {
      throw this.fault(`the token ${quoted(content)} holds a lone surrogate`, key);
    }
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > MAX_ID) {
      const reason = `token ${quoted(content)}: expected a whole number as id, got ${shownId(id)}`;
      throw this.fault(reason, key);
    }
    return { content, kind };
  }
}

function shownId(id: unknown): string {
  return typeof id === "number" ? String(id) : id === undefined ? "nothing" : `a ${typeof id}`;
}
