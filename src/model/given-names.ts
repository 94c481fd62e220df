import { rangeError } from "../errors.ts";
import { quoted } from "./bytes/display.ts";
import { type Labels, labelTable } from "./labels.ts";
import { surplusTokens } from "./vocabulary/row-names.ts";
import type { TokenTable } from "./vocabulary/token-table.ts";

/** What the caller gave to name the rows, in place of what lies beside the weights; at most one of them. */
export interface GivenNames {
  /** One for every row. */
  readonly labels?: Labels | undefined;
  /** The tokens of a tokenizer that lies elsewhere; a row's number is its token's id. */
  readonly tokens?: TokenTable | undefined;
}

/**
 * The names that were given for the rows; undefined where none were.
 *
 * A tokenizer that was named is taken at the caller's word: the rows are its tokens, whatever the tensor is
 * called. Rows beyond it are padding, and added and special tokens beyond the rows are left out, as always.
 *
 * @param notes What is to be said is put here.
 * @throws {RangeError} if there are not as many labels as rows, or other tokens beyond the rows.
 */
export function givenNames(
  { labels, tokens }: GivenNames,
  { tensor, rows }: { readonly tensor: string; readonly rows: number },
  notes: string[],
): TokenTable | undefined {
  if (labels !== undefined) return labelTable(labels.names, rows, labels.source);
  if (tokens === undefined) return undefined;
  const surplus = surplusTokens(tokens, rows);
  if (surplus === null) {
    throw rangeError(
      `${tokens.source}: token ids go up to ${tokens.end - 1}, but tensor ${quoted(tensor)} has ${rows} rows: it is the tokenizer of another model`,
    );
  }
  const beyond =
    tokens.end < rows
      ? `, whose ids go up to ${tokens.end - 1}: rows from ${tokens.end} show as #id`
      : "";
  notes.push(`tokens from ${tokens.source}${beyond}`);
  if (surplus > 0) {
    notes.push(`${surplus} added tokens of ${tokens.source} have no row and are left out`);
  }
  return tokens;
}
