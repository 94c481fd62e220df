/**
 * Prints the tables of src/text/shown-characters.ts and src/text/cells.ts, from the Unicode data of the engine
 * that runs it: `npm run build:tools && node build/scripts/character-tables.js`.
 */
import { pathToFileURL } from "node:url";

type Range = [start: number, end: number];

/** Characters that have a shape of their own by category, but show as blank space or as a stand-in. */
const BLANK = new Set([0x2800, 0xfffc, 0xfffd, 0x13441, 0x13442, 0x16fe4, 0x1d159]);

/** Blocks of East Asian width W and F, first and last: the one property here that engines don't know. */
const EAST_ASIAN =
  /[\u{1100}-\u{115f}\u{2329}\u{232a}\u{2e80}-\u{303e}\u{3041}-\u{3247}\u{3250}-\u{4dbf}\u{4e00}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe10}-\u{fe19}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

/** Letters, numbers, punctuation and symbols that can be seen, as half-open ranges. */
export function shownRanges(): Range[] {
  return ranges(/^(?=[\p{L}\p{N}\p{P}\p{S}])\P{Default_Ignorable_Code_Point}$/u);
}

/** Combining marks that can be seen, as half-open ranges. */
export function markRanges(): Range[] {
  return ranges(/^(?=\p{M})\P{Default_Ignorable_Code_Point}$/u);
}

/** Those of the marks that have room of their own, as half-open ranges. */
export function spacingMarkRanges(): Range[] {
  return ranges(/^(?=\p{Mc})\P{Default_Ignorable_Code_Point}$/u);
}

/** Characters two cells wide, as half-open ranges. */
export function wideRanges(): Range[] {
  return ranges(new RegExp(`(?!\\p{Mn})(?:${EAST_ASIAN.source}|\\p{Emoji_Presentation})`, "u"));
}

function ranges(pattern: RegExp): Range[] {
  const found: Range[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (BLANK.has(code) || !pattern.test(String.fromCodePoint(code))) continue;
    const last = found.at(-1);
    if (last?.[1] === code) last[1]++;
    else found.push([code, code + 1]);
  }
  return found;
}

/** Each range as its distance from the range before and its length, in base 36. */
function encode(table: readonly Range[]): string {
  let at = 0;
  const steps = table.flatMap(([start, end]) => {
    const step = [start - at, end - start];
    at = end;
    return step;
  });
  const words = steps.map((step) => step.toString(36)).join(" ");
  return words.replace(/(.{1,98})( |$)/g, "$1\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const tables = { shownRanges, markRanges, wideRanges, spacingMarkRanges };
  process.stdout.write(`Unicode ${process.versions.unicode}\n`);
  for (const [name, table] of Object.entries(tables)) {
    process.stdout.write(`\n${name}\n${encode(table())}`);
  }
}
