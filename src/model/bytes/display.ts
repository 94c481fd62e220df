/**
 * One visible line for any bytes, and the way back. What can be seen stands for itself; a blank is `·`,
 * a newline `↵`, and all else is an escape:
 *
 * | shown      | stands for                                                                         |
 * |------------|------------------------------------------------------------------------------------|
 * | `·` `↵`    | blank, newline                                                                     |
 * | `\\`       | a backslash                                                                        |
 * | `\t` `\r`  | tab, carriage return                                                               |
 * | `\x1B`     | one byte: a control character below U+0020, DEL, or a byte that is not UTF-8       |
 * | `\u{202E}` | one character that can't be seen, could be mistaken or could reorder the line: C1   |
 * |            | controls, formats and bidirectional controls, spaces other than the blank, private |
 * |            | and unassigned ones, a combining mark with nothing before it to stand on, and the  |
 * |            | real `·`, `↵` and U+FFFD                                                           |
 * | `\u{}`     | no bytes at all                                                                    |
 *
 * Different bytes have different displays. Nothing depends on the engine's version of Unicode.
 */
import { rangeError } from "../../errors.ts";
import { isMark, isShown } from "../../text/shown-characters.ts";
import { escapeCodePoint, isVisible } from "../../text/visible.ts";
import { sequenceLength } from "./utf8.ts";

const BLANK = 0x20;
const NEWLINE = 0x0a;
const BLANK_SIGN = "·";
const NEWLINE_SIGN = "↵";
const EMPTY = "\\u{}";
/** Characters that stand for something else, or (U+FFFD) for bytes that were lost. */
const RESERVED = new Set([0xb7, 0x21b5, 0xfffd]);
const SHORT: ReadonlyMap<number, string> = new Map([
  [BLANK, BLANK_SIGN],
  [NEWLINE, NEWLINE_SIGN],
  [0x09, "\\t"],
  [0x0d, "\\r"],
  [0x5c, "\\\\"],
]);

/** The bytes as one visible line, from which `parseDisplay` has them again. */
export function displayBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return EMPTY;
  let display = "";
  let canCarryMark = false;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      display += displayByte(bytes[at++]!);
      canCarryMark = false;
      continue;
    }
    const codePoint = decodeSequence(bytes, at, length);
    const asItself: boolean = isMark(codePoint)
      ? canCarryMark
      : isShown(codePoint) && !isEscaped(codePoint);
    display += asItself ? String.fromCodePoint(codePoint) : escaped(codePoint);
    canCarryMark = asItself;
    at += length;
  }
  return display;
}

/** One byte as two hexadecimal digits: `\xA1`. */
export function displayByte(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** One character or escape of a display; the groups are what stands for the bytes. */
const PART = /\\(?:([\\tr])|x([0-9A-F]{2})|u\{([0-9A-F]{1,6})\})|([^\\])/suy;

/**
 * The bytes that a display stands for; the inverse of `displayBytes`.
 *
 * @throws {RangeError} if the text holds what no display holds: an unknown escape, or a character that
 *   is always escaped.
 */
export function parseDisplay(display: string): Uint8Array {
  if (display === EMPTY) return new Uint8Array();
  const bytes: number[] = [];
  let at = 0;
  do {
    PART.lastIndex = at;
    const part = PART.exec(display);
    const some = part === null ? undefined : bytesOfPart(part);
    if (part === null || some === undefined) {
      const code = display.codePointAt(at)?.toString(16).toUpperCase().padStart(4, "0");
      throw rangeError(
        `display: expected a character or an escape of a display at ${at}, got ${code === undefined ? "the end" : `U+${code}`}`,
      );
    }
    bytes.push(...some);
    at += part[0].length;
  } while (at < display.length);
  return Uint8Array.from(bytes);
}

/** Undefined for a character that is not shown as itself, or does not exist. */
function bytesOfPart(part: RegExpExecArray): Iterable<number> | undefined {
  const [, letter, byte, code, character] = part;
  if (letter !== undefined) return [letter === "t" ? 0x09 : letter === "r" ? 0x0d : 0x5c];
  if (byte !== undefined) return [Number.parseInt(byte, 16)];
  if (character === BLANK_SIGN) return [BLANK];
  if (character === NEWLINE_SIGN) return [NEWLINE];
  const codePoint = code === undefined ? character!.codePointAt(0)! : Number.parseInt(code, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return undefined;
  if (code === undefined && !isVisible(codePoint)) return undefined;
  return new TextEncoder().encode(String.fromCodePoint(codePoint));
}

/**
 * Text of others for a message: one line without surprises, in double quotes, cut after 80 characters.
 * Unlike a display it leaves blanks as they are.
 */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 400));
  const shown = characters
    .slice(0, 80)
    .map((character) => {
      const codePoint = character.codePointAt(0)!;
      if (character === " " || isVisible(codePoint)) return character;
      return escaped(codePoint);
    })
    .join("");
  return `"${shown}${characters.length > 80 ? "…" : ""}"`;
}

function isEscaped(codePoint: number): boolean {
  return RESERVED.has(codePoint) || SHORT.has(codePoint);
}

function escaped(codePoint: number): string {
  return SHORT.get(codePoint) ?? escapeCodePoint(codePoint);
}

function decodeSequence(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return bytes[at]!;
  let codePoint = bytes[at]! & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (bytes[at + i]! & 0x3f);
  return codePoint;
}
