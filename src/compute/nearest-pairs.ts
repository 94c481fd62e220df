/**
 * The k nearest of every row by looking at all pairs, one by one: for distances that are given, and the
 * definition that the search in integers (nearest.ts) is tested against.
 */
import type { SquaredDistance } from "./metrics.ts";
import { breather, type RunOptions } from "./run.ts";

/**
 * The k nearest of each of n things by any distance, squared; equal ones by index.
 *
 * @param options.symmetric Whether `distance(i, j)` is `distance(j, i)`, so that one look serves both; where
 * not, row i's distances are `distance(i, j)`.
 */
export async function nearestSquared(
  distance: SquaredDistance,
  n: number,
  { k, symmetric, ...options }: { k: number; symmetric: boolean } & RunOptions,
): Promise<{ indices: Int32Array; squared: Float64Array }> {
  const heaps = new NeighborHeaps(n, k);
  const breath = breather("neighbours", n, options);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const squared = distance(i, j);
      heaps.offer(i, j, squared);
      heaps.offer(j, i, symmetric ? squared : distance(j, i));
    }
    await breath(i + 1);
  }
  heaps.sort();
  return { indices: heaps.indices, squared: heaps.squared };
}

/** For every row the k nearest seen so far: a heap with the farthest on top, by (distance, index). */
export class NeighborHeaps {
  readonly indices: Int32Array;
  readonly squared: Float64Array;
  readonly #k: number;

  constructor(n: number, k: number) {
    this.#k = k;
    this.indices = new Int32Array(n * k).fill(0x7fffffff);
    this.squared = new Float64Array(n * k).fill(Number.POSITIVE_INFINITY);
  }

  offer(row: number, index: number, squared: number): void {
    const top = row * this.#k;
    if (squared > this.squared[top]!) return;
    if (squared === this.squared[top] && index > this.indices[top]!) return;
    this.#sink(top, this.#k, index, squared);
  }

  /** Turns every heap into a list, nearest first. */
  sort(): void {
    const { indices, squared } = this;
    for (let top = 0; top < indices.length; top += this.#k) {
      for (let size = this.#k - 1; size > 0; size--) {
        const index = indices[top + size]!;
        const distance = squared[top + size]!;
        indices[top + size] = indices[top]!;
        squared[top + size] = squared[top]!;
        this.#sink(top, size, index, distance);
      }
    }
  }

  /** Puts an entry in place of the top of a heap of the given size and lets it sink to its place. */
  #sink(top: number, size: number, index: number, distance: number): void {
    const { indices, squared } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (
        child + 1 < size &&
        this.#farther(top + child + 1, squared[top + child]!, indices[top + child]!)
      ) {
        child++;
      }
      if (!this.#farther(top + child, distance, index)) break;
      indices[top + at] = indices[top + child]!;
      squared[top + at] = squared[top + child]!;
      at = child;
    }
    indices[top + at] = index;
    squared[top + at] = distance;
  }

  #farther(slot: number, distance: number, index: number): boolean {
    const own = this.squared[slot]!;
    return own > distance || (own === distance && this.indices[slot]! > index);
  }
}
