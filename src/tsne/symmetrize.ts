import { breather, type RunOptions } from "../compute/run.ts";
import type { SparseRows } from "../compute/sparse-rows.ts";

/** A square sparse matrix in compressed rows. */
interface Rows {
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Entries worked on between two looks at the clock. */
const SLICE = 2 ** 18;

/**
 * (C + C') / sum for conditional probabilities C with k entries in each row, columns ascending. Time and memory
 * grow with n k: C is transposed once to have its columns as rows, and back to have its rows in order
 * (counting sorts, both), and the two are merged.
 *
 * @param indices (n, k), columns of C in any order, none twice in a row and none the row itself; is sorted.
 * @param conditional (n, k), their values; go with them.
 */
export async function symmetrizeSparse(
  indices: Int32Array,
  conditional: Float64Array,
  k: number,
  options: RunOptions,
): Promise<SparseRows> {
  const n = indices.length / k;
  const breath = breather("affinities", 3 * n, { signal: options.signal });
  const C: Rows = {
    indptr: Int32Array.from({ length: n + 1 }, (_, i) => i * k),
    indices,
    values: conditional,
  };
  const T = emptyTranspose(C);
  await transpose(C, T, (done) => breath(done));
  await transpose(T, C, (done) => breath(n + done));
  const P = await merged(C, T, (done) => breath(2 * n + done));
  scaleToOne(P.values);
  return P;
}

function scaleToOne(values: Float64Array): void {
  let sum = 0;
  for (let e = 0; e < values.length; e++) sum += values[e]!;
  for (let e = 0; e < values.length; e++) values[e]! /= sum;
}

type Breath = (rows: number) => Promise<void> | undefined;

/** Room for the transpose of a square matrix, every row as long as the column. */
function emptyTranspose({ indptr, indices }: Rows): Rows {
  const starts = new Int32Array(indptr.length);
  for (let e = 0; e < indices.length; e++) starts[indices[e]! + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return {
    indptr: starts,
    indices: new Int32Array(indices.length),
    values: new Float64Array(indices.length),
  };
}

/** Writes the transpose of `from` into `to`, whose row starts are right already; columns ascend. */
async function transpose(from: Rows, to: Rows, breath: Breath): Promise<void> {
  const next = to.indptr.slice();
  const n = from.indptr.length - 1;
  for (let i = 0; i < n; ) {
    i = scatter(from, to, next, i);
    await breath(i);
  }
}

/** Puts a slice of rows, from row i on, into the columns they belong to; returns the first row not put. */
function scatter(from: Rows, to: Rows, next: Int32Array, i: number): number {
  const { indptr, indices, values } = from;
  const { indices: rows, values: moved } = to;
  const n = indptr.length - 1;
  const last = indptr[i]! + SLICE;
  for (; i < n && indptr[i]! < last; i++) {
    const end = indptr[i + 1]!;
    for (let e = indptr[i]!; e < end; e++) {
      const column = indices[e]!;
      const at = next[column]!;
      next[column] = at + 1;
      rows[at] = i;
      moved[at] = values[e]!;
    }
  }
  return i;
}

/** A + B, for matrices whose columns ascend in every row. */
async function merged(A: Rows, B: Rows, breath: Breath): Promise<Rows> {
  const n = A.indptr.length - 1;
  const most = A.indices.length + B.indices.length;
  const indptr = new Int32Array(n + 1);
  const P = { indptr, indices: new Int32Array(most), values: new Float64Array(most) };
  for (let i = 0; i < n; i++) {
    indptr[i + 1] = mergeRow(A, B, P, i);
    if (i % 1024 === 0) await breath(i);
  }
  const size = indptr[n]!;
  return { indptr, indices: P.indices.subarray(0, size), values: P.values.subarray(0, size) };
}

/** Writes row i of A + B to where row i - 1 ended; returns where it ends itself. */
function mergeRow(A: Rows, B: Rows, P: Rows, i: number): number {
  const { indices: left, values: leftValues } = A;
  const { indices: right, values: rightValues } = B;
  const { indices, values } = P;
  const aEnd = A.indptr[i + 1]!;
  const bEnd = B.indptr[i + 1]!;
  let a = A.indptr[i]!;
  let b = B.indptr[i]!;
  let e = P.indptr[i]!;
  while (a < aEnd && b < bEnd) {
    const p = left[a]!;
    const q = right[b]!;
    indices[e] = Math.min(p, q);
    values[e++] = (p <= q ? leftValues[a]! : 0) + (q <= p ? rightValues[b]! : 0);
    a += p <= q ? 1 : 0;
    b += q <= p ? 1 : 0;
  }
  for (; a < aEnd; a++, e++) {
    indices[e] = left[a]!;
    values[e] = leftValues[a]!;
  }
  for (; b < bEnd; b++, e++) {
    indices[e] = right[b]!;
    values[e] = rightValues[b]!;
  }
  return e;
}
