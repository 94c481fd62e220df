import type { Model } from "./model.ts";
import { readRows, type StoredMatrix } from "./row-reader.ts";
import { selectRows } from "./rows.ts";

/** A model whose rows lie in a stored matrix. */
export function storedModel(
  stored: StoredMatrix,
  origin: Pick<Model, "name" | "revision" | "fetched">,
  parts: Pick<Model, "tensor" | "tensors" | "vocabulary" | "notes">,
): Model {
  return {
    ...origin,
    ...parts,
    dtype: stored.dtype,
    shape: stored.shape,
    tensors: parts.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    rows: async ({ rows, ...run }) => readRows(stored, selectRows(rows, stored.shape[0]), run),
  };
}
