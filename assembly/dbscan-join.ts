/** Clusters of DBSCAN over a k-d tree: core points within eps joined into sets, then numbers, then borders. */
import { Clusters } from "./dbscan-core";
import {
  coordinateAt,
  endPlace,
  firstPlace,
  gap,
  gapTo,
  span,
  spanTo,
  squaredTo,
  Tree,
} from "./kdtree";

const NONE: u32 = 0xffffffff;
const MIXED: u32 = 0xfffffffe;

/** Joins core points within eps of each other. */
export function dbscanJoin(treeAt: usize, at: usize): void {
  const tree = changetype<Tree>(treeAt);
  const c = changetype<Clusters>(at);
  for (let i: u32 = 0; i < tree.count; i++) store<u32>(c.parents + ((<usize>i) << 2), i);
  joinWithin(tree, c, 1, false);
}

/** Joins the core points of a node; `near` where all its points are known to be near each other. */
function joinWithin(tree: Tree, c: Clusters, node: u32, near: boolean): void {
  near = near || span(tree, node, node) <= c.limit;
  if (node >> tree.levels) {
    joinLeaf(tree, c, node, near);
    return;
  }
  const a = 2 * node;
  const b = a + 1;
  joinWithin(tree, c, a, near);
  joinWithin(tree, c, b, near);
  if (near) {
    const p = joined(c, a);
    const q = joined(c, b);
    if (p < MIXED && q < MIXED) link(c, find(c, p), find(c, q));
  } else joinBetween(tree, c, a, b);
  setJoined(c, node, MIXED);
  refresh(tree, c, node);
}

function joinLeaf(tree: Tree, c: Clusters, leaf: u32, near: boolean): void {
  const first = firstPlace(tree, leaf);
  const end = endPlace(tree, leaf);
  for (let i = first; i < end; i++) {
    if (load<u8>(c.core + i)) joinPoint(tree, c, i, first, i, near);
  }
  setJoined(c, leaf, MIXED);
  refresh(tree, c, leaf);
}

/** Joins the core point at place i with those near it from one place to another. */
function joinPoint(tree: Tree, c: Clusters, i: u32, from: u32, to: u32, near: boolean): void {
  const x = coordinateAt(tree.x, i);
  const y = coordinateAt(tree.y, i);
  const z = coordinateAt(tree.z, i);
  let root = find(c, i);
  for (let j = from; j < to; j++) {
    if (!load<u8>(c.core + j)) continue;
    const other = find(c, j);
    if (other === root) continue;
    if (near || squaredTo(tree, j, x, y, z) <= c.limit) {
      root = link(c, root, other);
    }
  }
}

/** Joins the core points of two nodes: nothing where they are in one set already, and only until they are. */
function joinBetween(tree: Tree, c: Clusters, a: u32, b: u32): void {
  const p = refresh(tree, c, a);
  const q = refresh(tree, c, b);
  if (p === NONE || q === NONE) return;
  const alike = p !== MIXED && q !== MIXED;
  if (alike && find(c, p) === find(c, q)) return;
  if (gap(tree, a, b) > c.limit) return;
  if (alike && span(tree, a, b) <= c.limit) {
    link(c, find(c, p), find(c, q));
    return;
  }
  if (a >> tree.levels && b >> tree.levels) {
    joinLeaves(tree, c, a, b, alike);
    return;
  }
  // parts the larger of the two, and takes its nearer half first
  const parted: u32 = b >> tree.levels || (a < b && !(a >> tree.levels)) ? a : b;
  const other: u32 = parted === a ? b : a;
  const child = 2 * parted;
  const near: u32 = gap(tree, child, other) <= gap(tree, child + 1, other) ? child : child + 1;
  joinBetween(tree, c, near, other);
  joinBetween(tree, c, near ^ 1, other);
}

function joinLeaves(tree: Tree, c: Clusters, a: u32, b: u32, alike: boolean): void {
  const end = endPlace(tree, a);
  const from = firstPlace(tree, b);
  const to = endPlace(tree, b);
  for (let i = firstPlace(tree, a); i < end; i++) {
    if (!load<u8>(c.core + i)) continue;
    const x = coordinateAt(tree.x, i);
    const y = coordinateAt(tree.y, i);
    if (gapTo(tree, b, x, y, coordinateAt(tree.z, i)) > c.limit) continue;
    joinPoint(tree, c, i, from, to, false);
    if (alike && find(c, joined(c, a)) === find(c, joined(c, b))) return;
  }
}

/** Looks whether a mixed node's core points have come into one set; what is then known of it. */
function refresh(tree: Tree, c: Clusters, node: u32): u32 {
  const known = joined(c, node);
  if (known !== MIXED) return known;
  let one: u32 = NONE;
  if (node >> tree.levels) {
    const end = endPlace(tree, node);
    for (let i = firstPlace(tree, node); i < end; i++) {
      if (!load<u8>(c.core + i)) continue;
      const root = find(c, i);
      if (one === NONE) one = root;
      else if (one !== root) return MIXED;
    }
  } else {
    const p = joined(c, 2 * node);
    const q = joined(c, 2 * node + 1);
    if (p === MIXED || q === MIXED) return MIXED;
    if (p !== NONE && q !== NONE && find(c, p) !== find(c, q)) return MIXED;
    one = p === NONE ? q : p;
  }
  setJoined(c, node, one);
  return one;
}

