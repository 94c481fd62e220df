/** From float32 rows to quantised panels, with what their errors are. */

import { nearestDot } from "./nearest-exact";
import { COSINE, DOT, Job, rowAt } from "./nearest-job";
import { claim } from "./threads";

const CHUNK: u32 = 64;
/** Columns of the centre that one thread sums at a time: a cache line of a row. */
const STRIP: u32 = 16;

/** Rows that the centre is the mean of, at most. */
const MOST_MEANT: u32 = 4096;

/** 2^-20: more than the relative error of the lower bounds' additions in float32 (docs/method.md). */
const SLACK: f64 = 1.0 / 1048576.0;
/** 2^-90: more than what underflow takes away; the longest row is about 2^60. */
const TINY: f64 = 1.0 / 1.2379400392853803e27;
/** 2^-100, far above the subnormal numbers. */
const LEAST_STEP: f64 = 1.0 / 1.2676506002282294e30;
/** 2^-22: more than rounding to float32 takes away. */
const STEP_ROUNDING: f64 = 1.0 / 4194304.0;

/** Squared lengths (added as `dot` does) and hashes of all rows. */
export function nearestMeasure(at: usize, _thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  for (let from = claim(0) * CHUNK; from < job.count; from = claim(0) * CHUNK) {
    const to = min(from + CHUNK, job.count);
    for (let i = from; i < to; i++) {
      const row = rowAt(job, i);
      store<f64>(job.norms + ((<usize>i) << 3), nearestDot(row, row, job.d));
      store<u32>(job.hashes + ((<usize>i) << 2), hash(row, job.d));
    }
  }
}

/** FNV-1a by words, in four lanes. */
function hash(row: usize, d: u32): u32 {
  const prime = i32x4.splat(16777619);
  let lanes = i32x4(-2128831035, -2128831034, -2128831033, -2128831032);
  const end = row + ((<usize>(d & ~3)) << 2);
  for (; row < end; row += 16) lanes = i32x4.mul(v128.xor(lanes, v128.load(row)), prime);
  let sum: u32 = 2166136261;
  for (let k: u32 = d & 3; k > 0; k--, row += 4) sum = (sum ^ load<u32>(row)) * 16777619;
  sum = (sum ^ i32x4.extract_lane(lanes, 0)) * 16777619;
  sum = (sum ^ i32x4.extract_lane(lanes, 1)) * 16777619;
  sum = (sum ^ i32x4.extract_lane(lanes, 2)) * 16777619;
  sum = (sum ^ i32x4.extract_lane(lanes, 3)) * 16777619;
  return sum ^ (sum >>> 15);
}

/**
 * The mean of rows that are not outlying, of some thousands of them at even steps where there are more; of rows of
 * length 1 where cosines are asked for. Any point would do: distances are the same from all.
 */
export function nearestCentre(at: usize, _thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const step = (job.count + MOST_MEANT - 1) / MOST_MEANT;
  for (let from = claim(0) * STRIP; from < job.d; from = claim(0) * STRIP) {
    const to = min(from + STRIP, job.d);
    for (let c = from; c < to; c++) store<f64>(job.centre + ((<usize>c) << 3), 0);
    let taken: u32 = 0;
    for (let i: u32 = 0; i < job.count; i += step) taken += addStrip(job, i, from, to);
    const share: f64 = taken === 0 ? 0 : 1 / <f64>taken;
    for (let c = from; c < to; c++) {
      const sum = job.centre + ((<usize>c) << 3);
      store<f64>(sum, load<f64>(sum) * share);
    }
  }
}

/** Adds columns of row i to the centre. Returns 1, or 0 if the row has no part in it. */
function addStrip(job: Job, i: u32, from: u32, to: u32): u32 {
  const norm = load<f64>(job.norms + ((<usize>i) << 3));
  if (norm > job.outlying || norm === 0) return 0;
  const weight: f64 = job.metric === COSINE ? 1 / sqrt(norm) : 1;
  const row = rowAt(job, i);
  for (let c = from; c < to; c++) {
    const sum = job.centre + ((<usize>c) << 3);
    store<f64>(sum, load<f64>(sum) + weight * <f64>load<f32>(row + ((<usize>c) << 2)));
  }
  return 1;
}

/** Quantises all rows into panels. */
export function nearestQuantise(at: usize, thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const padded = (job.count + 7) & ~7;
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  for (let from = claim(0) * CHUNK; from < padded; from = claim(0) * CHUNK) {
    const to = min(from + CHUNK, padded);
    for (let i = from; i < to; i++) {
      if (i < job.count) quantise(job, i, scratch);
      else pad(job, i);
    }
  }
}

