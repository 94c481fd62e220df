/**
 * DBSCAN in any number of dimensions, by looking at pairs of rows on all threads. Squared distances are those
 * of src/compute/metrics.ts to the bit: float64, four lanes, rest in the first.
 */
import { claim } from "./threads";

/** Rows that a thread claims at a time; they stay near while all others pass by. */
const CHUNK: u32 = 32;

/** The squared distance of two rows of `d` float32. */
export function squaredRows(p: usize, q: usize, d: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = p + ((<usize>(d & ~3)) << 2);
  for (; p < whole; p += 16, q += 16) {
    const a = v128.load(p);
    const b = v128.load(q);
    const e = f64x2.sub(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
    const f = f64x2.sub(upper(a), upper(b));
    low = f64x2.add(low, f64x2.mul(e, e));
    high = f64x2.add(high, f64x2.mul(f, f));
  }
  let first = f64x2.extract_lane(low, 0);
  for (const end = p + ((<usize>(d & 3)) << 2); p < end; p += 4, q += 4) {
    const e = <f64>load<f32>(p) - <f64>load<f32>(q);
    first += e * e;
  }
  return (
    first + f64x2.extract_lane(low, 1) + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
  );
}

function upper(a: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(a, a, 1, 1));
}

/**
 * Marks the rows from one to another that have at least `least` rows within eps, themselves included; with
 * weights (float64 by row, else 0) those that have as much weight, added by ascending row.
 *
 * @param sums Room for a float64 by row, zeros before.
 * @param core u8 by row.
 */
export function pairsCore(
  data: usize,
  n: u32,
  d: u32,
  limit: f64,
  least: f64,
  weights: usize,
  sums: usize,
  core: usize,
  from: u32,
  to: u32,
  _thread: u32,
  _threads: u32,
): void {
  const bytes = (<usize>d) << 2;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    const end = min(first + CHUNK, to);
    let missing = end - first;
    for (let j: u32 = 0; j < n && missing; j++) {
      const weight = weights ? load<f64>(weights + ((<usize>j) << 3)) : 1;
      for (let i = first; i < end; i++) {
        const at = sums + ((<usize>i) << 3);
        const sum = load<f64>(at);
        if (!weights && sum >= least) continue;
        if (i !== j && squaredRows(data + <usize>i * bytes, data + <usize>j * bytes, d) > limit)
          continue;
        store<f64>(at, sum + weight);
        if (!weights && sum + weight >= least) missing--;
      }
    }
    for (let i = first; i < end; i++) {
      store<u8>(core + i, load<f64>(sums + ((<usize>i) << 3)) >= least ? 1 : 0);
    }
  }
}

/** Joins core rows within eps of each other, one of them from one row to another and the other before it. */
export function pairsJoin(
  data: usize,
  d: u32,
  limit: f64,
  core: usize,
  parents: usize,
  from: u32,
  to: u32,
  _thread: u32,
  _threads: u32,
): void {
  const bytes = (<usize>d) << 2;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    const end = min(first + CHUNK, to);
    for (let j: u32 = 0; j < end; j++) {
      if (!load<u8>(core + j)) continue;
      for (let i = max(first, j + 1); i < end; i++) {
        if (!load<u8>(core + i) || root(parents, i) === root(parents, j)) continue;
        if (squaredRows(data + <usize>i * bytes, data + <usize>j * bytes, d) <= limit)
          join(parents, i, j);
      }
    }
  }
}

/** Gives rows that are not core the lowest label of the core rows within eps; -1, the greatest of all, if none. */
export function pairsBorder(
  data: usize,
  n: u32,
  d: u32,
  limit: f64,
  core: usize,
  labels: usize,
  from: u32,
  to: u32,
  _thread: u32,
  _threads: u32,
): void {
  const bytes = (<usize>d) << 2;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    const end = min(first + CHUNK, to);
    for (let j: u32 = 0; j < n; j++) {
      if (!load<u8>(core + j)) continue;
      const label = load<u32>(labels + ((<usize>j) << 2));
      for (let i = first; i < end; i++) {
        const at = labels + ((<usize>i) << 2);
        if (load<u8>(core + i) || load<u32>(at) <= label) continue;
        if (squaredRows(data + <usize>i * bytes, data + <usize>j * bytes, d) <= limit)
          store<u32>(at, label);
      }
    }
  }
}

/** The root of a row's set: its lowest row. Other threads may join sets meanwhile. */
function root(parents: usize, i: u32): u32 {
  while (true) {
    const at = parents + ((<usize>i) << 2);
    const parent = atomic.load<u32>(at);
    if (parent === i) return i;
    // a way through any ancestor leads to the root, whatever other threads have written
    const above = atomic.load<u32>(parents + ((<usize>parent) << 2));
    if (above !== parent) atomic.store<u32>(at, above);
    i = above;
  }
}

/** Hangs the root of one row's set under that of the other's, the higher under the lower, by one thread or another. */
function join(parents: usize, i: u32, j: u32): void {
  while (true) {
    i = root(parents, i);
    j = root(parents, j);
    if (i === j) return;
    const high = max(i, j);
    const low = min(i, j);
    if (atomic.cmpxchg<u32>(parents + ((<usize>high) << 2), high, low) === high) return;
  }
}
