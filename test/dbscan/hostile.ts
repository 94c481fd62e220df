/** Points that are hard on a clustering: for DBSCAN's engines against the definition. */
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { clumps } from "../clumps.ts";

const random = (seed: number, n: number, row: (r: Random, i: number) => number[]): Matrix => {
  const source = new Random(seed);
  return fromRows(Array.from({ length: n }, (_, i) => row(source, i)));
};

/** A name, the points, and values of eps that cut them in telling ways. */
export type Case = readonly [name: string, Y: Matrix, eps: readonly number[]];

/** Two arcs that face each other just beyond eps = 1, and meet at one place only. */
function arcs(): number[][] {
  return Array.from({ length: 400 }, (_, i) => {
    const t = (i >> 1) / 300;
    return i % 2 ? [t, -t] : [t + 0.7072 - (i === 398 ? 1e-3 : 0), 0.7072 - t];
  });
}

export const HOSTILE: readonly Case[] = [
  ...[1, 3, 4, 5, 8, 9, 17, 33, 130].map(
    (n): Case => [`${n} points`, clumps(n, 2, n), [1e-9, 0.1, 0.5, 2, 1e9]],
  ),
  ["clumps", clumps(500, 2, 4), [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]],
  ["a line", clumps(300, 1, 4), [0.001, 0.01, 0.1, 1]],
  ["three dimensions", clumps(400, 3, 6), [0.2, 0.4, 0.8, 1.6]],
  ["one place", random(1, 300, () => [3, -7]), [1e-300, 1, 1e300]],
  ["two places", random(1, 200, (r) => [r.below(2), 5]), [1e-300, 0.5, 1, 2]],
  ["a vertical line", random(2, 300, (r) => [1, 10 * r.uniform()]), [0.01, 0.05, 0.2]],
  ["a lattice", random(3, 400, (r) => [r.below(12), r.below(12)]), [0.5, 1, Math.SQRT2, 2, 5]],
  ["a lattice in space", random(4, 300, (r) => [r.below(5), r.below(5), r.below(5)]), [1, 2]],
  [
    "clumps 1e6 apart",
    random(5, 300, (r, i) => [1e6 * (i % 2) + r.normal(), r.normal()]),
    [0.1, 0.5, 2, 1e6, 2e6],
  ],
  [
    "scales from 1e-30 to 1e30",
    random(6, 300, (r, i) => [10 ** ((i % 61) - 30) * r.normal(), 10 ** ((i % 7) - 3)]),
    [1e-30, 1e-10, 1, 1e10, 1e30],
  ],
  ["arcs that face each other", fromRows(arcs()), [0.9999, 1, 1.001]],
  ["no columns", matrix(20, 0), [1]],
];

/** As many of some columns. */
export const WIDE: readonly Case[] = [
  ...[4, 5, 7, 12, 33].flatMap((d): Case[] =>
    [1, 3, 4, 5, 17, 100].map((n) => [`${n} x ${d}`, clumps(n, d, d), [0.2, 1, 3, 1e9]]),
  ),
  ["duplicates", random(7, 150, (r) => [r.below(2), r.below(2), 0, r.below(3)]), [0.5, 1, 2]],
  ["a huge outlier", random(8, 90, (r, i) => Array(6).fill(i ? r.normal() : 3e38)), [1, 3]],
];
