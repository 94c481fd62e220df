import { FormatError, rangeError } from "../errors.ts";
import { faultAt } from "./bytes/fault.ts";
import { placeholderKind } from "./bytes/file-kind.ts";
import { jsonObject, readJson } from "./bytes/json.ts";
import { jsonOffset } from "./bytes/json-place.ts";
import { decodeUtf8 } from "./bytes/utf8.ts";
import { type TokenTable, TokenTableBuilder } from "./vocabulary/token-table.ts";

/** Names for rows, and the file they come from. */
export interface Labels {
  readonly names: readonly string[];
  readonly source: string;
}

/** Most lines in one file: 100 MB of line ends would fill gigabytes. */
const MAX_LINES = 4_000_000;
const NEWLINE = 0x0a;

/**
 * Names for rows from a file: a JSON array of texts, or one name per line (LF or CRLF; the last line
 * may end or not). A file is JSON if it is named so, or if all of it is a JSON array of texts.
 *
 * @param file The file's name, for that and for errors.
 * @throws {FormatError} if the file is not UTF-8, has more than 4 million lines, or is named .json and
 *   is not an array of texts.
 */
export function readLabels(bytes: Uint8Array, file: string): readonly string[] {
  if (file.toLowerCase().endsWith(".json")) {
    const names = readJson(bytes, file);
    if (isTexts(names)) return names;
    if (isTokenizer(names)) {
      throw faultAt(
        file,
        0,
        "the file is a tokenizer's, which --tokenizer (option tokenizer) reads; labels are a JSON array of texts",
      );
    }
    const at = Array.isArray(names) ? names.findIndex((name) => typeof name !== "string") : -1;
    const offset = jsonOffset(bytes, at === -1 ? [] : [at]);
    throw faultAt(file, offset, "expected a JSON array of texts");
  }
  const text = decodeNames(bytes, file);
  return (text.startsWith("[") ? textsOf(bytes, file) : null) ?? splitLines(text);
}

/** The texts, if the file is a JSON array of them; null for lines, the first of which begins with a bracket. */
function textsOf(bytes: Uint8Array, file: string): readonly string[] | null {
  try {
    const names = readJson(bytes, file);
    return isTexts(names) && names.length > 0 ? names : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/**
 * As `decodeLines`, of a list of names.
 *
 * @throws {FormatError} too if it is what stands in a list's place: a pointer of Git LFS, a page of a proxy.
 */
export function decodeNames(bytes: Uint8Array, file: string): string {
  const kind = placeholderKind(bytes.subarray(0, 512));
  if (kind !== undefined) throw faultAt(file, 0, `no list of names: this is ${kind}`);
  return decodeLines(bytes, file);
}

/**
 * Text to be split into lines; a byte order mark is passed over.
 *
 * @throws {FormatError} if it is not UTF-8 or has more than 4 million lines.
 */
export function decodeLines(bytes: Uint8Array, file: string): string {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (++lines > MAX_LINES) throw faultAt(file, at, `more than ${MAX_LINES} lines`);
  }
  return decodeUtf8(bytes, file);
}

/** Lines that end with LF or CRLF; after the last line's end begins no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Where in these bytes a line begins; the first is 0. */
export function lineOffset(bytes: Uint8Array, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = bytes.indexOf(NEWLINE, at) + 1;
  return at;
}

/**
 * The labels as a vocabulary's table.
 *
 * @throws {RangeError} if there are not as many labels as rows.
 */
export function labelTable(names: readonly string[], rows: number, source: string): TokenTable {
  if (names.length !== rows) {
    throw rangeError(`${source}: expected one label for each of ${rows} rows, got ${names.length}`);
  }
  const builder = new TokenTableBuilder(source);
  names.forEach((name, id) => {
    builder.add(id, name, "normal");
  });
  const encoder = new TextEncoder();
  return builder.table(({ content }) => ({ bytes: encoder.encode(content) }));
}

/** As `tokenizer.json` and `vocab.json` are. */
function isTokenizer(value: unknown): boolean {
  const object = jsonObject(value);
  if (object === undefined) return false;
  if (jsonObject(object.model)?.vocab !== undefined || Array.isArray(object.vocab)) return true;
  const ids = Object.values(object);
  return ids.length > 0 && ids.every((id) => typeof id === "number");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
