/**
 * How many cells a text fills, on a terminal and in monospaced type. The tables are fixed here (Unicode 17.0),
 * so that lines break, and figures are laid out, in the same way on every engine.
 */
import { bounds, within } from "./ranges.ts";
import { isMark } from "./shown-characters.ts";

/**
 * Characters that fill two cells: the blocks of East Asian width W and F, and emoji. Printed by
 * scripts/character-tables.ts.
 */
const WIDE: Uint32Array = /* @__PURE__ */ bounds(`
3cw 2o 3i2 2 d 2 5a 4 3 1 2 1 eh 2 l 2 1e c 17 1 j 1 d 1 8 2 h 2 5 2 8 1 5 1 l 1 7 2 1 1 4 1 2 1 7
1 4 2 s 1 z 1 1 1 4 3 1 1 1p 3 o 1 e 1 nv 2 1f 1 4 1 mi bu 4 h 2 2g 2 bx 8 5f4 1s h5c wg w hs 8mc
6l8 e8 ls a m 1s 41 2o 3j 7 m49 4 1 5r8 6w7 lo c20 1 5m 1 5a 1 2 a 23 3k 4a x c 9 1 1y 1 m c 17 4
5 c h 3 1 3 1z 1 1 1 57 2 1r d 4 1 o i 1 q 2 d 1 2e 2d 1c 1y 6 1 3 3 2 4 3 4 b 2 7 9 6b c 4 1 7v
1b 1 a 1 55 34 d 3 b 3 1l 1 1 4 g 2 c 4 a zr 2t4u`);

/** Combining marks that stand beside the character before, not on it. Printed by the same script. */
const SPACING_MARKS: Uint32Array = /* @__PURE__ */ bounds(`
1s3 1 1j 1 2 3 8 4 1 2 1e 2 1m 3 6 2 2 2 a 1 17 1 1m 3 1u 1 1m 3 8 1 1 2 1h 2 1m 1 1 1 6 2 2 2 a 1
2u 2 1 2 3 3 1 3 a 1 15 3 1p 4 1p 2 1m 1 1 5 2 2 1 2 9 2 s 1 e 2 1m 3 5 3 1 3 a 1 16 2 23 3 6 8 i
2 96 2 1r 1 4r 2 4 1 6 1 2 2 p 2 a 3 2 7 l 2 2 6 2 1 a 3 1a0 1 u 1 3l 1 7 8 1 2 9m 4 2 3 4 2 1 6
68 2 1m 1 1 1 9 1 1 2 8 6 41 1 1c 1 5 1 1 5 1 2 1p 1 u 1 4 2 2 1 1o 1 2 3 1 1 3 2 1c 8 8 2 4r 1 l
1 3sm 2 noz 2 2 1 2g 2 1e g 3y 2 1b 1 1c 2 4 2 2 3 32 2 2 2 o 1 19 1 1 1 31 1 2 2 5 1 6l 2 1 2 1 2
1 1 jrn 1 1 1 3j 1 19 3 4 2 37 1 o 2 1n 1 1c 3 9 2 d 1 2l 3 3 2 1 1 4q 3 v 2 1m 2 1 4 2 2 2 3 9 1
a 2 2c 3 7 1 2 1 1 4 1 2 1 1 2t 3 8 2 3 1 2y 3 6 1 1 4 2 1 6l 3 6 4 2 1 35 3 8 2 1 1 31 1 1 2 6 1
2v 1 1 2 4 1 79 3 9 1 6v 6 1 2 4 1 2 1 1 1 3y 3 8 4 4 1 2c 1 t 2 1q 1 5l 1 3 1 1 1 5j 1 e 1 2y 1 7
1 2 1 5x 5 4 2 1 1 9q 2 c 1 1c 2 8 2 1 1 d0o 3 2sk 1j 2w 2 j8z 2 6 6`);

/** Inner and last letters of a Hangul syllable, which join the first. */
const JOINING: Uint32Array = Uint32Array.of(0x1160, 0x1200, 0xd7b0, 0xd7fc);

/** The cells that a text without controls fills: 2 for a wide character, 0 for one that sits on the one before. */
export function cells(text: string): number {
  let count = 0;
  for (const character of text) count += cellsOf(character);
  return count;
}

/** The cells of a single character: 0, 1 or 2. */
export function cellsOf(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (within(JOINING, code) || (isMark(code) && !within(SPACING_MARKS, code))) return 0;
  return within(WIDE, code) ? 2 : 1;
}
