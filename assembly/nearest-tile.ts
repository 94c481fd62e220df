/** The inner loop of the search: 8 rows against 4, in integers. */
import { Job } from "./nearest-job";

/** The product of a pair of elements of row r with those of four rows, added up. */
function add(sum: v128, a: usize, b: v128, offset: usize): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_splat<i32>(a + offset), b));
}

/**
 * Lower bounds of half the squared distances (or of minus the dot products) of 8 rows with 4 others.
 *
 * @param a The panel of the 8 rows; `factors` and `halves` are where theirs are.
 * @param b Four rows of a panel: rows j to j + 3.
 * @param limitsA,limitsB Above which bounds are of no use to the row, for the 8 and the 4.
 * @param out Where the 8 x 4 bounds go.
 * @returns Which of them are of use: bit 4 r + c for row r and column c.
 */
export function nearestTile(
  at: usize,
  a: usize,
  b: usize,
  factors: usize,
  halves: usize,
  j: u32,
  limitsA: usize,
  limitsB: usize,
  out: usize,
): u32 {
  const job = changetype<Job>(at);
  // every sum begins with the bias, so that it is an upper bound of the dot product
  let s0 = i32x4.splat(job.bias);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  const end = a + ((<usize>job.pairs) << 5);
  for (; a < end; a += 64, b += 64) {
    const b0 = v128.load(b);
    s0 = add(s0, a, b0, 0);
    s1 = add(s1, a, b0, 4);
    s2 = add(s2, a, b0, 8);
    s3 = add(s3, a, b0, 12);
    s4 = add(s4, a, b0, 16);
    s5 = add(s5, a, b0, 20);
    s6 = add(s6, a, b0, 24);
    s7 = add(s7, a, b0, 28);
    const b1 = v128.load(b, 32);
    s0 = add(s0, a, b1, 32);
    s1 = add(s1, a, b1, 36);
    s2 = add(s2, a, b1, 40);
    s3 = add(s3, a, b1, 44);
    s4 = add(s4, a, b1, 48);
    s5 = add(s5, a, b1, 52);
    s6 = add(s6, a, b1, 56);
    s7 = add(s7, a, b1, 60);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
  // from upper bounds of dot products to lower bounds of distances, and which of them are of use
  const factorsB = v128.load(job.factors + ((<usize>j) << 2));
  const halvesB = v128.load(job.halves + ((<usize>j) << 2));
  const limits = v128.load(limitsB);
  let useful: u32 = 0;
  for (let r: usize = 0; r < 32; r += 4) {
    const sums = f32x4.convert_i32x4_s(v128.load(out + (r << 2)));
    const dot = f32x4.mul(v128.load_splat<f32>(factors + r), f32x4.mul(factorsB, sums));
    const low = f32x4.sub(f32x4.add(v128.load_splat<f32>(halves + r), halvesB), dot);
    v128.store(out + (r << 2), low);
    const limit = f32x4.max(v128.load_splat<f32>(limitsA + r), limits);
    useful |= (<u32>i32x4.bitmask(f32x4.le(low, limit))) << (<u32>r);
  }
  return useful;
}
