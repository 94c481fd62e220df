import { UnsupportedError } from "../errors.ts";
import type { Model } from "./model.ts";
import { readRows, type StoredMatrix } from "./row-reader.ts";
import { selectRows } from "./rows.ts";

/** Row numbers are 32-bit integers. */
const MOST_ROWS = 2 ** 31 - 1;

/**
 * A model whose rows lie in a stored matrix.
 *
 * @throws {UnsupportedError} if there are 2^31 rows or more.
 */
export function storedModel(
  stored: StoredMatrix,
  origin: Pick<Model, "name" | "revision" | "fetched">,
  parts: Pick<Model, "tensor" | "tensors" | "vocabulary" | "notes">,
): Model {
  if (stored.shape[0] > MOST_ROWS) {
    throw new UnsupportedError(
      `${origin.name}: tensor ${parts.tensor} has ${stored.shape[0]} rows; at most ${MOST_ROWS} are read`,
      { feature: "2^31 rows" },
    );
  }
  return {
    ...origin,
    ...parts,
    dtype: stored.dtype,
    shape: stored.shape,
    tensors: parts.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    rows: async ({ rows, ...run }) => readRows(stored, selectRows(rows, stored.shape[0]), run),
  };
}
