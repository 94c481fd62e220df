/**
 * Hugging Face's `tokenizer.json`. Only its data is read: tokens and their ids, and how they are spelt.
 * Nothing is tokenized, so no regular expression of the file ever runs.
 *
 * How tokens are spelt follows from these fields, the first that says something:
 *
 * 1. the decoder: `ByteLevel` (GPT-2's alphabet); `Metaspace`, or `Replace` of a sign by a blank
 *    (SentencePiece's `▁`);
 * 2. the pre-tokenizer: `ByteLevel` or `Metaspace`;
 * 3. the normalizer: `ByteLevel`, or `Replace` of a blank by a sign;
 * 4. else tokens are plain text.
 *
 * Beside that, the model's `continuing_subword_prefix` and `end_of_word_suffix` are marks, not text
 * (`##` where WordPiece does not say); and `<0x0A>` is one byte where the model says `byte_fallback`,
 * a decoder is `ByteFallback`, or all 256 such tokens are there.
 */
import { FormatError, UnsupportedError } from "../errors.ts";
import { quoted } from "./display.ts";
import { jsonObject, readJson } from "./json.ts";
import { BYTE_TOKEN, type SpellingScheme, spellToken } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a `tokenizer.json`.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken; {UnsupportedError} for a model it does not know.
 */
export function readTokenizerJson(bytes: Uint8Array, file: string): TokenTable {
  const root = jsonObject(readJson(bytes, file));
  const model = jsonObject(root?.model);
  if (root === undefined || model === undefined) {
    throw new FormatError(`${file}: expected a JSON object with a "model"`, { file });
  }
  const pieces = modelPieces(model, file);
  const scheme = spellingScheme(root, model, pieces);
  const unknown = unknownToken(model, pieces);
  const builder = new TokenTableBuilder(file);
  for (const [content, id] of pieces) {
    const isByte = scheme.byteTokens && BYTE_TOKEN.test(content);
    builder.add(id, content, isByte ? "byte" : content === unknown ? "special" : "normal");
  }
  for (const value of list(root.added_tokens)) {
    const token = jsonObject(value);
    const isByte = scheme.byteTokens && BYTE_TOKEN.test(String(token?.content));
    builder.replace(
      token?.id,
      token?.content,
      isByte ? "byte" : token?.special === true ? "special" : "added",
    );
  }
  return builder.table((entry) => spellToken(scheme, entry));
}

/** The model's tokens and ids, as unchecked as the file has them. */
function modelPieces(model: JsonObject, file: string): readonly (readonly [string, unknown])[] {
  const type = modelType(model);
  if (type === "Unigram") {
    const pieces = list(model.vocab);
    // a score follows each piece; the place in the list is the id
    return pieces.map((piece, id) => [Array.isArray(piece) ? piece[0] : piece, id]);
  }
  if (type !== "BPE" && type !== "WordPiece" && type !== "WordLevel") {
    const name = typeof type === "string" ? quoted(type) : "unknown";
    throw new UnsupportedError(
      `${file}: expected a tokenizer model BPE, Unigram, WordPiece or WordLevel, got ${name}`,
      { feature: `tokenizer model ${name}` },
    );
  }
  const vocab = jsonObject(model.vocab);
  if (vocab === undefined) throw new FormatError(`${file}: model.vocab is not an object`, { file });
  return Object.entries(vocab);
}

/** The model's type; files of early versions do not name it. */
function modelType(model: JsonObject): unknown {
  if (model.type !== undefined) return model.type;
  if (Array.isArray(model.vocab)) return "Unigram";
  if (Array.isArray(model.merges)) return "BPE";
  return model.max_input_chars_per_word === undefined ? "WordLevel" : "WordPiece";
}

function unknownToken(
  model: JsonObject,
  pieces: readonly (readonly [string, unknown])[],
): string | undefined {
  if (typeof model.unk_token === "string") return model.unk_token;
  return typeof model.unk_id === "number" ? pieces[model.unk_id]?.[0] : undefined;
}

function spellingScheme(
  root: JsonObject,
  model: JsonObject,
  pieces: readonly (readonly [string, unknown])[],
): SpellingScheme {
  const decoders = parts(root.decoder, "decoders");
  const isWordPiece = modelType(model) === "WordPiece";
  const prefix = model.continuing_subword_prefix ?? (isWordPiece ? "##" : "");
  const suffix = model.end_of_word_suffix;
  return {
    ...blankOrBytes(decoders, root),
    byteTokens:
      model.byte_fallback === true ||
      decoders.some(({ type }) => type === "ByteFallback") ||
      pieces.filter(([content]) => BYTE_TOKEN.test(content)).length >= 256,
    prefix: typeof prefix === "string" ? prefix : "",
    suffix: typeof suffix === "string" ? suffix : "",
  };
}

function blankOrBytes(
  decoders: readonly JsonObject[],
  root: JsonObject,
): Pick<SpellingScheme, "byteLevel" | "blank"> {
  const preTokenizers = parts(root.pre_tokenizer, "pretokenizers");
  const normalizers = parts(root.normalizer, "normalizers");
  for (const part of [...decoders, ...preTokenizers, ...normalizers]) {
    if (part.type === "ByteLevel") return { byteLevel: true, blank: null };
    if (part.type === "Metaspace") {
      return { byteLevel: false, blank: text(part.replacement) ?? "▁" };
    }
    if (part.type === "Replace") {
      const pattern = text(jsonObject(part.pattern)?.String);
      const content = text(part.content);
      if (content === " " && pattern !== undefined) return { byteLevel: false, blank: pattern };
      if (pattern === " " && content !== undefined) return { byteLevel: false, blank: content };
    }
  }
  return { byteLevel: false, blank: null };
}

/** A step of the pipeline, or the steps of a sequence, however nested. */
function parts(step: unknown, members: string): JsonObject[] {
  const found: JsonObject[] = [];
  const open = [step]; // a list of our own, since a file could nest deeper than the call stack
  while (open.length > 0) {
    const object = jsonObject(open.pop());
    if (object === undefined) continue;
    if (object.type !== "Sequence") found.push(object);
    else for (const inner of list(object[members]).toReversed()) open.push(inner);
  }
  return found;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of at least one character. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
