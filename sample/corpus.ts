/** The texts: what is trained on, what is held out, and both as tokens. */
import type { Random } from "../src/random.ts";
import type { BPE } from "./bpe.ts";
import { byteIds } from "./byte-alphabet.ts";
import { pretokenize } from "./pretokenize.ts";

/** A text, cut in two. */
export interface Document {
  readonly name: string;
  /** Length of the text as it was read, in bytes. */
  readonly byteLength: number;
  /** What the tokenizer and the model learn from. */
  readonly training: string;
  /** The stretches that neither of them sees. */
  readonly heldOut: readonly string[];
}

/** Every text is cut into this many stretches of equal length, moved on to the next line. */
const STRETCHES = 100;

/** Of these, one in twenty is held out, spread over the text. */
const HELD_OUT: ReadonlySet<number> = new Set([9, 29, 49, 69, 89]);

/** Cuts a text into its training part, 95 %, and its held-out part. Line ends become `\n`. */
export function cutDocument(name: string, bytes: Uint8Array): Document {
  const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
  let training = "";
  const heldOut: string[] = [];
  let start = 0;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const end = lineStart(text, Math.floor(((stretch + 1) * text.length) / STRETCHES));
    const part = text.slice(start, end);
    if (!HELD_OUT.has(stretch)) training += part;
    else if (part !== "") heldOut.push(part);
    start = end;
  }
  return { name, byteLength: bytes.length, training, heldOut };
}

function lineStart(text: string, from: number): number {
  if (from === 0 || from >= text.length) return from;
  const end = text.indexOf("\n", from - 1);
  return end < 0 ? text.length : end + 1;
}

/** Texts as a row of pieces: distinct pieces are numbered in order of appearance. */
export interface Pieces {
  readonly distinct: readonly string[];
  /** For every piece its number; `NEXT_TEXT` before every text. */
  readonly sequence: Int32Array;
}

/** Stands before every text in a row of pieces. */
export const NEXT_TEXT: number = -1;

/** Cuts texts into pieces that tokens never cross. */
export function cutPieces(texts: Iterable<string>): Pieces {
  const numbers = new Map<string, number>();
  const sequence: number[] = [];
  for (const text of texts) {
    sequence.push(NEXT_TEXT);
    for (const piece of pretokenize(text)) {
      let number = numbers.get(piece);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(piece, number);
      }
      sequence.push(number);
    }
  }
  return { distinct: [...numbers.keys()], sequence: Int32Array.from(sequence) };
}

/** How often each distinct piece occurs. */
export function countPieces({ distinct, sequence }: Pieces): Map<string, number> {
  const counts = new Float64Array(distinct.length);
  for (const number of sequence) if (number !== NEXT_TEXT) counts[number]!++;
  return new Map(distinct.map((piece, number) => [piece, counts[number]!]));
}

/**
 * The tokens of a row of pieces, with the end-of-text token before every text.
 *
 * @param dropout As in `BPE.encode`; with it, a piece is cut anew wherever it occurs.
 */
export function encodePieces(
  { distinct, sequence }: Pieces,
  bpe: BPE,
  dropout = 0,
  random?: Random,
): Int32Array {
  const endOfText = [bpe.tokens.length];
  const bytes = distinct.map(byteIds);
  const fixed = dropout > 0 ? undefined : bytes.map((ids) => bpe.mergeBytes(ids));
  const tokens: number[] = [];
  for (const number of sequence) {
    const piece =
      number === NEXT_TEXT
        ? endOfText
        : (fixed?.[number] ?? bpe.mergeBytes([...bytes[number]!], dropout, random));
    for (const token of piece) tokens.push(token);
  }
  return Int32Array.from(tokens);
}
