/** How a `tokenizer.json` spells its tokens: its decoder, or else what undoes the steps before the model. */
import { UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { jsonObject } from "../bytes/json.ts";
import type { SpellingScheme } from "./token-spelling.ts";

type JsonObject = Readonly<Record<string, unknown>>;
type Replacement = readonly [text: string, by: string];

/** Most steps of a decoder, each of which every token goes through; real ones have up to six. */
const MOST_STEPS = 64;
/** Decoders of real models put one character, or none, in the place of one or more. */
const MOST_GROWTH = 64;

/** What decoders do with one token. Those that only join tokens or mend the text's start have no part in it. */
interface Decoding {
  byteLevel: boolean;
  blank: string | null;
  byteFallback: boolean;
  prefix: string | undefined;
  suffix: string | undefined;
  replacements: Replacement[];
  strip: SpellingScheme["strip"];
}

/**
 * The spelling of a tokenizer's tokens.
 *
 * @param allBytes True if the vocabulary has all of `<0x00>` to `<0xFF>`: then they are bytes though
 *   nothing says so.
 * @param type The model's type.
 * @throws {UnsupportedError} for a decoder that is not known, has too many steps, or replaces by a regular
 *   expression.
 */
export function spellingScheme(
  root: JsonObject,
  model: JsonObject,
  { file, type, allBytes }: { file: string; type: unknown; allBytes: boolean },
): SpellingScheme {
  const decoding = readDecoders(parts(root.decoder, "decoders"), file);
  if (!decoding.byteLevel && decoding.blank === null) undoSteps(root, decoding);
  const { byteLevel, blank, byteFallback, replacements, strip } = decoding;
  checkGrowth(replacements, file);
  const prefix = decoding.prefix ?? model.continuing_subword_prefix;
  const suffix = decoding.suffix ?? model.end_of_word_suffix;
  const isPlain = replacements.every(([from, by]) => from === blank && by === " ");
  return {
    byteLevel,
    blank,
    byteTokens: byteFallback || model.byte_fallback === true || allBytes,
    prefix: typeof prefix === "string" ? prefix : type === "WordPiece" ? "##" : "",
    suffix: typeof suffix === "string" ? suffix : "",
    ...(isPlain ? {} : { replacements }),
    ...(strip === undefined ? {} : { strip }),
  };
}

/** @throws {UnsupportedError} if a token could become far longer: ten steps that double it are a thousand times. */
function checkGrowth(replacements: readonly Replacement[], file: string): void {
  const growth = replacements.reduce(
    (all, [from, by]) => all * Math.max(1, by.length / from.length),
    1,
  );
  if (growth <= MOST_GROWTH) return;
  throw new UnsupportedError(
    `${file}: its decoder makes tokens more than ${MOST_GROWTH} times longer`,
    {
      feature: "decoder that makes tokens far longer",
    },
  );
}

function readDecoders(decoders: readonly JsonObject[], file: string): Decoding {
  const decoding: Decoding = {
    byteLevel: false,
    blank: null,
    byteFallback: false,
    prefix: undefined,
    suffix: undefined,
    replacements: [],
    strip: undefined,
  };
  if (decoders.length > MOST_STEPS) {
    const reason = `its decoder has ${decoders.length} steps, at most ${MOST_STEPS} are read`;
    throw new UnsupportedError(`${file}: ${reason}`, { feature: "decoder of many steps" });
  }
  let fused = false;
  for (const decoder of decoders) {
    if (decoder.type === "Fuse") fused = true;
    // behind Fuse, Strip takes the blank from the start of the whole text
    else if (decoder.type !== "Strip" || !fused) decode(decoder, decoding, file);
  }
  return decoding;
}

function decode(decoder: JsonObject, decoding: Decoding, file: string): void {
  const { type } = decoder;
  if (type === "ByteLevel") decoding.byteLevel = true;
  else if (type === "ByteFallback") decoding.byteFallback = true;
  else if (type === "Metaspace") replace(decoding, text(decoder.replacement) ?? "▁", " ");
  else if (type === "WordPiece") decoding.prefix = text(decoder.prefix) ?? "##";
  else if (type === "BPEDecoder") decoding.suffix = text(decoder.suffix) ?? "</w>";
  else if (type === "CTC") replace(decoding, text(decoder.word_delimiter_token) ?? "|", " ");
  else if (type === "Replace") {
    const { content } = decoder;
    replace(decoding, pattern(decoder, file), typeof content === "string" ? content : "");
  } else if (type === "Strip") {
    const times = (value: unknown): number => (typeof value === "number" ? value : 0);
    const { content, start, stop } = decoder;
    decoding.strip = { character: text(content) ?? " ", start: times(start), stop: times(stop) };
  } else {
    const name = typeof type === "string" ? quoted(type) : "without a type";
    throw new UnsupportedError(`${file}: the decoder ${name} is not known`, {
      feature: `decoder ${name}`,
    });
  }
}

function replace(decoding: Decoding, from: string, by: string): void {
  if (from === "") return;
  decoding.replacements.push([from, by]);
  if (by === " ") decoding.blank ??= from;
}

/** A regular expression is taken only if it is plain text, since none of a file ever runs. */
function pattern(decoder: JsonObject, file: string): string {
  const { String: plain, Regex: regex } = jsonObject(decoder.pattern) ?? {};
  if (typeof plain === "string") return plain;
  if (typeof regex === "string" && !/[\\^$.*+?()[\]{}|]/.test(regex)) return regex;
  throw new UnsupportedError(`${file}: its decoder replaces by a regular expression`, {
    feature: "decoder with a regular expression",
  });
}

/** What the decoder does not say follows from what is done to a text before the model sees it. */
function undoSteps(root: JsonObject, decoding: Decoding): void {
  const preTokenizers = parts(root.pre_tokenizer, "pretokenizers");
  const normalizers = parts(root.normalizer, "normalizers");
  for (const step of [...preTokenizers, ...normalizers]) {
    if (step.type === "ByteLevel") decoding.byteLevel = true;
    else if (step.type === "Metaspace") decoding.blank = text(step.replacement) ?? "▁";
    else if (step.type === "Replace" && jsonObject(step.pattern)?.String === " ") {
      decoding.blank = text(step.content) ?? null;
    }
    if (decoding.byteLevel || decoding.blank !== null) return;
  }
}

/** A step of the pipeline, or the steps of a sequence, however nested. */
function parts(step: unknown, members: string): JsonObject[] {
  const found: JsonObject[] = [];
  const open = [step]; // a list of our own, since a file could nest deeper than the call stack
  while (open.length > 0) {
    const object = jsonObject(open.pop());
    if (object === undefined) continue;
    const inner = object[members];
    if (object.type !== "Sequence") found.push(object);
    else if (Array.isArray(inner)) for (const one of inner.toReversed()) open.push(one);
  }
  return found;
}

/** A text of at least one character. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
