/**
 * Which of a model's files names its tokens. There is one rule: the files are asked for by these names and
 * in this order, and the first that is there is the vocabulary. If it is broken, no other takes its
 * place, since a second file may belong to something else: rows then show as `#id`, and a note says why.
 *
 * 1. `tokenizer.json`: whole in itself; nothing else is read.
 * 2. Files that say each token's id: `vocab.json` (with `merges.txt`, if there is one), `tekken.json`,
 *    `vocab.txt`, `rwkv_vocab_v20230424.txt`.
 * 3. SentencePiece's: `tokenizer.model`, `spiece.model`, `sentencepiece.bpe.model`, `sentencepiece.model`,
 *    `spm.model`. A `tokenizer.model` that is lines of base64 is tiktoken's.
 * 4. tiktoken's: `tokenizer.tiktoken`, `qwen.tiktoken`, `hy.tiktoken`, `tiktoken.model`, and the encodings under
 *    their names.
 *
 * 5. None of these: a class in `tokenizer_config.json` whose tokens are bytes (ByT5).
 *
 * The decoder of a Marian model with `share_encoder_decoder_embeddings: false` is named by its
 * `target_vocab.json` alone.
 *
 * Beside 2 to 5, `added_tokens.json`, `tokenizer_config.json` and `special_tokens_map.json` are read, but for
 * `tekken.json`, which is whole in itself too.
 */

import type { ModelFiles } from "../files.ts";
import { byteVocabulary } from "./byte-vocabulary.ts";
import { type FoundTokens, findTokens } from "./row-names.ts";
import { looksLikeRwkv, readRwkvVocabulary } from "./rwkv-vocabulary.ts";
import { readSentencePiece } from "./sentencepiece.ts";
import { readTekken } from "./tekken.ts";
import { looksLikeTiktoken, readTiktoken } from "./tiktoken.ts";
import type { TokenTable } from "./token-table.ts";
import { readTokenNames, type TokenNames, type TokenNamesOptions } from "./tokenizer-config.ts";
import { readTokenizerJson } from "./tokenizer-json.ts";
import { readVocabJson } from "./vocab-json.ts";
import { readVocabTxt } from "./vocab-txt.ts";

type TableReader = (bytes: Uint8Array, file: string, names: TokenNames) => TokenTable;

const SENTENCE_PIECE_FILES = [
  "tokenizer.model",
  "spiece.model",
  "sentencepiece.bpe.model",
  "sentencepiece.model",
  "spm.model",
];

const TIKTOKEN_FILES = [
  "tokenizer.tiktoken",
  "qwen.tiktoken",
  "hy.tiktoken",
  "tiktoken.model",
  "o200k_base.tiktoken",
  "cl100k_base.tiktoken",
  "p50k_base.tiktoken",
  "r50k_base.tiktoken",
];

/** The files that may name a model's tokens, beside `tokenizer.json`, `vocab.json` and `tekken.json`. */
const READERS: readonly (readonly [path: string, read: TableReader])[] = [
  ["vocab.txt", readLines],
  ["rwkv_vocab_v20230424.txt", readRwkvVocabulary],
  ...SENTENCE_PIECE_FILES.map((path) => [path, readPiecesOrRanks] as const),
  ...TIKTOKEN_FILES.map((path) => [path, readTiktoken] as const),
];

/** The names of all files that may be a model's vocabulary, in the order of the rule. */
export const VOCABULARY_FILES: readonly string[] = [
  ...["tokenizer.json", "vocab.json", "tekken.json"],
  ...READERS.map(([path]) => path),
];

/** RWKV's vocabulary is found as `vocab.txt` too. */
function readLines(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  return looksLikeRwkv(bytes)
    ? readRwkvVocabulary(bytes, file, names)
    : readVocabTxt(bytes, file, names);
}

/** Llama 3 and GLM-4 have a tiktoken file under SentencePiece's name. */
function readPiecesOrRanks(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  return looksLikeTiktoken(bytes)
    ? readTiktoken(bytes, file, names)
    : readSentencePiece(bytes, file, names);
}

export interface TokensOptions extends TokenNamesOptions {
  /** The tensor whose rows are to be named. */
  readonly tensor?: { readonly name: string } | undefined;
}

/** The tokens of a model, from the first of the files above that it has. */
export function readTokens(files: ModelFiles, options: TokensOptions): Promise<FoundTokens> {
  if (isTarget(options)) {
    const missing = `no ${TARGET_FILE}, and the decoder has tokens of its own`;
    return findTokens(() => readTarget(files, options), missing);
  }
  const missing = "no file that names tokens (tokenizer.json and others)";
  return findTokens(() => readTable(files, options), missing);
}

/** What names the tokens that Marian writes, where they are not those that it reads. */
const TARGET_FILE = "target_vocab.json";

/** Marian's decoder may have a vocabulary of its own (`share_encoder_decoder_embeddings`). */
function isTarget({ config, tensor }: TokensOptions): boolean {
  if (config?.share_encoder_decoder_embeddings !== false || tensor === undefined) return false;
  return /(^|\.)(decoder\.embed_tokens|lm_head)\.weight$/.test(tensor.name);
}

async function readTarget(files: ModelFiles, options: TokensOptions): Promise<TokenTable | null> {
  const { label, signal } = options;
  const bytes = await files.read(TARGET_FILE, { signal });
  if (bytes === undefined) return null;
  // the added tokens beside it have the ids of the other vocabulary
  const names: TokenNames = { ...(await readTokenNames(files, options)), addTo: () => {} };
  return readVocabJson(bytes, undefined, label(TARGET_FILE), names);
}

/** The table of the first of the files above; null if there is none of them. */
export async function readTable(
  files: ModelFiles,
  options: TokenNamesOptions,
): Promise<TokenTable | null> {
  const { label, signal } = options;
  const tokenizer = await files.read("tokenizer.json", { signal });
  if (tokenizer !== undefined) return readTokenizerJson(tokenizer, label("tokenizer.json"));
  const vocab = await files.read("vocab.json", { signal });
  if (vocab !== undefined) {
    const merges = await files.read("merges.txt", { signal });
    return readVocabJson(
      vocab,
      merges && { bytes: merges, file: label("merges.txt") },
      label("vocab.json"),
      await readTokenNames(files, options),
    );
  }
  const tekken = await files.read("tekken.json", { signal });
  if (tekken !== undefined) return readTekken(tekken, label("tekken.json"));
  for (const [path, read] of READERS) {
    const bytes = await files.read(path, { signal });
    if (bytes === undefined) continue;
    return read(bytes, label(path), await readTokenNames(files, options));
  }
  return byteVocabulary(label("tokenizer_config.json"), await readTokenNames(files, options));
}
