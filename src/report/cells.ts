/**
 * Blocks of characters that fill two cells of a terminal (East Asian width W and F, Unicode 16),
 * besides emoji.
 */
const WIDE =
  /[\u{1100}-\u{115f}\u{2329}\u{232a}\u{2e80}-\u{303e}\u{3041}-\u{3247}\u{3250}-\u{4dbf}\u{4e00}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe10}-\u{fe19}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

/**
 * Characters that sit on the one before: combining marks, and the inner and last letters of a
 * Hangul syllable.
 */
const COMBINING = /[\p{Mn}\p{Me}\u{1160}-\u{11ff}\u{d7b0}-\u{d7fb}]/u;

/**
 * How many cells of a terminal a text without controls fills: 2 for a wide character, 0 for a
 * combining one.
 */
export function cells(text: string): number {
  let count = 0;
  for (const character of text) {
    if (character < "\u0300") count++;
    else if (!COMBINING.test(character)) count += WIDE.test(character) ? 2 : 1;
  }
  return count;
}
