import { expect, test } from "vitest";
import { editDistance } from "../../src/text/edit-distance.ts";

/** By the definition: what is cheapest for the last letters, without a table. */
function byDefinition(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  const edits = [
    byDefinition(shortA, b) + 1,
    byDefinition(a, shortB) + 1,
    byDefinition(shortA, shortB) + (a.at(-1) === b.at(-1) ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    edits.push(byDefinition(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...edits);
}

test.each([
  ["", "", 0],
  ["", "abc", 3],
  ["abc", "", 3],
  ["kitten", "sitting", 3],
  ["weight", "wieght", 1],
  // no letter is edited twice: ac, not ca, is changed
  ["ca", "abc", 3],
])("%j is from %j %i edits away", (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
});

test("every pair of short words has the distance of the definition, or more than was allowed", () => {
  const words = [""];
  for (const word of words) if (word.length < 4) words.push(`${word}a`, `${word}b`, `${word}c`);
  expect(words).toHaveLength(121);
  const wrong: unknown[] = [];
  for (const a of words) {
    for (const b of words) {
      const edits = byDefinition(a, b);
      if (editDistance(a, b) !== edits) wrong.push([a, b]);
      for (const most of [0, 0.9, 1, 2, 3]) {
        const limited = edits <= most ? edits : Number.POSITIVE_INFINITY;
        if (editDistance(a, b, most) !== limited) wrong.push([a, b, most]);
      }
    }
  }
  expect(wrong).toEqual([]);
});
