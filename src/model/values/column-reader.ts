import type { RunOptions } from "../../compute/run.ts";
import { type Matrix, matrix } from "../../matrix.ts";
import { readRows, type StoredMatrix } from "./row-reader.ts";

/** Most values of the stored matrix that are held at once. */
const MAX_VALUES = 2 * 1024 * 1024;

/**
 * Reads these columns of a stored matrix, in this order, as the rows of a matrix of float32. The whole
 * stored matrix goes by, piece by piece: its columns lie scattered over all of it.
 *
 * @param stored (d, n): tokens as columns.
 * @param columns Column numbers in range, none twice.
 * @returns (columns.length, d).
 */
export async function readColumns(
  stored: StoredMatrix,
  columns: Int32Array,
  { signal, onProgress }: RunOptions = {},
): Promise<Matrix> {
  const [rows, cols] = stored.shape;
  const X = matrix(columns.length, rows);
  const step = Math.max(1, Math.floor(MAX_VALUES / cols));
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const piece = await readRows(
      stored,
      Int32Array.from({ length: count }, (_, r) => first + r),
      { signal },
    );
    columns.forEach((column, i) => {
      for (let r = 0; r < count; r++) {
        X.data[i * rows + first + r] = piece.data[r * cols + column]!;
      }
    });
    onProgress?.({ step: "reading rows", done: first + count, total: rows });
  }
  return X;
}
