/** Single linkage from a spanning tree, as a row of points with steps between neighbours. */

/**
 * All points in an order in which the components that edges up to a weight leave are, for every weight, stretches:
 * a stretch ends where the step to the next point is heavier.
 */
export interface Dendrogram {
  readonly order: Int32Array;
  /** Weight between the points at t and t + 1 of the order; n - 1. */
  readonly steps: Float64Array;
}

/**
 * Joins lists of points end to end, by ascending weight: of two points of one list, the heaviest step between
 * them is the weight at which they came together.
 *
 * @param edges A spanning tree of n points: edge e has the ends 2 e and 2 e + 1.
 */
export function dendrogram(n: number, edges: Uint32Array, weights: Float64Array): Dendrogram {
  const parents = Int32Array.from({ length: n }, (_, i) => i);
  const heads = parents.slice();
  const tails = parents.slice();
  const next = new Int32Array(n).fill(-1);
  const after = new Float64Array(n);
  const sizes = new Int32Array(n).fill(1);
  for (const e of ascending(weights)) {
    const p = find(parents, edges[2 * e]!);
    const q = find(parents, edges[2 * e + 1]!);
    const [root, other] = sizes[p]! >= sizes[q]! ? [p, q] : [q, p];
    next[tails[root]!] = heads[other]!;
    after[tails[root]!] = weights[e]!;
    tails[root] = tails[other]!;
    sizes[root]! += sizes[other]!;
    parents[other] = root;
  }
  const order = new Int32Array(n);
  const steps = new Float64Array(n - 1);
  for (let t = 0, at = heads[find(parents, 0)]!; t < n; t++, at = next[at]!) {
    order[t] = at;
    if (t < n - 1) steps[t] = after[at]!;
  }
  return { order, steps };
}

/** Numbers of the weights in ascending order, equal ones as they come. */
function ascending(weights: Float64Array): Uint32Array {
  return Uint32Array.from(weights.keys()).sort((a, b) => weights[a]! - weights[b]! || a - b);
}

function find(parents: Int32Array, i: number): number {
  let at = i;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]!]!;
    at = parents[at]!;
  }
  return at;
}
