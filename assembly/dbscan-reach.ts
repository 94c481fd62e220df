/**
 * A minimum spanning tree of mutual reachability over a k-d tree. Squared core distances and squared distances
 * stand for their roots; two core points a and b reach each other at max(core a, core b, |a - b|^2).
 *
 * Boruvka's method: in every round every component takes its lightest edge to another one. An edge that would
 * close a circle with those taken before it in the same round is left out: all edges of such a circle weigh the
 * same, so what is taken is part of a minimum spanning tree, whatever the order among equals.
 */
import { coordinateAt, endPlace, firstPlace, gapTo, squaredTo, Tree } from "./kdtree";

const NONE: u32 = 0xffffffff;

/** What is worked on; written by src/compute/reachability.ts, field by field in this order. By place, if not said. */
@unmanaged
export class Reach {
  /** Edges found, and neighbours known of every row. */
  count: u32;
  k: u32;
  /** The k nearest: rows (u32) and squared distances (float64), by row. */
  rows: usize;
  squares: usize;
  /** Squared core distances, float64; and the lowest of every node. */
  cores: usize;
  nodeCores: usize;
  /** Components: u32 parents; roots as of the round's start; by node the root shared by all its points, or NONE. */
  parents: usize;
  roots: usize;
  shared: usize;
  /** The lightest edge of a component, by its root: float64 weight, u32 from and to. */
  weights: usize;
  froms: usize;
  tos: usize;
  /** No edge from a point to another component is lighter, float64; and the u32 end of one as light, or NONE. */
  bounds: usize;
  ends: usize;
  /** The tree found: u32 pairs of rows, and float64 weights. */
  edges: usize;
  edgeWeights: usize;
}

function word(base: usize, i: u32): u32 {
  return load<u32>(base + ((<usize>i) << 2));
}

function setWord(base: usize, i: u32, value: u32): void {
  store<u32>(base + ((<usize>i) << 2), value);
}

function real(base: usize, i: u32): f64 {
  return load<f64>(base + ((<usize>i) << 3));
}

function setReal(base: usize, i: u32, value: f64): void {
  store<f64>(base + ((<usize>i) << 3), value);
}

/**
 * Begins with the edges that need no search: no edge at a point is lighter than its core distance and the
 * distance to its nearest, and often one to a known neighbour is as light.
 *
 * @param least minSamples: the core distance is that to the (least - 1)-th nearest, 0 for 1.
 */
export function reachBegin(treeAt: usize, at: usize, least: u32): void {
  const tree = changetype<Tree>(treeAt);
  const r = changetype<Reach>(at);
  const n = tree.count;
  const k = r.k;
  const places = r.roots;
  for (let i: u32 = 0; i < n; i++) {
    const row = word(tree.ids, i);
    setWord(places, row, i);
    setWord(r.parents, i, i);
    setWord(r.ends, i, NONE);
    setReal(r.cores, i, least > 1 ? real(r.squares, row * k + least - 2) : 0);
  }
  for (let node: u32 = (2 << tree.levels) - 1; node > 0; node--) {
    let low: f64 = Infinity;
    if (!(node >> tree.levels))
      low = min(real(r.nodeCores, 2 * node), real(r.nodeCores, 2 * node + 1));
    else {
      const end = endPlace(tree, node);
      for (let i = firstPlace(tree, node); i < end; i++) low = min(low, real(r.cores, i));
    }
    setReal(r.nodeCores, node, low);
  }
  for (let i: u32 = 0; i < n; i++) {
    const first = word(tree.ids, i) * k;
    const bound = max(real(r.cores, i), real(r.squares, first));
    setReal(r.bounds, i, bound);
    for (let e = first; e < first + k; e++) {
      const j = word(places, word(r.rows, e));
      if (max(max(real(r.cores, i), real(r.cores, j)), real(r.squares, e)) > bound) continue;
      setWord(r.ends, i, j);
      take(tree, r, i, j, bound);
      break;
    }
  }
}

