/** The descent of t-SNE on all threads. */

import { barrier, claim, resetClaim } from "./threads";
import { attractRows, crossRows } from "./tsne-attraction";
import { pairTile, tileCount } from "./tsne-pairs";
import {
  agreeOnEnd,
  BLOCKS,
  CHUNK_SUMS,
  CHUNKS,
  CROSS,
  hasEnded,
  isCancelled,
  N,
  NORM,
  setNumber,
  sum,
  TILE_SUMS,
  UPDATE_SUMS,
  word,
  Z,
} from "./tsne-state";
import { moveStretch, placeFour, stretchCount } from "./tsne-update";

const WORK: u32 = 0;

/** Puts the places beside each other after the map was written from outside. */
export function tsnePlace(state: usize): void {
  const end = (<usize>((word(state, N) + 3) & ~3)) << 2;
  for (let at: usize = 0; at < end; at += 16) placeFour(state, at);
}

/**
 * Runs `count` iterations. Z and the gradient's norm are those of the last; with `cross` not 0, the sum that the
 * divergence before its step needs, too.
 */
export function tsneIterations(
  state: usize,
  count: u32,
  cross: u32,
  thread: u32,
  threads: u32,
): void {
  const tiles = tileCount(state);
  const chunks = word(state, CHUNKS);
  const stretches = stretchCount(state);
  for (let iteration: u32 = 0; iteration < count; iteration++) {
    // both forces, by whoever is free: tiles first, for they are the larger pieces
    const crosses = cross !== 0 && iteration === count - 1 ? chunks : 0;
    const all = tiles + chunks + crosses;
    for (let piece = claim(WORK); piece < all; piece = claim(WORK)) {
      if (isCancelled(state)) continue;
      if (piece < tiles) pairTile(state, piece);
      else if (piece < tiles + chunks) attractRows(state, piece - tiles);
      else crossRows(state, piece - tiles - chunks);
    }
    barrier(threads);

    // the step; every thread adds the tiles' shares of Z itself, in the same order
    if (thread === 0) {
      resetClaim(WORK);
      agreeOnEnd(state);
    }
    const total = sum(word(state, TILE_SUMS), tiles);
    const arrays = word(state, BLOCKS);
    for (let s = thread; s < stretches; s += threads) moveStretch(state, s, total, arrays);
    barrier(threads);
    if (hasEnded(state)) return;
    if (thread === 0 && iteration === count - 1) {
      setNumber(state, Z, total);
      setNumber(state, NORM, sqrt(sum(word(state, UPDATE_SUMS), stretches)));
      if (crosses > 0) setNumber(state, CROSS, sum(word(state, CHUNK_SUMS), chunks));
    }
  }
}

/** The gradient's two forces at the map as it is, and Z: what one iteration finds before its step. */
export function tsneForces(state: usize, thread: u32, threads: u32): void {
  const tiles = tileCount(state);
  const chunks = word(state, CHUNKS);
  for (let piece = claim(WORK); piece < tiles + chunks; piece = claim(WORK)) {
    if (piece < tiles) pairTile(state, piece);
    else attractRows(state, piece - tiles);
  }
  barrier(threads);
  if (thread === 0) setNumber(state, Z, sum(word(state, TILE_SUMS), tiles));
}
