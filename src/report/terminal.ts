import { cells } from "../text/cells.ts";
import { visible } from "../text/visible.ts";
import { groupTitle, type TokenGroup } from "./groups.ts";

const INDENT = "  ";
const GAP = "  ";

/** How token lists are laid out. */
export interface TokenListOptions {
  /** Cells in a line; a terminal narrower than 40 is taken as 40. */
  readonly width: number;
  /** Puts a heading of the group with this label into colour; default: none. */
  readonly color?: ((heading: string, label: number) => string) | undefined;
}

/**
 * A foreign text (a model's name, a path, a server's answer) as one line that a terminal only
 * shows: no control characters, nothing bidirectional or invisible; they appear as `\x1B` or
 * `\u{202E}`.
 */
export function terminalSafe(text: string): string {
  return visible(text);
}

/**
 * The tokens of every group as lines for a terminal, ungrouped ones first, each group with its
 * size. Tokens stand two blanks apart; no line is wider than `width`, unless one token alone is.
 * Tokens that training never saw come last in their group, after the words `never seen in
 * training`.
 */
export function tokenLists(groups: readonly TokenGroup[], options: TokenListOptions): string {
  return groups.map((group) => tokenList(group, options)).join("\n");
}

function tokenList(group: TokenGroup, { width, color }: TokenListOptions): string {
  const seen = group.tokens.filter(({ occurrences }) => occurrences !== 0);
  const unseen = group.tokens.filter(({ occurrences }) => occurrences === 0);
  const heading = `${groupTitle(group)}:`;
  const lines = [color === undefined ? heading : color(heading, group.label)];
  const inner = Math.max(40, width) - INDENT.length;
  lines.push(...wrapped(seen.map(shown), inner));
  if (unseen.length > 0) {
    const label = `never seen in training (${unseen.length}):`;
    lines.push(...wrapped([label, ...unseen.map(shown)], inner));
  }
  return lines.map((line, i) => (i === 0 ? `${line}\n` : `${INDENT}${line}\n`)).join("");
}

function shown({ display }: { display: string }): string {
  return terminalSafe(display);
}

/** Words two blanks apart, in lines of at most `width` cells; a wider word has its own line. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let filled = 0;
  for (const word of words) {
    const size = cells(word);
    if (line !== "" && filled + GAP.length + size <= width) {
      line += GAP + word;
      filled += GAP.length + size;
    } else {
      if (line !== "") lines.push(line);
      line = word;
      filled = size;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
