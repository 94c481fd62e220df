import { rangeError, UnsupportedError } from "../../errors.ts";
import type { BlockDtype, Dtype } from "../model.ts";
import { BLOCKS, decodeBlocks } from "./blocks.ts";
import { decodeFloat8 } from "./float8.ts";
import { halfToFloat } from "./half.ts";

/**
 * Bytes per value of the dtypes that rows are read from. Of blocks they are a fraction, exactly, since
 * blocks hold 32 or 256 values: whole blocks of values have a whole number of bytes.
 */
export const BYTES_PER_VALUE: Readonly<Record<Dtype, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2 },
  ...{ F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1 },
  ...blockBytes(),
};

function blockBytes(): Record<BlockDtype, number> {
  const entries = Object.entries(BLOCKS).map(([dtype, { bytes, values }]) => [
    dtype,
    bytes / values,
  ]);
  return Object.fromEntries(entries) as Record<BlockDtype, number>;
}

/** What rows are not read from; MLX packs eight numbers of 4 bits into one U32. */
export function unreadDtype(dtype: string): string {
  const advice = isInteger(dtype)
    ? "; if the model is quantized (by MLX, for example), take the one that it was made from"
    : "";
  return `has dtype ${dtype}; rows are read from F64, F32, F16, BF16 and F8${advice}`;
}

/** True for the dtypes of whole numbers. */
export function isInteger(dtype: string): boolean {
  return /^[UI]\d+$/.test(dtype);
}

/**
 * Checks that rows can be read from a tensor of this dtype.
 *
 * @param what The tensor, as errors name it.
 * @throws {UnsupportedError} for every other dtype.
 */
export function checkDtype(dtype: string, what: string): asserts dtype is Dtype {
  if (Object.hasOwn(BYTES_PER_VALUE, dtype)) return;
  throw new UnsupportedError(`${what} ${unreadDtype(dtype)}`, {
    feature: `dtype ${dtype}`,
  });
}

/**
 * Decodes numbers to float32: F32, F16, BF16 and F8 exactly, F64 rounded to nearest, ties to even, blocks
 * as gguf-py does.
 *
 * @param bytes `out.length` values, at any alignment.
 * @param out Receives the values.
 * @param littleEndian Byte order of `bytes`, default true; blocks always are.
 * @throws {RangeError} if the number of bytes does not fit.
 * @throws {UnsupportedError} for an F64 value beyond float32's range.
 */
export function decodeFloats(
  dtype: Dtype,
  bytes: Uint8Array,
  out: Float32Array,
  littleEndian = true,
): void {
  if (bytes.length !== out.length * BYTES_PER_VALUE[dtype]) {
    throw rangeError(
      `decodeFloats: expected ${out.length * BYTES_PER_VALUE[dtype]} bytes for ${out.length} ${dtype} values, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // float32 is written as bits where the bits are at hand: a NaN keeps its payload
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  switch (dtype) {
    case "F64":
      for (let i = 0; i < out.length; i++) out[i] = narrowed(view.getFloat64(8 * i, littleEndian));
      break;
    case "F32":
      for (let i = 0; i < out.length; i++) bits[i] = view.getUint32(4 * i, littleEndian);
      break;
    case "F16":
      for (let i = 0; i < out.length; i++)
        bits[i] = halfToFloat(view.getUint16(2 * i, littleEndian));
      break;
    case "BF16":
      for (let i = 0; i < out.length; i++) bits[i] = view.getUint16(2 * i, littleEndian) << 16;
      break;
    case "F8_E4M3":
    case "F8_E5M2":
    case "F8_E8M0":
    case "F8_E4M3FNUZ":
    case "F8_E5M2FNUZ":
      decodeFloat8(dtype, bytes, out);
      break;
    default:
      decodeBlocks(dtype, bytes, out);
  }
}

/** @throws {UnsupportedError} for a number beyond float32, which would become infinite. */
function narrowed(value: number): number {
  if (Number.isFinite(Math.fround(value)) || !Number.isFinite(value)) return value;
  throw new UnsupportedError(`${value} is beyond float32 (3.4e38), which rows are computed in`, {
    feature: "F64 beyond float32",
  });
}