/** A row of the padding: of zeros (as the memory is), and infinitely far from all. */
function pad(job: Job, i: u32): void {
  store<f32>(job.halves + ((<usize>i) << 2), Infinity);
  store<f32>(job.limits + ((<usize>i) << 2), -Infinity);
}

function quantise(job: Job, i: u32, scratch: usize): void {
  const norm = load<f64>(job.norms + ((<usize>i) << 3));
  const own: f64 = job.metric !== COSINE ? 1 : norm === 0 ? 0 : 1 / sqrt(norm);
  centreRow(job, rowAt(job, i), own, scratch);
  // the finest step with which all numbers fit into 16 bits, and the row's length into `longest`
  const figures = measureRow(job, scratch);
  const squared = f64x2.extract_lane(figures, 0);
  const largest = f64x2.extract_lane(figures, 1);
  const step = max(largest / 32766, sqrt(squared) / (job.longest - 0.5 * sqrt(<f64>job.d) - 1));
  const factor = <f32>max<f64>(step * (1 + STEP_ROUNDING), LEAST_STEP);
  const noise = roundRow(job, i, scratch, 1 / <f64>factor);
  store<f32>(job.factors + ((<usize>i) << 2), factor);
  store<f32>(job.noise + ((<usize>i) << 2), <f32>(sqrt(noise) * (1 + SLACK)));
  // half the squared length, less what all roundings in float32 can come to (see docs/method.md)
  const half = 0.5 * squared * (1 - SLACK) - TINY;
  store<f32>(job.halves + ((<usize>i) << 2), job.metric === DOT ? <f32>-TINY : <f32>half);
  // no candidates yet: no limit
  store<f32>(job.limits + ((<usize>i) << 2), f32.MAX_VALUE);
  store<u64>(job.last + ((<usize>i) << 3), u64.MAX_VALUE);
}

/** Writes the row as it is quantised, in float64: of length 1 for cosines, less the centre, times the unit. */
function centreRow(job: Job, row: usize, own: f64, out: usize): void {
  const unit = f64x2.splat(job.unit);
  const scale = f64x2.splat(own);
  const centre = job.centre;
  const even = <usize>(job.d & ~1);
  for (let c: usize = 0; c < even; c += 2) {
    const x = f64x2.promote_low_f32x4(v128.load64_zero(row + (c << 2)));
    const a = f64x2.sub(f64x2.mul(x, scale), v128.load(centre + (c << 3)));
    v128.store(out + (c << 3), f64x2.mul(a, unit));
  }
  if ((job.d & 1) === 0) return;
  const x = <f64>load<f32>(row + (even << 2)) * own;
  store<f64>(out + (even << 3), (x - load<f64>(centre + (even << 3))) * job.unit);
  store<f64>(out + (even << 3), 0, 8);
}

/** A row's squared length and its largest absolute number; it is padded to an even length. */
function measureRow(job: Job, row: usize): v128 {
  let squares = f64x2.splat(0);
  let largest = f64x2.splat(0);
  const end = row + ((<usize>((job.d + 1) & ~1)) << 3);
  for (; row < end; row += 16) {
    const a = v128.load(row);
    squares = f64x2.add(squares, f64x2.mul(a, a));
    largest = f64x2.max(largest, f64x2.abs(a));
  }
  return f64x2(
    f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1),
    max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)),
  );
}

/** Rounds row i, divided by its step, into its panel. Returns the squared length of what rounding took away. */
function roundRow(job: Job, i: u32, row: usize, inverse: f64): f64 {
  const scale = f64x2.splat(inverse);
  let noise = f64x2.splat(0);
  let to = job.packed + ((<usize>(i >>> 3) * job.pairs) << 5) + ((i & 7) << 2);
  const end = row + ((<usize>((job.d + 1) & ~1)) << 3);
  for (; row < end; row += 16, to += 32) {
    const a = f64x2.mul(v128.load(row), scale);
    const rounded = f64x2.nearest(a);
    const rest = f64x2.sub(a, rounded);
    noise = f64x2.add(noise, f64x2.mul(rest, rest));
    const whole = i32x4.trunc_sat_f64x2_s_zero(rounded);
    store<u32>(to, i32x4.extract_lane(i16x8.narrow_i32x4_s(whole, whole), 0));
  }
  return f64x2.extract_lane(noise, 0) + f64x2.extract_lane(noise, 1);
}
