/** Exact nearest neighbours over a k-d tree. */

import { coordinateAt, endPlace, firstPlace, gapTo, nearTo, squaredTo, Tree } from "./kdtree";
import { claim } from "./threads";

/** Leaves that a thread claims at a time. */
const CHUNK: u32 = 64;

/**
 * The k nearest of every point of the leaves from one to another (counted from 0), itself left out; among equal
 * distances the lower row comes first.
 *
 * @param rows u32, k by row: the neighbours of every row, nearest first.
 * @param squares float64, k by row: their squared distances.
 */
export function kdNearest(
  at: usize,
  k: u32,
  rows: usize,
  squares: usize,
  from: u32,
  to: u32,
  _thread: u32,
  _threads: u32,
): void {
  const tree = changetype<Tree>(at);
  const leaves: u32 = 1 << tree.levels;
  for (let first = from + claim(0) * CHUNK; first < to; first = from + claim(0) * CHUNK) {
    const end = min(first + CHUNK, to);
    for (let leaf = leaves + first; leaf < leaves + end; leaf++) {
      const last = endPlace(tree, leaf);
      for (let i = firstPlace(tree, leaf); i < last; i++) {
        const row = <usize>load<u32>(tree.ids + ((<usize>i) << 2));
        nearest(tree, leaf, i, k, rows + ((row * k) << 2), squares + ((row * k) << 3));
      }
    }
  }
}

/** The k nearest of the point at place i of a leaf, from its own leaf outwards. */
function nearest(tree: Tree, leaf: u32, i: u32, k: u32, rows: usize, squares: usize): void {
  for (let e: u32 = 0; e < k; e++) {
    store<u32>(rows + ((<usize>e) << 2), u32.MAX_VALUE);
    store<f64>(squares + ((<usize>e) << 3), Infinity);
  }
  const x = coordinateAt(tree.x, i);
  const y = coordinateAt(tree.y, i);
  const z = coordinateAt(tree.z, i);
  visit(tree, leaf, 0, x, y, z, i, k, rows, squares);
  for (let node = leaf; node > 1; node >>= 1) {
    const sibling = node ^ 1;
    visit(tree, sibling, gapTo(tree, sibling, x, y, z), x, y, z, i, k, rows, squares);
  }
  sortHeap(k, rows, squares);
}

/** Offers what of a node's points, which are no nearer than `bound`, can still be among the k nearest. */
function visit(
  tree: Tree,
  node: u32,
  bound: f64,
  x: f64,
  y: f64,
  z: f64,
  i: u32,
  k: u32,
  rows: usize,
  squares: usize,
): void {
  const worst = load<f64>(squares);
  if (bound > worst) return;
  // among equals only a lower row counts, so that many points at one place cost no more than few
  if (bound === worst && lowest(tree, node) > load<u32>(rows)) return;
  if (node >> tree.levels) {
    scan(tree, node, x, y, z, i, k, rows, squares);
    return;
  }
  const a = 2 * node;
  const b = a + 1;
  const p = gapTo(tree, a, x, y, z);
  const q = gapTo(tree, b, x, y, z);
  if (p < q || (p === q && lowest(tree, a) < lowest(tree, b))) {
    visit(tree, a, p, x, y, z, i, k, rows, squares);
    visit(tree, b, q, x, y, z, i, k, rows, squares);
  } else {
    visit(tree, b, q, x, y, z, i, k, rows, squares);
    visit(tree, a, p, x, y, z, i, k, rows, squares);
  }
}

function lowest(tree: Tree, node: u32): u32 {
  return load<u32>(tree.lowest + ((<usize>node) << 2));
}

function scan(
  tree: Tree,
  leaf: u32,
  x: f64,
  y: f64,
  z: f64,
  i: u32,
  k: u32,
  rows: usize,
  squares: usize,
): void {
  const end = endPlace(tree, leaf);
  for (let j = firstPlace(tree, leaf); j < end; j += 2) {
    const near = nearTo(tree, j, end, load<f64>(squares), x, y, z);
    for (let lane: u32 = 0; lane < 2; lane++) {
      const at = j + lane;
      if (!((near >> lane) & 1) || at === i) continue;
      offer(
        load<u32>(tree.ids + ((<usize>at) << 2)),
        squaredTo(tree, at, x, y, z),
        k,
        rows,
        squares,
      );
    }
  }
}

/** Puts a row into the heap of the k nearest in place of the farthest, if it is nearer, or as near and lower. */
export function offer(row: u32, squared: f64, k: u32, rows: usize, squares: usize): void {
  const worst = load<f64>(squares);
  if (squared > worst || (squared === worst && row > load<u32>(rows))) return;
  sink(row, squared, k, rows, squares);
}

/** Turns a heap into a list, nearest first. */
export function sortHeap(k: u32, rows: usize, squares: usize): void {
  for (let size = k - 1; size > 0; size--) {
    const row = load<u32>(rows + ((<usize>size) << 2));
    const squared = load<f64>(squares + ((<usize>size) << 3));
    store<u32>(rows + ((<usize>size) << 2), load<u32>(rows));
    store<f64>(squares + ((<usize>size) << 3), load<f64>(squares));
    sink(row, squared, size, rows, squares);
  }
}

/** Puts an entry in place of the top of a heap, which is its farthest, and lets it sink to its place. */
function sink(row: u32, squared: f64, size: u32, rows: usize, squares: usize): void {
  let at: u32 = 0;
  for (let child: u32 = 1; child < size; child = 2 * at + 1) {
    let far = load<f64>(squares + ((<usize>child) << 3));
    let farRow = load<u32>(rows + ((<usize>child) << 2));
    if (child + 1 < size) {
      const other = load<f64>(squares + ((<usize>(child + 1)) << 3));
      const otherRow = load<u32>(rows + ((<usize>(child + 1)) << 2));
      if (other > far || (other === far && otherRow > farRow)) {
        child++;
        far = other;
        farRow = otherRow;
      }
    }
    if (far < squared || (far === squared && farRow < row)) break;
    store<f64>(squares + ((<usize>at) << 3), far);
    store<u32>(rows + ((<usize>at) << 2), farRow);
    at = child;
  }
  store<f64>(squares + ((<usize>at) << 3), squared);
  store<u32>(rows + ((<usize>at) << 2), row);
}
