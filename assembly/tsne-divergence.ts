/** What the Kullback-Leibler divergence is made of, with Z over all pairs. */
import { log } from "./log";
import { barrier, claim } from "./threads";
import { crossRows } from "./tsne-attraction";
import {
  AXES,
  CHUNK_ROWS,
  CHUNK_SUMS,
  CHUNKS,
  CROSS,
  firstLanes,
  INDPTR,
  isCancelled,
  MAP,
  N,
  STRIDE,
  setNumber,
  sum,
  VALUES,
  word,
} from "./tsne-state";

/** Rows of a band of pairs, of which each has a sum of its own. */
const BAND: u32 = 64;
/** Vectors added in float32 before their sum goes to float64. */
const RUN: usize = 64;

const WORK: u32 = 0;

/** Writes sum of p_ij log(1 + |y_i - y_j|^2) into the state's numbers. */
export function tsneCross(state: usize, thread: u32, threads: u32): void {
  const chunks = word(state, CHUNKS);
  for (let chunk = claim(WORK); chunk < chunks; chunk = claim(WORK)) crossRows(state, chunk);
  barrier(threads);
  if (thread === 0) setNumber(state, CROSS, sum(word(state, CHUNK_SUMS), chunks));
}

/** Writes sum of p log p into the state's numbers. */
export function tsneEntropy(state: usize, thread: u32, threads: u32): void {
  const chunks = word(state, CHUNKS);
  const indptr = <usize>word(state, INDPTR);
  const values = <usize>word(state, VALUES);
  for (let chunk = claim(WORK); chunk < chunks; chunk = claim(WORK)) {
    const rows = <usize>word(state, CHUNK_ROWS) + (chunk << 2);
    let at = values + ((<usize>load<u32>(indptr + ((<usize>load<u32>(rows)) << 2))) << 2);
    const end = values + ((<usize>load<u32>(indptr + ((<usize>load<u32>(rows, 4)) << 2))) << 2);
    let total: f64 = 0;
    for (; at < end; at += 4) {
      const p = <f64>load<f32>(at);
      if (p > 0) total += p * log(p);
    }
    store<f64>(<usize>word(state, CHUNK_SUMS) + (chunk << 3), total);
  }
  barrier(threads);
  if (thread === 0) setNumber(state, CROSS, sum(word(state, CHUNK_SUMS), chunks));
}

/** Z by bands: writes the shares of bands [from, end) into `sums`, one float64 for every band of 64 rows. */
export function tsneBands(
  state: usize,
  sums: usize,
  from: u32,
  end: u32,
  _thread: u32,
  _threads: u32,
): void {
  const planar = word(state, AXES) === 2;
  for (let band = from + claim(WORK); band < end; band = from + claim(WORK)) {
    if (isCancelled(state)) continue;
    store<f64>(
      sums + ((<usize>band) << 3),
      planar ? bandSum(state, band, 0) : bandSum(state, band, 1),
    );
  }
}

/** Twice the sum of w between the points of a band and all points behind each. */
function bandSum(state: usize, band: u32, spatial: u32): f64 {
  const n = word(state, N);
  const stride = <usize>word(state, STRIDE);
  const map = <usize>word(state, MAP);
  const end = min((band + 1) * BAND, n);
  let total: f64 = 0;
  for (let i = band * BAND; i < end; i++) {
    const here = map + ((<usize>i) << 2);
    total += rowSum(here, stride, here + 4, n - i - 1, spatial);
  }
  return 2 * total;
}

/** Sum of w between the point at `here` and `count` points from `at` on. */
function rowSum(here: usize, stride: usize, at: usize, count: u32, spatial: u32): f64 {
  const x = v128.load_splat<f32>(here);
  const y = v128.load_splat<f32>(here + stride);
  const z = spatial ? v128.load_splat<f32>(here + 2 * stride) : f32x4.splat(0);
  const one = f32x4.splat(1);
  const full = at + ((<usize>(count & ~3)) << 2);
  let total = f64x2.splat(0);
  while (at < full) {
    const runEnd = min(at + (RUN << 4), full);
    let sum = f32x4.splat(0);
    for (; at < runEnd; at += 4 << 2) {
      const w = f32x4.div(one, onePlusSquare(x, y, z, at, stride, spatial));
      sum = f32x4.add(sum, w);
    }
    total = addFour(total, sum);
  }
  if ((count & 3) !== 0) {
    const w = f32x4.div(one, onePlusSquare(x, y, z, at, stride, spatial));
    total = addFour(total, v128.and(w, firstLanes(count & 3)));
  }
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

function addFour(total: v128, four: v128): v128 {
  const high = v128.shuffle<u64>(four, four, 1, 0);
  return f64x2.add(f64x2.add(total, f64x2.promote_low_f32x4(four)), f64x2.promote_low_f32x4(high));
}

function onePlusSquare(x: v128, y: v128, z: v128, at: usize, stride: usize, spatial: u32): v128 {
  const dx = f32x4.sub(x, v128.load(at));
  const dy = f32x4.sub(y, v128.load(at + stride));
  let square = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
  if (spatial) {
    const dz = f32x4.sub(z, v128.load(at + 2 * stride));
    square = f32x4.add(square, f32x4.mul(dz, dz));
  }
  return f32x4.add(f32x4.splat(1), square);
}