/** A round of Boruvka's method; how many edges there are then. */
export function reachRound(treeAt: usize, at: usize): u32 {
  const tree = changetype<Tree>(treeAt);
  const r = changetype<Reach>(at);
  const n = tree.count;
  for (let i: u32 = 0; i < n; i++) {
    setWord(r.roots, i, find(r, i));
    setReal(r.weights, i, Infinity);
  }
  share(tree, r);
  // first what is known, which shortens the searches
  for (let i: u32 = 0; i < n; i++) {
    const end = word(r.ends, i);
    if (end === NONE) continue;
    if (word(r.roots, end) === word(r.roots, i)) setWord(r.ends, i, NONE);
    else improve(r, i, end, real(r.bounds, i));
  }
  for (let leaf: u32 = 1 << tree.levels; leaf >> tree.levels === 1; leaf++) {
    const end = endPlace(tree, leaf);
    for (let i = firstPlace(tree, leaf); i < end; i++) {
      const root = word(r.roots, i);
      if (word(r.ends, i) !== NONE || real(r.bounds, i) >= real(r.weights, root)) continue;
      const x = coordinateAt(tree.x, i);
      const y = coordinateAt(tree.y, i);
      const z = coordinateAt(tree.z, i);
      const own = real(r.cores, i);
      search(tree, r, leaf, x, y, z, i, root, own);
      for (let node = leaf; node > 1; node >>= 1) search(tree, r, node ^ 1, x, y, z, i, root, own);
      setReal(r.bounds, i, real(r.weights, root));
    }
  }
  for (let i: u32 = 0; i < n; i++) {
    if (real(r.weights, i) < Infinity)
      take(tree, r, word(r.froms, i), word(r.tos, i), real(r.weights, i));
  }
  return r.count;
}

/** By node the component of all its points, where it is one. */
function share(tree: Tree, r: Reach): void {
  for (let node: u32 = (2 << tree.levels) - 1; node > 0; node--) {
    let one: u32;
    if (node >> tree.levels) {
      const first = firstPlace(tree, node);
      const end = endPlace(tree, node);
      one = word(r.roots, first);
      for (let i = first + 1; i < end; i++) if (word(r.roots, i) !== one) one = NONE;
    } else {
      one = word(r.shared, 2 * node);
      if (one !== word(r.shared, 2 * node + 1)) one = NONE;
    }
    setWord(r.shared, node, one);
  }
}

/** Looks through a node for a lighter edge from the point at place i to another component than its own. */
function search(
  tree: Tree,
  r: Reach,
  node: u32,
  x: f64,
  y: f64,
  z: f64,
  i: u32,
  root: u32,
  own: f64,
): void {
  if (word(r.shared, node) === root) return;
  const best = real(r.weights, root);
  if (own >= best || real(r.nodeCores, node) >= best || gapTo(tree, node, x, y, z) >= best) return;
  if (node >> tree.levels) {
    const end = endPlace(tree, node);
    for (let j = firstPlace(tree, node); j < end; j++) {
      if (word(r.roots, j) === root) continue;
      const weight = max(max(own, real(r.cores, j)), squaredTo(tree, j, x, y, z));
      if (improve(r, i, j, weight)) setWord(r.ends, i, j);
    }
    return;
  }
  const a = 2 * node;
  const near: u32 = gapTo(tree, a, x, y, z) <= gapTo(tree, a + 1, x, y, z) ? a : a + 1;
  search(tree, r, near, x, y, z, i, root, own);
  search(tree, r, near ^ 1, x, y, z, i, root, own);
}

/** Keeps an edge from i to j if it is the lightest of i's component so far. */
function improve(r: Reach, i: u32, j: u32, weight: f64): boolean {
  const root = word(r.roots, i);
  if (weight >= real(r.weights, root)) return false;
  setReal(r.weights, root, weight);
  setWord(r.froms, root, i);
  setWord(r.tos, root, j);
  return true;
}

/** Adds an edge to the tree, unless it closes a circle. */
function take(tree: Tree, r: Reach, i: u32, j: u32, weight: f64): void {
  const p = find(r, i);
  const q = find(r, j);
  if (p === q) return;
  setWord(r.parents, max(p, q), min(p, q));
  setWord(r.edges, 2 * r.count, word(tree.ids, i));
  setWord(r.edges, 2 * r.count + 1, word(tree.ids, j));
  setReal(r.edgeWeights, r.count, weight);
  r.count++;
}

function find(r: Reach, i: u32): u32 {
  let parent = word(r.parents, i);
  while (parent !== i) {
    const above = word(r.parents, parent);
    setWord(r.parents, i, above);
    i = above;
    parent = word(r.parents, i);
  }
  return i;
}
