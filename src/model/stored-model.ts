import { UnsupportedError } from "../errors.ts";
import type { Model } from "./model.ts";
import { selectRows } from "./rows.ts";
import { readColumns } from "./values/column-reader.ts";
import { readRows, type StoredMatrix } from "./values/row-reader.ts";

/** Row numbers are 32-bit integers. */
const MOST_ROWS = 2 ** 31 - 1;

/** What is known of a model besides where its rows lie; files of one matrix have no token matrices. */
export type ModelParts = Pick<Model, "tensor" | "tensors" | "vocabulary" | "notes"> &
  Partial<Pick<Model, "matrix" | "matrices">> & {
    /** The stored matrix holds tokens as columns, default false. */
    readonly transposed?: boolean | undefined;
  };

/**
 * A model whose rows lie in a stored matrix.
 *
 * @throws {UnsupportedError} if there are 2^31 rows or more.
 */
export function storedModel(
  stored: StoredMatrix,
  origin: Pick<Model, "name" | "revision" | "fetched">,
  { transposed = false, ...parts }: ModelParts,
): Model {
  const [rows, cols] = stored.shape;
  const shape = transposed ? ([cols, rows] as const) : stored.shape;
  if (shape[0] > MOST_ROWS) {
    throw new UnsupportedError(
      `${origin.name}: tensor ${parts.tensor} has ${shape[0]} rows; at most ${MOST_ROWS} are read`,
      { feature: "2^31 rows" },
    );
  }
  const read = transposed ? readColumns : readRows;
  return {
    ...{ weights: null, matrix: null, matrices: null },
    ...origin,
    ...parts,
    dtype: stored.dtype,
    shape,
    tensors: parts.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    rows: async ({ rows, ...run }) => read(stored, selectRows(rows, shape[0]), run),
  };
}
