import type { Token, Vocabulary } from "../model/vocabulary/vocabulary.ts";
import { CommandError } from "./errors.ts";
import { isNamed, rowTitle } from "./row-title.ts";

/** How many tokens an error proposes. */
const PROPOSED = 8;

/**
 * The one token of a name: its text, or else its display, or else `#` and its id.
 *
 * @throws {CommandError} if there is none, proposing some, or several, naming them.
 */
export function namedToken(name: string, vocabulary: Vocabulary): Token {
  const ids = vocabulary.find(name);
  if (ids.length === 1) return vocabulary.token(ids[0]!);
  if (ids.length > 1) {
    const found = ids.slice(0, PROPOSED).map((id) => rowTitle(vocabulary.token(id)));
    throw new CommandError(
      `${ids.length} tokens have the text '${name}'; name one by its id: ${found.join(", ")}`,
    );
  }
  const id = /^#(\d{1,15})$/.exec(name)?.[1];
  if (id === undefined) throw new CommandError(unknownText(name, vocabulary));
  if (Number(id) < vocabulary.size) return vocabulary.token(Number(id));
  throw new CommandError(`there is no token ${name}; ids go from #0 to #${vocabulary.size - 1}`);
}

function unknownText(name: string, vocabulary: Vocabulary): string {
  if (!hasNames(vocabulary)) {
    const ids = `'#0' to '#${vocabulary.size - 1}'`;
    return `there is no token '${name}': the rows have no names; give an id, ${ids}, or their names with --labels`;
  }
  const close = closeTokens(name, vocabulary);
  const proposal = close.length === 0 ? "" : `; there is ${close.map(rowTitle).join(", ")}`;
  return `no token has the text or display '${name}'${proposal}`;
}

function hasNames(vocabulary: Vocabulary): boolean {
  for (const token of vocabulary) if (isNamed(token)) return true;
  return false;
}

/**
 * Tokens that may have been meant: the same but for case and blanks around; then those that the name
 * begins with, the longest first; then those that hold it, the shortest first.
 */
function closeTokens(name: string, vocabulary: Vocabulary): Token[] {
  const wanted = bare(name);
  if (wanted === "") return [];
  const ranked: { token: Token; rank: number }[] = [];
  for (const token of vocabulary) {
    const text = bare(token.text ?? "");
    if (text === "") continue;
    if (text === wanted) ranked.push({ token, rank: 0 });
    else if (wanted.startsWith(text) && text.length > 1)
      ranked.push({ token, rank: 1 + 1 / text.length });
    else if (text.includes(wanted)) ranked.push({ token, rank: 1 + text.length });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.token.id - b.token.id);
  return ranked.slice(0, PROPOSED).map(({ token }) => token);
}

function bare(text: string): string {
  return text.trim().toLowerCase();
}
