/** Half-open ranges of bytes in ascending order. */
export type ByteRange = readonly [start: number, end: number];

/** Ranges with those that are at most `gap` bytes apart made one. */
export function joinRanges(ranges: readonly ByteRange[], gap: number): ByteRange[] {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && start - last[1] <= gap) last[1] = end;
    else joined.push([start, end]);
  }
  return joined;
}
