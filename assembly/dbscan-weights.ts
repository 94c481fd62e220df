/** Core points of DBSCAN over a k-d tree where every point has a weight of its own, which may be negative. */
import { Clusters } from "./dbscan-core";
import { coordinateAt, endPlace, firstPlace, gapTo, spanTo, squaredTo, Tree } from "./kdtree";

/**
 * Marks the points with a weight of at least `least` within eps. The weight is a sum over nodes and points in
 * the tree's order; where it comes so near to `least` that rounding could decide, it is summed anew over the
 * rows, ascending, as the definition has it.
 *
 * @param weights float64 by row.
 * @param sums Room for a float64 by node.
 * @param rows Room for an u32 by row.
 * @param doubt How far two orders of summing may come apart; below 0 where sums are exact.
 */
export function dbscanWeigh(
  treeAt: usize,
  at: usize,
  weights: usize,
  sums: usize,
  rows: usize,
  least: f64,
  doubt: f64,
): void {
  const tree = changetype<Tree>(treeAt);
  const c = changetype<Clusters>(at);
  sumNodes(tree, weights, sums);
  for (let i: u32 = 0; i < tree.count; i++) {
    const x = coordinateAt(tree.x, i);
    const y = coordinateAt(tree.y, i);
    const z = coordinateAt(tree.z, i);
    let weight = weigh(tree, c.limit, 1, x, y, z, weights, sums);
    // not >, so that sums that overflow are summed anew too
    if (doubt >= 0 && !(abs(weight - least) > doubt)) {
      const found = gather(tree, c.limit, 1, x, y, z, rows, 0);
      sort(rows, found);
      weight = 0;
      for (let e: u32 = 0; e < found; e++) {
        weight += load<f64>(weights + ((<usize>load<u32>(rows + ((<usize>e) << 2))) << 3));
      }
    }
    store<u8>(c.core + i, weight >= least ? 1 : 0);
  }
}

function sumNodes(tree: Tree, weights: usize, sums: usize): void {
  const leaves: u32 = 1 << tree.levels;
  for (let node: u32 = 2 * leaves - 1; node > 0; node--) {
    let sum: f64 = 0;
    if (node < leaves) {
      const children = sums + ((<usize>node) << 4);
      sum = load<f64>(children) + load<f64>(children, 8);
    } else {
      const end = endPlace(tree, node);
      for (let i = firstPlace(tree, node); i < end; i++) sum += weightAt(tree, weights, i);
    }
    store<f64>(sums + ((<usize>node) << 3), sum);
  }
}

function weightAt(tree: Tree, weights: usize, i: u32): f64 {
  return load<f64>(weights + ((<usize>load<u32>(tree.ids + ((<usize>i) << 2))) << 3));
}

/** The weight of a node's points near the point at (x, y, z). */
function weigh(
  tree: Tree,
  limit: f64,
  node: u32,
  x: f64,
  y: f64,
  z: f64,
  weights: usize,
  sums: usize,
): f64 {
  if (gapTo(tree, node, x, y, z) > limit) return 0;
  if (spanTo(tree, node, x, y, z) <= limit) return load<f64>(sums + ((<usize>node) << 3));
  if (!(node >> tree.levels)) {
    const left = weigh(tree, limit, 2 * node, x, y, z, weights, sums);
    return left + weigh(tree, limit, 2 * node + 1, x, y, z, weights, sums);
  }
  let sum: f64 = 0;
  const end = endPlace(tree, node);
  for (let j = firstPlace(tree, node); j < end; j++) {
    if (squaredTo(tree, j, x, y, z) <= limit) sum += weightAt(tree, weights, j);
  }
  return sum;
}

/** Appends the rows of a node's points near the point at (x, y, z); how many there are then. */
function gather(
  tree: Tree,
  limit: f64,
  node: u32,
  x: f64,
  y: f64,
  z: f64,
  rows: usize,
  found: u32,
): u32 {
  if (gapTo(tree, node, x, y, z) > limit) return found;
  if (!(node >> tree.levels)) {
    found = gather(tree, limit, 2 * node, x, y, z, rows, found);
    return gather(tree, limit, 2 * node + 1, x, y, z, rows, found);
  }
  const end = endPlace(tree, node);
  for (let j = firstPlace(tree, node); j < end; j++) {
    if (squaredTo(tree, j, x, y, z) > limit) continue;
    store<u32>(rows + ((<usize>found) << 2), load<u32>(tree.ids + ((<usize>j) << 2)));
    found++;
  }
  return found;
}

/** Sorts numbers, ascending (heapsort). */
function sort(rows: usize, count: u32): void {
  for (let top = count >> 1; top > 0; top--) sink(rows, top - 1, count);
  for (let size = count; size > 1; size--) {
    const last = rows + ((<usize>(size - 1)) << 2);
    const greatest = load<u32>(rows);
    store<u32>(rows, load<u32>(last));
    store<u32>(last, greatest);
    sink(rows, 0, size - 1);
  }
}

function sink(rows: usize, at: u32, size: u32): void {
  const row = load<u32>(rows + ((<usize>at) << 2));
  for (let child: u32 = 2 * at + 1; child < size; child = 2 * at + 1) {
    let greater = load<u32>(rows + ((<usize>child) << 2));
    if (child + 1 < size && load<u32>(rows + ((<usize>(child + 1)) << 2)) > greater) {
      child++;
      greater = load<u32>(rows + ((<usize>child) << 2));
    }
    if (greater <= row) break;
    store<u32>(rows + ((<usize>at) << 2), greater);
    at = child;
  }
  store<u32>(rows + ((<usize>at) << 2), row);
}
