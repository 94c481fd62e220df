import { faultAt } from "./fault.ts";

export interface Utf8Options {
  /** Where in the file the bytes begin, default 0. */
  readonly offset?: number;
  /** What the bytes are in errors, default `"the file"`. */
  readonly what?: string;
  /** Whether a byte order mark at the start is a character like others, default false: it is passed over. */
  readonly keepMark?: boolean;
}

// made once: texts come by the million
const keeping = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const skipping = new TextDecoder("utf-8", { fatal: true });

/**
 * Text from UTF-8.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} at the first byte that does not begin a well-formed character.
 */
export function decodeUtf8(bytes: Uint8Array, file: string, options: Utf8Options = {}): string {
  const { offset = 0, what = "the file", keepMark = false } = options;
  try {
    return (keepMark ? keeping : skipping).decode(bytes);
  } catch {
    let at = 0;
    while (at < bytes.length && sequenceLength(bytes, at) > 0) at += sequenceLength(bytes, at);
    throw faultAt(file, offset + at, `${what} is not valid UTF-8`);
  }
}

/** True if the file begins with a byte order mark. */
export function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Length of the well-formed UTF-8 sequence at this place (Unicode 17.0, table 3-7); 0 if there is none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  // overlong forms, surrogates, and beyond U+10FFFF
  const second = bytes[at + 1]!;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}
