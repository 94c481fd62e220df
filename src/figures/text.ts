/**
 * How wide text is, without a font at hand. Proportional text is measured with the wider of DejaVu Sans
 * and Liberation Sans (which has Arial's and Helvetica's widths), so that what fits here fits anywhere;
 * names of tokens are set in a monospaced font, whose cells can be counted.
 */
import { cells, cellsOf } from "../text/cells.ts";

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
  for (const c of text)
    hundredths += ASCII[c.codePointAt(0)! - 32] ?? (cellsOf(c) === 2 ? 130 : 100);
  return (hundredths / 100) * size;
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
    count += cellsOf(c);
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
