import type { RowSelection } from "../model/model.ts";
import { groupDigits } from "../text/numbers.ts";

/** Longest row selection that a line spells out. */
const LONGEST = 60;

/** Row numbers as the command line writes them; `[5, 9, 200, 201]` is `"5,9,200:202"`. */
export function rowsText(rows: RowSelection): string {
  if (typeof rows === "string") return rows;
  const parts: string[] = [];
  for (let i = 0; i < rows.length; ) {
    const start = rows[i]!;
    let length = 1;
    while (i + length < rows.length && rows[i + length] === start + length) length++;
    parts.push(length === 1 ? `${start}` : `${start}:${start + length}`);
    i += length;
  }
  return parts.join(",");
}

/**
 * A row selection for a line of text: `rows 0:100`, `all 512 rows`, `300 rows (5,9,...; all in
 * result.json)`.
 */
export function rowsPhrase(rows: string, count: number): string {
  if (rows === "all") return `all ${groupDigits(count)} rows`;
  if (rows.length <= LONGEST) return `rows ${rows}`;
  const start = rows.slice(0, rows.lastIndexOf(",", LONGEST) + 1);
  return `${groupDigits(count)} rows (${start}...; all in result.json)`;
}
