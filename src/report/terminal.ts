import { cells } from "../text/cells.ts";
import { groupDigits, plural } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import { groupTitle, largestGroups, type TokenGroup } from "./groups.ts";

const INDENT = "  ";
const GAP = "  ";
const NARROWEST = 20;

/** How token lists are laid out. */
export interface TokenListOptions {
  /** Cells in a line; a terminal narrower than 20 is taken as 20. */
  readonly width: number;
  /** Puts a heading of the group with this label into colour; default: none. */
  readonly color?: ((heading: string, label: number) => string) | undefined;
  /** Lists only so many groups, the largest, and so many tokens of each, and counts the others; default: all. */
  readonly most?: { readonly groups: number; readonly tokens: number } | undefined;
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
  const { most } = options;
  if (most === undefined) return groups.map((group) => tokenList(group, options)).join("\n");
  const largest = largestGroups(groups, most.groups);
  const lists = largest.map((group) => tokenList(group, options));
  const left = groups.length - largest.length;
  if (left > 0) {
    const others = sizeOf(groups) - sizeOf(largest);
    lists.push(`And ${plural(left, "more group")} with ${plural(others, "token")}.\n`);
  }
  return lists.join("\n");
}

function sizeOf(groups: readonly TokenGroup[]): number {
  return groups.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

function tokenList(group: TokenGroup, { width, color, most }: TokenListOptions): string {
  const listed = group.tokens.slice(0, most?.tokens);
  const seen = listed.filter(({ occurrences }) => occurrences !== 0);
  const unseen = listed.filter(({ occurrences }) => occurrences === 0);
  const outer = Math.max(NARROWEST, width);
  const inner = outer - INDENT.length;
  const heading = wrapped(`${groupTitle(group)}:`.split(" "), outer, " ");
  const lines = wrapped(seen.map(shown), inner, GAP);
  if (unseen.length > 0) lines.push(...unseenLines(unseen.map(shown), inner));
  const left = group.tokens.length - listed.length;
  if (left > 0) lines.push(...wrapped(`and ${groupDigits(left)} more`.split(" "), inner, " "));
  return [
    ...heading.map((line) => (color === undefined ? line : color(line, group.label))),
    ...lines.map((line) => INDENT + line),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function unseenLines(words: readonly string[], width: number): string[] {
  const label = `never seen in training (${groupDigits(words.length)}):`;
  if (cells(label) <= width) return wrapped([label, ...words], width, GAP);
  return [...wrapped(label.split(" "), width, " "), ...wrapped(words, width, GAP)];
}

function shown({ display }: { display: string }): string {
  return terminalSafe(display);
}

/** Words with a gap between, in lines of at most `width` cells; a wider word has its own line. */
function wrapped(words: readonly string[], width: number, gap: string): string[] {
  const lines: string[] = [];
  let line = "";
  let filled = 0;
  for (const word of words) {
    const size = cells(word);
    if (line !== "" && filled + gap.length + size <= width) {
      line += gap + word;
      filled += gap.length + size;
    } else {
      if (line !== "") lines.push(line);
      line = word;
      filled = size;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
