/**
 * The formats of ggml whose blocks hold 32 values: one scale `d` (half precision), in some a minimum `m`
 * after it, and the values as small integers q.
 *
 * Layouts: ggml-common.h of github.com/ggml-org/ggml. Where an integer is cut into nibbles, byte i
 * holds value i in its low half and value i + 16 in its high half. Every operation is rounded to
 * float32, in the order of gguf-py's quants.py, so that the results have the same bits.
 */
import { readHalf } from "./half.ts";

/** Decodes the block at `at` of `bytes` into `out` from `to` on. */
export type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

/** Values per block here. */
export const SMALL_BLOCK = 32;

/** d, 32 x int8: d q. */
export const decodeQ8_0: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  for (let i = 0; i < SMALL_BLOCK; i++) out[to + i] = ((bytes[at + 2 + i]! << 24) >> 24) * d;
};

/** d, 16 bytes of nibbles: d (q - 8). */
export const decodeQ4_0: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + 2 + i]!;
    out[to + i] = d * ((byte & 15) - 8);
    out[to + 16 + i] = d * ((byte >> 4) - 8);
  }
};

/** d, m, 16 bytes of nibbles: d q + m. */
export const decodeQ4_1: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  const m = readHalf(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + 4 + i]!;
    out[to + i] = Math.fround(d * (byte & 15)) + m;
    out[to + 16 + i] = Math.fround(d * (byte >> 4)) + m;
  }
};

/** d, 32 fifth bits, 16 bytes of nibbles: d (q - 16). */
export const decodeQ5_0: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  for (let i = 0; i < SMALL_BLOCK; i++) out[to + i] = d * (fiveBits(bytes, at + 2, i) - 16);
};

/** d, m, 32 fifth bits, 16 bytes of nibbles: d q + m. */
export const decodeQ5_1: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  const m = readHalf(bytes, at + 2);
  for (let i = 0; i < SMALL_BLOCK; i++) {
    out[to + i] = Math.fround(d * fiveBits(bytes, at + 4, i)) + m;
  }
};

/** Integer i of a block with its 32 highest bits at `at` and its nibbles after them. */
function fiveBits(bytes: Uint8Array, at: number, i: number): number {
  const high = (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
  const nibble = (bytes[at + 4 + (i & 15)]! >> (i < 16 ? 0 : 4)) & 15;
  return nibble | (high << 4);
}

/** The values that the nibbles of IQ4_NL and IQ4_XS stand for (`kvalues_iq4nl`). */
export const IQ4_VALUES: Int8Array = Int8Array.of(
  ...[-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113],
);

/** d, 16 bytes of nibbles: d v, where v stands in a table. */
export const decodeIQ4_NL: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + 2 + i]!;
    out[to + i] = d * IQ4_VALUES[byte & 15]!;
    out[to + 16 + i] = d * IQ4_VALUES[byte >> 4]!;
  }
};
