import { type Matrix, matrix } from "../../matrix.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { type ByteSource, joinBytes } from "../bytes/source.ts";
import { decodeUtf8, hasByteOrderMark } from "../bytes/utf8.ts";
import { decodeNames, lineOffset, splitLines } from "../labels.ts";

/** Bytes read at once. */
const PIECE = 1 << 22;
/** Longest line in bytes: a million columns of the longest numbers fit. */
const LONGEST_LINE = 1 << 25;
const MAX_COLUMNS = 1 << 20;
// no two ways to read the same digits: a long cell that is no number must not take quadratic time
const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const NEWLINE = 0x0a;

/** Whole lines of a file, and where in it they begin. */
interface Block {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/**
 * Reads vectors in the Embedding Projector's format (projector.tensorflow.org): a row per line, numbers
 * separated by tabs, no header, no quotes. The numbers are rounded to float32.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming line and column, for rows of different lengths, anything that is not a
 *   number, and numbers that float32 can't hold.
 */
export async function readVectors(
  source: ByteSource,
  file: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Matrix> {
  const values = new FloatList();
  let rows = 0;
  let cols = 0;
  for await (const block of blocks(source, file, options.signal)) {
    const { bytes, start } = block;
    const kind = start === 0 ? fileKind(bytes.subarray(0, 512)) : undefined;
    if (kind !== undefined) throw faultAt(file, 0, `no vectors of numbers: this is ${kind}`);
    const lines = splitLines(decodeUtf8(bytes, file, { offset: start, keepMark: start > 0 }));
    lines.forEach((line, i) => {
      const cells = line.split("\t", MAX_COLUMNS + 1);
      if (rows === 0) cols = cells.length;
      rows++;
      const column = cells.length === cols ? pushNumbers(cells, values) : -1;
      if (column === cells.length) return;
      const offset = cellOffset(block, i, cells.slice(0, Math.max(column, 0)));
      throw faultAt(file, offset, `line ${rows}${rowFault(cells, column, cols)}`);
    });
  }
  if (rows === 0) throw faultAt(file, 0, "the file is empty");
  return matrix(rows, cols, values.joined());
}

/** Adds the cells up to the first that is no number of float32, whose index it gives; else their count. */
function pushNumbers(cells: readonly string[], values: FloatList): number {
  if (cells.length > MAX_COLUMNS) return -1;
  for (let i = 0; i < cells.length; i++) {
    const value = NUMBER.test(cells[i]!) ? Math.fround(Number(cells[i])) : Number.NaN;
    if (!Number.isFinite(value)) return i;
    values.push(value);
  }
  return cells.length;
}

function rowFault(cells: readonly string[], column: number, cols: number): string {
  if (cells.length > MAX_COLUMNS) return ` has more than ${MAX_COLUMNS} columns`;
  if (column < 0) return ` has ${cells.length} columns, line 1 has ${cols}`;
  const cell = cells[column]!;
  const why = NUMBER.test(cell) ? ", which float32 can't hold" : "";
  return `, column ${column + 1}: expected a number, got ${quoted(cell)}${why}`;
}

/** Where in the file the cell after these cells of a line of the block begins. */
function cellOffset({ bytes, start }: Block, line: number, before: readonly string[]): number {
  const mark = start === 0 && line === 0 && hasByteOrderMark(bytes) ? 3 : 0;
  const text = before.map((cell) => `${cell}\t`).join("");
  return start + mark + lineOffset(bytes, line) + new TextEncoder().encode(text).length;
}

/** A source in blocks of whole lines. */
async function* blocks(
  source: ByteSource,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Block> {
  let rest: Uint8Array = new Uint8Array();
  for (let at = 0; at < source.byteLength; at += PIECE) {
    const piece = await source.slice(at, Math.min(at + PIECE, source.byteLength), { signal });
    const end = piece.lastIndexOf(NEWLINE) + 1;
    const start = at - rest.length;
    // no end of a line in the piece: the line goes on in the next
    if (end > 0) yield { bytes: joinBytes([rest, piece.subarray(0, end)]), start };
    rest = end > 0 ? piece.slice(end) : joinBytes([rest, piece]);
    if (rest.length > LONGEST_LINE) {
      const begin = at + piece.length - rest.length;
      throw faultAt(file, begin, `a line is longer than ${LONGEST_LINE} bytes`);
    }
  }
  if (rest.length > 0) yield { bytes: rest, start: source.byteLength - rest.length };
}

/** A growing list of float32, without the cost of an object for each row. */
class FloatList {
  readonly #full: Float32Array[] = [];
  #open = new Float32Array(1 << 8);
  #used = 0;

  push(value: number): void {
    if (this.#used === this.#open.length) {
      this.#full.push(this.#open);
      this.#open = new Float32Array(Math.min(2 * this.#used, 1 << 20));
      this.#used = 0;
    }
    this.#open[this.#used++] = value;
  }

  joined(): Float32Array {
    const length = this.#full.reduce((sum, part) => sum + part.length, this.#used);
    const values = new Float32Array(length);
    let at = 0;
    for (const part of this.#full) {
      values.set(part, at);
      at += part.length;
    }
    values.set(this.#open.subarray(0, this.#used), at);
    return values;
  }
}

/** Columns that are known to hold the label; any letter case. */
const LABEL_COLUMNS = ["label", "word", "token"];

/**
 * The labels in a metadata file of the Embedding Projector. One column: every line is a label. Several
 * columns: the first line names them, and the labels are in the one named label, word or token, or
 * else in the first. Quotes are characters like others.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} for lines with different numbers of columns, bytes that are not UTF-8, and more
 *   than 4 million lines or 1,048,576 columns.
 */
export function readMetadata(bytes: Uint8Array, file: string): readonly string[] {
  const lines = splitLines(decodeNames(bytes, file));
  const columns = countColumns(lines[0] ?? "");
  if (columns > MAX_COLUMNS) throw faultAt(file, 0, `line 1 has more than ${MAX_COLUMNS} columns`);
  lines.forEach((line, i) => {
    const count = countColumns(line);
    if (count === columns) return;
    const reason = `line ${i + 1} has ${count} columns, line 1 has ${columns}`;
    throw faultAt(file, lineOffset(bytes, i), reason);
  });
  if (columns === 1) return lines;
  const names = lines[0]!.split("\t").map((name) => name.trim().toLowerCase());
  const known = LABEL_COLUMNS.map((name) => names.indexOf(name)).find((at) => at !== -1) ?? 0;
  return lines.slice(1).map((line) => line.split("\t", known + 1)[known]!);
}

function countColumns(line: string): number {
  let count = 1;
  for (let at = line.indexOf("\t"); at !== -1; at = line.indexOf("\t", at + 1)) count++;
  return count;
}
