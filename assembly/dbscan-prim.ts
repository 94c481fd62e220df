/** Core distances and a minimum spanning tree of mutual reachability in any number of dimensions, over all pairs. */
import { squaredRows } from "./dbscan-pairs";
import { offer, sortHeap } from "./kdtree-nearest";
import { barrier, claim } from "./threads";

const CHUNK: u32 = 32;

/**
 * The k nearest of the rows from one to another, by squared distance and then by row, themselves left out.
 *
 * @param rows u32, k by row; all the greatest before.
 * @param squares float64, k by row; all infinite before.
 */
export function pairsNearest(
  data: usize,
  n: u32,
  d: u32,
  k: u32,
  rows: usize,
  squares: usize,
  from: u32,
  to: u32,
  _thread: u32,
  _threads: u32,
): void {
  const bytes = (<usize>d) << 2;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    const end = min(first + CHUNK, to);
    for (let j: u32 = 0; j < n; j++) {
      for (let i = first; i < end; i++) {
        if (i === j) continue;
        const squared = squaredRows(data + <usize>i * bytes, data + <usize>j * bytes, d);
        const list = <usize>i * k;
        offer(j, squared, k, rows + (list << 2), squares + (list << 3));
      }
    }
    for (let i = first; i < end; i++) {
      const list = <usize>i * k;
      sortHeap(k, rows + (list << 2), squares + (list << 3));
    }
  }
}

/** What a thread leaves for the others after every step: weight, row, and its place in the thread's list. */
const NOTE: usize = 64;

/**
 * Steps of Prim's method: in each, the row that the tree reaches most lightly joins it, the lowest among equals.
 * Every thread keeps the rows of its own stretch that are still outside, in any order.
 *
 * @param cores Squared core distances, float64 by row.
 * @param weights The lightest edge from the tree to every row outside, float64; infinite before the first step.
 * @param froms Its other end, u32 by row.
 * @param outside u32, n: the rows outside, stretch by stretch.
 * @param notes 2 notes of 64 bytes a thread, by turns, so that one meeting a step is enough.
 * @param state u32 for every thread, 64 bytes apart: how many of its rows are outside.
 * @param joined u32: the row that joined last, as all threads know it.
 */
export function pairsPrim(
  data: usize,
  n: u32,
  d: u32,
  cores: usize,
  weights: usize,
  froms: usize,
  outside: usize,
  notes: usize,
  state: usize,
  joined: usize,
  steps: u32,
  thread: u32,
  threads: u32,
): void {
  const bytes = (<usize>d) << 2;
  const list = outside + ((<usize>(<u32>((<u64>n * thread) / threads))) << 2);
  const left = state + <usize>thread * NOTE;
  let row = load<u32>(joined);
  barrier(threads);
  for (let step: u32 = 0; step < steps; step++) {
    const core = load<f64>(cores + ((<usize>row) << 3));
    const point = data + <usize>row * bytes;
    const count = load<u32>(left);
    let best: f64 = Infinity;
    let bestRow: u32 = u32.MAX_VALUE;
    let bestPlace: u32 = 0;
    for (let e: u32 = 0; e < count; e++) {
      const other = load<u32>(list + ((<usize>e) << 2));
      const at = weights + ((<usize>other) << 3);
      let weight = load<f64>(at);
      const least = max(core, load<f64>(cores + ((<usize>other) << 3)));
      if (least < weight) {
        const reach = max(least, squaredRows(point, data + <usize>other * bytes, d));
        if (reach < weight) {
          weight = reach;
          store<f64>(at, weight);
          store<u32>(froms + ((<usize>other) << 2), row);
        }
      }
      if (weight < best || (weight === best && other < bestRow)) {
        best = weight;
        bestRow = other;
        bestPlace = e;
      }
    }
    const turn = notes + <usize>(step & 1) * <usize>threads * NOTE;
    const note = turn + <usize>thread * NOTE;
    store<f64>(note, best);
    store<u32>(note, bestRow, 8);
    barrier(threads);
    for (let t: u32 = 0; t < threads; t++) {
      const weight = load<f64>(turn + <usize>t * NOTE);
      const other = load<u32>(turn + <usize>t * NOTE, 8);
      if (weight < best || (weight === best && other <= bestRow)) {
        best = weight;
        row = other;
        bestRow = other;
      }
    }
    if (row === load<u32>(note, 8)) {
      store<u32>(list + ((<usize>bestPlace) << 2), load<u32>(list + ((<usize>(count - 1)) << 2)));
      store<u32>(left, count - 1);
    }
  }
  // all have read the last row before one writes it
  barrier(threads);
  if (thread === 0) store<u32>(joined, row);
}
