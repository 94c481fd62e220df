/**
 * Cosine and sine of a fraction of a turn, from + - * / alone: the fraction is brought into an eighth of a
 * turn in whole numbers, which loses nothing, and there the Taylor series are summed in float64. The results
 * are within 2 ulp of float64, so a twiddle factor rounded to float32 is right to its last bit but for ties.
 */

const TURN: f64 = 6.283185307179586;

/** cos(2 pi a / b) for 0 <= a < b. */
export function cosTurn(a: u32, b: u32): f64 {
  // eighths of a turn: a8 / b of them
  const a8 = <u64>a * 8;
  const octant = <u32>(a8 / b);
  const rest = <u32>(a8 % b);
  // the angle from the nearest of the axes, in eighths: odd octants count back from the next axis
  const near = octant & 1 ? b - rest : rest;
  const t = (<f64>near / <f64>b) * (TURN / 8);
  const axis = (octant + 1) >> 1; // quarter turns to that axis
  if (axis === 0 || axis === 4) return cosine(t);
  if (axis === 2) return -cosine(t);
  // near the axes at a quarter and three quarters the cosine is a sine of the angle from them
  const past = (octant & 1) === 0;
  const value = sine(t);
  return (axis === 1) === past ? -value : value;
}

/** sin(2 pi a / b) for 0 <= a < b: the cosine, a quarter of a turn back. */
export function sinTurn(a: u32, b: u32): f64 {
  const quarters = <u64>a * 4 + 3 * <u64>b;
  return cosTurn(<u32>(quarters % (4 * <u64>b)), 4 * b);
}

/** Taylor series for 0 <= t <= pi / 4; the first term left out is below 1e-18. */
function cosine(t: f64): f64 {
  const s = t * t;
  let sum: f64 = 1;
  for (let k: i32 = 16; k > 0; k -= 2) sum = 1 - (sum * s) / <f64>(k * (k - 1));
  return sum;
}

function sine(t: f64): f64 {
  const s = t * t;
  let sum: f64 = 1;
  for (let k: i32 = 17; k > 1; k -= 2) sum = 1 - (sum * s) / <f64>(k * (k - 1));
  return t * sum;
}
