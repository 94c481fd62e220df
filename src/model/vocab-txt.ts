import { textLines } from "./text-lines.ts";
import { type SpellingScheme, spellToken } from "./token-spelling.ts";
import { MOST_TOKENS, type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

const WORD_PIECE: SpellingScheme = {
  byteLevel: false,
  blank: null,
  byteTokens: false,
  prefix: "##",
  suffix: "",
};
/** Pieces of a fairseq dictionary end with this where the word goes on. */
const CONTINUED: SpellingScheme = { ...WORD_PIECE, prefix: "", suffix: "@@" };

/** BERT's, where no file names the special tokens. */
const BERT_SPECIAL: readonly string[] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/** What fairseq numbers before a dictionary's lines, which PhoBERT and BERTweet keep. */
const FAIRSEQ_SPECIAL: readonly string[] = ["<s>", "<pad>", "</s>", "<unk>"];
const WITH_COUNT = /^(\S+) \d+$/;

/**
 * Reads a `vocab.txt`: a token on each line, whose place from 0 is its id (BERT's WordPiece); or, where
 * every line ends with a count, a dictionary of fairseq (PhoBERT, BERTweet), whose lines begin at 4 and are
 * followed by `<mask>`.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is not lines of UTF-8.
 */
export function readVocabTxt(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  const builder = new TokenTableBuilder(file, Number);
  const isDictionary = hasCounts(bytes, file);
  const special = new Set(names.special.size === 0 ? BERT_SPECIAL : names.special);
  let id = 0;
  if (isDictionary) {
    for (const content of FAIRSEQ_SPECIAL) builder.add(id++, content, "special");
  }
  for (const { text, offset } of textLines(bytes, file)) {
    const content = isDictionary ? WITH_COUNT.exec(text)![1]! : text;
    builder.add(id++, content, special.has(content) ? "special" : "normal", offset);
  }
  if (isDictionary) builder.add(id, "<mask>", "special");
  names.addTo(builder);
  const scheme = isDictionary ? CONTINUED : WORD_PIECE;
  return builder.table((entry) => spellToken(scheme, entry));
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
