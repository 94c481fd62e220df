/** The order of points along Morton's curve, on which points that are near each other mostly follow each other. */

/** Steps of the curve along an axis. */
const STEPS = 65536;

/**
 * The points' numbers in order of the curve through their first two coordinates; equal places by number.
 *
 * @param axes Coordinates by axis, `stride` apart.
 */
export function mortonOrder(axes: Float32Array, stride: number, n: number): Uint32Array {
  const x = steps(axes.subarray(0, n));
  const y = steps(axes.subarray(stride, stride + n));
  // place on the curve and number in one float64: 2^32 places, less than 2^21 points
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    keys[i] = (spread(x[i]!) + 2 * spread(y[i]!)) * 2 ** 21 + i;
  }
  return Uint32Array.from(keys.sort(), (key) => key % 2 ** 21);
}

/** Coordinates as whole numbers below STEPS. */
function steps(axis: Float32Array): Uint16Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of axis) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? (STEPS - 1) / (high - low) : 0;
  return Uint16Array.from(axis, (value) => (value - low) * scale);
}

/** The 16 bits of a number with a 0 before each. */
function spread(bits: number): number {
  let x = bits;
  x = (x | (x << 8)) & 0x00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f;
  x = (x | (x << 2)) & 0x33333333;
  return (x | (x << 1)) & 0x55555555;
}
