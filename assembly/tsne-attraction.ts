/** Attraction along the entries of P, and the sum over them that the divergence needs. */
import { logOfTwo } from "./log";
import {
  ATTRACTION,
  AXES,
  CHUNK_ROWS,
  CHUNK_SUMS,
  COLUMNS,
  INDPTR,
  MAP,
  PLACES,
  STRIDE,
  sumOfFour,
  VALUES,
  word,
} from "./tsne-state";

/** Writes sum_j p_ij w_ij (y_i - y_j) for every row i of a chunk. */
export function attractRows(state: usize, chunk: u32): void {
  const rows = <usize>word(state, CHUNK_ROWS) + (chunk << 2);
  if (word(state, AXES) === 2) attractPlanar(state, load<u32>(rows), load<u32>(rows, 4));
  else attractSpatial(state, load<u32>(rows), load<u32>(rows, 4));
}

function attractPlanar(state: usize, from: u32, end: u32): void {
  const indptr = <usize>word(state, INDPTR);
  const places = <usize>word(state, PLACES);
  const columns = <usize>word(state, COLUMNS);
  const toValues = <usize>word(state, VALUES) - columns;
  const out = <usize>word(state, ATTRACTION);
  const stride = <usize>word(state, STRIDE);
  const one = f32x4.splat(1);
  for (let i = from; i < end; i++) {
    const here = places + ((<usize>i) << 3);
    const x = v128.load_splat<f32>(here);
    const y = v128.load_splat<f32>(here + 4);
    let fx = f32x4.splat(0);
    let fy = f32x4.splat(0);
    let at = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2))) << 2);
    const rowEnd = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2), 4)) << 2);
    for (; at < rowEnd; at += 4 << 2) {
      let a = v128.load_zero<u64>(places + ((<usize>load<u32>(at)) << 3));
      a = v128.load_lane<u64>(places + ((<usize>load<u32>(at, 4)) << 3), a, 1);
      let b = v128.load_zero<u64>(places + ((<usize>load<u32>(at, 8)) << 3));
      b = v128.load_lane<u64>(places + ((<usize>load<u32>(at, 12)) << 3), b, 1);
      const dx = f32x4.sub(x, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
      const dy = f32x4.sub(y, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
      const square = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
      const pw = f32x4.div(v128.load(at + toValues), f32x4.add(one, square));
      fx = f32x4.add(fx, f32x4.mul(pw, dx));
      fy = f32x4.add(fy, f32x4.mul(pw, dy));
    }
    const to = out + ((<usize>i) << 2);
    store<f32>(to, sumOfFour(fx));
    store<f32>(to + stride, sumOfFour(fy));
  }
}

/** One coordinate of the four points that the columns at `at` name. */
function gather(axis: usize, at: usize): v128 {
  let four = v128.load_zero<u32>(axis + ((<usize>load<u32>(at)) << 2));
  four = v128.load_lane<u32>(axis + ((<usize>load<u32>(at, 4)) << 2), four, 1);
  four = v128.load_lane<u32>(axis + ((<usize>load<u32>(at, 8)) << 2), four, 2);
  return v128.load_lane<u32>(axis + ((<usize>load<u32>(at, 12)) << 2), four, 3);
}

function attractSpatial(state: usize, from: u32, end: u32): void {
  const indptr = <usize>word(state, INDPTR);
  const map = <usize>word(state, MAP);
  const columns = <usize>word(state, COLUMNS);
  const toValues = <usize>word(state, VALUES) - columns;
  const out = <usize>word(state, ATTRACTION);
  const stride = <usize>word(state, STRIDE);
  const one = f32x4.splat(1);
  for (let i = from; i < end; i++) {
    const here = map + ((<usize>i) << 2);
    const x = v128.load_splat<f32>(here);
    const y = v128.load_splat<f32>(here + stride);
    const z = v128.load_splat<f32>(here + 2 * stride);
    let fx = f32x4.splat(0);
    let fy = f32x4.splat(0);
    let fz = f32x4.splat(0);
    let at = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2))) << 2);
    const rowEnd = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2), 4)) << 2);
    for (; at < rowEnd; at += 4 << 2) {
      const dx = f32x4.sub(x, gather(map, at));
      const dy = f32x4.sub(y, gather(map + stride, at));
      const dz = f32x4.sub(z, gather(map + 2 * stride, at));
      const planar = f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy));
      const square = f32x4.add(planar, f32x4.mul(dz, dz));
      const pw = f32x4.div(v128.load(at + toValues), f32x4.add(one, square));
      fx = f32x4.add(fx, f32x4.mul(pw, dx));
      fy = f32x4.add(fy, f32x4.mul(pw, dy));
      fz = f32x4.add(fz, f32x4.mul(pw, dz));
    }
    const to = out + ((<usize>i) << 2);
    store<f32>(to, sumOfFour(fx));
    store<f32>(to + stride, sumOfFour(fy));
    store<f32>(to + 2 * stride, sumOfFour(fz));
  }
}

/** Writes sum of p_ij log(1 + |y_i - y_j|^2) over the rows of a chunk into the chunk sums. */
export function crossRows(state: usize, chunk: u32): void {
  const rows = <usize>word(state, CHUNK_ROWS) + (chunk << 2);
  const indptr = <usize>word(state, INDPTR);
  const map = <usize>word(state, MAP);
  const columns = <usize>word(state, COLUMNS);
  const toValues = <usize>word(state, VALUES) - columns;
  const stride = <usize>word(state, STRIDE);
  const axes = word(state, AXES);
  const end = load<u32>(rows, 4);
  let total = f64x2.splat(0);
  for (let i = load<u32>(rows); i < end; i++) {
    let at = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2))) << 2);
    const rowEnd = columns + ((<usize>load<u32>(indptr + ((<usize>i) << 2), 4)) << 2);
    for (; at < rowEnd; at += 4 << 2) {
      let square = f32x4.splat(0);
      let axis = map;
      for (let c: u32 = 0; c < axes; c++) {
        const d = f32x4.sub(v128.load_splat<f32>(axis + ((<usize>i) << 2)), gather(axis, at));
        square = f32x4.add(square, f32x4.mul(d, d));
        axis += stride;
      }
      total = f64x2.add(total, weighted(v128.load(at + toValues), square));
      const swap = v128.shuffle<u64>(square, square, 1, 0);
      const values = v128.load(at + toValues);
      total = f64x2.add(total, weighted(v128.shuffle<u64>(values, values, 1, 0), swap));
    }
  }
  const sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  store<f64>(<usize>word(state, CHUNK_SUMS) + (chunk << 3), sum);
}

/** p log(1 + d) of the first two lanes. A squared distance beyond float32 counts as the largest there is. */
function weighted(p: v128, square: v128): v128 {
  const d = f64x2.promote_low_f32x4(f32x4.pmin(f32x4.splat(f32.MAX_VALUE), square));
  return f64x2.mul(f64x2.promote_low_f32x4(p), logOfTwo(f64x2.add(f64x2.splat(1), d)));
}
