/** Dot products of rows in float64: the Gram matrix, and pictures of it. */
import { claim } from "./threads";

/** Rows of `a`, and rows of `b`, of the tile that a thread takes at a time: 4 MB for 4,096 columns. */
const TILE: u32 = 64;

/**
 * `out[i, j] = <a_i, b_j>` for the `m` rows of `a` and the `n` rows of `b`, float64 of `d` columns, rounded
 * to float32 once. Sums run in four lanes of fixed order, as those of `dot` (src/compute/metrics.ts) do,
 * bit for bit.
 */
export function dotProducts(
  a: usize,
  m: u32,
  b: usize,
  n: u32,
  d: u32,
  out: usize,
  _thread: u32,
  _threads: u32,
): void {
  const across = (n + TILE - 1) / TILE;
  const tiles = ((m + TILE - 1) / TILE) * across;
  for (let tile = claim(0); tile < tiles; tile = claim(0)) {
    const top = (tile / across) * TILE;
    const left = (tile % across) * TILE;
    const bottom = min(top + TILE, m);
    const right = min(left + TILE, n);
    // two rows by two; an odd one at the end is paired with itself
    for (let i = top; i < bottom; i += 2) {
      for (let j = left; j < right; j += 2) {
        twoByTwo(a, b, i, min(i + 1, bottom - 1), j, min(j + 1, right - 1), n, d, out);
      }
    }
  }
}

function twoByTwo(
  a: usize,
  b: usize,
  i0: u32,
  i1: u32,
  j0: u32,
  j1: u32,
  n: u32,
  d: u32,
  out: usize,
): void {
  const row = (<usize>d) << 3;
  const p0 = a + <usize>i0 * row;
  const p1 = a + <usize>i1 * row;
  const q0 = b + <usize>j0 * row;
  const q1 = b + <usize>j1 * row;
  // lanes 0 and 1, and lanes 2 and 3, of each of the four products
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let t00 = f64x2.splat(0);
  let t01 = f64x2.splat(0);
  let t10 = f64x2.splat(0);
  let t11 = f64x2.splat(0);
  const fours = (<usize>d >> 2) << 5;
  for (let k: usize = 0; k < fours; k += 32) {
    const a0 = v128.load(p0 + k);
    const a1 = v128.load(p1 + k);
    const b0 = v128.load(q0 + k);
    const b1 = v128.load(q1 + k);
    s00 = f64x2.add(s00, f64x2.mul(a0, b0));
    s01 = f64x2.add(s01, f64x2.mul(a0, b1));
    s10 = f64x2.add(s10, f64x2.mul(a1, b0));
    s11 = f64x2.add(s11, f64x2.mul(a1, b1));
    const c0 = v128.load(p0 + k, 16);
    const c1 = v128.load(p1 + k, 16);
    const d0 = v128.load(q0 + k, 16);
    const d1 = v128.load(q1 + k, 16);
    t00 = f64x2.add(t00, f64x2.mul(c0, d0));
    t01 = f64x2.add(t01, f64x2.mul(c0, d1));
    t10 = f64x2.add(t10, f64x2.mul(c1, d0));
    t11 = f64x2.add(t11, f64x2.mul(c1, d1));
  }
  put(out, i0 * n + j0, total(s00, t00, p0, q0, fours, row));
  put(out, i0 * n + j1, total(s01, t01, p0, q1, fours, row));
  put(out, i1 * n + j0, total(s10, t10, p1, q0, fours, row));
  put(out, i1 * n + j1, total(s11, t11, p1, q1, fours, row));
}

/** The columns after the last four go to lane 0; then ((0 + 1) + (2 + 3)). */
function total(s: v128, t: v128, p: usize, q: usize, from: usize, row: usize): f64 {
  let s0 = f64x2.extract_lane(s, 0);
  for (let k = from; k < row; k += 8) s0 += load<f64>(p + k) * load<f64>(q + k);
  const low = s0 + f64x2.extract_lane(s, 1);
  return low + (f64x2.extract_lane(t, 0) + f64x2.extract_lane(t, 1));
}

function put(out: usize, at: u32, value: f64): void {
  store<f32>(out + ((<usize>at) << 2), <f32>value);
}
