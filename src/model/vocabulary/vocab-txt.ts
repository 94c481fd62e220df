import { textLines } from "../bytes/text-lines.ts";
import { type SpellingScheme, spelledBy } from "./token-spelling.ts";
import { MOST_TOKENS, type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

const WORD_PIECE: SpellingScheme = {
  byteLevel: false,
  blank: null,
  byteTokens: false,
  prefix: "##",
  suffix: "",
};
/** Where pieces begin with this, they are SentencePiece's, written out as lines (KoBERT). */
const BLANK = "▁";
const WRITTEN_OUT: SpellingScheme = { ...WORD_PIECE, prefix: "", blank: BLANK };
/** Pieces of a fairseq dictionary end with this where the word goes on. */
const CONTINUED: SpellingScheme = { ...WORD_PIECE, prefix: "", suffix: "@@" };

/** BERT's, where no file names the special tokens. */
const BERT_SPECIAL: readonly string[] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/** What fairseq numbers before a dictionary's lines, which PhoBERT and BERTweet keep. */
const FAIRSEQ_SPECIAL: readonly string[] = ["<s>", "<pad>", "</s>", "<unk>"];
const WITH_COUNT = /^(\S+) \d+$/;

/**
 * Reads a `vocab.txt`: a token on each line, whose place from 0 is its id (BERT's WordPiece; or, where a
 * tenth begin with `▁`, pieces of SentencePiece); or, where every line ends with a count, a dictionary of
 * fairseq (PhoBERT, BERTweet), whose lines begin at 4 and are followed by `<mask>`. Empty lines at the end
 * are no tokens.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is not lines of UTF-8.
 */
export function readVocabTxt(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  const builder = new TokenTableBuilder(file, Number);
  const filled = withoutEmptyEnd(bytes);
  const isDictionary = hasCounts(filled, file);
  const special = new Set(names.special.size === 0 ? BERT_SPECIAL : names.special);
  let id = 0;
  let blanks = 0;
  if (isDictionary) {
    for (const content of FAIRSEQ_SPECIAL) builder.add(id++, content, "special");
  }
  for (const { text, offset } of textLines(filled, file)) {
    const content = isDictionary ? WITH_COUNT.exec(text)![1]! : text;
    builder.add(id++, content, special.has(content) ? "special" : "normal", offset);
    if (content.startsWith(BLANK)) blanks++;
  }
  if (isDictionary) builder.add(id, "<mask>", "special");
  names.addTo(builder);
  const pieces = blanks > 0 && blanks >= id / 10 ? WRITTEN_OUT : WORD_PIECE;
  const scheme = isDictionary ? CONTINUED : pieces;
  return builder.table(spelledBy(scheme));
}

function withoutEmptyEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return bytes.subarray(0, end);
}

function hasCounts(bytes: Uint8Array, file: string): boolean {
  let lines = 0;
  for (const { text } of textLines(bytes, file)) {
    if (!WITH_COUNT.test(text)) return false;
    // more are refused anyway
    if (++lines > MOST_TOKENS) break;
  }
  return bytes.length > 0;
}
