/**
 * A k-d tree (Bentley 1975) over points of one to three dimensions, as an implicit binary heap: node 1 is the
 * root, node i has children 2 i and 2 i + 1, and all leaves lie on one level and hold 4 to 8 points (a smaller
 * tree is one leaf). Every node knows the smallest box around its points. Missing coordinates are 0: adding
 * their squares changes no bit of a squared distance.
 *
 * Bounds from boxes are exact: a box's float32 sides are coordinates of its points, and the difference, square
 * and sum that give a squared distance in float64 are monotone functions, rounding included. So a pair of
 * points is never nearer than `gap` of their boxes and never farther than `span`, to the last bit.
 */

/** Where a tree lies; written by src/compute/kdtree.ts, field by field in this order. */
@unmanaged
export class Tree {
  count: u32;
  /** 1 where points have a third coordinate that is not 0. */
  deep: u32;
  /** Leaves are the nodes from 2^levels on. */
  levels: u32;
  /** float32 by place, that is in the order of the leaves. */
  x: usize;
  y: usize;
  z: usize;
  /** Rows by place. */
  ids: usize;
  /** First place of every leaf, and the count. */
  starts: usize;
  /** By node: lowest x, y, z and 0, then highest x, y, z and 0, in float32. */
  boxes: usize;
  /** By node: the lowest row. */
  lowest: usize;
  /** While the tree is built: x, y, z (0 where there is none) and row of every point, 16 bytes; zeros before. */
  records: usize;
}

export function firstPlace(tree: Tree, node: u32): u32 {
  const shift = tree.levels - (31 - clz(node));
  return load<u32>(tree.starts + ((<usize>((node << shift) - (1 << tree.levels))) << 2));
}

export function endPlace(tree: Tree, node: u32): u32 {
  const shift = tree.levels - (31 - clz(node));
  return load<u32>(tree.starts + ((<usize>(((node + 1) << shift) - (1 << tree.levels))) << 2));
}

/** The squared distance below which no point of one box comes to one of the other. */
export function gap(tree: Tree, a: u32, b: u32): f64 {
  const p = tree.boxes + ((<usize>a) << 5);
  const q = tree.boxes + ((<usize>b) << 5);
  const zero = f64x2.splat(0);
  const before = f64x2.sub(pair(q), pair(p + 16));
  const after = f64x2.sub(pair(p), pair(q + 16));
  const e = f64x2.max(f64x2.max(before, after), zero);
  const squares = f64x2.mul(e, e);
  const sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  if (!tree.deep) return sum;
  const z = max(
    max(coordinate(q + 8) - coordinate(p + 24), coordinate(p + 8) - coordinate(q + 24)),
    0,
  );
  return sum + z * z;
}

/** The squared distance beyond which no point of one box is from one of the other. */
export function span(tree: Tree, a: u32, b: u32): f64 {
  const p = tree.boxes + ((<usize>a) << 5);
  const q = tree.boxes + ((<usize>b) << 5);
  const e = f64x2.max(f64x2.sub(pair(q + 16), pair(p)), f64x2.sub(pair(p + 16), pair(q)));
  const squares = f64x2.mul(e, e);
  const sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  if (!tree.deep) return sum;
  const z = max(coordinate(q + 24) - coordinate(p + 8), coordinate(p + 24) - coordinate(q + 8));
  return sum + z * z;
}

/** The squared distance below which no point of a box comes to (x, y, z). */
export function gapTo(tree: Tree, node: u32, x: f64, y: f64, z: f64): f64 {
  const q = tree.boxes + ((<usize>node) << 5);
  const xy = f64x2.replace_lane(f64x2.splat(x), 1, y);
  const zero = f64x2.splat(0);
  const e = f64x2.max(f64x2.max(f64x2.sub(pair(q), xy), f64x2.sub(xy, pair(q + 16))), zero);
  const squares = f64x2.mul(e, e);
  const sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  if (!tree.deep) return sum;
  const e2 = max(max(coordinate(q + 8) - z, z - coordinate(q + 24)), 0);
  return sum + e2 * e2;
}

/** The squared distance beyond which no point of a box is from (x, y, z). */
export function spanTo(tree: Tree, node: u32, x: f64, y: f64, z: f64): f64 {
  const q = tree.boxes + ((<usize>node) << 5);
  const xy = f64x2.replace_lane(f64x2.splat(x), 1, y);
  const e = f64x2.max(f64x2.sub(pair(q + 16), xy), f64x2.sub(xy, pair(q)));
  const squares = f64x2.mul(e, e);
  const sum = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  if (!tree.deep) return sum;
  const e2 = max(coordinate(q + 24) - z, z - coordinate(q + 8));
  return sum + e2 * e2;
}

/** The squared distance of the point at a place to (x, y, z). */
export function squaredTo(tree: Tree, at: u32, x: f64, y: f64, z: f64): f64 {
  const offset = (<usize>at) << 2;
  const e0 = coordinate(tree.x + offset) - x;
  const e1 = coordinate(tree.y + offset) - y;
  const sum = e0 * e0 + e1 * e1;
  if (!tree.deep) return sum;
  const e2 = coordinate(tree.z + offset) - z;
  return sum + e2 * e2;
}

