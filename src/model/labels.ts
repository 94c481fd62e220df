import { FormatError, rangeError } from "../errors.ts";
import { readJson } from "./json.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";

/** Names for rows, and the file they come from. */
export interface Labels {
  readonly names: readonly string[];
  readonly source: string;
}

/**
 * Names for rows from a file: a JSON array of texts, or one name per line (LF or CRLF; the last line
 * may end or not). A file is JSON if it is named so, or if all of it is a JSON array of texts.
 *
 * @param file The file's name, for that and for errors.
 * @throws {FormatError} if the file is not UTF-8, or is named .json and is not an array of texts.
 */
export function readLabels(bytes: Uint8Array, file: string): readonly string[] {
  if (file.toLowerCase().endsWith(".json")) {
    const names = readJson(bytes, file);
    if (isTexts(names)) return names;
    throw new FormatError(`${file}: expected a JSON array of texts`, { file });
  }
  const text = decodeLines(bytes, file);
  if (text.startsWith("[")) {
    try {
      const names: unknown = JSON.parse(text);
      if (isTexts(names) && names.length > 0) return names;
    } catch {
      // lines, the first of which begins with a bracket
    }
  }
  return splitLines(text);
}

/** UTF-8 text; a byte order mark is passed over. */
export function decodeLines(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(`${file}: the file is not valid UTF-8`, { file, cause });
  }
}

/** Lines that end with LF or CRLF; after the last line's end begins no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
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

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
