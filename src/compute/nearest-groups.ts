/**
 * Rows that are the same: a search needs one of each. Untrained tokens often have all the same row, and no
 * bound can tell those apart.
 */
import type { Nearest } from "./nearest.ts";

/** Groups of rows with the same bytes, in the order of their first rows. */
export interface Groups {
  /** Members of group g, ascending: `members` from `starts[g]` to `starts[g + 1]`. */
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

/** The groups of n rows of d words; undefined where no two rows are the same. */
export function groupRows(
  rows: Uint32Array,
  hashes: Uint32Array,
  n: number,
  d: number,
): Groups | undefined {
  const first = firstOfSame(rows, hashes, n, d);
  if (first === undefined) return undefined;
  const sizes = new Int32Array(n);
  for (const i of first) sizes[i]!++;
  const leaders = Int32Array.from({ length: n }, (_, i) => i).filter((i) => sizes[i]! > 0);
  const starts = new Int32Array(leaders.length + 1);
  leaders.forEach((i, g) => {
    starts[g + 1] = starts[g]! + sizes[i]!;
    sizes[i] = starts[g]!;
  });
  const members = new Int32Array(n);
  first.forEach((leader, i) => {
    members[sizes[leader]!++] = i;
  });
  return { starts, members };
}

/** For every row the first that is the same. */
function firstOfSame(
  rows: Uint32Array,
  hashes: Uint32Array,
  n: number,
  d: number,
): Int32Array | undefined {
  const same = (i: number, j: number): boolean => {
    for (let c = 0; c < d; c++) if (rows[i * d + c] !== rows[j * d + c]) return false;
    return true;
  };
  // by 29 bits of the hash, then by index, in one number
  const group = (i: number): number => hashes[i]! >>> 3;
  const order = Float64Array.from({ length: n }, (_, i) => group(i) * 2 ** 24 + i).sort();
  const first = Int32Array.from({ length: n }, (_, i) => i);
  let found = false;
  let leaders: number[] = [];
  for (let at = 0; at < n; at++) {
    const i = order[at]! % 2 ** 24;
    if (at > 0 && group(i) !== group(order[at - 1]! % 2 ** 24)) leaders = [];
    const leader = leaders.find((each) => same(each, i));
    if (leader === undefined) leaders.push(i);
    else {
      first[i] = leader;
      found = true;
    }
  }
  return found ? first : undefined;
}

/**
 * From the nearest groups of every group to the k nearest rows of every row.
 *
 * @param found The k nearest of the groups' rows, or all others where there are fewer.
 * @param own The key of two rows of one group.
 */
export function ungroup(
  groups: Groups,
  found: Nearest,
  k: number,
  own: (group: number) => number,
): Nearest {
  const { starts, members } = groups;
  const n = members.length;
  const count = starts.length - 1;
  const each = found.keys.length / count;
  const indices = new Int32Array(n * k);
  const keys = new Float64Array(n * k);
  const size = (g: number): number => starts[g + 1]! - starts[g]!;
  for (let g = 0; g < count; g++) {
    const near = found.indices.subarray(g * each, (g + 1) * each);
    const distances = found.keys.subarray(g * each, (g + 1) * each);
    if (each === k && size(g) === 1 && near.every((other) => size(other) === 1)) {
      const to = members[starts[g]!]! * k;
      for (let at = 0; at < k; at++) indices[to + at] = members[starts[near[at]!]!]!;
      keys.set(distances, to);
      continue;
    }
    const rows = rowsNear(groups, [own(g), ...distances], [g, ...near], k + 1);
    for (const i of members.subarray(starts[g], starts[g + 1])) {
      const others = rows.filter(({ index }) => index !== i).slice(0, k);
      others.forEach(({ key, index }, at) => {
        indices[i * k + at] = index;
        keys[i * k + at] = key;
      });
    }
  }
  return { indices, keys, lookedAgain: found.lookedAgain };
}

/** The first `wanted` rows of some groups, by (key, index), or all where there are fewer. */
function rowsNear(
  { starts, members }: Groups,
  keys: number[],
  groups: number[],
  wanted: number,
): { key: number; index: number }[] {
  const order = keys.map((_, at) => at).sort((a, b) => keys[a]! - keys[b]!);
  const rows: { key: number; index: number }[] = [];
  for (const at of order) {
    const key = keys[at]!;
    // groups at one distance mix: all of them are needed
    if (rows.length >= wanted && key > rows[rows.length - 1]!.key) break;
    // no group has more than its first rows among them, however many tokens share one row
    const [start, end] = [starts[groups[at]!]!, starts[groups[at]! + 1]!];
    for (const index of members.subarray(start, Math.min(end, start + wanted))) {
      rows.push({ key, index });
    }
  }
  return rows.sort((a, b) => a.key - b.key || a.index - b.index).slice(0, wanted);
}
