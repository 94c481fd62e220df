/** Numbers of few bits, and ggml's blocks of them, rounded as their usual writers do. */

/** How floating-point numbers of a type are laid out: a sign, the exponent, the mantissa. */
export interface FloatLayout {
  readonly mantissa: number;
  readonly bias: number;
  readonly bytes: 1 | 2;
}

export const F16: FloatLayout = { mantissa: 10, bias: 15, bytes: 2 };
export const BF16: FloatLayout = { mantissa: 7, bias: 127, bytes: 2 };
export const F8_E4M3: FloatLayout = { mantissa: 3, bias: 7, bytes: 1 };
export const F8_E5M2: FloatLayout = { mantissa: 2, bias: 15, bytes: 1 };

/** From one number of this type to the next, at the size of `value`. */
export function floatStep(value: number, { mantissa, bias }: FloatLayout): number {
  const exponent = value === 0 ? -Infinity : Math.floor(Math.log2(Math.abs(value)));
  return 2 ** (Math.max(exponent, 1 - bias) - mantissa);
}

/** The bits of the nearest number, the even one of two; for values that the type has room for. */
export function floatBits(value: number, layout: FloatLayout): number {
  const step = floatStep(value, layout);
  const whole = roundEven(Math.abs(value) / step);
  const exponent = Math.round(Math.log2(step)) + layout.mantissa;
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (8 * layout.bytes - 1) : 0;
  return sign + (exponent + layout.bias - 1) * 2 ** layout.mantissa + whole;
}

/** Little-endian, one after the other. */
export function floatBytes(values: Float32Array, layout: FloatLayout): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * layout.bytes));
  values.forEach((value, i) => {
    if (layout.bytes === 1) view.setUint8(i, floatBits(value, layout));
    else view.setUint16(2 * i, floatBits(value, layout), true);
  });
  return new Uint8Array(view.buffer);
}

function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** Packs the values of one block. */
export type PackBlock = (values: Float32Array) => Uint8Array;

/** The half-precision number nearest to d, as a value and as bytes. */
function scale(d: number): { d: number; bytes: Uint8Array } {
  const bits = floatBits(d, F16);
  const magnitude = bits & 0x7fff;
  const whole = magnitude < 1024 ? magnitude : 1024 + (magnitude & 1023);
  const value = whole * 2 ** (Math.max(magnitude >> 10, 1) - 25);
  return { d: d < 0 ? -value : value, bytes: Uint8Array.of(bits & 255, bits >> 8) };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}

/** 32 values: d, 32 x int8. */
export const packQ8_0: PackBlock = (values) => {
  const d = Math.abs(largest(values)) / 127;
  const quants = Array.from(values, (value) => (d === 0 ? 0 : Math.round(value / d)));
  return Uint8Array.of(...scale(d).bytes, ...quants);
};

/** 32 values: d, 16 bytes of nibbles; value i is in the low half of byte i, value i + 16 in the high half. */
export const packQ4_0: PackBlock = (values) => {
  const d = largest(values) / -8;
  const quant = (value: number) => Math.min(15, d === 0 ? 8 : Math.trunc(value / d + 8.5));
  const nibbles = Array.from({ length: 16 }, (_, i) => {
    return quant(values[i]!) | (quant(values[i + 16]!) << 4);
  });
  return Uint8Array.of(...scale(d).bytes, ...nibbles);
};

/** 256 values in 16 groups: low nibbles, high pairs of bits, the groups' scales, d. */
export const packQ6_K: PackBlock = (values) => {
  const group = (j: number) => values.subarray(16 * j, 16 * j + 16);
  const tops = Array.from({ length: 16 }, (_, j) => Math.abs(largest(group(j))) / 31);
  const { d, bytes } = scale(Math.max(...tops) / 127);
  const scales = tops.map((top) => (d === 0 ? 0 : Math.min(127, Math.ceil(top / d))));
  const quants = Array.from(values, (value, i) => {
    const unit = d * scales[i >> 4]!;
    return 32 + (unit === 0 ? 0 : Math.round(value / unit));
  });
  const low = new Uint8Array(128);
  const high = new Uint8Array(64);
  for (let i = 0; i < 256; i++) {
    const [half, part, l] = [i >> 7, (i >> 5) & 3, i & 31];
    const q = quants[i]!;
    low[64 * half + 32 * (part & 1) + l]! |= (q & 15) << (part < 2 ? 0 : 4);
    high[32 * half + l]! |= (q >> 4) << (2 * part);
  }
  return Uint8Array.of(...low, ...high, ...scales, ...bytes);
};

/** All blocks of these values, one after the other. */
export function packBlocks(values: Float32Array, size: 32 | 256, pack: PackBlock): Uint8Array {
  const blocks = Array.from({ length: values.length / size }, (_, i) =>
    pack(values.subarray(size * i, size * (i + 1))),
  );
  return new Uint8Array(Buffer.concat(blocks));
}
