/** Exact distances in float64, with the additions of src/compute/metrics.ts in the same order. */
import { COSINE, EUCLIDEAN, Job, rowAt } from "./nearest-job";

/** Two float32 as float64. */
function two(at: usize, offset: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at + offset));
}

/** (s0 + s1) + (s2 + s3). */
function total(s01: v128, s23: v128): f64 {
  return (
    f64x2.extract_lane(s01, 0) +
    f64x2.extract_lane(s01, 1) +
    (f64x2.extract_lane(s23, 0) + f64x2.extract_lane(s23, 1))
  );
}

/** Sum of squared differences of two rows of d float32. */
export function nearestSquared(p: usize, q: usize, d: u32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  const end = p + ((<usize>(d & ~3)) << 2);
  for (; p < end; p += 16, q += 16) {
    const e01 = f64x2.sub(two(p, 0), two(q, 0));
    const e23 = f64x2.sub(two(p, 8), two(q, 8));
    s01 = f64x2.add(s01, f64x2.mul(e01, e01));
    s23 = f64x2.add(s23, f64x2.mul(e23, e23));
  }
  for (let k: u32 = d & 3; k > 0; k--, p += 4, q += 4) {
    const e = <f64>load<f32>(p) - <f64>load<f32>(q);
    s01 = f64x2.add(s01, f64x2(e * e, 0));
  }
  return total(s01, s23);
}

/** Dot product of two rows of d float32. */
export function nearestDot(p: usize, q: usize, d: u32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  const end = p + ((<usize>(d & ~3)) << 2);
  for (; p < end; p += 16, q += 16) {
    s01 = f64x2.add(s01, f64x2.mul(two(p, 0), two(q, 0)));
    s23 = f64x2.add(s23, f64x2.mul(two(p, 8), two(q, 8)));
  }
  for (let k: u32 = d & 3; k > 0; k--, p += 4, q += 4) {
    s01 = f64x2.add(s01, f64x2(<f64>load<f32>(p) * <f64>load<f32>(q), 0));
  }
  return total(s01, s23);
}

/** As `nearestSquared`, of one row with two others: what both need is done once. Writes two sums. */
function squaredTwo(p: usize, q: usize, r: usize, d: u32, out: usize): void {
  let q01 = f64x2.splat(0);
  let q23 = f64x2.splat(0);
  let r01 = f64x2.splat(0);
  let r23 = f64x2.splat(0);
  const end = p + ((<usize>(d & ~3)) << 2);
  for (; p < end; p += 16, q += 16, r += 16) {
    const p01 = two(p, 0);
    const p23 = two(p, 8);
    const e01 = f64x2.sub(p01, two(q, 0));
    const e23 = f64x2.sub(p23, two(q, 8));
    const f01 = f64x2.sub(p01, two(r, 0));
    const f23 = f64x2.sub(p23, two(r, 8));
    q01 = f64x2.add(q01, f64x2.mul(e01, e01));
    q23 = f64x2.add(q23, f64x2.mul(e23, e23));
    r01 = f64x2.add(r01, f64x2.mul(f01, f01));
    r23 = f64x2.add(r23, f64x2.mul(f23, f23));
  }
  for (let k: u32 = d & 3; k > 0; k--, p += 4, q += 4, r += 4) {
    const e = <f64>load<f32>(p) - <f64>load<f32>(q);
    const f = <f64>load<f32>(p) - <f64>load<f32>(r);
    q01 = f64x2.add(q01, f64x2(e * e, 0));
    r01 = f64x2.add(r01, f64x2(f * f, 0));
  }
  store<f64>(out, total(q01, q23));
  store<f64>(out, total(r01, r23), 8);
}

/** As `nearestDot`, of one row with two others. */
function dotTwo(p: usize, q: usize, r: usize, d: u32, out: usize): void {
  let q01 = f64x2.splat(0);
  let q23 = f64x2.splat(0);
  let r01 = f64x2.splat(0);
  let r23 = f64x2.splat(0);
  const end = p + ((<usize>(d & ~3)) << 2);
  for (; p < end; p += 16, q += 16, r += 16) {
    const p01 = two(p, 0);
    const p23 = two(p, 8);
    q01 = f64x2.add(q01, f64x2.mul(p01, two(q, 0)));
    q23 = f64x2.add(q23, f64x2.mul(p23, two(q, 8)));
    r01 = f64x2.add(r01, f64x2.mul(p01, two(r, 0)));
    r23 = f64x2.add(r23, f64x2.mul(p23, two(r, 8)));
  }
  for (let k: u32 = d & 3; k > 0; k--, p += 4, q += 4, r += 4) {
    const x = <f64>load<f32>(p);
    q01 = f64x2.add(q01, f64x2(x * <f64>load<f32>(q), 0));
    r01 = f64x2.add(r01, f64x2(x * <f64>load<f32>(r), 0));
  }
  store<f64>(out, total(q01, q23));
  store<f64>(out, total(r01, r23), 8);
}

/**
 * What neighbours are ordered by, ascending: the squared distance; the square of the cosine distance, which is
 * rounded to float32 first; or minus the dot product.
 */
export function exactKey(job: Job, i: u32, j: u32): f64 {
  const p = rowAt(job, i);
  const q = rowAt(job, j);
  if (job.metric === EUCLIDEAN) return nearestSquared(p, q, job.d);
  return keyOfDot(job, i, j, nearestDot(p, q, job.d));
}

/** As `exactKey`, of row i with rows j and l. Writes two keys. */
export function exactKeys(job: Job, i: u32, j: u32, l: u32, out: usize): void {
  const p = rowAt(job, i);
  const q = rowAt(job, j);
  const r = rowAt(job, l);
  if (job.metric === EUCLIDEAN) {
    squaredTwo(p, q, r, job.d, out);
    return;
  }
  dotTwo(p, q, r, job.d, out);
  store<f64>(out, keyOfDot(job, i, j, load<f64>(out)));
  store<f64>(out, keyOfDot(job, i, l, load<f64>(out, 8)), 8);
}

function keyOfDot(job: Job, i: u32, j: u32, dot: f64): f64 {
  if (job.metric !== COSINE) return 0 - dot;
  const norms = job.norms;
  const scale =
    sqrt(load<f64>(norms + ((<usize>i) << 3))) * sqrt(load<f64>(norms + ((<usize>j) << 3)));
  const cosine = scale === 0 ? 0 : dot / scale;
  const distance = <f64>(<f32>max<f64>(0, 1 - cosine));
  return distance * distance;
}

/** As `exactKey`, for a job at an address. */
export function nearestKey(at: usize, i: u32, j: u32): f64 {
  return exactKey(changetype<Job>(at), i, j);
}
