import { FormatError } from "../errors.ts";
import { fileKind } from "./file-kind.ts";

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
 * @throws {FormatError} at the first line that is not UTF-8.
 */
export function* textLines(bytes: Uint8Array, file: string): Generator<TextLine> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const isReturn = end > start && newline >= 0 && bytes[end - 1] === RETURN;
    const line = bytes.subarray(start, isReturn ? end - 1 : end);
    let text: string;
    try {
      text = utf8.decode(line);
    } catch (cause) {
      throw notText(bytes, file, start, cause);
    }
    yield { text, offset: start };
    start = end + 1;
  }
}

function notText(bytes: Uint8Array, file: string, offset: number, cause: unknown): FormatError {
  const kind = fileKind(bytes.subarray(0, 512));
  const reason = kind === undefined ? "the line is not valid UTF-8" : `this is ${kind}`;
  return new FormatError(`${file}: byte ${offset}: ${reason}`, { file, offset, cause });
}
