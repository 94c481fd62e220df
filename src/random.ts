/**
 * The seeded generator behind everything random: xoshiro128** (Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", 2021), its state filled from the seed by SplitMix32. All steps are
 * 32-bit integer operations, so the same seed gives the same stream on every engine.
 */
import { rangeError } from "./errors.ts";
import { log } from "./math.ts";

/** A stream of random numbers that depends on its seed alone. */
export class Random {
  readonly #state = new Uint32Array(4);
  #spare: number | undefined;

  /**
   * @param seed A whole number from 0 to 2^32 - 1.
   * @throws {RangeError} for any other seed.
   */
  constructor(seed: number) {
    checkSeed("Random", seed);
    let x = seed;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) >>> 0;
      let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[i] = z ^ (z >>> 15);
    }
  }

  /** A whole number, uniform on [0, 2^32). */
  uint32(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  /** A number with 53 random bits, uniform on [0, 1). */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number, uniform on [0, n), for n up to 2^32, without bias. */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw rangeError(`Random.below: expected a whole number from 1 to 2^32, got ${n}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    let x = this.uint32();
    while (x >= limit) x = this.uint32();
    return x % n;
  }

  /** A standard normal number, by Marsaglia's polar method (1964). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * this.uniform() - 1;
      v = 2 * this.uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * log(s)) / s);
    this.#spare = v * scale;
    return u * scale;
  }

  /** Puts the items into random order, in place (Fisher and Yates). */
  shuffle<T extends { length: number; [i: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
}

/** @throws {RangeError} unless the seed is a whole number from 0 to 2^32 - 1. */
export function checkSeed(who: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw rangeError(`${who}: expected a seed from 0 to 4294967295, got ${seed}`);
  }
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
