import { rangeError, typeError } from "../errors.ts";
import { quoted } from "./bytes/display.ts";
import type { RowSelection } from "./model.ts";
import type { Vocabulary } from "./vocabulary/vocabulary.ts";

const PART = /^\s*([0-9]{1,15})\s*(?::\s*([0-9]{1,15})\s*)?$/;

/**
 * The row numbers that a selection names, in its order.
 *
 * @param selection `"all"`; or numbers and ranges `a:b` without b, separated by commas: `"0:100"`,
 *   `"5,9,200:300"`; or the numbers themselves.
 * @param count How many rows there are.
 * @throws {TypeError} if the selection is none of these.
 * @throws {RangeError} if the text does not follow the grammar, a row is out of range or named twice,
 *   or no row is named.
 */
export function selectRows(selection: RowSelection, count: number): Int32Array {
  if (selection === "all") return range(0, count);
  const rows =
    typeof selection === "string" ? parseRows(selection, count) : listedRows(selection, count);
  if (rows.length === 0) throw rangeError("rows: expected at least one row, got none");
  const seen = new Uint8Array(count);
  for (const row of rows) {
    if (seen[row] === 1) throw rangeError(`rows: row ${row} is named twice`);
    seen[row] = 1;
  }
  return rows;
}

function parseRows(text: string, count: number): Int32Array {
  const parts = text.split(",").map((part) => {
    const match = PART.exec(part);
    if (match === null) {
      throw rangeError(
        `rows: expected "all" or numbers and ranges such as 0:100 or 5,9,200:300, got ${JSON.stringify(text)}`,
      );
    }
    const start = Number(match[1]);
    const end = match[2] === undefined ? start + 1 : Number(match[2]);
    if (start >= end) {
      throw rangeError(`rows: the range ${part.trim()} is empty; a:b needs a below b`);
    }
    if (end > count) checkRow(Math.max(start, count), count);
    return [start, end] as const;
  });
  const total = parts.reduce((sum, [start, end]) => sum + end - start, 0);
  // more rows than there are: some row is named twice, and this names it without filling memory
  const rows = new Int32Array(Math.min(total, count + 1));
  let at = 0;
  for (const [start, end] of parts) {
    for (let row = start; row < end && at < rows.length; row++) rows[at++] = row;
  }
  return rows;
}

function listedRows(selection: ArrayLike<number>, count: number): Int32Array {
  if (typeof selection?.length !== "number") {
    throw typeError('rows: expected "all", a text such as "0:100", or row numbers');
  }
  return Int32Array.from(selection, (row) => {
    checkRow(row, count);
    return row;
  });
}

function checkRow(row: number, count: number): void {
  if (Number.isInteger(row) && row >= 0 && row < count) return;
  const rows = count === 1 ? "1 row (0)" : `${count} rows (0 to ${count - 1})`;
  throw rangeError(`rows: there is no row ${row}; the model has ${rows}`);
}

function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/**
 * The ids of the tokens whose text matches, in ascending order; tokens whose bytes are not text, and
 * padding, never match.
 */
export function matchRows(vocabulary: Vocabulary, pattern: RegExp): Int32Array {
  const own = new RegExp(pattern);
  const rows: number[] = [];
  for (const { id, text } of vocabulary) {
    own.lastIndex = 0; // with the flags g and y a pattern goes on where it stopped
    if (text !== null && own.test(text)) rows.push(id);
  }
  return Int32Array.from(rows);
}

/**
 * The ids of the tokens with these displays, in the order of the lines; empty lines are passed over.
 *
 * @param file What the lines are called in errors, default `"tokens"`.
 * @throws {RangeError} naming the line, if no token or several tokens have this display, or an earlier
 *   line names the same token.
 */
export function rowsOfDisplays(
  vocabulary: Vocabulary,
  lines: readonly string[],
  file = "tokens",
): Int32Array {
  const ids = new Map<string, number[]>();
  for (const line of lines) ids.set(line, []);
  for (const { id, display } of vocabulary) ids.get(display)?.push(id);

  const lineOf = new Map<number, number>();
  lines.forEach((line, i) => {
    if (line === "") return;
    const found = ids.get(line)!;
    const refuse = (reason: string, hint = "") =>
      rangeError(`${file}: line ${i + 1}: ${reason} ${quoted(line)}${hint}`);
    if (found.length === 0)
      throw refuse("no token is displayed as", meantDisplay(vocabulary, line));
    if (found.length > 1)
      throw refuse(`the ids ${found.slice(0, 5).join(", ")} are all displayed as`);
    const before = lineOf.get(found[0]!);
    if (before !== undefined) throw refuse(`line ${before} already names`);
    lineOf.set(found[0]!, i + 1);
  });
  return Int32Array.from(lineOf.keys());
}

/** The display of the one token that has this text or, after a `#`, this id, as an error's end. */
function meantDisplay(vocabulary: Vocabulary, line: string): string {
  const id = Number(/^#([0-9]{1,15})$/.exec(line)?.[1] ?? Number.NaN);
  const ids = id < vocabulary.size ? [id] : vocabulary.find(line);
  return ids.length === 1 ? `; did you mean ${quoted(vocabulary.token(ids[0]!).display)}?` : "";
}
