/** A symmetric sparse matrix in compressed rows. */
export interface SparseRows {
  /** Row i's entries are [indptr[i], indptr[i + 1]); n + 1 numbers. */
  readonly indptr: Int32Array | Uint32Array;
  /** Columns, ascending in each row. */
  readonly indices: Int32Array | Uint32Array;
  readonly values: Float32Array | Float64Array;
}