/** Whether the points at a place and the next, up to `end`, are within a squared distance of (x, y, z): bits 0, 1. */
export function nearTo(tree: Tree, at: u32, end: u32, limit: f64, x: f64, y: f64, z: f64): u32 {
  const offset = (<usize>at) << 2;
  const e0 = f64x2.sub(pair(tree.x + offset), f64x2.splat(x));
  const e1 = f64x2.sub(pair(tree.y + offset), f64x2.splat(y));
  let sum = f64x2.add(f64x2.mul(e0, e0), f64x2.mul(e1, e1));
  if (tree.deep) {
    const e2 = f64x2.sub(pair(tree.z + offset), f64x2.splat(z));
    sum = f64x2.add(sum, f64x2.mul(e2, e2));
  }
  const near = i64x2.bitmask(f64x2.le(sum, f64x2.splat(limit)));
  return at + 1 < end ? near : near & 1;
}

/** Coordinate of the point at a place, in float64. */
export function coordinateAt(axis: usize, at: u32): f64 {
  return coordinate(axis + ((<usize>at) << 2));
}

function pair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

function coordinate(at: usize): f64 {
  return <f64>load<f32>(at);
}

/** Builds the tree over rows of `dims` float32, at most three. */
export function kdBuild(at: usize, data: usize, dims: u32): void {
  const tree = changetype<Tree>(at);
  const leaves: u32 = 1 << tree.levels;
  for (let i: u32 = 0; i < tree.count; i++) {
    const record = tree.records + ((<usize>i) << 4);
    for (let k: u32 = 0; k < dims; k++) {
      store<f32>(record + ((<usize>k) << 2), load<f32>(data + ((<usize>i * dims + k) << 2)));
    }
    store<u32>(record, i, 12);
  }
  for (let leaf: u32 = 0; leaf <= leaves; leaf++) {
    const start = <u32>((<u64>leaf * <u64>tree.count) >> <u64>tree.levels);
    store<u32>(tree.starts + ((<usize>leaf) << 2), start);
  }
  split(tree, 1);
  for (let i: u32 = 0; i < tree.count; i++) {
    const record = tree.records + ((<usize>i) << 4);
    const offset = (<usize>i) << 2;
    store<f32>(tree.x + offset, load<f32>(record));
    store<f32>(tree.y + offset, load<f32>(record, 4));
    store<f32>(tree.z + offset, load<f32>(record, 8));
    store<u32>(tree.ids + offset, load<u32>(record, 12));
  }
  for (let node: u32 = 2 * leaves - 1; node > 0; node--) {
    let lowest: u32 = u32.MAX_VALUE;
    if (node < leaves) {
      const children = tree.lowest + ((<usize>node) << 3);
      lowest = min(load<u32>(children), load<u32>(children, 4));
    } else {
      const end = endPlace(tree, node);
      for (let i = firstPlace(tree, node); i < end; i++) {
        lowest = min(lowest, load<u32>(tree.ids + ((<usize>i) << 2)));
      }
    }
    store<u32>(tree.lowest + ((<usize>node) << 2), lowest);
  }
}

/** Boxes a node's points, and parts them at the median of the box's longest side. */
function split(tree: Tree, node: u32): void {
  const first = firstPlace(tree, node);
  const end = endPlace(tree, node);
  const records = tree.records;
  let low = v128.load(records + ((<usize>first) << 4));
  let high = low;
  for (let i = first + 1; i < end; i++) {
    const record = v128.load(records + ((<usize>i) << 4));
    low = f32x4.pmin(low, record);
    high = f32x4.pmax(high, record);
  }
  const box = tree.boxes + ((<usize>node) << 5);
  v128.store(box, f32x4.replace_lane(low, 3, 0));
  v128.store(box, f32x4.replace_lane(high, 3, 0), 16);
  if (node >> tree.levels) return;

  const x = coordinate(box + 16) - coordinate(box);
  const y = coordinate(box + 20) - coordinate(box + 4);
  const z = coordinate(box + 24) - coordinate(box + 8);
  const axis: usize = x >= y && x >= z ? 0 : y >= z ? 1 : 2;
  const middle = firstPlace(tree, 2 * node + 1);
  select(records + (axis << 2), records, <i32>first, <i32>end - 1, <i32>middle);
  split(tree, 2 * node);
  split(tree, 2 * node + 1);
}

/**
 * Brings the record of rank k to place k, with none greater before and none less behind, by one coordinate
 * (Floyd and Rivest 1975: a bound of a sample just beyond the rank leaves little to part again).
 */
function select(keys: usize, records: usize, left: i32, right: i32, k: i32): void {
  while (right > left) {
    if (right - left > 600) {
      const n = <f64>(right - left + 1);
      const i = <f64>(k - left + 1);
      const bits = 32 - clz(right - left);
      const size = (0.5 * n) / <f64>(1 << (bits / 3));
      const spread = 0.42 * sqrt<f64>((<f64>bits * size * (n - size)) / n) * (2 * i < n ? -1 : 1);
      const low = max(left, <i32>(<f64>k - (i * size) / n + spread));
      const high = min(right, <i32>(<f64>k + ((n - i) * size) / n + spread));
      select(keys, records, low, high, k);
    }
    const pivot = load<f32>(keys + ((<usize>k) << 4));
    const less = part(keys, records, left, right, pivot, false);
    if (k < less) {
      right = less - 1;
      continue;
    }
    left = part(keys, records, less, right, pivot, true);
    if (k < left) return;
  }
}

/** Brings records below the pivot (or equal to it) before the others, without branches; where these begin. */
function part(keys: usize, records: usize, left: i32, right: i32, pivot: f32, equal: boolean): i32 {
  let end = left;
  for (let i = left; i <= right; i++) {
    const key = load<f32>(keys + ((<usize>i) << 4));
    const a = records + ((<usize>i) << 4);
    const b = records + ((<usize>end) << 4);
    const record = v128.load(a);
    v128.store(a, v128.load(b));
    v128.store(b, record);
    end += i32(equal ? key <= pivot : key < pivot);
  }
  return end;
}
