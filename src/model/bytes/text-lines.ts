import { decodeUtf8 } from "./utf8.ts";

export interface TextLine {
  readonly text: string;
  /** Where the line begins in the file, in bytes. */
  readonly offset: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * The lines of a file one by one, without their ends (LF or CRLF); after the last line's end begins no
 * further line. Nothing else ends a line, since tokens hold every other character.
 *
 * @throws {FormatError} at the first byte that is not UTF-8.
 */
export function* textLines(bytes: Uint8Array, file: string): Generator<TextLine> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const isReturn = end > start && newline >= 0 && bytes[end - 1] === RETURN;
    const line = bytes.subarray(start, isReturn ? end - 1 : end);
    const text = decodeUtf8(line, file, { offset: start, what: "the line", keepMark: true });
    yield { text, offset: start };
    start = end + 1;
  }
}
