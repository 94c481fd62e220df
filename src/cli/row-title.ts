import type { Token } from "../model/vocabulary/vocabulary.ts";

type Row = Pick<Token, "id" | "display">;

/** A row as people know it: `·the (#262)`; one without a token `#262`. */
export function rowTitle(row: Row): string {
  return isNamed(row) ? `${row.display} (#${row.id})` : row.display;
}

/** False for a row without a token, which is shown by its id. */
export function isNamed({ id, display }: Row): boolean {
  return display !== `#${id}`;
}
