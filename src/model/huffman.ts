/** The prefix codes of deflate (RFC 1951, section 3.2.2), made from the lengths of their words. */

/** Longest word of a code, in bits. */
const LONGEST = 15;
/** Words of at most so many bits are looked up at once. */
const FAST: number = 9;
const FAST_MASK: number = (1 << FAST) - 1;

/** A word, by its symbol and its length in bits: `symbol << 4 | length`. */
export type Word = number;

export class HuffmanCode {
  /** The word that the next bits begin with; 0 for longer ones, and where there is none. */
  readonly #fast = new Uint16Array(1 << FAST);
  /** How many words there are of each length. */
  readonly #counts = new Uint16Array(LONGEST + 1);
  /** Symbols in the order of their words. */
  readonly #symbols: Uint16Array;
  /** False if bits may come that no word begins with, or if words begin with others. */
  readonly isComplete: boolean;

  /** @param lengths Of every symbol's word, in bits; 0 for symbols without one. */
  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.#counts[length]!++;
    const used = lengths.length - this.#counts[0]!;
    this.#counts[0] = 0;
    this.#symbols = new Uint16Array(used);
    const places = new Uint16Array(LONGEST + 2);
    const words = new Uint16Array(LONGEST + 2);
    let left = 1;
    for (let length = 1; length <= LONGEST; length++) {
      left = 2 * left - this.#counts[length]!;
      places[length + 1] = places[length]! + this.#counts[length]!;
      words[length + 1] = (words[length]! + this.#counts[length]!) << 1;
      if (left < 0) break;
    }
    // as zlib does: nothing, or a single word of one bit, is a code too
    this.isComplete = left === 0 || used === 0 || (used === 1 && this.#counts[1] === 1);
    if (!this.isComplete) return;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol]!;
      if (length === 0) continue;
      this.#symbols[places[length]!++] = symbol;
      const word = reversed(words[length]!++, length);
      if (length > FAST) continue;
      for (let bits = word; bits <= FAST_MASK; bits += 1 << length) {
        this.#fast[bits] = (symbol << 4) | length;
      }
    }
  }

  /** The word at the start of these bits, the next one lowest; 0 if there is none. */
  word(bits: number): Word {
    return this.#fast[bits & FAST_MASK]! || this.#long(bits);
  }

  // words of one length follow each other in value, and begin after the shorter ones
  #long(bits: number): Word {
    let word = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length <= LONGEST; length++) {
      word |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (word - first < count) return (this.#symbols[place + word - first]! << 4) | length;
      place += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    return 0;
  }
}

/** The lowest bits the other way round: words come with their highest bit first. */
function reversed(word: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= ((word >>> i) & 1) << (length - 1 - i);
  return bits;
}