function joined(c: Clusters, node: u32): u32 {
  return load<u32>(c.joined + ((<usize>node) << 2));
}

function setJoined(c: Clusters, node: u32, one: u32): void {
  store<u32>(c.joined + ((<usize>node) << 2), one);
}

/** The root of a point's set; every second point on the way is hung higher (path halving). */
export function find(c: Clusters, i: u32): u32 {
  const parents = c.parents;
  let parent = load<u32>(parents + ((<usize>i) << 2));
  while (parent !== i) {
    const above = load<u32>(parents + ((<usize>parent) << 2));
    store<u32>(parents + ((<usize>i) << 2), above);
    i = above;
    parent = load<u32>(parents + ((<usize>i) << 2));
  }
  return i;
}

/** Joins the sets of two roots, under the one at the lower place; the root of both. */
function link(c: Clusters, p: u32, q: u32): u32 {
  const low = min(p, q);
  store<u32>(c.parents + ((<usize>max(p, q)) << 2), low);
  return low;
}

/** Numbers the clusters by their lowest core points, and labels core points; all else is -1. The number of clusters. */
export function dbscanNumber(treeAt: usize, at: usize): u32 {
  const tree = changetype<Tree>(treeAt);
  const c = changetype<Clusters>(at);
  const places = c.counts;
  for (let i: u32 = 0; i < tree.count; i++) {
    store<u32>(places + ((<usize>load<u32>(tree.ids + ((<usize>i) << 2))) << 2), i);
  }
  memory.fill(c.placed, 0xff, (<usize>tree.count) << 2);
  let clusters: u32 = 0;
  for (let row: u32 = 0; row < tree.count; row++) {
    const i = load<u32>(places + ((<usize>row) << 2));
    let label: i32 = -1;
    if (load<u8>(c.core + i)) {
      const root = c.placed + ((<usize>find(c, i)) << 2);
      if (load<i32>(root) < 0) store<i32>(root, clusters++);
      label = load<i32>(root);
      store<i32>(c.placed + ((<usize>i) << 2), label);
    }
    store<i32>(c.labels + ((<usize>row) << 2), label);
  }
  return clusters;
}

/** Gives points that are not core the lowest label of the core points near them. */
export function dbscanBorder(treeAt: usize, at: usize): void {
  const tree = changetype<Tree>(treeAt);
  const c = changetype<Clusters>(at);
  lowestLabels(tree, c);
  for (let leaf: u32 = 1 << tree.levels; leaf >> tree.levels === 1; leaf++) {
    const end = endPlace(tree, leaf);
    for (let i = firstPlace(tree, leaf); i < end; i++) {
      if (load<u8>(c.core + i)) continue;
      const x = coordinateAt(tree.x, i);
      const y = coordinateAt(tree.y, i);
      const z = coordinateAt(tree.z, i);
      let label = border(tree, c, leaf, x, y, z, NONE);
      for (let node = leaf; node > 1; node >>= 1) label = border(tree, c, node ^ 1, x, y, z, label);
      store<u32>(c.labels + ((<usize>load<u32>(tree.ids + ((<usize>i) << 2))) << 2), label);
    }
  }
}

/** By node, in place of what was known of its sets: the lowest label of its core points, NONE without. */
function lowestLabels(tree: Tree, c: Clusters): void {
  const leaves: u32 = 1 << tree.levels;
  for (let node: u32 = 2 * leaves - 1; node > 0; node--) {
    let lowest = NONE;
    if (node < leaves) lowest = min(joined(c, 2 * node), joined(c, 2 * node + 1));
    else {
      const end = endPlace(tree, node);
      // a label of -1 is NONE, the greatest of all
      for (let i = firstPlace(tree, node); i < end; i++) {
        if (load<u8>(c.core + i)) lowest = min(lowest, load<u32>(c.placed + ((<usize>i) << 2)));
      }
    }
    setJoined(c, node, lowest);
  }
}

/** The lower of `best` and the lowest label of a node's core points near the point at (x, y, z). */
function border(tree: Tree, c: Clusters, node: u32, x: f64, y: f64, z: f64, best: u32): u32 {
  const lowest = joined(c, node);
  if (lowest >= best || gapTo(tree, node, x, y, z) > c.limit) return best;
  if (spanTo(tree, node, x, y, z) <= c.limit) return lowest;
  if (!(node >> tree.levels)) {
    const a = 2 * node;
    const first: u32 = joined(c, a) <= joined(c, a + 1) ? a : a + 1;
    return border(tree, c, first ^ 1, x, y, z, border(tree, c, first, x, y, z, best));
  }
  const end = endPlace(tree, node);
  for (let j = firstPlace(tree, node); j < end; j++) {
    if (!load<u8>(c.core + j)) continue;
    if (squaredTo(tree, j, x, y, z) > c.limit) continue;
    best = min(best, load<u32>(c.placed + ((<usize>j) << 2)));
  }
  return best;
}
