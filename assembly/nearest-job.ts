/**
 * What the kernels of the nearest neighbours work on. src/compute/nearest-memory.ts lays it out, field by field
 * in this order: addresses and counts of 4 bytes, then float64.
 *
 * Rows stand in panels of 8: element pair p of row r of panel b is the 4 bytes at packed + (b pairs + p) 32 + 4 r.
 */
@unmanaged
export class Job {
  /** float32, count x d. */
  rows: usize;
  /** float64, one for each row: its length, squared. */
  norms: usize;
  /** u32, one for each row: equal for rows of the same bytes. */
  hashes: usize;
  /** float64, d: what is taken from every row before it is quantised. */
  centre: usize;
  /** int16, in panels: the quantised rows. */
  packed: usize;
  /** float32, one for each row: quantised numbers times this are the row's own. */
  factors: usize;
  /** float32, one for each row: half its squared length, rounded down; infinite in the padding. */
  halves: usize;
  /** float32, one for each row: length of what quantising took away, in quantised units, rounded up. */
  noise: usize;
  /** float32, one for each row: no pair whose lower bound is above it can be a candidate of the row. */
  limits: usize;
  /** u64, one for each row: order of the last candidate that would be kept. */
  last: usize;
  /** i32, one for each row: how many candidates it has. */
  counts: usize;
  /** u64, count x room: candidates, as orders (the lower bound, then the index). */
  candidates: usize;
  /** i32, one for each block of rows, 64 bytes apart. */
  locks: usize;
  /** Each thread's own bytes, `scratchSize` apart. */
  scratch: usize;
  scratchSize: u32;
  /** i32, count x k: the result. */
  indices: usize;
  /** float64, count x k: the result's distances, as order says (see `exactKey`). */
  keys: usize;
  /** u32: in ranking, one for each row, 1 where the certificate failed; in the second look, the rows' list. */
  again: usize;
  count: u32;
  d: u32;
  /** Pairs of elements in a quantised row; even. */
  pairs: u32;
  k: u32;
  /** Candidates kept when there are too many, and how many there is room for. */
  kept: u32;
  room: u32;
  /** Panels in a block, and blocks in all. */
  blockPanels: u32;
  blocks: u32;
  /** 0 Euclidean, 1 cosine, 2 dot product. */
  metric: u32;
  /** Added to every quantised dot product: more than its error can be. */
  bias: i32;
  /** Largest length that a quantised row may have. */
  longest: f64;
  /** By this power of two rows are multiplied before they are quantised. */
  unit: f64;
  /** Rows longer than this (squared) have no part in the centre. */
  outlying: f64;
  /** More than the relative rounding error of an exact distance in float64. */
  rounding: f64;
}

export const EUCLIDEAN: u32 = 0;
export const COSINE: u32 = 1;
export const DOT: u32 = 2;

export function rowAt(job: Job, i: u32): usize {
  return job.rows + ((<usize>i * job.d) << 2);
}
