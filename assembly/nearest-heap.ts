/** A row's nearest so far, in the result itself: a heap with the farthest on top, by (key, index). */
import { Job } from "./nearest-job";

const NO_INDEX: i32 = 0x7fffffff;

/** Empties row i's heap. */
export function clearHeap(job: Job, i: u32): void {
  const keys = job.keys + ((<usize>i * job.k) << 3);
  const indices = job.indices + ((<usize>i * job.k) << 2);
  for (let at: u32 = 0; at < job.k; at++) {
    store<f64>(keys + ((<usize>at) << 3), Infinity);
    store<i32>(indices + ((<usize>at) << 2), NO_INDEX);
  }
}

/** Takes j in where it is nearer than the farthest. */
export function offer(job: Job, i: u32, key: f64, j: i32): void {
  const keys = job.keys + ((<usize>i * job.k) << 3);
  const indices = job.indices + ((<usize>i * job.k) << 2);
  const worst = load<f64>(keys);
  if (key > worst || (key === worst && j > load<i32>(indices))) return;
  sink(keys, indices, job.k, key, j);
}

/** Turns row i's heap into a list, nearest first. */
export function sortHeap(job: Job, i: u32): void {
  const keys = job.keys + ((<usize>i * job.k) << 3);
  const indices = job.indices + ((<usize>i * job.k) << 2);
  for (let size = job.k - 1; size > 0; size--) {
    const key = keys + ((<usize>size) << 3);
    const index = indices + ((<usize>size) << 2);
    const movedKey = load<f64>(key);
    const moved = load<i32>(index);
    store<f64>(key, load<f64>(keys));
    store<i32>(index, load<i32>(indices));
    sink(keys, indices, size, movedKey, moved);
  }
}

/** Puts an entry in place of the top of a heap of `size` and lets it sink to its place. */
function sink(keys: usize, indices: usize, size: u32, key: f64, index: i32): void {
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= size) break;
    let childKey = load<f64>(keys + ((<usize>child) << 3));
    let childIndex = load<i32>(indices + ((<usize>child) << 2));
    if (child + 1 < size) {
      const otherKey = load<f64>(keys + ((<usize>child) << 3), 8);
      const otherIndex = load<i32>(indices + ((<usize>child) << 2), 4);
      if (otherKey > childKey || (otherKey === childKey && otherIndex > childIndex)) {
        child++;
        childKey = otherKey;
        childIndex = otherIndex;
      }
    }
    if (childKey < key || (childKey === key && childIndex < index)) break;
    store<f64>(keys + ((<usize>at) << 3), childKey);
    store<i32>(indices + ((<usize>at) << 2), childIndex);
    at = child;
  }
  store<f64>(keys + ((<usize>at) << 3), key);
  store<i32>(indices + ((<usize>at) << 2), index);
}
