/**
 * The 20 tokens whose nearest neighbours the model card shows. They were chosen and committed before any
 * model was trained, and the card shows all of them, good or bad. A probe is a token's text; one that the
 * vocabulary does not hold as a single token is listed as such, not replaced.
 */

/** A token to look up, and what kind of neighbours one would hope for. */
export interface Probe {
  readonly text: string;
  readonly kind: string;
}

export const PROBES: readonly Probe[] = [
  { text: " he", kind: "pronoun, subject" },
  { text: " her", kind: "pronoun, object or possessive" },
  { text: " we", kind: "pronoun, plural" },
  { text: " two", kind: "number word" },
  { text: "7", kind: "digit" },
  { text: " 18", kind: "start of a year" },
  { text: " was", kind: "verb, past, auxiliary" },
  { text: " said", kind: "verb, past, of speech" },
  { text: " could", kind: "verb, modal" },
  { text: " go", kind: "verb, infinitive" },
  { text: " man", kind: "noun, person" },
  { text: " day", kind: "noun, time" },
  { text: " great", kind: "adjective" },
  { text: " in", kind: "preposition" },
  { text: ",", kind: "punctuation inside a sentence" },
  { text: "?", kind: "punctuation at the end of a sentence" },
  { text: "{", kind: "punctuation of code" },
  { text: "a", kind: "letter, lower case" },
  { text: "T", kind: "letter, upper case" },
  { text: "ing", kind: "word ending" },
];
