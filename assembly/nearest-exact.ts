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

/**
 * What neighbours are ordered by, ascending: the squared distance; the square of the cosine distance, which is
 * rounded to float32 first; or minus the dot product.
 */
export function exactKey(job: Job, i: u32, j: u32): f64 {
  const p = rowAt(job, i);
  const q = rowAt(job, j);
  if (job.metric === EUCLIDEAN) return nearestSquared(p, q, job.d);
  const dot = nearestDot(p, q, job.d);
  if (job.metric !== COSINE) return 0 - dot;
  const scale =
    sqrt(load<f64>(job.norms + ((<usize>i) << 3))) * sqrt(load<f64>(job.norms + ((<usize>j) << 3)));
  const cosine = scale === 0 ? 0 : dot / scale;
  const distance = <f64>(<f32>max<f64>(0, 1 - cosine));
  return distance * distance;
}

/** As `exactKey`, for a job at an address. */
export function nearestKey(at: usize, i: u32, j: u32): f64 {
  return exactKey(changetype<Job>(at), i, j);
}
