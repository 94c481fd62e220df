/**
 * Hugging Face's `tokenizer.json`. Only its data is read: tokens and their ids, and how they are spelt.
 * Nothing is tokenized, so no regular expression of the file ever runs.
 *
 * How tokens are spelt follows from these fields (`tokenizer-decoder.ts`), the first that says something:
 *
 * 1. the decoder: `ByteLevel` (GPT-2's alphabet); `Metaspace`, `Replace` or `CTC` (a sign for a blank);
 * 2. the pre-tokenizer: `ByteLevel` or `Metaspace`;
 * 3. the normalizer: `ByteLevel`, or `Replace` of a blank by a sign;
 * 4. else tokens are plain text.
 *
 * Beside that, the prefix of a `WordPiece` decoder and the suffix of a `BPEDecoder`, or else the model's
 * `continuing_subword_prefix` and `end_of_word_suffix`, are marks, not text (`##` where WordPiece does not
 * say); and `<0x0A>` is one byte where the model says `byte_fallback`, a decoder is `ByteFallback`, or all
 * 256 such tokens are there.
 */
import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { jsonObject, readJson } from "../bytes/json.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import { BYTE_TOKEN, spelledBy } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";
import { spellingScheme } from "./tokenizer-decoder.ts";

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
    throw new FormatError(`${file}: expected a JSON object with a "model"`, { file, offset: 0 });
  }
  const type = modelType(model);
  const pieces = modelPieces(type, model, file, () => jsonOffset(bytes, ["model", "vocab"]));
  const scheme = spellingScheme(root, model, { file, type, allBytes: hasAllBytes(pieces) });
  const kindOf = (content: unknown, otherwise: "special" | "added" | "normal") =>
    scheme.byteTokens && isByteToken(content) ? "byte" : otherwise;

  const unknown = unknownToken(model, pieces);
  const isList = type === "Unigram";
  const builder = new TokenTableBuilder(file, (key) => jsonOffset(bytes, ["model", "vocab", key]));
  for (const [content, id] of pieces) {
    const kind = kindOf(content, content === unknown ? "special" : "normal");
    builder.add(id, content, kind, isList ? (id as number) : content);
  }
  const added = new TokenTableBuilder(file, (i) => jsonOffset(bytes, ["added_tokens", i]));
  list(root.added_tokens).forEach((value, i) => {
    const token = jsonObject(value);
    const kind = kindOf(token?.content, token?.special === true ? "special" : "added");
    added.replace(token?.id, token?.content, kind, i);
  });
  builder.replaceAll(added);
  return builder.table(spelledBy(scheme));
}

/** The model's tokens and ids, as unchecked as the file has them. */
function modelPieces(
  type: unknown,
  model: JsonObject,
  file: string,
  offset: () => number,
): readonly (readonly [string, unknown])[] {
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
  if (vocab === undefined) {
    const at = offset();
    throw new FormatError(`${file}: byte ${at}: model.vocab is not an object`, {
      file,
      offset: at,
    });
  }
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

function hasAllBytes(pieces: readonly (readonly [string, unknown])[]): boolean {
  return pieces.filter(([content]) => isByteToken(content)).length >= 256;
}

// a file may have anything in the place of a text, also objects that can't be made one
function isByteToken(content: unknown): boolean {
  return typeof content === "string" && BYTE_TOKEN.test(content);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
