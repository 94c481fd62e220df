import { faultAt } from "../bytes/fault.ts";
import { jsonObject, readJson } from "../bytes/json.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import { textLines } from "../bytes/text-lines.ts";
import { M2M_CODES, WMT21_CODES } from "./language-codes.ts";
import {
  BYTE_LEVEL_ALPHABET,
  BYTE_TOKEN,
  type SpellingScheme,
  spelledBy,
} from "./token-spelling.ts";
import { MOST_TOKENS, type TokenTable, TokenTableBuilder } from "./token-table.ts";
import { NO_NAMES, type TokenNames } from "./tokenizer-config.ts";

/** The merges that lie beside a vocabulary. */
export interface MergesFile {
  readonly bytes: Uint8Array;
  /** What the file is called in errors. */
  readonly file: string;
}

/**
 * Reads a `vocab.json`, tokens and their ids, and the `merges.txt` beside it. The file does not say how
 * tokens are spelt; the tokens do (`spellingOf`). The merges tell which tokens are special: those that
 * are neither a single character nor made by a merge can't come from text.
 *
 * @param file What `vocab.json` is called in errors.
 * @throws {FormatError} if either file is broken.
 */
export function readVocabJson(
  bytes: Uint8Array,
  merges: MergesFile | undefined,
  file: string,
  names: TokenNames = NO_NAMES,
): TokenTable {
  const pieces = jsonObject(readJson(bytes, file));
  if (pieces === undefined) {
    throw faultAt(file, 0, "expected a JSON object of tokens and their ids");
  }
  const scheme = spellingOf(Object.keys(pieces));
  const merged = merges === undefined ? undefined : mergedPieces(merges);
  const fromText = (content: string): boolean => {
    if (merged === undefined || isCharacter(withoutMark(scheme, content))) return true;
    return namesInMerges(scheme, content).some((name) => merged.has(name));
  };
  const builder = new TokenTableBuilder(file, (content) => jsonOffset(bytes, [content]));
  for (const [content, id] of Object.entries(pieces)) {
    const isByte = scheme.byteTokens && BYTE_TOKEN.test(content);
    const isSpecial = names.special.has(content) || (!isByte && !fromText(content));
    builder.add(id, content, isSpecial ? "special" : isByte ? "byte" : "normal", content);
  }
  if (names.tokenizerClass === "M2M100Tokenizer") {
    const count = Object.keys(pieces).length;
    languages(names).forEach((content, i) => {
      builder.replace(count + i, content, "special");
    });
  }
  names.addTo(builder);
  return builder.table(spelledBy(scheme));
}

/** What M2M100's class numbers behind its vocabulary (`tokenization_m2m_100.py` in transformers). */
function languages({ settings }: TokenNames): readonly string[] {
  const codes = settings.language_codes === "wmt21" ? WMT21_CODES : M2M_CODES;
  return codes.map((code) => `__${code}__`);
}

/**
 * How tokens are spelt, from the tokens themselves.
 *
 * - Every character of GPT-2's alphabet is a token, or a tenth of all begin with its blank `Ġ`: byte-level.
 * - Else a tenth begin with `▁`: SentencePiece (Marian, M2M100), with bytes if all 256 are there.
 * - A tenth end with `</w>` (GPT-1, CLIP, XLM) or `@@` (CTRL), or begin with `##`: that is a mark.
 *
 * CLIP is both byte-level and marked; GPT-1 is marked only.
 */
export function spellingOf(tokens: readonly string[]): SpellingScheme {
  const share = (test: (token: string) => boolean): boolean =>
    tokens.length > 0 && tokens.filter(test).length >= tokens.length / 10;
  const suffix = ["</w>", "@@"].find((mark) =>
    share((token) => token.endsWith(mark) && token !== mark),
  );
  const prefix = share((token) => token.startsWith("##") && token !== "##") ? "##" : "";
  const known = new Set(tokens);
  const byteLevel =
    BYTE_LEVEL_ALPHABET.every((character) => known.has(character)) ||
    share((token) => token.startsWith("Ġ"));
  const isSentencePiece = !byteLevel && share((token) => token.startsWith("▁"));
  return {
    byteLevel,
    blank: isSentencePiece ? "▁" : null,
    byteTokens: isSentencePiece && tokens.filter((token) => BYTE_TOKEN.test(token)).length >= 256,
    prefix,
    suffix: suffix ?? "",
  };
}

function withoutMark({ prefix, suffix }: SpellingScheme, content: string): string {
  const start = prefix !== "" && content.startsWith(prefix) ? prefix.length : 0;
  const rest = content.slice(start);
  return suffix !== "" && rest.endsWith(suffix) ? rest.slice(0, -suffix.length) : rest;
}

/**
 * What merges may call a token. CTRL's and Blenderbot's classes merge with `</w>` at the end of a word, then
 * take that off and put `@@` at all other pieces, so that the vocabulary has `the` and `th@@` where the
 * merges have `the</w>` and `th` (`tokenization_ctrl.py` in Hugging Face's transformers).
 */
function namesInMerges(scheme: SpellingScheme, content: string): readonly string[] {
  if (scheme.suffix !== "@@") return [content];
  const bare = withoutMark(scheme, content);
  return bare === content ? [content, `${content}</w>`] : [bare];
}

function isCharacter(text: string): boolean {
  return text.length > 0 && text.length <= 2 && Array.from(text).length === 1;
}

/** A file of 100 MB could hold far more than memory does; a merge makes a token, and there are as many at most. */
const MOST_MERGES = MOST_TOKENS;

/** What the merges make. A merge may have a count behind it (XLM, FSMT). */
function mergedPieces({ bytes, file }: MergesFile): Set<string> {
  const merged = new Set<string>();
  for (const { text, offset } of textLines(bytes, file)) {
    if (text === "" || (offset === 0 && text.startsWith("#version"))) continue;
    const [left, right, count, ...more] = text.split(" ", 4);
    const isCount = count === undefined || /^\d+$/.test(count);
    if (!left || !right || !isCount || more.length > 0) {
      throw faultAt(file, offset, "expected two pieces with a blank between");
    }
    if (merged.add(left + right).size > MOST_MERGES) {
      throw faultAt(file, offset, `more than ${MOST_MERGES} merges`);
    }
  }
  return merged;
}
