/**
 * A row's candidates: those with the smallest lower bounds so far, then the smallest index. An order is both in
 * one u64, so that what is kept in the end does not depend on the order in which candidates came.
 */
import { Job } from "./nearest-job";

const SIGN: u32 = 0x80000000;

/** The bits of a float32 such that they compare as u32 as the numbers do. */
function sortable(x: f32): u32 {
  const bits = reinterpret<u32>(x);
  return (bits & SIGN) !== 0 ? ~bits : bits | SIGN;
}

/** The lower bound in an order. */
export function boundOf(order: u64): f32 {
  const bits = <u32>(order >>> 32);
  return reinterpret<f32>((bits & SIGN) !== 0 ? bits ^ SIGN : ~bits);
}

/** The index in an order. */
export function indexOf(order: u64): u32 {
  return <u32>order;
}

export function candidatesOf(job: Job, i: u32): usize {
  return job.candidates + ((<usize>i * job.room) << 3);
}

/** Takes j in as a candidate of row i; by one thread at a time. */
export function propose(job: Job, i: u32, low: f32, j: u32): void {
  const order = ((<u64>sortable(low)) << 32) | j;
  if (order >= load<u64>(job.last + ((<usize>i) << 3))) return;
  const at = job.counts + ((<usize>i) << 2);
  const count = load<u32>(at);
  store<u64>(candidatesOf(job, i) + ((<usize>count) << 3), order);
  store<u32>(at, count + 1);
  if (count + 1 === job.room) thin(job, i);
}

/** Leaves row i no more candidates than are to be kept. */
export function thin(job: Job, i: u32): void {
  const at = job.counts + ((<usize>i) << 2);
  const count = load<u32>(at);
  if (count <= job.kept) return;
  const list = candidatesOf(job, i);
  select(list, count, job.kept);
  const last = load<u64>(list + ((<usize>(job.kept - 1)) << 3));
  store<u64>(job.last + ((<usize>i) << 3), last);
  store<f32>(job.limits + ((<usize>i) << 2), boundOf(last));
  store<u32>(at, job.kept);
}

/**
 * Puts the `kept` smallest of a list first, the largest of them last (Hoare's selection). Parted without
 * branches on the numbers themselves, which no processor could foresee.
 */
function select(list: usize, count: u32, kept: u32): void {
  const target = list + ((<usize>(kept - 1)) << 3);
  let low = list;
  let high = list + ((<usize>(count - 1)) << 3);
  while (low < high) {
    const pivot = middle(low, high);
    // smaller ones before `part`; the pivot itself, now last, goes there in the end
    let part = low;
    for (let at = low; at < high; at += 8) {
      const order = load<u64>(at);
      store<u64>(at, load<u64>(part));
      store<u64>(part, order);
      part += (<usize>(order < pivot)) << 3;
    }
    store<u64>(high, load<u64>(part));
    store<u64>(part, pivot);
    if (part === target) return;
    if (target < part) high = part - 8;
    else low = part + 8;
  }
}

/** The median of the first, middle and last of a list, put last. */
function middle(low: usize, high: usize): u64 {
  const between = low + (((high - low) >>> 4) << 3);
  const a = load<u64>(low);
  const b = load<u64>(between);
  const c = load<u64>(high);
  const median = max(min(a, b), min(max(a, b), c));
  const at = median === a ? low : median === b ? between : high;
  store<u64>(at, c);
  store<u64>(high, median);
  return median;
}
