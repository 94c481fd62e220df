const bits = new DataView(new ArrayBuffer(4));

/** The short decimal, at most 9 digits, that rounds to this float32; 0 for -0. */
export function shortestFloat32(x: number): number {
  // where one number of digits is enough, more are too, but at powers of two, whose rounding is lopsided
  for (let digits = isPowerOfTwo(x) ? 1 : fewestTried(x); digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short === 0 ? 0 : short;
  }
  return Number(x.toPrecision(9));
}

/** The digits to begin with: 7, as most need at least so many, or 1 where 6 are enough. */
function fewestTried(x: number): number {
  return Math.fround(Number(x.toPrecision(6))) === x ? 1 : 7;
}

function isPowerOfTwo(x: number): boolean {
  bits.setFloat32(0, x);
  return (bits.getUint32(0) & 0x7fffff) === 0;
}
