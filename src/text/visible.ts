/** Foreign text as it can be shown anywhere: in which nothing acts and nothing hides. */
import { isMark, isShown } from "./shown-characters.ts";

/** Whether a character can be seen, by itself or on the one before; the blank can't. */
export function isVisible(codePoint: number): boolean {
  return isShown(codePoint) || isMark(codePoint);
}

/** A character as an escape: `\x1B` for a control of ASCII, else `\u{202E}`. */
export function escapeCodePoint(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase();
  return codePoint < 0x80 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/**
 * A foreign text as one line in which nothing acts and nothing hides: controls, bidirectional and
 * invisible characters, spaces other than the blank, line separators, lone surrogates, private and unassigned
 * characters become `\x1B` or `\u{202E}`. Everything else stays, the backslash too, so a path stays
 * readable; what is visible already is not changed.
 */
export function visible(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => {
    const codePoint = character.codePointAt(0)!;
    return isVisible(codePoint) ? character : escapeCodePoint(codePoint);
  });
}

/** JSON text with the same characters as JSON's own escapes: the same value, and safe to print. */
export function visibleJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/gu, (character) => {
    if (isVisible(character.codePointAt(0)!)) return character;
    return Array.from({ length: character.length }, (_, i) => {
      const unit = character.charCodeAt(i).toString(16);
      return `\\u${unit.padStart(4, "0")}`;
    }).join("");
  });
}
