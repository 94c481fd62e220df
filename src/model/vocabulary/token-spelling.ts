import type { Spelling, TokenEntry } from "./token-table.ts";

/** How a vocabulary spells its tokens. */
export interface SpellingScheme {
  /** Tokens are in GPT-2's byte-level alphabet: one character for each byte. */
  readonly byteLevel: boolean;
  /** The character that stands for a blank, SentencePiece's `▁`; null if none does. */
  readonly blank: string | null;
  /** `<0x0A>` stands for one byte. */
  readonly byteTokens: boolean;
  /** What begins a piece that continues a word, WordPiece's `##`; "" if nothing does. */
  readonly prefix: string;
  /** What ends a piece that ends a word, `</w>` in GPT-1 and CLIP; "" if nothing does. */
  readonly suffix: string;
  /** Texts that stand for other texts, each replaced everywhere, in this order and before `blank`. */
  readonly replacements?: readonly (readonly [text: string, by: string])[];
  /** A character that is cut from the start and end of a piece, up to so many times. */
  readonly strip?: { readonly character: string; readonly start: number; readonly stop: number };
}

/** GPT-2's spelling. */
export const BYTE_LEVEL: SpellingScheme = {
  byteLevel: true,
  blank: null,
  byteTokens: false,
  prefix: "",
  suffix: "",
};

/** SentencePiece's spelling. */
export const SENTENCE_PIECE: SpellingScheme = {
  byteLevel: false,
  blank: "▁",
  byteTokens: true,
  prefix: "",
  suffix: "",
};

/** Matches a byte token; the group is the byte in hexadecimal. */
export const BYTE_TOKEN: RegExp = /^<0x([0-9A-Fa-f]{2})>$/;

const encoder = new TextEncoder();

/**
 * What an entry stands for. Special tokens stand for their own name. Added tokens are matched against
 * the text itself, so they stand for their content, except that SentencePiece's sign for a blank is a
 * blank in them too, as its decoder has it.
 */
export function spellToken(scheme: SpellingScheme, { content, kind }: TokenEntry): Spelling {
  if (kind === "special") return { bytes: encoder.encode(content) };
  if (kind === "byte") {
    return { bytes: Uint8Array.of(Number.parseInt(BYTE_TOKEN.exec(content)![1]!, 16)) };
  }
  if (kind === "added") return { bytes: encoder.encode(withBlanks(scheme, content)) };

  const { prefix, suffix } = scheme;
  const continues = prefix !== "" && content.length > prefix.length && content.startsWith(prefix);
  const start = continues ? prefix.length : 0;
  const rest = content.slice(start);
  const ends = suffix !== "" && rest.length > suffix.length && rest.endsWith(suffix);
  const piece = ends ? rest.slice(0, -suffix.length) : rest;
  return {
    bytes:
      (scheme.byteLevel ? byteLevelBytes(piece) : null) ??
      encoder.encode(stripped(scheme, withBlanks(scheme, replaced(scheme, piece)))),
    ...(continues ? { prefix } : {}),
    ...(ends ? { suffix } : {}),
  };
}

/**
 * `spellToken` by one scheme. Made here, and not where a file is read: there it would hold on to all that the
 * reader's functions share, the file's bytes among it, for as long as the vocabulary lives.
 */
export function spelledBy(scheme: SpellingScheme): (entry: TokenEntry) => Spelling {
  return (entry) => spellToken(scheme, entry);
}

function replaced({ replacements = [] }: SpellingScheme, piece: string): string {
  return replacements.reduce((text, [from, by]) => text.replaceAll(from, () => by), piece);
}

function stripped({ strip }: SpellingScheme, piece: string): string {
  if (strip === undefined) return piece;
  const { character } = strip;
  let start = 0;
  for (let i = 0; i < strip.start && piece.startsWith(character, start); i++) {
    start += character.length;
  }
  let end = piece.length;
  for (let i = 0; i < strip.stop && end > start && piece.endsWith(character, end); i++) {
    end -= character.length;
  }
  return piece.slice(start, end);
}

function withBlanks({ blank }: SpellingScheme, piece: string): string {
  return blank === null ? piece : piece.replaceAll(blank, " ");
}

/**
 * The bytes of a piece in GPT-2's byte-level alphabet (`bytes_to_unicode` in github.com/openai/gpt-2,
 * src/encoder.py); null if a character is not of the alphabet: then the piece is plain text, as
 * Hugging Face's ByteLevel decoder has it.
 */
function byteLevelBytes(piece: string): Uint8Array | null {
  const bytes = new Uint8Array(piece.length);
  for (let i = 0; i < piece.length; i++) {
    const byte = BYTE_OF.get(piece[i]!);
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}

/** Bytes in GPT-2's byte-level alphabet; the inverse of `byteLevelBytes`. */
export function byteLevelSpelling(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += BYTE_LEVEL_ALPHABET[byte];
  return text;
}

/** Printable Latin-1 stands for itself; the 68 other bytes are the characters from U+0100 on. */
const BYTE_OF: ReadonlyMap<string, number> = /* @__PURE__ */ byteLevelAlphabet();

function byteLevelAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let others = 0x100;
  for (let byte = 0; byte < 0x100; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    alphabet.set(String.fromCharCode(printable ? byte : others++), byte);
  }
  return alphabet;
}

/** GPT-2's characters by the byte that they stand for. */
export const BYTE_LEVEL_ALPHABET: readonly string[] = /* @__PURE__ */ [...BYTE_OF]
  .sort(([, a], [, b]) => a - b)
  .map(([character]) => character);
