import { BYTE_LEVEL, spellToken } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

/** Classes whose tokens are the 256 bytes, behind these; their models have no vocabulary file. */
const SPECIAL: ReadonlyMap<string | undefined, readonly string[]> = /* @__PURE__ */ new Map([
  ["ByT5Tokenizer", ["<pad>", "</s>", "<unk>"]],
  ["PerceiverTokenizer", ["[PAD]", "[BOS]", "[EOS]", "[MASK]", "[CLS]", "[SEP]"]],
]);

/**
 * The vocabulary of a model whose tokens are bytes (ByT5, Perceiver; `tokenization_byt5.py` in Hugging
 * Face's transformers). ByT5's sentinels behind the bytes are named where the files beside name them:
 * versions of transformers number them in either direction.
 *
 * @param file The file that names the class.
 * @returns Null if the class is another.
 */
export function byteVocabulary(file: string, names: TokenNames): TokenTable | null {
  const special = SPECIAL.get(names.tokenizerClass);
  if (special === undefined) return null;
  const builder = new TokenTableBuilder(file);
  special.forEach((content, id) => {
    builder.add(id, content, "special");
  });
  for (let byte = 0; byte < 256; byte++) {
    const hex = byte.toString(16).toUpperCase().padStart(2, "0");
    builder.add(special.length + byte, `<0x${hex}>`, "byte");
  }
  names.addTo(builder);
  return builder.table((entry) => spellToken(BYTE_LEVEL, entry));
}
