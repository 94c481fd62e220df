import { expect, test } from "vitest";
import { cells } from "../../src/text/cells.ts";

test.each([
  ["abc", 3],
  ["·↵é½▁", 5],
  ["e\u0301x", 2],
  ["ที่", 1],
  ["का", 2],
  ["漢字", 4],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["ＡＢ", 4],
  ["😀", 2],
  ["", 0],
])("%j fills %d cells", (text, count) => {
  expect(cells(text)).toBe(count);
});
