import type { Token } from "../model/vocabulary/vocabulary.ts";

/** A row as people know it: `·the (#262)`; one without a token `#262`. */
export function rowTitle({ id, display }: Pick<Token, "id" | "display">): string {
  return display === `#${id}` ? display : `${display} (#${id})`;
}
