import type { RunOptions } from "../../compute/run.ts";
import { type Matrix, matrix } from "../../matrix.ts";
import { LONGEST_SLICE, SliceReader, severalAtOnce } from "../bytes/slices.ts";
import { BYTES_PER_VALUE, decodeFloats } from "./dtype.ts";
import type { StoredMatrix } from "./row-reader.ts";

/** A gap of up to so many bytes is read along: it costs less than a request of its own. */
const GAP = 1 << 16;

/** Rows (as positions in ascending order) and columns that one slice holds, among other values. */
interface Tile {
  readonly rows: Uint32Array;
  readonly firstColumn: number;
  readonly columns: number;
}

/**
 * Reads these rows of a matrix whose values do not lie row by row: one in Fortran order, a transposed
 * view, every other row of a larger matrix. A row-wise one is read by rows, a column-wise one by columns,
 * and of each only the stretch that holds the rows.
 *
 * @param rows Row numbers in range, none twice.
 */
export async function readStrided(
  stored: StoredMatrix & { readonly strides: readonly [row: number, column: number] },
  rows: Int32Array,
  { signal, onProgress }: RunOptions = {},
): Promise<Matrix> {
  const size = BYTES_PER_VALUE[stored.dtype];
  const [rowStep, columnStep] = stored.strides;
  const X = matrix(rows.length, stored.shape[1]);
  const tiles = tilesOf(stored, rows);
  const reader = new SliceReader(stored.source);
  let done = 0;
  await severalAtOnce(tiles, signal, async ({ rows: positions, firstColumn, columns }, shared) => {
    const first = rows[positions[0]!]!;
    const last = rows[positions.at(-1)!]!;
    const start = first * rowStep + firstColumn * columnStep;
    const length = (last - first) * rowStep + (columns - 1) * columnStep + 1;
    const from = stored.start + start * size;
    const bytes = await reader.read(from, length * size, { signal: shared });
    for (const position of positions) {
      const at = (rows[position]! - first) * rowStep;
      const values = gather(bytes, { at, step: columnStep, count: columns }, size);
      const begin = position * X.shape[1] + firstColumn;
      const out = X.data.subarray(begin, begin + columns);
      decodeFloats(stored.dtype, values, out, stored.littleEndian);
    }
    reader.giveBack(bytes);
    done++;
    const read = Math.floor((rows.length * done) / tiles.length);
    onProgress?.({ step: "reading rows", done: read, total: rows.length });
  });
  return X;
}

/** The bytes of `count` values that lie `step` values apart, together. */
function gather(
  bytes: Uint8Array,
  { at, step, count }: { at: number; step: number; count: number },
  size: number,
): Uint8Array {
  if (step === 1) return bytes.subarray(at * size, (at + count) * size);
  const values = new Uint8Array(count * size);
  for (let i = 0, to = 0; i < count; i++) {
    let from = (at + i * step) * size;
    for (let byte = 0; byte < size; byte++) values[to++] = bytes[from++]!;
  }
  return values;
}

function tilesOf(
  { dtype, shape, strides }: Parameters<typeof readStrided>[0],
  rows: Int32Array,
): Tile[] {
  const size = BYTES_PER_VALUE[dtype];
  const [rowStep, columnStep] = strides;
  const cols = shape[1];
  const longest = LONGEST_SLICE / size;
  const gap = GAP / size;
  const tiles: Tile[] = [];
  // a row-wise matrix: a slice holds whole rows; a column-wise one: rows of one column, and more columns
  const inner = columnStep <= rowStep ? (cols - 1) * columnStep + 1 : 1;
  for (const group of groups(rows, { step: rowStep, inner, longest, gap })) {
    const height = (rows[group.at(-1)!]! - rows[group[0]!]!) * rowStep + 1;
    const isNear = columnStep - height <= gap;
    const fitting = isNear ? Math.max(1, Math.floor((longest - height) / columnStep) + 1) : 1;
    const columns = columnStep === 0 ? cols : fitting;
    for (let first = 0; first < cols; first += columns) {
      const count = Math.min(columns, cols - first);
      tiles.push({ rows: group, firstColumn: first, columns: count });
    }
  }
  return tiles;
}

/** Rows (by position, in ascending order) that lie near enough to be read together. */
function groups(
  rows: Int32Array,
  { step, inner, longest, gap }: { step: number; inner: number; longest: number; gap: number },
): Uint32Array[] {
  const order = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const found: Uint32Array[] = [];
  for (let i = 0; i < order.length; ) {
    const first = rows[order[i]!]!;
    let end = i + 1;
    for (; end < order.length; end++) {
      const row = rows[order[end]!]!;
      const before = rows[order[end - 1]!]!;
      const isFar = (row - before) * step - inner > gap;
      if (isFar || (row - first) * step + inner > longest) break;
    }
    found.push(order.subarray(i, end));
    i = end;
  }
  return found;
}
