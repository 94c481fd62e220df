import { FormatError } from "../errors.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { quoted } from "./display.ts";
import { decodeLines, splitLines } from "./labels.ts";
import { type ByteSource, joinBytes } from "./source.ts";

/** Bytes read at once. */
const PIECE = 1 << 22;
/** Longest line in bytes: a million columns of the longest numbers fit. */
const LONGEST_LINE = 1 << 25;
const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const NEWLINE = 0x0a;

/**
 * Reads vectors in the Embedding Projector's format (projector.tensorflow.org): a row per line, numbers
 * separated by tabs, no header. The numbers are rounded to float32.
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
  const rows: Float32Array[] = [];
  for await (const line of lines(source, file, options.signal)) {
    rows.push(parseRow(line, rows.length + 1, rows[0]?.length, file));
  }
  if (rows.length === 0) throw new FormatError(`${file}: the file is empty`, { file, offset: 0 });
  const X = matrix(rows.length, rows[0]!.length);
  rows.forEach((row, i) => {
    X.data.set(row, i * row.length);
  });
  return X;
}

function parseRow(
  line: string,
  number: number,
  length: number | undefined,
  file: string,
): Float32Array {
  const cells = line.split("\t");
  if (length !== undefined && cells.length !== length) {
    throw new FormatError(
      `${file}: line ${number} has ${cells.length} columns, line 1 has ${length}`,
      { file },
    );
  }
  return Float32Array.from(cells, (cell, column) => {
    const value = NUMBER.test(cell) ? Math.fround(Number(cell)) : Number.NaN;
    if (Number.isFinite(value)) return value;
    const what = NUMBER.test(cell) ? `${quoted(cell)}, which float32 can't hold` : quoted(cell);
    throw new FormatError(
      `${file}: line ${number}, column ${column + 1}: expected a number, got ${what}`,
      { file },
    );
  });
}

/** The lines of a source, which is read in pieces; LF or CRLF. */
async function* lines(
  source: ByteSource,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array();
  for (let at = 0; at < source.byteLength; at += PIECE) {
    const piece = await source.slice(at, Math.min(at + PIECE, source.byteLength), { signal });
    const end = piece.lastIndexOf(NEWLINE) + 1;
    // no end of a line in the piece: the line goes on in the next
    if (end > 0) yield* splitLines(decodeLines(joinBytes([rest, piece.subarray(0, end)]), file));
    rest = end > 0 ? piece.slice(end) : joinBytes([rest, piece]);
    if (rest.length > LONGEST_LINE) {
      throw new FormatError(`${file}: a line is longer than ${LONGEST_LINE} bytes`, { file });
    }
  }
  if (rest.length > 0) yield* splitLines(decodeLines(rest, file));
}

/** Columns that are known to hold the label; any letter case. */
const LABEL_COLUMNS = ["label", "word", "token"];

/**
 * The labels in a metadata file of the Embedding Projector. One column: every line is a label. Several
 * columns: the first line names them, and the labels are in the one named label, word or token, or
 * else in the first.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} for lines with different numbers of columns.
 */
export function readMetadata(bytes: Uint8Array, file: string): readonly string[] {
  const rows = splitLines(decodeLines(bytes, file)).map((line) => line.split("\t"));
  const columns = rows[0]?.length ?? 0;
  rows.forEach((row, i) => {
    if (row.length === columns) return;
    throw new FormatError(
      `${file}: line ${i + 1} has ${row.length} columns, line 1 has ${columns}`,
      { file },
    );
  });
  if (columns <= 1) return rows.map(([label]) => label!);
  const names = rows[0]!.map((name) => name.trim().toLowerCase());
  const known = LABEL_COLUMNS.map((name) => names.indexOf(name)).find((at) => at !== -1);
  return rows.slice(1).map((row) => row[known ?? 0]!);
}
