/** The short decimal, at most 9 digits, that rounds to this float32; 0 for -0. */
export function shortestFloat32(x: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short === 0 ? 0 : short;
  }
  return Number(x.toPrecision(9));
}
