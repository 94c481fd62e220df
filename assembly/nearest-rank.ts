/** From candidates to neighbours: exact distances, the certificate, and a second look where it fails. */

import { boundOf, candidatesOf, indexOf, thin } from "./nearest-candidates";
import { exactKey, exactKeys } from "./nearest-exact";
import { clearHeap, offer, sortHeap } from "./nearest-heap";
import { COSINE, EUCLIDEAN, Job } from "./nearest-job";
import { nearestTile } from "./nearest-tile";
import { claim } from "./threads";

const CHUNK: u32 = 8;
/** 1 + 2^-21: to the next float32, and beyond. */
const ABOVE: f64 = 1.0 + 1.0 / 2097152.0;
/** Below the least float32 that is not subnormal. */
const LEAST: f64 = 1e-38;

/** All pairs of the rows from `from` to `to` with all others: what there is for few rows. */
export function nearestDirect(at: usize, from: u32, to: u32, thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  for (let i = from + claim(0); i < to; i = from + claim(0)) {
    clearHeap(job, i);
    for (let j: u32 = 0; j < job.count; j += 2) {
      const l = min(j + 1, job.count - 1);
      exactKeys(job, i, j, l, scratch);
      if (j !== i) offer(job, i, load<f64>(scratch), j);
      if (l !== i && l !== j) offer(job, i, load<f64>(scratch, 8), l);
    }
    sortHeap(job, i);
  }
}

/** Ranks the candidates of the rows from `from` to `to`, and says in `again` where that is not enough. */
export function nearestRank(at: usize, from: u32, to: u32, thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    for (let i = first; i < min(first + CHUNK, to); i++) rank(job, i, scratch);
  }
}

function rank(job: Job, i: u32, scratch: usize): void {
  thin(job, i);
  clearHeap(job, i);
  const list = candidatesOf(job, i);
  const count = load<u32>(job.counts + ((<usize>i) << 2));
  for (let at: u32 = 0; at < count; at += 2) {
    const next = min(at + 1, count - 1);
    const j = indexOf(load<u64>(list + ((<usize>at) << 3)));
    const l = indexOf(load<u64>(list + ((<usize>next) << 3)));
    exactKeys(job, i, j, l, scratch);
    offer(job, i, load<f64>(scratch), j);
    if (next !== at) offer(job, i, load<f64>(scratch, 8), l);
  }
  const farthest = load<f64>(job.keys + ((<usize>i * job.k) << 3));
  const last = load<u64>(job.last + ((<usize>i) << 3));
  // no other row has a bound below that of the last candidate kept; if none was dropped, there is none
  const certain = last === u64.MAX_VALUE || reach(job, farthest) < <f64>boundOf(last);
  store<u32>(job.again + ((<usize>i) << 2), certain ? 0 : 1);
  sortHeap(job, i);
}

/**
 * The bound (as those of tiles) up to which a row must be looked at, if all with an exact key up to `key` are
 * wanted: rows with a larger lower bound have a larger key.
 */
function reach(job: Job, key: f64): f64 {
  const unit = job.unit * job.unit;
  if (job.metric === EUCLIDEAN) return 0.5 * unit * key * (1 + job.rounding) * ABOVE;
  // the key is the square of a float32: distances that would round to it, and the cosine's own error
  if (job.metric === COSINE) return unit * (sqrt(key) * ABOVE + LEAST + job.rounding);
  return unit * key + abs(unit * key) * (ABOVE - 1);
}

/**
 * A second look: for rows of a list, from place `from` to `to`, all others whose lower bound is within reach of the
 * k-th candidate. No candidate is left out, so that the result needs no certificate.
 */
export function nearestAgain(at: usize, from: u32, to: u32, thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  for (let first = from + claim(0) * 8; first < to; first = from + claim(0) * 8) {
    lookAgain(job, job.again + ((<usize>first) << 2), min(8, to - first), scratch);
  }
}

/** Of the scratch: bounds of a tile; limits, factors and halves of 8 rows; limits of the others; a panel. */
const LIMITS: usize = 128;
const FACTORS: usize = 160;
const HALVES: usize = 192;
const NONE: usize = 224;
const PANEL: usize = 256;

function lookAgain(job: Job, list: usize, count: u32, scratch: usize): void {
  gather(job, list, count, scratch);
  const panels = (job.count + 7) >>> 3;
  const size = (<usize>job.pairs) << 5;
  // where there are fewer than 8 rows, what the scratch has for the others means nothing
  const mask = <u32>(((<u64>1) << (4 * count)) - 1);
  for (let b: u32 = 0; b < panels; b++) {
    for (let half: u32 = 0; half < 8; half += 4) {
      let useful = mask;
      useful &= nearestTile(
        changetype<usize>(job),
        scratch + PANEL,
        job.packed + <usize>b * size + ((<usize>half) << 2),
        scratch + FACTORS,
        scratch + HALVES,
        (b << 3) + half,
        scratch + LIMITS,
        scratch + NONE,
        scratch,
      );
      while (useful !== 0) {
        const bit = ctz(useful);
        useful &= useful - 1;
        const i = load<u32>(list + ((<usize>(bit >>> 2)) << 2));
        const j = (b << 3) + half + (bit & 3);
        if (i !== j) offer(job, i, exactKey(job, i, j), j);
      }
    }
  }
  for (let r: u32 = 0; r < count; r++) sortHeap(job, load<u32>(list + ((<usize>r) << 2)));
}

/** Copies up to 8 rows of a list into a panel, sets how far to look, and empties their heaps. */
function gather(job: Job, list: usize, count: u32, scratch: usize): void {
  v128.store(scratch + NONE, f32x4.splat(-Infinity));
  for (let r: u32 = 0; r < count; r++) {
    const at = (<usize>r) << 2;
    const i = load<u32>(list + at);
    const row = (<usize>i) << 2;
    const farthest = load<f64>(job.keys + ((<usize>i * job.k + job.k - 1) << 3));
    const limit = reach(job, farthest);
    store<f32>(scratch + LIMITS + at, <f32>(limit + abs(limit) * (ABOVE - 1)));
    store<f32>(scratch + FACTORS + at, load<f32>(job.factors + row));
    store<f32>(scratch + HALVES + at, load<f32>(job.halves + row));
    const from = job.packed + ((<usize>(i >>> 3) * job.pairs) << 5) + ((i & 7) << 2);
    for (let p: u32 = 0; p < job.pairs; p++) {
      const pair = (<usize>p) << 5;
      store<u32>(scratch + PANEL + at + pair, load<u32>(from + pair));
    }
    clearHeap(job, i);
  }
}
