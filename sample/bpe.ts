/**
 * Byte-level byte-pair encoding: Sennrich, Haddow and Birch, "Neural machine translation of rare words
 * with subword units" (2016), over bytes as in GPT-2 (Radford et al., 2019), with the dropout of Provilkov,
 * Emelianenko and Voita, "BPE-dropout" (2020).
 */
import type { Random } from "../src/random.ts";
import { BYTE_ORDER, byteIds } from "./byte-alphabet.ts";

/** Two tokens that become one; earlier merges go first. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly result: number;
}

/** Ids below this fit a pair into 32 bits. */
const MAX_TOKENS = 1 << 15;

/** Tokens as bytes, and the merges that build them; the first 256 tokens are GPT-2's bytes. */
export class BPE {
  /** The bytes of every token; its place is its id. */
  readonly tokens: readonly Uint8Array[];
  readonly merges: readonly Merge[];
  readonly #ranks = new Map<number, number>();

  /** @param merges In order; `result` is the id of a token made before, or the next new one. */
  constructor(merges: readonly Merge[]) {
    const tokens: Uint8Array[] = Array.from(BYTE_ORDER, (byte) => Uint8Array.of(byte));
    merges.forEach(({ left, right, result }, rank) => {
      if (!(left < tokens.length && right < tokens.length && result <= tokens.length)) {
        throw new RangeError(`BPE: merge ${rank} uses a token that is not made yet`);
      }
      if (result === tokens.length) tokens.push(join(tokens[left]!, tokens[right]!));
      this.#ranks.set(pairKey(left, right), rank);
    });
    this.tokens = tokens;
    this.merges = merges;
  }

  /**
   * The tokens of one piece of text (see `pretokenize`).
   *
   * @param dropout The probability, in [0, 1), that a possible merge is passed over; drawn anew for every
   *   possible merge at every step, as in the paper's algorithm 1. Default 0: always the same tokens.
   */
  encode(piece: string, dropout = 0, random?: Random): number[] {
    return this.mergeBytes(byteIds(piece), dropout, random);
  }

  /** As `encode`, from the ids of the piece's bytes, which it changes and returns. */
  mergeBytes(ids: number[], dropout = 0, random?: Random): number[] {
    const threshold = dropout * 2 ** 32;
    for (;;) {
      let best = this.merges.length;
      let place = -1;
      for (let i = 0; i + 1 < ids.length; i++) {
        const rank = this.#ranks.get(pairKey(ids[i]!, ids[i + 1]!));
        if (rank === undefined || (random && random.uint32() < threshold)) continue;
        if (rank < best) {
          best = rank;
          place = i;
        }
      }
      if (place < 0) return ids;
      ids[place] = this.merges[best]!.result;
      ids.splice(place + 1, 1);
    }
  }
}

/** The same number for the same pair of ids. */
export function pairKey(left: number, right: number): number {
  return left * MAX_TOKENS + right;
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}
