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
  const worst = load<f64>(squares + ((<usize>(k - 1)) << 3));
  if (bound > worst) return;
  // among equals only a lower row counts, so that many points at one place cost no more than few
  if (bound === worst && lowest(tree, node) > load<u32>(rows + ((<usize>(k - 1)) << 2))) return;
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
    const worst = load<f64>(squares + ((<usize>(k - 1)) << 3));
    const near = nearTo(tree, j, end, worst, x, y, z);
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

/** Puts a row into the list of the k nearest, which is in order of distance, then of row; or leaves it out. */
export function offer(row: u32, squared: f64, k: u32, rows: usize, squares: usize): void {
  let e = k;
  while (e > 0) {
    const before = load<f64>(squares + ((<usize>(e - 1)) << 3));
    if (before < squared) break;
    const rowBefore = load<u32>(rows + ((<usize>(e - 1)) << 2));
    if (before === squared && rowBefore < row) break;
    if (e < k) {
      store<f64>(squares + ((<usize>e) << 3), before);
      store<u32>(rows + ((<usize>e) << 2), rowBefore);
    }
    e--;
  }
  if (e === k) return;
  store<f64>(squares + ((<usize>e) << 3), squared);
  store<u32>(rows + ((<usize>e) << 2), row);
}
