/**
 * `tokenizer.json` in the layout of Hugging Face's tokenizers library: a `BPE` model behind the
 * `ByteLevel` pre-tokenizer, whose regular expression is GPT-2's, and one special token after the rest.
 */
import type { BPE } from "./bpe.ts";
import { toAlphabet } from "./byte-alphabet.ts";

/** What comes before every text; its id is the number of the BPE's tokens, the last of the vocabulary. */
export const END_OF_TEXT = "<|endoftext|>";

/** The file's text: one token and one merge per line. */
export function tokenizerJson(bpe: BPE): string {
  const names = bpe.tokens.map(toAlphabet);
  const vocabulary = [...names, END_OF_TEXT].map((name, id) => `${JSON.stringify(name)}: ${id}`);
  const merges = bpe.merges.map(({ left, right }) =>
    JSON.stringify(`${names[left]} ${names[right]}`),
  );
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  const layout = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [specialToken(bpe.tokens.length)],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: "VOCABULARY",
      merges: "MERGES",
    },
  };
  const text = JSON.stringify(layout, null, 1)
    .replace('"VOCABULARY"', () => `{\n${vocabulary.join(",\n")}\n}`)
    .replace('"MERGES"', () => `[\n${merges.join(",\n")}\n]`);
  return `${text}\n`;
}

function specialToken(id: number): object {
  return {
    id,
    content: END_OF_TEXT,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}
