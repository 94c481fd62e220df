/**
 * The formats of ggml whose blocks hold 256 values: the k-quants, and IQ4_XS. A block is cut into parts
 * of 16 or 32 values; each part has a small integer as scale, which `d` (half precision) multiplies,
 * and in some a minimum, which `dmin` multiplies.
 *
 * Layouts: ggml-common.h of github.com/ggml-org/ggml. Every operation is rounded to float32, in the
 * order of gguf-py's quants.py, so that the results have the same bits.
 */
import { type DecodeBlock, IQ4_VALUES } from "./blocks-32.ts";
import { readHalf } from "./half.ts";

/** Values per block here. */
export const LARGE_BLOCK = 256;

/** 16 scales and minima as nibbles, 256 x 2 bits, d, dmin: d s q - dmin m. */
export const decodeQ2_K: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at + 80);
  const dmin = readHalf(bytes, at + 82);
  for (let part = 0; part < 16; part++) {
    const scales = bytes[at + part]!;
    const scale = Math.fround(d * (scales & 15));
    const min = Math.fround(dmin * (scales >> 4));
    for (let i = 16 * part; i < 16 * part + 16; i++) {
      out[to + i] = Math.fround(scale * twoBits(bytes, at + 16, i)) - min;
    }
  }
};

/** 256 third bits, 256 x 2 bits, 16 scales of 6 bits, d: d (s - 32) q, q from -4 to 3. */
export const decodeQ3_K: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at + 108);
  for (let part = 0; part < 16; part++) {
    const low = (bytes[at + 96 + (part & 7)]! >> (part < 8 ? 0 : 4)) & 15;
    const high = (bytes[at + 104 + (part & 3)]! >> (2 * (part >> 2))) & 3;
    const scale = Math.fround(d * ((low | (high << 4)) - 32));
    for (let i = 16 * part; i < 16 * part + 16; i++) {
      const third = (bytes[at + (i & 31)]! >> (i >> 5)) & 1;
      out[to + i] = scale * (twoBits(bytes, at + 32, i) - (third === 1 ? 0 : 4));
    }
  }
};

/** d, dmin, 8 scales and minima of 6 bits, 256 nibbles: d s q - dmin m. */
export const decodeQ4_K: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  const dmin = readHalf(bytes, at + 2);
  for (let part = 0; part < 8; part++) {
    const scale = Math.fround(d * scaleOf(bytes, at + 4, part));
    const min = Math.fround(dmin * minOf(bytes, at + 4, part));
    const nibbles = at + 16 + 32 * (part >> 1);
    const shift = 4 * (part & 1);
    for (let i = 0; i < 32; i++) {
      out[to + 32 * part + i] = Math.fround(scale * ((bytes[nibbles + i]! >> shift) & 15)) - min;
    }
  }
};

/** As Q4_K, with 256 fifth bits before the nibbles. */
export const decodeQ5_K: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  const dmin = readHalf(bytes, at + 2);
  for (let part = 0; part < 8; part++) {
    const scale = Math.fround(d * scaleOf(bytes, at + 4, part));
    const min = Math.fround(dmin * minOf(bytes, at + 4, part));
    const nibbles = at + 48 + 32 * (part >> 1);
    const shift = 4 * (part & 1);
    for (let i = 0; i < 32; i++) {
      const fifth = (bytes[at + 16 + i]! >> part) & 1;
      const q = ((bytes[nibbles + i]! >> shift) & 15) | (fifth << 4);
      out[to + 32 * part + i] = Math.fround(scale * q) - min;
    }
  }
};

/** 256 nibbles, 256 x 2 high bits, 16 scales of int8, d: d s (q - 32). */
export const decodeQ6_K: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at + 208);
  for (let part = 0; part < 16; part++) {
    const scale = Math.fround(d * ((bytes[at + 192 + part]! << 24) >> 24));
    for (let i = 16 * part; i < 16 * part + 16; i++) {
      // halves of 128 values, each in 64 bytes: the first 64 in the low nibbles, the others in the high
      const byte = bytes[at + 64 * (i >> 7) + (i & 63)]!;
      const nibble = (i & 64) === 0 ? byte & 15 : byte >> 4;
      out[to + i] = scale * ((nibble | (twoBits(bytes, at + 128, i) << 4)) - 32);
    }
  }
};

/** d, 8 scales of 6 bits, 256 nibbles: d (s - 32) v, where v stands in the table of IQ4_NL. */
export const decodeIQ4_XS: DecodeBlock = (bytes, at, out, to) => {
  const d = readHalf(bytes, at);
  const highs = bytes[at + 2]! | (bytes[at + 3]! << 8);
  for (let part = 0; part < 8; part++) {
    const low = (bytes[at + 4 + (part >> 1)]! >> (4 * (part & 1))) & 15;
    const scale = Math.fround(d * ((low | (((highs >> (2 * part)) & 3) << 4)) - 32));
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 8 + 16 * part + i]!;
      out[to + 32 * part + i] = scale * IQ4_VALUES[byte & 15]!;
      out[to + 32 * part + 16 + i] = scale * IQ4_VALUES[byte >> 4]!;
    }
  }
};

/** Two bits of value i: halves of 128 values, each in 32 bytes, 32 values in every pair of bits. */
function twoBits(bytes: Uint8Array, at: number, i: number): number {
  return (bytes[at + 32 * (i >> 7) + (i & 31)]! >> (2 * ((i >> 5) & 3))) & 3;
}

/** Scale of a part in the 12 bytes of Q4_K: the last four have their two high bits beside the first four. */
function scaleOf(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return bytes[at + part]! & 63;
  return (bytes[at + 4 + part]! & 15) | ((bytes[at + part - 4]! >> 2) & 48);
}

/** Minimum of a part in the 12 bytes of Q4_K. */
function minOf(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return bytes[at + 4 + part]! & 63;
  return (bytes[at + 4 + part]! >> 4) | ((bytes[at + part]! >> 2) & 48);
}
