/**
 * Prints the tables of src/model/shown-characters.ts, from the Unicode data of the engine that runs it:
 * `npm run build:tools && node build/scripts/shown-characters.js`.
 */
import { pathToFileURL } from "node:url";

/** Characters that have a shape of their own by category, but show as blank space or as a stand-in. */
const BLANK = new Set([0x2800, 0xfffc, 0xfffd, 0x13441, 0x13442, 0x16fe4, 0x1d159]);

/** Letters, numbers, punctuation and symbols that can be seen, as half-open ranges. */
export function shownRanges(): [number, number][] {
  return ranges(/^(?=[\p{L}\p{N}\p{P}\p{S}])\P{Default_Ignorable_Code_Point}$/u);
}

/** Combining marks that can be seen, as half-open ranges. */
export function markRanges(): [number, number][] {
  return ranges(/^(?=\p{M})\P{Default_Ignorable_Code_Point}$/u);
}

function ranges(pattern: RegExp): [number, number][] {
  const found: [number, number][] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (BLANK.has(code) || !pattern.test(String.fromCodePoint(code))) continue;
    const last = found.at(-1);
    if (last?.[1] === code) last[1]++;
    else found.push([code, code + 1]);
  }
  return found;
}

/** Each range as its distance from the range before and its length, in base 36. */
function encode(table: readonly [number, number][]): string {
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
  process.stdout.write(`Unicode ${process.versions.unicode}\n\n`);
  process.stdout.write(`${encode(shownRanges())}\n${encode(markRanges())}`);
}
