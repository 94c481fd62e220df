import type { RunOptions } from "../../compute/run.ts";
import { type Matrix, matrix } from "../../matrix.ts";
import { LONGEST_SLICE, SliceReader, severalAtOnce } from "../bytes/slices.ts";
import type { ByteSource } from "../bytes/source.ts";
import type { Dtype } from "../model.ts";
import { BYTES_PER_VALUE, decodeFloats } from "./dtype.ts";
import { readStrided } from "./strided-rows.ts";

/** A matrix that lies in a source: row by row, unless it has strides. */
export interface StoredMatrix {
  readonly source: ByteSource;
  /** Offset of the first value in the source, in bytes. */
  readonly start: number;
  readonly dtype: Dtype;
  readonly shape: readonly [rows: number, cols: number];
  /** Default true. */
  readonly littleEndian?: boolean;
  /** Values from one row to the next, and from one column to the next; default `[cols, 1]`. */
  readonly strides?: readonly [row: number, column: number];
}

/** Rows read by one slice: the rows first to last, `count` of which are wanted. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Where they belong in the result. */
  readonly positions: Uint32Array;
}

/** Time between two reports, in milliseconds. */
const PAUSE = 40;

/**
 * Reads these rows, in this order, as float32. Nothing but their bytes is read; rows that lie side by
 * side are read by one slice (of up to 8 MiB), and so are those nearer to each other than the gap that
 * the source prefers to a slice more.
 *
 * @param rows Row numbers in range, none twice.
 */
export async function readRows(
  stored: StoredMatrix,
  rows: Int32Array,
  { signal, onProgress }: RunOptions = {},
): Promise<Matrix> {
  const { strides } = stored;
  const cols = stored.shape[1];
  if (strides !== undefined && !(strides[0] === cols && strides[1] === 1)) {
    return readStrided({ ...stored, strides }, rows, { signal, onProgress });
  }
  const X = matrix(rows.length, cols);
  const byRow = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const runs = joinRows(rows, byRow, {
    longest: Math.max(1, Math.floor(LONGEST_SLICE / rowBytes(stored))),
    gap: Math.floor((stored.source.gap ?? 0) / rowBytes(stored)),
  });
  const progress = rowProgress(rows.length, onProgress);
  const reader = new SliceReader(stored.source);
  await severalAtOnce(runs, signal, async (run, shared) => {
    const bytes = await readRun(stored, run, reader, shared, (part) => progress.coming(run, part));
    for (const position of run.positions) {
      const row = X.data.subarray(position * cols, (position + 1) * cols);
      const from = (rows[position]! - run.first) * rowBytes(stored);
      const part = bytes.subarray(from, from + rowBytes(stored));
      decodeFloats(stored.dtype, part, row, stored.littleEndian);
    }
    reader.giveBack(bytes);
    progress.done(run);
  });
  return X;
}

interface RowProgress {
  /** A slice has come as far as this part of it, from 0 to 1. */
  coming(run: Run, part: number): void;
  done(run: Run): void;
}

/** One step for all rows: those that are read, and of slices under way as many as their bytes stand for. */
function rowProgress(total: number, onProgress: RunOptions["onProgress"]): RowProgress {
  const parts = new Map<Run, number>();
  let read = 0;
  let last = 0;
  const report = (): void => {
    last = performance.now();
    const partly = [...parts].reduce((sum, [{ count }, part]) => sum + count * part, 0);
    onProgress?.({ step: "reading rows", done: Math.floor(read + partly), total });
  };
  return {
    coming: (run, part) => {
      parts.set(run, part);
      if (performance.now() - last >= PAUSE) report();
    },
    done: (run) => {
      parts.delete(run);
      read += run.count;
      report();
    },
  };
}

/** Rows per slice at most, and rows between two that are read along. */
interface Join {
  readonly longest: number;
  readonly gap: number;
}

function joinRows(rows: Int32Array, byRow: Uint32Array, { longest, gap }: Join): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < byRow.length; ) {
    const first = rows[byRow[i]!]!;
    let last = first;
    let count = 1;
    for (; i + count < byRow.length; count++) {
      const row = rows[byRow[i + count]!]!;
      if (row - last - 1 > gap || row - first >= longest) break;
      last = row;
    }
    runs.push({ first, last, count, positions: byRow.subarray(i, i + count) });
    i += count;
  }
  return runs;
}

async function readRun(
  stored: StoredMatrix,
  { first, last }: Run,
  reader: SliceReader,
  signal: AbortSignal,
  onPart: (part: number) => void,
): Promise<Uint8Array> {
  const length = (last + 1 - first) * rowBytes(stored);
  const onBytes = (read: number): void => onPart(read / length);
  return reader.read(stored.start + first * rowBytes(stored), length, { signal, onBytes });
}

function rowBytes({ dtype, shape }: StoredMatrix): number {
  return shape[1] * BYTES_PER_VALUE[dtype];
}
