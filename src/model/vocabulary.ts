/** What a token is to the model. */
export type TokenKind = "normal" | "byte" | "added" | "special" | "padding";

/** A row of the embedding matrix, as people see it. Tokens are bytes first; text and display follow from them. */
export interface Token {
  /** The row. */
  readonly id: number;
  /** The bytes the token stands for; empty for padding. */
  readonly bytes: Uint8Array;
  /** The bytes as text; null where they are not valid UTF-8, and for padding. */
  readonly text: string | null;
  /** One visible line without surprises, from which the bytes can be had again; `#id` for padding. */
  readonly display: string;
  readonly kind: TokenKind;
  /** How often training saw the token, where the model's files say so (the built-in sample's do). */
  readonly occurrences?: number;
}

/** The tokens of a model, one for every row of its embedding matrix. */
export interface Vocabulary {
  readonly size: number;
  /** @throws {RangeError} if there is no such id. */
  token(id: number): Token;
  /** The ids of the tokens with this text, or else with this display, in ascending order; none: []. */
  find(text: string): number[];
  [Symbol.iterator](): Iterator<Token>;
}
