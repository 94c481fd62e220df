import { visibleJson } from "../text/visible.ts";
import type { ResultJson, TokenJson } from "./result.ts";

/**
 * A result as the text of `result.json`: one token per line, the keys in `ResultJson`'s order.
 * Characters that act or can't be seen are escaped, so that the text can be printed on a terminal.
 */
export function stringifyResult(result: ResultJson): string {
  const members = Object.entries(result).map(([key, value]) => {
    if (key !== "tokens") return `  ${JSON.stringify(key)}: ${oneLine(value)}`;
    const lines = result.tokens.map((token) => `    ${tokenLine(token)}`);
    return lines.length === 0 ? '  "tokens": []' : `  "tokens": [\n${lines.join(",\n")}\n  ]`;
  });
  return `{\n${members.join(",\n")}\n}\n`;
}

/** What `oneLine` gives for a token, written out because there may be hundreds of thousands. */
function tokenLine({
  id,
  text,
  display,
  bytes,
  x,
  y,
  cluster,
  core,
  occurrences,
}: TokenJson): string {
  const words = `"text": ${word(text)}, "display": ${word(display)}, "bytes": ${word(bytes)}`;
  const seen = occurrences === undefined ? "" : `, "occurrences": ${occurrences}`;
  return `{ "id": ${id}, ${words}, "x": ${x}, "y": ${y}, "cluster": ${cluster}, "core": ${core}${seen} }`;
}

function word(value: string | null): string {
  return visibleJson(JSON.stringify(value));
}

/** A value on one line, with blanks inside braces as people write it. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, v]) => `${JSON.stringify(key)}: ${oneLine(v)}`,
    );
    return `{ ${members.join(", ")} }`;
  }
  return visibleJson(JSON.stringify(value));
}
