/** The quantized formats of ggml that rows are read from, as GGUF files hold them. */

import type { BlockDtype } from "../model.ts";
import {
  type DecodeBlock,
  decodeIQ4_NL,
  decodeQ4_0,
  decodeQ4_1,
  decodeQ5_0,
  decodeQ5_1,
  decodeQ8_0,
  SMALL_BLOCK,
} from "./blocks-32.ts";
import {
  decodeIQ4_XS,
  decodeQ2_K,
  decodeQ3_K,
  decodeQ4_K,
  decodeQ5_K,
  decodeQ6_K,
  LARGE_BLOCK,
} from "./blocks-256.ts";

interface BlockFormat {
  /** Values in a block. */
  readonly values: number;
  /** Bytes of a block. */
  readonly bytes: number;
  readonly decode: DecodeBlock;
}

export const BLOCKS: Readonly<Record<BlockDtype, BlockFormat>> = {
  Q4_0: { values: SMALL_BLOCK, bytes: 18, decode: decodeQ4_0 },
  Q4_1: { values: SMALL_BLOCK, bytes: 20, decode: decodeQ4_1 },
  Q5_0: { values: SMALL_BLOCK, bytes: 22, decode: decodeQ5_0 },
  Q5_1: { values: SMALL_BLOCK, bytes: 24, decode: decodeQ5_1 },
  Q8_0: { values: SMALL_BLOCK, bytes: 34, decode: decodeQ8_0 },
  Q2_K: { values: LARGE_BLOCK, bytes: 84, decode: decodeQ2_K },
  Q3_K: { values: LARGE_BLOCK, bytes: 110, decode: decodeQ3_K },
  Q4_K: { values: LARGE_BLOCK, bytes: 144, decode: decodeQ4_K },
  Q5_K: { values: LARGE_BLOCK, bytes: 176, decode: decodeQ5_K },
  Q6_K: { values: LARGE_BLOCK, bytes: 210, decode: decodeQ6_K },
  IQ4_NL: { values: SMALL_BLOCK, bytes: 18, decode: decodeIQ4_NL },
  IQ4_XS: { values: LARGE_BLOCK, bytes: 136, decode: decodeIQ4_XS },
};

/** True for a format of blocks. */
export function isBlockDtype(dtype: string): dtype is BlockDtype {
  return Object.hasOwn(BLOCKS, dtype);
}

/**
 * Decodes whole blocks to float32, with the bits that gguf-py (and ggml without fused operations) gives.
 *
 * @param bytes The blocks of `out.length` values, which must be whole blocks.
 */
export function decodeBlocks(dtype: BlockDtype, bytes: Uint8Array, out: Float32Array): void {
  const { values, bytes: size, decode } = BLOCKS[dtype];
  for (let at = 0, to = 0; to < out.length; at += size, to += values) decode(bytes, at, out, to);
}
