import type { SparseRows } from "../sparse-rows.ts";

/** The twin of tsne/symmetrize.ts: (C + C') / sum, entry by entry. */
export function symmetrized(
  neighbors: Int32Array,
  conditional: Float64Array,
  n: number,
  k: number,
): SparseRows {
  const rows = Array.from({ length: n }, () => new Map<number, number>());
  const add = (i: number, j: number, p: number) => rows[i]!.set(j, (rows[i]!.get(j) ?? 0) + p);
  for (let e = 0; e < neighbors.length; e++) {
    const i = Math.floor(e / k);
    add(i, neighbors[e]!, conditional[e]!);
    add(neighbors[e]!, i, conditional[e]!);
  }
  const indptr = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) indptr[i + 1] = indptr[i]! + rows[i]!.size;
  const indices = new Int32Array(indptr[n]!);
  const values = new Float64Array(indptr[n]!);
  rows.forEach((row, i) => {
    indices.set(Int32Array.from(row.keys()).sort(), indptr[i]!);
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) values[e] = row.get(indices[e]!)!;
  });
  let sum = 0;
  for (const p of values) sum += p;
  for (let e = 0; e < values.length; e++) values[e]! /= sum;
  return { indptr, indices, values };
}
