import { quoted } from "../bytes/display.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { textLines } from "../bytes/text-lines.ts";
import { BYTE_LEVEL, byteLevelSpelling, spelledBy } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

const LINE = /^([A-Za-z0-9+/]+={0,2}) (\d{1,10})$/;

/**
 * Reads a tiktoken file: a line for each token, its bytes in base64 and its rank, which is its id
 * (`load_tiktoken_bpe` in github.com/openai/tiktoken, tiktoken/load.py). Such a file has no special
 * tokens; they come from the files beside it, and for the first tokenizers of Qwen and Hunyuan from their
 * classes.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the byte at which the first line begins that is not of this form.
 */
export function readTiktoken(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  const builder = new TokenTableBuilder(file, Number);
  let end = 0;
  let last = 0;
  for (const { text, offset } of textLines(bytes, file)) {
    if (text === "") continue;
    const [, base64, digits] = LINE.exec(text) ?? [];
    const token = base64 === undefined ? null : decodeBase64(base64);
    if (token === null) {
      const kind = fileKind(bytes.subarray(0, 512));
      const instead = kind === undefined ? `got ${quoted(text)}` : `but this is ${kind}`;
      throw builder.fault(`expected a token in base64, a blank and its rank, ${instead}`, offset);
    }
    const rank = Number(digits);
    builder.add(rank, byteLevelSpelling(token), "normal", offset);
    end = Math.max(end, rank + 1);
    last = offset;
  }
  CLASS_SPECIAL.get(names.tokenizerClass)?.forEach((content, i) => {
    builder.replace(end + i, content, "special", last);
  });
  names.addTo(builder);
  return builder.table(spelledBy(BYTE_LEVEL));
}

const EXTRAS: readonly string[] = /* @__PURE__ */ Array.from(
  { length: 205 },
  (_, i) => `<|extra_${i}|>`,
);
/**
 * What classes number after the last rank (tokenization_qwen.py of Qwen/Qwen-7B, tokenization_hy.py of
 * tencent/Hunyuan-A13B-Instruct).
 */
const CLASS_SPECIAL: ReadonlyMap<string | undefined, readonly string[]> = /* @__PURE__ */ new Map([
  ["QWenTokenizer", ["<|endoftext|>", "<|im_start|>", "<|im_end|>", ...EXTRAS]],
  ["HYTokenizer", ["<|endoftext|>", "<|startoftext|>", "<|bos|>", "<|eos|>", "<|pad|>", ...EXTRAS]],
]);

/** Longest token in base64: the longest real ones have some hundred characters. */
const LONGEST = 1 << 20;

/** The bytes; null if the text is not base64 in whole groups of four, or longer than a token is. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || text.length > LONGEST) return null;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** True for bytes that begin as a tiktoken file does and SentencePiece's do not. */
export function looksLikeTiktoken(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 512));
  return /^[A-Za-z0-9+/]+={0,2} \d/.test(head);
}
