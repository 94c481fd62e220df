import { expect, test } from "vitest";
import {
  markRanges,
  shownRanges,
  spacingMarkRanges,
  wideRanges,
} from "../../scripts/character-tables.ts";
import { cellsOf } from "../../src/text/cells.ts";
import { isMark, isShown } from "../../src/text/shown-characters.ts";

const cellsAre = (count: number) => (code: number) => cellsOf(String.fromCodePoint(code)) === count;
const spacing = (code: number) => isMark(code) && !cellsAre(0)(code);

test.each([
  ["shown characters", shownRanges(), isShown],
  ["marks", markRanges(), isMark],
  ["marks with room of their own", spacingMarkRanges(), spacing],
  ["wide characters", wideRanges(), cellsAre(2)],
] as const)("the table of %s holds what the engine knows as such", (_name, ranges, isIn) => {
  // an engine of Unicode 17 knows exactly these, a newer one more
  const known = new Uint8Array(0x110000);
  for (const [start, end] of ranges) known.fill(1, start, end);
  let unknown = 0;
  let missing = 0;
  for (let code = 0; code < 0x110000; code++) {
    if (isIn(code) && known[code] === 0) unknown++;
    if (!isIn(code) && known[code] === 1) missing++;
  }
  const version = Number.parseFloat(process.versions.unicode!);
  if (version >= 17) expect(unknown).toBe(0);
  if (version <= 17) expect(missing).toBe(0);
});
