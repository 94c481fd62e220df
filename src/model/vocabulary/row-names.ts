/** The one rule by which a vocabulary names a matrix's rows, for GGUF and for models in several files. */
import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import type { TokenTable } from "./token-table.ts";

export interface FoundTokens {
  /** Null if there are no tokens, or they can't be read. */
  readonly table: TokenTable | null;
  /** Why there is no table. */
  readonly note: string | undefined;
}

/**
 * A model's tokens, or why it has none: a vocabulary that is broken stops nothing.
 *
 * @param read Null where the model has no vocabulary.
 * @param missing What to say then.
 */
export async function findTokens(
  read: () => TokenTable | null | Promise<TokenTable | null>,
  missing: string,
): Promise<FoundTokens> {
  try {
    const table = await read();
    return { table, note: table === null ? `${missing}: rows show as #id` : undefined };
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof UnsupportedError)) throw error;
    return { table: null, note: `${error.message}: rows show as #id` };
  }
}

/** The rows to be named. */
export interface NamelessRows {
  readonly tensor: string;
  readonly rows: number;
  /** They are known to be tokens: the tensor is a token matrix. */
  readonly isTokens: boolean;
  /** How many tokens the configuration says there are. */
  readonly vocab?: number | undefined;
}

/**
 * The tokens that name these rows; null where they show as `#id`.
 *
 * The vocabulary names the rows of token matrices. Rows beyond it are padding; added and special tokens
 * beyond the rows are left out. With other tokens beyond the rows it is another model's. Another
 * tensor has named rows only if it has as many as the vocabulary has ids, or as the configuration says.
 *
 * @param notes What is to be said is put here.
 */
export function rowNames(
  { table, note }: FoundTokens,
  { tensor, rows, isTokens, vocab }: NamelessRows,
  notes: string[],
): TokenTable | null {
  if (table === null) {
    if (note !== undefined) notes.push(note);
    return null;
  }
  const last = table.end === 0 ? "there are no tokens" : `token ids go up to ${table.end - 1}`;
  const ids = `${table.source}: ${last}`;
  const nameless = `tensor ${quoted(tensor).slice(1, -1)} has ${rows} rows: rows show as #id`;
  if (!isTokens && rows !== table.end && rows !== vocab) {
    notes.push(`${ids}, ${nameless}`);
    return null;
  }
  const surplus = surplusTokens(table, rows);
  if (surplus === null) {
    notes.push(`${ids}, but ${nameless}`);
    return null;
  }
  if (surplus > 0) {
    notes.push(`${surplus} added tokens of ${table.source} have no row and are left out`);
  }
  return table;
}

/** How many tokens have no row; null if they are not all added ones, so that it is another's vocabulary. */
export function surplusTokens(table: TokenTable, rows: number): number | null {
  if (table.end <= rows) return 0;
  let surplus = 0;
  for (const [id, { kind }] of table.entries) {
    if (id < rows) continue;
    if (kind !== "added" && kind !== "special") return null;
    surplus++;
  }
  return surplus;
}
