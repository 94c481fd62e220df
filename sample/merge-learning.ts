/** Learning the merges of a byte-pair encoding from counted pieces (Sennrich et al., 2016). */
import { BPE, type Merge, pairKey } from "./bpe.ts";
import { byteIds, toAlphabet } from "./byte-alphabet.ts";

interface Word {
  ids: number[];
  readonly count: number;
}

/**
 * Learns merges until there are `tokenCount` tokens, the 256 bytes included, or no pair occurs twice. The
 * most frequent pair goes first, of equals the one with the lower ids. A pair whose bytes are a token
 * already becomes that token, so that no two tokens have the same bytes.
 *
 * @param pieces How often each piece of text occurs (see `pretokenize`); its order does not matter.
 */
export function learnBPE(pieces: ReadonlyMap<string, number>, tokenCount: number): BPE {
  if (!Number.isInteger(tokenCount) || tokenCount < 256 || tokenCount >= 1 << 15) {
    throw new RangeError(`learnBPE: expected from 256 to 32767 tokens, got ${tokenCount}`);
  }
  const words: Word[] = Array.from(pieces, ([piece, count]) => ({ ids: byteIds(piece), count }));
  const pairs = new PairCounts(words);
  const merges: Merge[] = [];
  const tokens = new BPE([]).tokens.map(toAlphabet);
  const idOfToken = new Map(tokens.map((token, id) => [token, id]));
  while (tokens.length < tokenCount) {
    const pair = pairs.mostFrequent();
    if (pair === undefined) break;
    const token = tokens[pair.left]! + tokens[pair.right]!;
    const result = idOfToken.get(token) ?? tokens.length;
    if (result === tokens.length) tokens.push(token);
    idOfToken.set(token, result);
    merges.push({ ...pair, result });
    pairs.merge({ ...pair, result });
  }
  return new BPE(merges);
}

/** How often every pair of neighbouring tokens occurs, and in which words; kept up to date by `merge`. */
class PairCounts {
  readonly #words: readonly Word[];
  readonly #counts = new Map<number, number>();
  readonly #places = new Map<number, Set<Word>>();

  constructor(words: readonly Word[]) {
    this.#words = words;
    for (const word of this.#words) this.#count(word, 1);
  }

  /** The pair that occurs most often, at least twice; undefined if there is none. */
  mostFrequent(): { left: number; right: number } | undefined {
    let best = -1;
    let bestCount = 1;
    for (const [key, count] of this.#counts) {
      if (count > bestCount || (count === bestCount && count > 1 && key < best)) {
        best = key;
        bestCount = count;
      }
    }
    return best < 0 ? undefined : { left: best >> 15, right: best & 0x7fff };
  }

  /** Replaces the pair by its token in every word that holds it. */
  merge({ left, right, result }: Merge): void {
    const key = pairKey(left, right);
    const places = this.#places.get(key)!;
    this.#places.delete(key);
    for (const word of places) {
      this.#count(word, -1);
      word.ids = replacePair(word.ids, left, right, result);
      this.#count(word, 1);
    }
  }

  #count(word: Word, sign: 1 | -1): void {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = pairKey(word.ids[i]!, word.ids[i + 1]!);
      const count = (this.#counts.get(key) ?? 0) + sign * word.count;
      if (count === 0) this.#counts.delete(key);
      else this.#counts.set(key, count);
      if (sign > 0) this.#place(key).add(word);
    }
  }

  // words stay listed after a pair has left them: merging there again changes nothing
  #place(key: number): Set<Word> {
    let places = this.#places.get(key);
    if (places === undefined) {
      places = new Set();
      this.#places.set(key, places);
    }
    return places;
  }
}

function replacePair(
  ids: readonly number[],
  left: number,
  right: number,
  result: number,
): number[] {
  const replaced: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const match = ids[i] === left && ids[i + 1] === right;
    replaced.push(match ? result : ids[i]!);
    if (match) i++;
  }
  return replaced;
}
