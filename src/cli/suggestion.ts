import { editDistance } from "../text/edit-distance.ts";

/** Most edits, per letter of the word meant, that make a slip of the keys. */
const SLIPS = 0.4;

/**
 * The word that was probably meant: the one with the fewest letters added, left out, changed or swapped with
 * their neighbour, if these are few.
 */
export function meantWord(typed: string, words: readonly string[]): string | undefined {
  const ranked = words
    .map((word) => ({ word, edits: editDistance(typed.toLowerCase(), word) }))
    .filter(({ word, edits }) => edits <= word.length * SLIPS)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.word;
}
