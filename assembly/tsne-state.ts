/**
 * Where the state of a t-SNE run lies. `state` is the address of a table of words, written by
 * src/compute/descent-state.ts in this order.
 *
 * Arrays over points hold one stretch of `stride` bytes for every axis, float32, zeros behind the last point,
 * so that four points at a time need no tail.
 */

export function word(state: usize, index: u32): u32 {
  return load<u32>(state + (index << 2));
}

/** Points; axes, 2 or 3 (a map on a line has a second one of zeros); bytes from one axis to the next. */
export const N: u32 = 0;
export const AXES: u32 = 1;
export const STRIDE: u32 = 2;
/** P in compressed rows, each padded with zeros to a whole number of four entries. */
export const INDPTR: u32 = 3;
export const COLUMNS: u32 = 4;
export const VALUES: u32 = 5;
/** Chunks of rows with about equally many entries of P: their first rows, and the end. */
export const CHUNKS: u32 = 6;
export const CHUNK_ROWS: u32 = 7;
/** The map; and, of two axes, both coordinates of a point side by side. */
export const MAP: u32 = 8;
export const PLACES: u32 = 9;
export const ATTRACTION: u32 = 10;
export const UPDATE: u32 = 11;
export const GAINS: u32 = 12;
/** Repulsion: blocks of points, points in each, and one array of forces for every block (assembly/tsne-pairs.ts). */
export const BLOCKS: u32 = 13;
export const BLOCK: u32 = 14;
export const FORCES: u32 = 15;
/** Float64 sums: of every tile of pairs, of every chunk of rows, of every stretch of the update. */
export const TILE_SUMS: u32 = 16;
export const CHUNK_SUMS: u32 = 17;
export const UPDATE_SUMS: u32 = 18;

/** Not 0 when the run is cancelled: what is left to do is left undone. */
const CANCELLED: u32 = 20;
/** CANCELLED as all threads see it alike: as it was at the end of the last iteration. */
const ENDED: u32 = 21;

/** The mesh's plan, or 0 where pairs are always taken (assembly/tsne-repulsion.ts); how often it was used. */
export const MESH: u32 = 22;
export const MESHED: u32 = 23;
/** Lowest and highest x, lowest and highest y of every stretch of points; float32, of maps in the plane. */
export const BOXES: u32 = 24;

export function isCancelled(state: usize): bool {
  return atomic.load<u32>(state + (CANCELLED << 2)) !== 0;
}

/** By one thread, between two barriers. */
export function agreeOnEnd(state: usize): void {
  store<u32>(state + (ENDED << 2), <u32>isCancelled(state));
}

export function hasEnded(state: usize): bool {
  return word(state, ENDED) !== 0;
}

/** Float64: what a step is made with, and what it finds, in the order below. */
export const NUMBERS: u32 = 19;
export const EXAGGERATION: u32 = 0;
export const MOMENTUM: u32 = 1;
export const LEARNING_RATE: u32 = 2;
export const MAX_STEP: u32 = 3;
/** Z, and the gradient's norm after the gains, of the last iteration; sums of a divergence. */
export const Z: u32 = 4;
export const NORM: u32 = 5;
export const CROSS: u32 = 6;

export function number(state: usize, index: u32): f64 {
  return load<f64>(word(state, NUMBERS) + (index << 3));
}

export function setNumber(state: usize, index: u32, value: f64): void {
  store<f64>(word(state, NUMBERS) + (index << 3), value);
}

/** The sum of `count` float64 numbers, in order. */
export function sum(at: usize, count: u32): f64 {
  let total: f64 = 0;
  for (const end = at + ((<usize>count) << 3); at < end; at += 8) total += load<f64>(at);
  return total;
}

export function sumOfFour(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** All bits of the lanes below `count`. */
export function firstLanes(count: u32): v128 {
  return i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(count));
}
