/** Core points of DBSCAN over a k-d tree: those with enough points, or weight, within eps. */
import { coordinateAt, endPlace, firstPlace, gap, nearTo, span, Tree } from "./kdtree";

/** What DBSCAN works on; written by src/compute/dbscan.ts, field by field in this order. */
@unmanaged
export class Clusters {
  /** eps^2 in float64: points are near where their squared distance is at most this. */
  limit: f64;
  /** minSamples, at most the number of points + 1. */
  least: u32;
  /** 1 for core points, u8 by place. */
  core: usize;
  /** Points within eps, as far as counted, u32 by place; later the places of rows, u32 by row. */
  counts: usize;
  /** The sets that are joined, u32 by place: the place of a point of the same set, its own at the root. */
  parents: usize;
  /** A core point's place for nodes whose core points are known to be in one set; or MIXED, or NONE. By node. */
  joined: usize;
  /** Labels, i32 by row, and by place. */
  labels: usize;
  placed: usize;
}

/** Marks the core points where every point counts as one. */
export function dbscanCore(treeAt: usize, at: usize): void {
  mark(changetype<Tree>(treeAt), changetype<Clusters>(at), 1);
}

function mark(tree: Tree, c: Clusters, node: u32): void {
  const first = firstPlace(tree, node);
  const size = endPlace(tree, node) - first;
  // all within eps of each other, and enough
  if (size >= c.least && span(tree, node, node) <= c.limit) {
    memory.fill(c.core + first, 1, size);
  } else if (node >> tree.levels) {
    markLeaf(tree, c, node);
  } else {
    mark(tree, c, 2 * node);
    mark(tree, c, 2 * node + 1);
  }
}

function markLeaf(tree: Tree, c: Clusters, leaf: u32): void {
  const first = firstPlace(tree, leaf);
  const end = endPlace(tree, leaf);
  memory.fill(c.counts + ((<usize>first) << 2), 0, (<usize>(end - first)) << 2);
  let missing = count(tree, c, leaf, leaf);
  // outwards, from the nearest relatives on
  for (let node = leaf; node > 1 && missing; node >>= 1) missing = count(tree, c, node ^ 1, leaf);
  for (let i = first; i < end; i++) {
    store<u8>(c.core + i, load<u32>(c.counts + ((<usize>i) << 2)) >= c.least ? 1 : 0);
  }
}

/** Counts a node's points near those of a leaf that still miss some; how many of the leaf's still do. */
function count(tree: Tree, c: Clusters, node: u32, leaf: u32): u32 {
  const first = firstPlace(tree, leaf);
  const end = endPlace(tree, leaf);
  const apart = gap(tree, node, leaf) > c.limit;
  const inner = !apart && !(node >> tree.levels);
  if (inner && span(tree, node, leaf) > c.limit) {
    const a = 2 * node;
    const near: u32 = gap(tree, a, leaf) <= gap(tree, a + 1, leaf) ? a : a + 1;
    const missing = count(tree, c, near, leaf);
    return missing ? count(tree, c, near ^ 1, leaf) : 0;
  }
  const from = firstPlace(tree, node);
  const to = endPlace(tree, node);
  let missing: u32 = 0;
  for (let i = first; i < end; i++) {
    const at = c.counts + ((<usize>i) << 2);
    let found = load<u32>(at);
    if (!apart && found < c.least) {
      found += inner ? to - from : countNear(tree, c.limit, from, to, i);
      store<u32>(at, found);
    }
    missing += found < c.least ? 1 : 0;
  }
  return missing;
}

/** How many of the points from one place to another are near that at place i. */
function countNear(tree: Tree, limit: f64, from: u32, to: u32, i: u32): u32 {
  const x = coordinateAt(tree.x, i);
  const y = coordinateAt(tree.y, i);
  const z = coordinateAt(tree.z, i);
  let found: u32 = 0;
  for (let j = from; j < to; j += 2) found += popcnt(nearTo(tree, j, to, limit, x, y, z));
  return found;
}
