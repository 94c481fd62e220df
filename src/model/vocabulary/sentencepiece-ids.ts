import { UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { jsonObject } from "../bytes/json.ts";
import { MBART_CODES, NLLB_CODES, PLBART_CODES } from "./language-codes.ts";
import type { SentencePiece } from "./sentencepiece.ts";
import type { TokenEntry } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

export interface NumberedPiece {
  readonly id: number;
  readonly content: string;
  readonly kind: TokenEntry["kind"];
  /** Where it stands in the file; undefined for the class's own tokens. */
  readonly offset: number | undefined;
}

/** A class that has tokens of its own before the file's pieces, or after them. */
interface Numbering {
  readonly before: (names: TokenNames) => readonly string[];
  /** The first piece that is numbered after those; the ones before it are the class's under other ids. */
  readonly from: number;
  readonly after: (pieces: readonly SentencePiece[], names: TokenNames) => readonly string[];
}

const FAIRSEQ = ["<s>", "<pad>", "</s>", "<unk>"];
const fairseq = (after: readonly string[]): Numbering => ({
  before: () => FAIRSEQ,
  from: 3,
  after: () => after,
});

/**
 * How the classes of Hugging Face's transformers number a file's pieces, where ids are not places in the
 * file: their `tokenization_*.py` before version 5, in which they read SentencePiece's files
 * themselves; NLLB's before pull request 27717, from which its models are. Languages of SeamlessM4T come after the pieces
 * too, but in no fixed order: they are named where the files beside name them.
 */
const NUMBERINGS: ReadonlyMap<string | undefined, Numbering> = /* @__PURE__ */ new Map<
  string | undefined,
  Numbering
>([
  ["XLMRobertaTokenizer", fairseq(["<mask>"])],
  ["LayoutXLMTokenizer", fairseq(["<mask>"])],
  ["MBartTokenizer", fairseq([...MBART_CODES.slice(0, 25), "<mask>"])],
  ["MBart50Tokenizer", fairseq([...MBART_CODES, "<mask>"])],
  ["NllbTokenizer", fairseq([...NLLB_CODES, "<mask>"])],
  ["PLBartTokenizer", { ...fairseq([]), after: plbart }],
  ["XGLMTokenizer", fairseq(Array.from({ length: 7 }, (_, i) => `<madeupword${i}>`))],
  ["SeamlessM4TTokenizer", { ...fairseq([]), before: () => ["<pad>", "<unk>", "<s>", "</s>"] }],
  [
    "CamembertTokenizer",
    {
      before: () => ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"],
      from: 1,
      after: () => ["<mask>"],
    },
  ],
  ["PegasusTokenizer", { before: pegasus, from: 2, after: () => [] }],
  ["T5Tokenizer", { before: () => [], from: 0, after: sentinels }],
]);

/** Files of this name are numbered in many ways, and nearly never by place. */
const FAIRSEQ_FILE = "sentencepiece.bpe.model";
/** Classes that number also those by place. */
const BY_PLACE: ReadonlySet<string | undefined> = new Set(["BarthezTokenizer"]);

/**
 * The pieces with their ids, and the tokens that the tokenizer's class has beside them.
 *
 * @throws {UnsupportedError} if the numbers can't be told: wrong names would be worse than none.
 */
export function* numberPieces(
  pieces: readonly SentencePiece[],
  file: string,
  names: TokenNames,
): Generator<NumberedPiece> {
  const { tokenizerClass } = names;
  const numbering = NUMBERINGS.get(tokenizerClass);
  if (numbering === undefined && file.endsWith(FAIRSEQ_FILE) && !BY_PLACE.has(tokenizerClass)) {
    const what = tokenizerClass === undefined ? "no tokenizer_class" : quoted(tokenizerClass);
    throw new UnsupportedError(
      `${file}: its pieces are numbered by a tokenizer class that tokenizer_config.json names, and ${what} is not known`,
      { feature: `tokenizer class ${what}` },
    );
  }
  const { before, from, after } = numbering ?? { before: () => [], from: 0, after: () => [] };
  let id = 0;
  for (const content of before(names))
    yield { id: id++, content, kind: "special", offset: undefined };
  for (const { text, kind, offset } of pieces.slice(from)) {
    yield { id: id++, content: text, kind, offset };
  }
  for (const content of after(pieces, names)) {
    yield { id: id++, content, kind: "special", offset: undefined };
  }
}

/** T5's sentinels, the last of which comes first; files of some models have them as pieces. */
function sentinels(pieces: readonly SentencePiece[], { settings }: TokenNames): string[] {
  if (pieces.some(({ text }) => /^▁?<extra_id_0>$/.test(text))) return [];
  return numbered("extra_id_", 0, count(settings.extra_ids, 100)).reverse();
}

function plbart(_pieces: readonly SentencePiece[], { settings }: TokenNames): readonly string[] {
  return settings.language_codes === "multi"
    ? PLBART_CODES.multi
    : [...PLBART_CODES.base, "<mask>"];
}

/** Pegasus's own tokens; BigBird-Pegasus has but the first two (`offset` 0, `mask_token_sent` null). */
function pegasus({ settings }: TokenNames): string[] {
  const { mask_token_sent: sentence = "<mask_1>", mask_token: word = "<mask_2>" } = settings;
  const masks = sentence === null ? [] : [sentence, word].map(text).filter((mask) => mask !== "");
  return ["<pad>", "</s>", ...masks, ...numbered("unk_", 2, count(settings.offset, 103))];
}

/** A number of tokens that a file gives. */
function count(value: unknown, otherwise: number): number {
  const isCount = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 10_000;
  return isCount ? (value as number) : otherwise;
}

/** A token in `tokenizer_config.json`: a text, or an object with its content; "" for none. */
function text(token: unknown): string {
  const content = jsonObject(token)?.content ?? token;
  return typeof content === "string" ? content : "";
}

function numbered(name: string, from: number, end: number): string[] {
  return Array.from({ length: Math.max(0, end - from) }, (_, i) => `<${name}${from + i}>`);
}
