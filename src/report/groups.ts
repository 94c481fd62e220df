import { rangeError } from "../errors.ts";
import type { Token } from "../model/vocabulary/vocabulary.ts";
import { groupDigits } from "../text/numbers.ts";

/** The tokens of one cluster, or those of none. */
export interface TokenGroup {
  /** The cluster's number; -1 for the tokens that belong to no cluster. */
  readonly label: number;
  /** In the order of the rows. */
  readonly tokens: readonly Token[];
}

/**
 * Tokens by cluster: first the ungrouped ones (label -1, there even if empty), then the clusters 0,
 * 1, ...
 *
 * @param labels DBSCAN's labels, one per token: whole numbers of at least -1.
 * @throws {RangeError} if a label is none, or there are not as many labels as tokens.
 */
export function tokenGroups(labels: ArrayLike<number>, tokens: Iterable<Token>): TokenGroup[] {
  const all = Array.from(tokens);
  if (all.length !== labels.length) {
    throw rangeError(
      `tokenGroups: expected one label per token, got ${labels.length} labels for ${all.length} tokens`,
    );
  }
  const byLabel = new Map<number, Token[]>([[-1, []]]);
  all.forEach((token, i) => {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < -1) {
      throw rangeError(`tokenGroups: expected whole labels of at least -1, got ${label}`);
    }
    const members = byLabel.get(label);
    if (members === undefined) byLabel.set(label, [token]);
    else members.push(token);
  });
  return Array.from(byLabel, ([label, members]) => ({ label, tokens: members })).sort(
    (a, b) => a.label - b.label,
  );
}

/** The ungrouped tokens and so many groups, the largest first; of equal ones the lower number. */
export function largestGroups(groups: readonly TokenGroup[], most: number): TokenGroup[] {
  const largest = groups
    .filter(({ label }) => label !== -1)
    .sort((a, b) => b.tokens.length - a.tokens.length || a.label - b.label);
  return [...groups.filter(({ label }) => label === -1), ...largest.slice(0, most)];
}

/** A group's heading: `Ungrouped tokens (12)`, `Tokens in group 0 (34)`. */
export function groupTitle({ label, tokens }: TokenGroup): string {
  const count = groupDigits(tokens.length);
  return label === -1 ? `Ungrouped tokens (${count})` : `Tokens in group ${label} (${count})`;
}
