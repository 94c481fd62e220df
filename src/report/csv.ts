import { visible } from "../text/visible.ts";
import type { ResultJson, TokenJson } from "./result.ts";

/**
 * What makes a spreadsheet take a cell for a formula when it comes first, also behind apostrophes
 * of ours.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;

/**
 * Characters that act on a terminal, an editor or a reader of tables; TAB, LF and CR belong to
 * CSV's world.
 */
const ACTING = /(?![\t\r\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/**
 * The tokens as CSV (RFC 4180: commas, CRLF, quotes where needed; UTF-8), a header first, the
 * columns as in docs/outputs.md. A display or text that a spreadsheet would take for a formula gets
 * an apostrophe in front; a text that can't stand in a table safely is left empty. `bytes` is exact
 * always.
 */
export function tokensCsv({ tokens }: Pick<ResultJson, "tokens">): string {
  const counted = tokens.some(({ occurrences }) => occurrences !== undefined);
  const header = ["id", "display", "text", "bytes", "x", "y", "cluster", "core"];
  if (counted) header.push("occurrences");
  const lines = tokens.map((token) => {
    const fields = tokenFields(token);
    if (counted) fields.push(token.occurrences === undefined ? "" : `${token.occurrences}`);
    return fields;
  });
  return [header, ...lines].map((fields) => `${fields.map(quoted).join(",")}\r\n`).join("");
}

function tokenFields({ id, display, text, bytes, x, y, cluster, core }: TokenJson): string[] {
  const safeText = text === null || ACTING.test(text) ? "" : text;
  return [
    `${id}`,
    guarded(visible(display)),
    guarded(safeText),
    bytes,
    `${x}`,
    `${y}`,
    `${cluster}`,
    `${core}`,
  ];
}

/** The text, kept from being a formula; drop one apostrophe where `FORMULA` matches to undo it. */
function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoted(field: string): string {
  // outer blanks too, because some readers trim them
  return /[",\r\n]|^\s|\s$/u.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
