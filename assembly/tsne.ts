/** The descent of t-SNE on all threads. */

import { barrier, claim, resetClaim } from "./threads";
import { attractRows, crossRows } from "./tsne-attraction";
import { pairTile, tileCount } from "./tsne-pairs";
import { meshForces, takesMesh } from "./tsne-repulsion";
import {
  agreeOnEnd,
  BLOCKS,
  CHUNK_SUMS,
  CHUNKS,
  CROSS,
  hasEnded,
  isCancelled,
  MESHED,
  NORM,
  setNumber,
  sum,
  TILE_SUMS,
  UPDATE_SUMS,
  word,
  Z,
} from "./tsne-state";
import { moveStretch, placeStretch, stretchCount } from "./tsne-update";

const WORK: u32 = 0;

/** Makes the map ready after it was written from outside. */
export function tsnePlace(state: usize): void {
  for (let s: u32 = 0; s < stretchCount(state); s++) placeStretch(state, s);
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
    const meshed = takesMesh(state);
    const pairs: u32 = meshed ? 0 : tiles;
    const all = pairs + chunks + crosses;
    for (let piece = claim(WORK); piece < all; piece = claim(WORK)) {
      if (isCancelled(state)) continue;
      if (piece < pairs) pairTile(state, piece);
      else if (piece < pairs + chunks) attractRows(state, piece - pairs);
      else crossRows(state, piece - pairs - chunks);
    }
    // Z is known to every thread, which add the tiles' shares themselves, in the same order
    let total: f64;
    if (meshed) {
      total = meshForces(state, thread, threads);
    } else {
      barrier(threads);
      total = sum(word(state, TILE_SUMS), tiles);
    }

    // the step
    if (thread === 0) {
      resetClaim(WORK);
      agreeOnEnd(state);
      if (meshed) store<u32>(state + (MESHED << 2), word(state, MESHED) + 1);
    }
    const arrays = meshed ? 1 : word(state, BLOCKS);
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
