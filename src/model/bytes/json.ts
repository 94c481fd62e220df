import { FormatError } from "../../errors.ts";
import { faultAt } from "./fault.ts";
import { fileKind } from "./file-kind.ts";
import { type JsonOutline, jsonOutline } from "./json-outline.ts";
import { jsonOffset } from "./json-place.ts";
import { parseJson } from "./strict-json.ts";
import { decodeUtf8, hasByteOrderMark } from "./utf8.ts";

/**
 * Reads a JSON file: fast, with `JSON.parse`, whose objects have names such as `__proto__` as own
 * properties; go through them with `Object.entries`. A byte order mark is passed over.
 *
 * What `JSON.parse` lets pass and readers disagree about is refused: a name twice in one object, a lone
 * surrogate, a number beyond float64; and more than 100 levels, 4 million objects and arrays or 4 million
 * names.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the byte where the text stops being such JSON.
 */
export function readJson(bytes: Uint8Array, file: string): unknown {
  const kind = fileKind(bytes.subarray(0, 512));
  if (kind !== undefined && kind !== "JSON text") {
    throw new FormatError(`${file}: not JSON: this is ${kind}`, { file, offset: 0 });
  }
  const outline = jsonOutline(bytes, file);
  const text = decodeUtf8(bytes, file);
  const start = hasByteOrderMark(bytes) ? 3 : 0;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    parseJson(text, file, start);
    throw new FormatError(`${file}: the file is not JSON`, { file, offset: start, cause });
  }
  if (!isSound(value, outline)) parseJson(text, file, start);
  return value;
}

/** False if the value may come from JSON that is refused; the strict parser can tell, but is slower. */
function isSound(value: unknown, { names, surrogates }: JsonOutline): boolean {
  return !surrogates && countNames(value) === names;
}

/** How many names there are in a value; NaN if it holds a number beyond float64. */
function countNames(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item !== "string") count += countNames(item);
    return count;
  }
  // of an object of millions of names `Object.values` takes three times as long; nothing is inherited
  for (const name in value) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    count += typeof member === "string" ? 1 : 1 + countNames(member);
  }
  return count;
}

/**
 * Reads a JSON file that must be an object.
 *
 * @throws {FormatError} as `readJson`, and if it is another value.
 */
export function readJsonObject(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  const object = jsonObject(readJson(bytes, file));
  if (object === undefined) throw faultAt(file, jsonOffset(bytes, []), "expected a JSON object");
  return object;
}

/** A parsed JSON object; undefined for every other value. */
export function jsonObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
}
