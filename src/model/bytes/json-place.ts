/** Where in a JSON file a value stands, for messages about values that are JSON but are not right. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * The byte offset of the value at a path of names and places in arrays; where a name occurs twice, the
 * last, which is the one `JSON.parse` keeps. If the path ends early, the offset of what it led to.
 *
 * @param bytes A file that `JSON.parse` takes.
 */
export function jsonOffset(bytes: Uint8Array, path: readonly (string | number)[]): number {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = skipBlanks(bytes, bom ? 3 : 0);
  for (const step of path) {
    const next = typeof step === "number" ? itemAt(bytes, at, step) : memberAt(bytes, at, step);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Where the value of a name begins; undefined if there is no such name, or no object. */
function memberAt(bytes: Uint8Array, start: number, name: string): number | undefined {
  if (bytes[start] !== OPEN_OBJECT) return undefined;
  const spelt = new TextEncoder().encode(name);
  let found: number | undefined;
  let at = skipBlanks(bytes, start + 1);
  while (at < bytes.length && bytes[at] !== CLOSE_OBJECT) {
    const end = skipString(bytes, at);
    const value = skipBlanks(bytes, end);
    if (isNamed(bytes, at, end, name, spelt)) found = value;
    at = skipBlanks(bytes, skipValue(bytes, value));
  }
  return found;
}

/** Where an array's item begins; undefined if there is no such item, or no array. */
function itemAt(bytes: Uint8Array, start: number, index: number): number | undefined {
  if (bytes[start] !== OPEN_ARRAY) return undefined;
  let at = skipBlanks(bytes, start + 1);
  for (let i = 0; at < bytes.length && bytes[at] !== CLOSE_ARRAY; i++) {
    if (i === index) return at;
    at = skipBlanks(bytes, skipValue(bytes, at));
  }
  return undefined;
}

/** True if the text in quotes at [start, end) is this name, whose UTF-8 is `spelt`: one of millions, mostly not. */
function isNamed(
  bytes: Uint8Array,
  start: number,
  end: number,
  name: string,
  spelt: Uint8Array,
): boolean {
  const inner = bytes.subarray(start + 1, end - 1);
  if (inner.includes(BACKSLASH))
    return JSON.parse(decoder.decode(bytes.subarray(start, end))) === name;
  return inner.length === spelt.length && inner.every((byte, i) => byte === spelt[i]);
}

const decoder = new TextDecoder();

/** Past blanks, and the commas and colons between values. */
function skipBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! <= 0x20 || bytes[at] === COMMA || bytes[at] === COLON) at++;
  return at;
}

function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function skipValue(bytes: Uint8Array, start: number): number {
  let at = start;
  let depth = 0;
  do {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    at++;
  } while (at < bytes.length && (depth > 0 || isInLiteral(bytes[at]!, bytes[at - 1]!)));
  return at;
}

/** True for a byte that goes on with the number or word that the byte before belongs to. */
function isInLiteral(byte: number, before: number): boolean {
  return isLiteral(byte) && isLiteral(before);
}

function isLiteral(byte: number): boolean {
  // letters, digits, and the signs of numbers
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
