/** Writing `model.safetensors`: an 8-byte length, a JSON header, then every tensor's bytes. */
import { powerOfTwo } from "../src/math.ts";
import { decodeFloats } from "../src/model/values/dtype.ts";

/** A tensor to be written as float16, row-major. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The whole file; tensors in the order given, header padded so that data starts at a multiple of 8. */
export function safetensors(tensors: readonly NamedTensor[]): Uint8Array {
  const header: Record<string, object> = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    const start = end;
    end += 2 * data.length;
    header[name] = { dtype: "F16", shape, data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength).set(json, 8);
  let offset = 8 + headerLength;
  for (const { data } of tensors) {
    for (let i = 0; i < data.length; i++, offset += 2)
      view.setUint16(offset, toHalf(data[i]!), true);
  }
  return file;
}

/** The 16 bits of the float16 nearest to x, ties to even; infinity from 65520 on. */
export function toHalf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // below 2^-14 the spacing is 2^-24; above, 2^-10 of the power of two below
  let exponent = -14;
  while (exponent < 15 && size >= powerOfTwo(exponent + 1)) exponent++;
  const mantissa = roundToEven(size * powerOfTwo(10 - exponent));
  // a mantissa of 2048 carries into the exponent, one below 1024 is subnormal: both by this addition
  return sign | (((exponent + 14) << 10) + mantissa);
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Rounds numbers to float16, in place. */
export function roundToHalf(numbers: Float64Array): void {
  const bytes = new Uint8Array(2 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((x, i) => {
    view.setUint16(2 * i, toHalf(x), true);
  });
  const rounded = new Float32Array(numbers.length);
  decodeFloats("F16", bytes, rounded);
  numbers.set(rounded);
}
