/**
 * Products with the centred rows Xc of a matrix of float32, in float64, for its principal components. Rows are
 * taken in chunks, whose size depends on their number alone; what chunks add up to is added in their order.
 *
 * X is (n, d) with an even d and as many more rows of zeros as make their number a multiple of four; `mean` and
 * vectors are d numbers of f64, two vectors one after the other.
 */
import { claim } from "./threads";

/** Adds the rows of every chunk: `sums` is (chunks, d). */
export function pcaSums(
  X: usize,
  n: u32,
  d: u32,
  chunkRows: u32,
  sums: usize,
  _thread: u32,
  _threads: u32,
): void {
  const chunks = (n + chunkRows - 1) / chunkRows;
  const bytes = (<usize>d) << 3;
  for (let chunk = claim(0); chunk < chunks; chunk = claim(0)) {
    const sum = sums + <usize>chunk * bytes;
    memory.fill(sum, 0, bytes);
    const end = min((chunk + 1) * chunkRows, n);
    for (let i = chunk * chunkRows; i < end; i++) {
      const row = X + ((<usize>i * d) << 2);
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(sum + at, f64x2.add(v128.load(sum + at), pairAt(row, at)));
      }
    }
  }
}

/**
 * Xc' (Xc V) for two vectors V, chunk by chunk: `products` is (chunks, 2, d), of which chunks [from, end) are
 * written.
 *
 * @param Y f64, for every thread 8.
 */
export function pcaProducts(
  X: usize,
  n: u32,
  d: u32,
  mean: usize,
  V: usize,
  chunkRows: u32,
  from: u32,
  end: u32,
  products: usize,
  Y: usize,
  thread: u32,
  _threads: u32,
): void {
  const y = Y + ((<usize>thread) << 6);
  const size = (<usize>d) << 4;
  for (let chunk = from + claim(0); chunk < end; chunk = from + claim(0)) {
    const product = products + <usize>chunk * size;
    memory.fill(product, 0, size);
    const last = min((chunk + 1) * chunkRows, n);
    for (let i = chunk * chunkRows; i < last; i += 4) {
      const rows = X + ((<usize>i * d) << 2);
      project(rows, d, mean, V, y);
      // rows that are not there
      for (let r = last - i; r < 4; r++) {
        store<f64>(y + ((<usize>r) << 4), 0);
        store<f64>(y + ((<usize>r) << 4), 0, 8);
      }
      spread(rows, d, mean, y, product);
    }
  }
}

/** Xc V for two vectors V: `scores` is (n, 2), n up to a multiple of four. */
export function pcaScores(
  X: usize,
  n: u32,
  d: u32,
  mean: usize,
  V: usize,
  scores: usize,
  _thread: u32,
  _threads: u32,
): void {
  const chunks = (n + 63) >> 6;
  for (let chunk = claim(0); chunk < chunks; chunk = claim(0)) {
    const end = min((chunk + 1) << 6, n);
    for (let i = chunk << 6; i < end; i += 4) {
      project(X + ((<usize>i * d) << 2), d, mean, V, scores + ((<usize>i) << 4));
    }
  }
}

/** Two neighbouring numbers of a row; `at` is their offset in f64. */
function pairAt(row: usize, at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(row + (at >> 1)));
}

/** Four rows, less the mean, times two vectors: y is (4, 2). Even and odd columns are added apart. */
function project(rows: usize, d: u32, mean: usize, V: usize, y: usize): void {
  const bytes = (<usize>d) << 3;
  const next = bytes >> 1;
  const second = rows + next;
  const third = second + next;
  const fourth = third + next;
  let a0 = f64x2.splat(0);
  let a1 = f64x2.splat(0);
  let b0 = f64x2.splat(0);
  let b1 = f64x2.splat(0);
  let c0 = f64x2.splat(0);
  let c1 = f64x2.splat(0);
  let d0 = f64x2.splat(0);
  let d1 = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const m = v128.load(mean + at);
    const v0 = v128.load(V + at);
    const v1 = v128.load(V + bytes + at);
    const a = f64x2.sub(pairAt(rows, at), m);
    a0 = f64x2.add(a0, f64x2.mul(a, v0));
    a1 = f64x2.add(a1, f64x2.mul(a, v1));
    const b = f64x2.sub(pairAt(second, at), m);
    b0 = f64x2.add(b0, f64x2.mul(b, v0));
    b1 = f64x2.add(b1, f64x2.mul(b, v1));
    const c = f64x2.sub(pairAt(third, at), m);
    c0 = f64x2.add(c0, f64x2.mul(c, v0));
    c1 = f64x2.add(c1, f64x2.mul(c, v1));
    const e = f64x2.sub(pairAt(fourth, at), m);
    d0 = f64x2.add(d0, f64x2.mul(e, v0));
    d1 = f64x2.add(d1, f64x2.mul(e, v1));
  }
  v128.store(y, lanes(a0, a1));
  v128.store(y, lanes(b0, b1), 16);
  v128.store(y, lanes(c0, c1), 32);
  v128.store(y, lanes(d0, d1), 48);
}

/** The sum of p's lanes, and that of q's. */
function lanes(p: v128, q: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(p, q, 0, 2), v128.shuffle<f64>(p, q, 1, 3));
}

/** Adds four rows, less the mean, y times: `product` is (2, d). */
function spread(rows: usize, d: u32, mean: usize, y: usize, product: usize): void {
  const bytes = (<usize>d) << 3;
  const next = bytes >> 1;
  const second = rows + next;
  const third = second + next;
  const fourth = third + next;
  const other = product + bytes;
  const a0 = v128.load64_splat(y);
  const a1 = v128.load64_splat(y, 8);
  const b0 = v128.load64_splat(y, 16);
  const b1 = v128.load64_splat(y, 24);
  const c0 = v128.load64_splat(y, 32);
  const c1 = v128.load64_splat(y, 40);
  const d0 = v128.load64_splat(y, 48);
  const d1 = v128.load64_splat(y, 56);
  for (let at: usize = 0; at < bytes; at += 16) {
    const m = v128.load(mean + at);
    let p = v128.load(product + at);
    let q = v128.load(other + at);
    const a = f64x2.sub(pairAt(rows, at), m);
    p = f64x2.add(p, f64x2.mul(a, a0));
    q = f64x2.add(q, f64x2.mul(a, a1));
    const b = f64x2.sub(pairAt(second, at), m);
    p = f64x2.add(p, f64x2.mul(b, b0));
    q = f64x2.add(q, f64x2.mul(b, b1));
    const c = f64x2.sub(pairAt(third, at), m);
    p = f64x2.add(p, f64x2.mul(c, c0));
    q = f64x2.add(q, f64x2.mul(c, c1));
    const e = f64x2.sub(pairAt(fourth, at), m);
    p = f64x2.add(p, f64x2.mul(e, d0));
    q = f64x2.add(q, f64x2.mul(e, d1));
    v128.store(product + at, p);
    v128.store(other + at, q);
  }
}
