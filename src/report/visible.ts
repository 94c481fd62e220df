/**
 * Characters that are not seen or that act on what is around them, as ranges of code points. Fixed
 * here, not taken from the engine's Unicode tables, so that every engine writes the same bytes. The
 * blank U+0020 is not among them.
 */
const UNSEEN: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f], // C0 controls
  [0x7f, 0xa0], // DEL, C1 controls, no-break space
  [0xad, 0xad], // soft hyphen
  [0x34f, 0x34f], // combining grapheme joiner
  [0x61c, 0x61c], // Arabic letter mark
  [0x115f, 0x1160], // Hangul fillers
  [0x1680, 0x1680], // Ogham space
  [0x17b4, 0x17b5], // Khmer inherent vowels
  [0x180b, 0x180f], // Mongolian selectors
  [0x2000, 0x200f], // spaces, zero-width characters, bidirectional marks
  [0x2028, 0x202f], // line separators, bidirectional embeddings and overrides
  [0x205f, 0x206f], // spaces, invisible operators, bidirectional isolates
  [0x2800, 0x2800], // empty Braille pattern
  [0x3000, 0x3000], // ideographic space
  [0x3164, 0x3164], // Hangul filler
  [0xd800, 0xdfff], // lone halves of surrogate pairs
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0], // Hangul filler
  [0xfff0, 0xfffb], // specials
  [0xfffe, 0xffff], // not characters, not allowed in XML
  [0x1bca0, 0x1bca3], // shorthand format controls
  [0x1d173, 0x1d17a], // musical format controls
  [0xe0000, 0xe0fff], // tags, further variation selectors
];

const unseen = new RegExp(
  `[${UNSEEN.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join("")}]`,
  "gu",
);

/**
 * A foreign text as one line in which nothing acts and nothing hides: controls, bidirectional and
 * invisible characters, line separators and lone surrogates become `\x1B` or `\u{202E}`. Everything
 * else stays, the backslash too, so a path stays readable; what is visible already is not changed.
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0)!;
    const hex = code.toString(16).toUpperCase();
    return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
  });
}

/** JSON text with the same characters as JSON's own escapes: the same value, and safe to print. */
export function visibleJson(json: string): string {
  return json.replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      const unit = character.charCodeAt(i).toString(16);
      return `\\u${unit.padStart(4, "0")}`;
    }).join(""),
  );
}
