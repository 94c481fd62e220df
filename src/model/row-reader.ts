import type { RunOptions } from "../compute/run.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { BYTES_PER_VALUE, decodeFloats } from "./dtype.ts";
import type { Dtype } from "./model.ts";
import type { ByteSource } from "./source.ts";

/** A matrix that lies row by row in a source. */
export interface StoredMatrix {
  readonly source: ByteSource;
  /** Offset of the first value in the source, in bytes. */
  readonly start: number;
  readonly dtype: Dtype;
  readonly shape: readonly [rows: number, cols: number];
  /** Default true. */
  readonly littleEndian?: boolean;
}

/**
 * Longest slice asked for at once, in bytes: longer slices become garbage so large that a matrix is for a while
 * held twice.
 */
const MAX_SLICE = 8 * 1024 * 1024;
/** Slices asked for at the same time: what hides the way to a distant source. */
const PARALLEL = 6;

/** Adjacent rows, read by one slice: the rows first to first + count - 1. */
interface Run {
  readonly first: number;
  readonly count: number;
}

/**
 * Reads these rows, in this order, as float32. Nothing but their bytes is read; rows that lie side by
 * side are read by one slice (of up to 8 MiB).
 *
 * @param rows Row numbers in range, none twice.
 */
export async function readRows(
  stored: StoredMatrix,
  rows: Int32Array,
  { signal, onProgress }: RunOptions = {},
): Promise<Matrix> {
  const cols = stored.shape[1];
  const X = matrix(rows.length, cols);
  const byRow = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const runs = joinRows(rows, byRow, Math.max(1, Math.floor(MAX_SLICE / rowBytes(stored))));
  let next = 0;
  let at = 0;
  let done = 0;

  async function readRuns(): Promise<void> {
    while (next < runs.length) {
      const run = runs[next++]!;
      const positions = byRow.subarray(at, at + run.count);
      at += run.count;
      const bytes = await readRun(stored, run, signal);
      positions.forEach((position, i) => {
        const row = X.data.subarray(position * cols, (position + 1) * cols);
        const from = bytes.subarray(i * rowBytes(stored), (i + 1) * rowBytes(stored));
        decodeFloats(stored.dtype, from, row, stored.littleEndian);
      });
      done += run.count;
      onProgress?.({ step: "reading rows", done, total: rows.length });
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, runs.length) }, readRuns));
  } finally {
    next = runs.length; // after a failure the other slices' turns end too
  }
  return X;
}

function joinRows(rows: Int32Array, byRow: Uint32Array, longest: number): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < byRow.length; ) {
    const first = rows[byRow[i]!]!;
    let count = 1;
    while (count < longest && rows[byRow[i + count]!] === first + count) count++;
    runs.push({ first, count });
    i += count;
  }
  return runs;
}

async function readRun(
  stored: StoredMatrix,
  { first, count }: Run,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const start = stored.start + first * rowBytes(stored);
  return stored.source.slice(start, start + count * rowBytes(stored), { signal });
}

function rowBytes({ dtype, shape }: StoredMatrix): number {
  return shape[1] * BYTES_PER_VALUE[dtype];
}
