/** What can be told of JSON in one pass over its bytes, before any of it is built in memory. */
import { faultAt } from "./fault.ts";

export interface JsonOutline {
  readonly containers: number;
  /** Names of members, as many as there are colons outside of texts. */
  readonly names: number;
  /** True if a text holds half of a surrogate pair as an escape; the other half may be there or not. */
  readonly surrogates: boolean;
}

/** Deeper nesting is refused: no file of a model needs it, and it could exhaust the stack. */
export const MAX_DEPTH = 100;
/**
 * Most objects and arrays in one file: 100 MB of `{},` would fill gigabytes. The largest index known
 * describes half a million tensors, the largest tokenizers have half a million merges.
 */
export const MAX_CONTAINERS = 4_000_000;
/** Most names of members in one file, for the same reason. */
export const MAX_NAMES = 4_000_000;
/** Most commas between values, for the same reason: a hundred megabytes of `0,` are 50 million numbers. */
export const MAX_COMMAS = 8_000_000;

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Counts. What the bytes say is right for JSON; for other bytes it means nothing, but does no harm.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the byte at which there are more containers, names, values or levels than
 *   in any file of a model.
 */
export function jsonOutline(bytes: Uint8Array, file: string): JsonOutline {
  let containers = 0;
  let names = 0;
  let commas = 0;
  let depth = 0;
  let surrogates = false;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        // to the closing quote
        for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) {
          if (bytes[at] !== BACKSLASH) continue;
          at++;
          surrogates ||= isSurrogateEscape(bytes, at);
        }
        break;
      case COLON:
        if (++names > MAX_NAMES) throw faultAt(file, at, `more than ${MAX_NAMES} names`);
        break;
      case COMMA:
        if (++commas > MAX_COMMAS) throw faultAt(file, at, `more than ${MAX_COMMAS} values`);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (++containers > MAX_CONTAINERS) {
          throw faultAt(file, at, `more than ${MAX_CONTAINERS} objects and arrays`);
        }
        if (++depth > MAX_DEPTH) {
          throw faultAt(file, at, `JSON nested deeper than ${MAX_DEPTH} levels`);
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        depth--;
    }
  }
  return { containers, names, surrogates };
}

/** True at the `u` of `\ud800` to `\udfff`. */
function isSurrogateEscape(bytes: Uint8Array, at: number): boolean {
  const digits = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
  return bytes[at] === 0x75 && /^d[89a-f]$/i.test(digits);
}
