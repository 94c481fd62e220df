/** The bits of the float32 that equals the IEEE 754 half-precision number with these bits. */
export function halfToFloat(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = half & 0x7c00;
  const mantissa = half & 0x03ff;
  if (exponent === 0x7c00) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent !== 0) return sign | (((half & 0x7fff) << 13) + ((127 - 15) << 23));
  if (mantissa === 0) return sign;
  // subnormal: mantissa * 2^-24, whose leading bit becomes the hidden one
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x03ff) << 13);
}

const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The little-endian half-precision number at this place. */
export function readHalf(bytes: Uint8Array, at: number): number {
  bits[0] = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
  return value[0]!;
}
