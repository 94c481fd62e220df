import { quoted } from "../bytes/display.ts";
import { textLines } from "../bytes/text-lines.ts";
import { BYTE_LEVEL, byteLevelSpelling, spellToken } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

const LINE = /^(\d{1,10}) (b?)(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)") (\d{1,6})$/su;
/** The longest token has 128 bytes; a regular expression on a line of megabytes would exhaust the stack. */
const LONGEST_LINE = 1 << 16;
const PART = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt'"\\]))|([^\\])/suy;
const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09 };

/**
 * Reads the vocabulary of RWKV's World models, `rwkv_vocab_v20230424.txt`: on each line an id, the token as
 * Python writes it (`'text'` or `b'\xe4'`), and its length in bytes (`TRIE_TOKENIZER` in
 * github.com/BlinkDL/ChatRWKV, tokenizer/rwkv_tokenizer.py). Python's text is read, never run.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the byte at which the first line begins that is not of this form.
 */
export function readRwkvVocabulary(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  const builder = new TokenTableBuilder(file, Number);
  for (const { text, offset } of textLines(bytes, file)) {
    const [, id, b, single, double, length] =
      text.length > LONGEST_LINE ? [] : (LINE.exec(text) ?? []);
    const token = id === undefined ? null : literalBytes(single ?? double ?? "", b === "b");
    if (token === null || token.length !== Number(length)) {
      const expected = "expected an id, a token as Python writes it and its length";
      throw builder.fault(`${expected}, got ${quoted(text)}`, offset);
    }
    builder.add(Number(id), byteLevelSpelling(token), "normal", offset);
  }
  names.addTo(builder);
  return builder.table((entry) => spellToken(BYTE_LEVEL, entry));
}

/** True for a first line such as `1 '\x00' 1`. */
export function looksLikeRwkv(bytes: Uint8Array): boolean {
  return /^\d+ b?['"]/.test(String.fromCharCode(...bytes.subarray(0, 20)));
}

/** What a literal of Python stands for: its text in UTF-8, or its bytes; null if it is none that is known. */
function literalBytes(literal: string, isBytes: boolean): Uint8Array | null {
  const codes: number[] = [];
  for (PART.lastIndex = 0; PART.lastIndex < literal.length; ) {
    const part = PART.exec(literal);
    if (part === null) return null;
    const [, x, u, U, escaped, character] = part;
    const wide = u ?? U;
    // what only texts have
    if (isBytes && (wide !== undefined || (character ?? "") > "\x7f")) return null;
    const hex = x ?? wide;
    if (hex !== undefined) codes.push(Number.parseInt(hex, 16));
    else if (escaped !== undefined) codes.push(CONTROLS[escaped] ?? escaped.charCodeAt(0));
    else codes.push(character!.codePointAt(0)!);
  }
  const last = isBytes ? 0xff : 0x10ffff;
  if (codes.some((code) => code > last || (code >= 0xd800 && code < 0xe000))) return null;
  if (isBytes) return Uint8Array.from(codes);
  return new TextEncoder().encode(codes.map((code) => String.fromCodePoint(code)).join(""));
}
