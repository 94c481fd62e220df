import { FormatError } from "../errors.ts";
import { quoted } from "./display.ts";
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
  readonly entries: ReadonlyMap<number, TokenEntry>;
  /** The highest id + 1; 0 for a table without entries. */
  readonly end: number;
  readonly spell: (entry: TokenEntry) => Spelling;
}

/** Ids beyond this are a mistake: no vocabulary has 2^31 tokens. */
const MAX_ID = 2 ** 31 - 2;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Gathers the entries of a table and refuses what can't be right. */
export class TokenTableBuilder {
  readonly #file: string;
  readonly #entries: Map<number, TokenEntry> = new Map();
  #end = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws {FormatError} if the id is not a whole number, or another token of the vocabulary has it. */
  add(id: unknown, content: unknown, kind: TokenEntry["kind"]): void {
    const entry = this.#check(id, content, kind);
    const before = this.#entries.get(id as number);
    if (before !== undefined && before.content !== entry.content) {
      const names = `${quoted(before.content)} and ${quoted(entry.content)}`;
      throw this.#fault(`the tokens ${names} share the id ${id}`);
    }
    this.#set(id as number, entry);
  }

  /** An added token, which takes the place of the vocabulary's token with its id. */
  replace(id: unknown, content: unknown, kind: TokenEntry["kind"]): void {
    const entry = this.#check(id, content, kind);
    this.#set(id as number, entry);
  }

  table(spell: TokenTable["spell"]): TokenTable {
    return { source: this.#file, entries: this.#entries, end: this.#end, spell };
  }

  #set(id: number, entry: TokenEntry): void {
    this.#entries.set(id, entry);
    this.#end = Math.max(this.#end, id + 1);
  }

  #check(id: unknown, content: unknown, kind: TokenEntry["kind"]): TokenEntry {
    if (typeof content !== "string") throw this.#fault(`the token with the id ${id} is not a text`);
    if (LONE_SURROGATE.test(content)) {
      throw this.#fault(`the token ${quoted(content)} holds a lone surrogate`);
    }
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > MAX_ID) {
      const given = typeof id === "number" ? id : `a ${typeof id}`;
      throw this.#fault(`token ${quoted(content)}: expected a whole number as id, got ${given}`);
    }
    return { content, kind };
  }

  #fault(reason: string): FormatError {
    return new FormatError(`${this.#file}: ${reason}`, { file: this.#file });
  }
}
