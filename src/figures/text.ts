/**
 * How wide text is, without a font at hand. Proportional text is measured with the wider of DejaVu Sans
 * and Liberation Sans (which has Arial's and Helvetica's widths), so that what fits here fits anywhere;
 * names of tokens are set in a monospaced font, whose cells can be counted.
 */

/** For titles, ticks and captions. */
export const SANS =
  '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
/** For tokens. */
export const MONO = '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** Sizes of type in all figures, in pixels. */
export const TYPE = { title: 15, axis: 12, tick: 10.5, caption: 10.5, label: 10 } as const;

/** Width of a cell of the monospaced font in em: DejaVu Sans Mono's, the widest of those named. */
const CELL = 0.602;

/** Height of a line of it in pixels, from the highest to the lowest letter of any font named. */
export function lineHeight(size: number): number {
  // browsers round DejaVu Sans Mono's ascent and descent to whole pixels each
  return Math.max(1.18 * size, Math.round(0.928 * size) + Math.round(0.236 * size));
}

// hundredths of an em for U+0020 to U+007E
const ASCII = [
  32, 41, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 34, 34, 84, 84, 84, 56, 102, 69, 69, 73, 77, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79,
  67, 79, 73, 67, 62, 74, 69, 99, 69, 67, 69, 39, 34, 39, 84, 56, 50, 62, 64, 55, 64, 62, 36, 64,
  64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
];

/** An upper bound for the width of a line of proportional text, in pixels. */
export function textWidth(text: string, size: number): number {
  let hundredths = 0;
  for (const c of text) hundredths += ASCII[c.codePointAt(0)! - 32] ?? (isWide(c) ? 130 : 100);
  return (hundredths / 100) * size;
}

/** Number of cells that a line takes in a monospaced font: 2 for East Asian wide characters and emoji, else 1. */
export function cells(text: string): number {
  let count = 0;
  for (const c of text) count += isWide(c) ? 2 : 1;
  return count;
}

/** Width of a line of monospaced text, in pixels. */
export function monoWidth(text: string, size: number): number {
  return cells(text) * CELL * size;
}

/** The text cut to a number of cells, at least 2, ending in `…` where something was left out. */
export function cutText(text: string, limit: number): string {
  if (cells(text) <= limit) return text;
  let kept = "";
  let count = 1;
  for (const c of text) {
    count += isWide(c) ? 2 : 1;
    if (count > limit) break;
    kept += c;
  }
  return `${kept}…`;
}

/** The text as lines no wider than `width` pixels, broken at spaces, and inside a word only if it alone is too wide. */
export function wrapText(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const c of word) {
      if (textWidth(line + c, size) > width) {
        lines.push(line);
        line = "";
      }
      line += c;
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** A whole number with commas: `50,257`. */
export function groupDigits(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

// the blocks of Unicode's East Asian Width "W" and "F" and of emoji, from the first to the last
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23f3],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26ce],
  [0x26d4, 0x26fd],
  [0x2705, 0x2757],
  [0x2795, 0x27bf],
  [0x2b1b, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f004, 0x1faff],
  [0x20000, 0x3fffd],
];

function isWide(c: string): boolean {
  const code = c.codePointAt(0)!;
  return code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last);
}
