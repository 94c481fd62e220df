/**
 * GPT-2's pattern: English contractions, then runs of letters, of digits, of other characters, each with
 * the blank before it, and runs of white space but for the blank that belongs to the next word
 * (Radford et al., "Language models are unsupervised multitask learners", 2019; `encoder.py`).
 *
 * `\s` is JavaScript's, as in Hugging Face's tokenizers for JavaScript; Python's has U+0085 and U+001C to
 * U+001F besides, and not U+FEFF.
 */
const PATTERN = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Cuts a text into the pieces that tokens never cross; joined, they are the text. */
export function pretokenize(text: string): string[] {
  return text.match(PATTERN) ?? [];
}
