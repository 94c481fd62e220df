/**
 * Repulsion over all pairs. Points are cut into blocks, pairs into tiles of two blocks; a tile sees each of
 * its pairs once and writes the forces on either block where no other tile writes: those on the points of
 * block I, from block J, into array J, and the other way round. So tiles can be done in any order by any thread, and
 * the sum over the arrays in order is the same for any number of threads.
 */
import {
  AXES,
  BLOCK,
  BLOCKS,
  FORCES,
  firstLanes,
  MAP,
  N,
  STRIDE,
  sumOfFour,
  TILE_SUMS,
  word,
} from "./tsne-state";

/** How many tiles there are: unordered pairs of blocks, each with itself included. */
export function tileCount(state: usize): u32 {
  const blocks = word(state, BLOCKS);
  return (blocks * (blocks + 1)) >> 1;
}

/** Tile number `tile`: forces into the arrays, and its share of Z (over ordered pairs) into the tile sums. */
export function pairTile(state: usize, tile: u32): void {
  let J: u32 = 0;
  let I = tile;
  while (I > J) I -= ++J; // tiles (0,0) (0,1) (1,1) (0,2) ...
  const n = word(state, N);
  const block = word(state, BLOCK);
  const from = I * block;
  const end = min(from + block, n);
  const others = J * block;
  const othersEnd = min(others + block, n);
  const Z =
    word(state, AXES) === 2
      ? planarTile(state, I, J, from, end, others, othersEnd)
      : spatialTile(state, I, J, from, end, others, othersEnd);
  store<f64>(word(state, TILE_SUMS) + (tile << 3), Z);
}

/** The array of forces that the points of block `by` exert, axis 0, at point `at`. */
function forces(state: usize, by: u32, at: u32): usize {
  const each = word(state, STRIDE) * word(state, AXES);
  return <usize>word(state, FORCES) + <usize>by * each + ((<usize>at) << 2);
}

/** Writes the sum of four lanes; within a block onto what the points before have written. */
function add(to: usize, within: bool, four: v128): void {
  store<f32>(to, sumOfFour(four) + (within ? load<f32>(to) : 0));
}

function planarTile(
  state: usize,
  I: u32,
  J: u32,
  from: u32,
  end: u32,
  others: u32,
  othersEnd: u32,
): f64 {
  const stride = <usize>word(state, STRIDE);
  const map = <usize>word(state, MAP);
  const within = I === J;
  const one = f32x4.splat(1);
  const all = i32x4.splat(-1);
  const tail = firstLanes(othersEnd - ((othersEnd - 1) & ~3));
  const start = map + ((<usize>others) << 2);
  const last = map + ((<usize>((othersEnd - 1) & ~3)) << 2);
  const toOthers = forces(state, I, others) - start;
  const ofThese = forces(state, J, from);
  memory.fill(start + toOthers, 0, (othersEnd - others) << 2);
  memory.fill(start + toOthers + stride, 0, (othersEnd - others) << 2);
  let Z: f64 = 0;
  for (let i: u32 = from; i < end; i++) {
    const here = map + ((<usize>i) << 2);
    const x = v128.load_splat<f32>(here);
    const y = v128.load_splat<f32>(here + stride);
    let fx = f32x4.splat(0);
    let fy = f32x4.splat(0);
    let sum = f32x4.splat(0);
    // within a block, every point meets those behind it
    const begin = within ? map + ((<usize>((i + 1) & ~3)) << 2) : start;
    const head = within ? v128.not(firstLanes((i + 1) & 3)) : all;
    for (let at = begin; at <= last; at += 4 << 2) {
      const dx = f32x4.sub(x, v128.load(at));
      const dy = f32x4.sub(y, v128.load(at + stride));
      const square = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
      let w = f32x4.div(one, f32x4.add(one, square));
      if (at === begin) w = v128.and(w, head);
      if (at === last) w = v128.and(w, tail);
      sum = f32x4.add(sum, w);
      const ww = f32x4.mul(w, w);
      const gx = f32x4.mul(ww, dx);
      const gy = f32x4.mul(ww, dy);
      fx = f32x4.add(fx, gx);
      fy = f32x4.add(fy, gy);
      const to = at + toOthers;
      v128.store(to, f32x4.sub(v128.load(to), gx));
      v128.store(to + stride, f32x4.sub(v128.load(to + stride), gy));
    }
    Z += sumOfFour(sum);
    const to = ofThese + ((<usize>(i - from)) << 2);
    add(to, within, fx);
    add(to + stride, within, fy);
  }
  return 2 * Z;
}

function spatialTile(
  state: usize,
  I: u32,
  J: u32,
  from: u32,
  end: u32,
  others: u32,
  othersEnd: u32,
): f64 {
  const stride = <usize>word(state, STRIDE);
  const map = <usize>word(state, MAP);
  const within = I === J;
  const one = f32x4.splat(1);
  const all = i32x4.splat(-1);
  const tail = firstLanes(othersEnd - ((othersEnd - 1) & ~3));
  const start = map + ((<usize>others) << 2);
  const last = map + ((<usize>((othersEnd - 1) & ~3)) << 2);
  const toOthers = forces(state, I, others) - start;
  const ofThese = forces(state, J, from);
  for (let axis: usize = 0; axis < 3; axis++) {
    memory.fill(start + toOthers + axis * stride, 0, (othersEnd - others) << 2);
  }
  let Z: f64 = 0;
  for (let i: u32 = from; i < end; i++) {
    const here = map + ((<usize>i) << 2);
    const x = v128.load_splat<f32>(here);
    const y = v128.load_splat<f32>(here + stride);
    const z = v128.load_splat<f32>(here + 2 * stride);
    let fx = f32x4.splat(0);
    let fy = f32x4.splat(0);
    let fz = f32x4.splat(0);
    let sum = f32x4.splat(0);
    // within a block, every point meets those behind it
    const begin = within ? map + ((<usize>((i + 1) & ~3)) << 2) : start;
    const head = within ? v128.not(firstLanes((i + 1) & 3)) : all;
    for (let at = begin; at <= last; at += 4 << 2) {
      const dx = f32x4.sub(x, v128.load(at));
      const dy = f32x4.sub(y, v128.load(at + stride));
      const dz = f32x4.sub(z, v128.load(at + 2 * stride));
      const planar = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
      let w = f32x4.div(one, f32x4.add(one, f32x4.add(planar, f32x4.mul(dz, dz))));
      if (at === begin) w = v128.and(w, head);
      if (at === last) w = v128.and(w, tail);
      sum = f32x4.add(sum, w);
      const ww = f32x4.mul(w, w);
      const gx = f32x4.mul(ww, dx);
      const gy = f32x4.mul(ww, dy);
      const gz = f32x4.mul(ww, dz);
      fx = f32x4.add(fx, gx);
      fy = f32x4.add(fy, gy);
      fz = f32x4.add(fz, gz);
      const to = at + toOthers;
      v128.store(to, f32x4.sub(v128.load(to), gx));
      v128.store(to + stride, f32x4.sub(v128.load(to + stride), gy));
      v128.store(to + 2 * stride, f32x4.sub(v128.load(to + 2 * stride), gz));
    }
    Z += sumOfFour(sum);
    const to = ofThese + ((<usize>(i - from)) << 2);
    add(to, within, fx);
    add(to + stride, within, fy);
    add(to + 2 * stride, within, fz);
  }
  return 2 * Z;
}
