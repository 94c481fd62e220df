/** Where t-SNE begins. */
import type { RunOptions } from "../compute/run.ts";
import type { Matrix } from "../matrix.ts";
import { Random } from "../random.ts";
import { principalComponents } from "./pca.ts";

/** Coordinates of every point of the start. */
export const STRIDE = 3;
/** Standard deviation of the start: of its first axis with "pca", of every axis with "random". */
const START_STD = 1e-4;
/** Standard deviation of the noise that moves points apart which start at one place. */
const JITTER_STD = 1e-6;
/** Coordinates that agree to this are one place. */
const ONE_PLACE = 1e-10;

export interface StartOptions extends RunOptions {
  /**
   * `"pca"`: the rows' principal components, scaled so that the first has standard deviation 1e-4;
   * `"random"`: normal numbers of standard deviation 1e-4; or coordinates (n, nComponents), used as they are.
   */
  readonly init: "pca" | "random" | Matrix;
  readonly nComponents: number;
  readonly randomState: number;
}

/**
 * The start: three float64 for every point, unused ones 0.
 *
 * Points that start at one place would attract and repel each other by exactly nothing, and an axis on which
 * nothing is spread would stay empty, for ever. Seeded noise of standard deviation 1e-6 moves every such
 * point apart from the first at its place, and fills such an axis. scikit-learn leaves both to rounding.
 */
export async function startingPoints(X: Matrix, options: StartOptions): Promise<Float64Array> {
  const n = X.shape[0];
  const { init, nComponents } = options;
  const random = new Random(options.randomState);
  const Y = new Float64Array(n * STRIDE);
  const set = (value: (i: number, c: number) => number) => {
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < nComponents; c++) Y[i * STRIDE + c] = value(i, c);
    }
  };
  if (init === "random") {
    set(() => START_STD * random.normal());
  } else if (init === "pca") {
    const scores = await principalComponents(X, nComponents, random, options);
    const std = Math.sqrt(variance(scores, nComponents));
    const scale = std > 0 ? START_STD / std : 0;
    set((i, c) => scores[i * nComponents + c]! * scale);
  } else {
    set((i, c) => init.data[i * nComponents + c]!);
  }
  fillEmptyAxes(Y, nComponents, random);
  moveApart(Y, nComponents, random);
  return Y;
}

/** Variance of the first column, divided by n. */
function variance(scores: Float64Array, cols: number): number {
  const n = scores.length / cols;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += scores[i * cols]! / n;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const away = scores[i * cols]! - mean;
    sum += (away * away) / n;
  }
  return sum;
}

function fillEmptyAxes(Y: Float64Array, axes: number, random: Random): void {
  for (let c = 0; c < axes; c++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let e = c; e < Y.length; e += STRIDE) {
      low = Math.min(low, Y[e]!);
      high = Math.max(high, Y[e]!);
    }
    if (high - low > ONE_PLACE) continue;
    for (let e = c; e < Y.length; e += STRIDE) Y[e]! += JITTER_STD * random.normal();
  }
}

/** Moves every point apart that is not the first at its place. */
function moveApart(Y: Float64Array, axes: number, random: Random): void {
  const places = Y.map((y) => Math.round(y / ONE_PLACE) + 0); // + 0: there is one zero
  const first = firstAtPlace(places);
  for (let at = 0; at < Y.length; at += STRIDE) {
    if (first[at / STRIDE] === at / STRIDE) continue;
    for (let c = 0; c < axes; c++) Y[at + c]! += JITTER_STD * random.normal();
  }
}

/** For every point the first one with the same coordinates: by a hash table of points, in O(n). */
function firstAtPlace(places: Float64Array): Int32Array {
  const n = places.length / STRIDE;
  const first = new Int32Array(n);
  const words = new Int32Array(places.buffer);
  let mask = 1;
  while (mask < 2 * n) mask = 2 * mask + 1;
  const table = new Int32Array(mask + 1).fill(-1);
  for (let i = 0; i < n; i++) {
    let slot = hash(words, i) & mask;
    while (table[slot] !== -1 && !agree(places, table[slot]!, i)) slot = (slot + 1) & mask;
    if (table[slot] === -1) table[slot] = i;
    first[i] = table[slot]!;
  }
  return first;
}

/** Of the bits of a point's coordinates; what it is changes nothing but time. */
function hash(words: Int32Array, i: number): number {
  let h = 0;
  for (let w = 2 * STRIDE * i; w < 2 * STRIDE * (i + 1); w++) {
    h = Math.imul(h ^ words[w]!, 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

function agree(places: Float64Array, i: number, j: number): boolean {
  for (let c = 0; c < STRIDE; c++) {
    if (places[i * STRIDE + c] !== places[j * STRIDE + c]) return false;
  }
  return true;
}
