/**
 * Tables of characters in a compact form, as scripts/character-tables.ts prints them: each range of code
 * points as its distance from the end of the range before and its length, in base 36.
 */

/** The ranges' starts and ends, ascending. */
export function bounds(table: string): Uint32Array {
  let at = 0;
  return Uint32Array.from(table.trim().split(/\s+/), (step) => (at += Number.parseInt(step, 36)));
}

/** Whether a code point lies in one of the ranges that `bounds` gave. */
export function within(table: Uint32Array, codePoint: number): boolean {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1; // as many starts as ends behind us: outside
}
