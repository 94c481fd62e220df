/** The floating-point numbers of 8 bits, as safetensors names them. */
export type Float8Dtype = "F8_E4M3" | "F8_E5M2" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ";

/**
 * How the 256 numbers of a type are laid out: a sign, then the exponent, then `mantissa` bits. What is
 * not a number differs: `"ones"` where all bits but the sign are 1 (E4M3, by OCP's "8-bit Floating Point
 * Specification", called `e4m3fn` elsewhere: no infinity), `"ieee"` as in IEEE 754, and `"zero"` for what
 * would be minus zero (FNUZ).
 */
interface Layout {
  readonly mantissa: number;
  readonly bias: number;
  readonly special: "ones" | "ieee" | "zero";
}

const LAYOUTS: Readonly<Record<Exclude<Float8Dtype, "F8_E8M0">, Layout>> = {
  F8_E4M3: { mantissa: 3, bias: 7, special: "ones" },
  F8_E5M2: { mantissa: 2, bias: 15, special: "ieee" },
  F8_E4M3FNUZ: { mantissa: 3, bias: 8, special: "zero" },
  F8_E5M2FNUZ: { mantissa: 2, bias: 16, special: "zero" },
};

function table(number: (byte: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => number(byte));
}

/** The numbers by their bytes; all are float32 numbers exactly. */
const FLOAT8: Readonly<Record<Float8Dtype, Float32Array>> = {
  F8_E4M3: table((byte) => float8(byte, LAYOUTS.F8_E4M3)),
  F8_E5M2: table((byte) => float8(byte, LAYOUTS.F8_E5M2)),
  F8_E4M3FNUZ: table((byte) => float8(byte, LAYOUTS.F8_E4M3FNUZ)),
  F8_E5M2FNUZ: table((byte) => float8(byte, LAYOUTS.F8_E5M2FNUZ)),
  // the powers of two that scale blocks, without a sign (OCP Microscaling Formats)
  F8_E8M0: table((byte) => (byte === 255 ? Number.NaN : 2 ** (byte - 127))),
};

function float8(byte: number, { mantissa, bias, special }: Layout): number {
  const sign = byte < 128 ? 1 : -1;
  const magnitude = byte & 127;
  const exponent = magnitude >> mantissa;
  const fraction = (magnitude & ((1 << mantissa) - 1)) / (1 << mantissa);
  if (special === "zero" && byte === 128) return Number.NaN;
  if (special === "ones" && magnitude === 127) return Number.NaN;
  if (special === "ieee" && exponent === 127 >> mantissa) {
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** Decodes as many bytes as `out` has values. */
export function decodeFloat8(dtype: Float8Dtype, bytes: Uint8Array, out: Float32Array): void {
  const numbers = FLOAT8[dtype];
  for (let i = 0; i < out.length; i++) out[i] = numbers[bytes[i]!]!;
}
