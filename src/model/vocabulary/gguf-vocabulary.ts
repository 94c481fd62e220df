/**
 * The vocabulary in a GGUF file's metadata (`tokenizer.ggml.*`): texts of all tokens, their types, and
 * the kind of tokenizer, from which follows how the texts are spelt. A token's place is its id.
 *
 * | `tokenizer.ggml.model`  | spelt                                                                          |
 * |-------------------------|--------------------------------------------------------------------------------|
 * | `gpt2`                  | GPT-2's byte-level alphabet                                                    |
 * | `llama`, `t5`, `gemma4` | SentencePiece: `▁` is a blank, `<0x0A>` of type byte one byte                  |
 * | `bert`                  | WordPiece turned round: `▁` begins a word, and what continues one has no mark  |
 * | `plamo2`, `plamo3`      | plain text, `<0x0A>` of type byte one byte                                     |
 * | `rwkv`                  | as Python writes bytes: `\n`, `\xe4`                                           |
 *
 * Types: unknown and control tokens are special, user-defined ones are added. An unused one is padding if
 * it is a converter's filler, `[PAD32001]`, and special if it has a name of its own. Converters of 2024 made
 * fillers user-defined: such a token is padding if the number is its own id.
 */
import { type FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import type { GgufHeader, GgufValue } from "../weights/gguf.ts";
import { BYTE_TOKEN, type SpellingScheme, spelledBy } from "./token-spelling.ts";
import {
  type Spelling,
  type TokenEntry,
  type TokenTable,
  TokenTableBuilder,
} from "./token-table.ts";

type Metadata = ReadonlyMap<string, GgufValue | null>;
type Header = Pick<GgufHeader, "metadata" | "keyOffsets">;
/** Makes the error for a key whose value is not right. */
type Fault = (key: string, reason: string) => FormatError;

const MODEL = "tokenizer.ggml.model";
const TOKENS = "tokenizer.ggml.tokens";
const TYPES = "tokenizer.ggml.token_type";
/** The arrays that are read here. */
export const VOCABULARY_ARRAYS: ReadonlySet<string> = new Set([TOKENS, TYPES]);

/** Types of tokens (`llama_token_type` in llama.cpp). */
const UNKNOWN = 2;
const CONTROL = 3;
/** What converters put in the place of ids that no token has. */
const FILLER = /^\[PAD\d+\]$/;

const PLAIN = { byteLevel: false, blank: null, byteTokens: true, prefix: "", suffix: "" };
const SCHEMES: ReadonlyMap<string, SpellingScheme> = new Map<string, SpellingScheme>([
  ["gpt2", { ...PLAIN, byteLevel: true, byteTokens: false }],
  ["llama", { ...PLAIN, blank: "▁" }],
  ["t5", { ...PLAIN, blank: "▁" }],
  ["gemma4", { ...PLAIN, blank: "▁" }],
  ["bert", { ...PLAIN, byteTokens: false, prefix: "##" }],
  ["plamo2", PLAIN],
  ["plamo3", PLAIN],
  ["rwkv", { ...PLAIN, byteTokens: false }],
]);

/**
 * The tokens of a GGUF file.
 *
 * @param file What the file is called in errors, and as the tokens' source.
 * @returns Null if the file has none.
 * @throws {FormatError} if they are broken; {UnsupportedError} for a tokenizer that is not known.
 */
export function ggufTokens({ metadata, keyOffsets }: Header, file: string): TokenTable | null {
  const fault: Fault = (key, reason) => faultAt(file, keyOffsets.get(key) ?? 0, reason);
  const model = metadata.get(MODEL);
  const texts = metadata.get(TOKENS);
  if (texts === undefined || model === "none" || model === "no_vocab") return null;
  if (!isTexts(texts)) throw fault(TOKENS, `${TOKENS} is not an array of texts`);
  const scheme = typeof model === "string" ? SCHEMES.get(model) : undefined;
  if (scheme === undefined) {
    const name = typeof model === "string" ? quoted(model) : "unknown";
    const known = [...SCHEMES.keys()].join(", ");
    throw new UnsupportedError(`${file}: expected ${MODEL} to be one of ${known}, got ${name}`, {
      feature: `tokenizer model ${name}`,
    });
  }
  const builder = new TokenTableBuilder(file, () => keyOffsets.get(TOKENS) ?? 0);
  const types = tokenTypes(metadata, texts.length, fault);
  const pieces = model === "bert" ? wordPieces(texts, types) : texts;
  const kinds = tokenKinds(metadata, pieces, types, { scheme, fault });
  pieces.forEach((piece, id) => {
    const kind = kinds(id);
    if (kind === null) builder.addFiller(id);
    else builder.add(id, piece, kind, id);
  });
  return builder.table(model === "rwkv" ? spellRwkv : spelledBy(scheme));
}

/** The type of each token; undefined for old files, which have none. */
function tokenTypes(
  metadata: Metadata,
  count: number,
  fault: Fault,
): readonly GgufValue[] | undefined {
  const types = metadata.get(TYPES);
  if (types === undefined) return undefined;
  if (Array.isArray(types) && types.length === count) return types;
  throw fault(TYPES, `expected ${TYPES} to have ${count} values, one for each token`);
}

/** What each token is; null for padding. */
function tokenKinds(
  metadata: Metadata,
  texts: readonly string[],
  types: readonly GgufValue[] | undefined,
  { scheme, fault }: { readonly scheme: SpellingScheme; readonly fault: Fault },
): (id: number) => TokenEntry["kind"] | null {
  const isByte = (id: number) => BYTE_TOKEN.test(texts[id]!);
  if (types === undefined) {
    const special = specialIds(metadata);
    return (id) =>
      special.has(id) ? "special" : scheme.byteTokens && isByte(id) ? "byte" : "normal";
  }
  return (id) => {
    switch (types[id]) {
      case 0:
      case 1:
        return "normal";
      case UNKNOWN:
      case CONTROL:
        return "special";
      case 4:
        return texts[id] === `[PAD${id}]` ? null : "added";
      case 5:
        return FILLER.test(texts[id]!) ? null : "special";
      case 6:
        return isByte(id) ? "byte" : "normal";
      default:
        throw fault(TYPES, `token ${id} has the type ${typeText(types[id])}; there are 0 to 6`);
    }
  };
}

/** The ids that keys such as `tokenizer.ggml.bos_token_id` name: what old files have in place of types. */
function specialIds(metadata: Metadata): Set<GgufValue | null> {
  const keys = [...metadata].filter(([key]) => /^tokenizer\.ggml\.\w+_token_id$/.test(key));
  return new Set(keys.map(([, id]) => id));
}

/**
 * Pieces as WordPiece has them, from llama.cpp's form, in which all but control tokens and what continues a
 * word begin with `▁` (`phantom` in its converter): added tokens and fillers too. A file without any `▁` has
 * them already; early converters left `[unused0]` as it was.
 */
function wordPieces(
  texts: readonly string[],
  types: readonly GgufValue[] | undefined,
): readonly string[] {
  if (!texts.some((text) => text.startsWith("▁"))) return texts;
  return texts.map((text, id) => {
    if (types?.[id] === UNKNOWN || types?.[id] === CONTROL) return text;
    if (text.startsWith("▁")) return text.slice(1);
    return /^\[.+\]$/.test(text) ? text : `##${text}`;
  });
}

const encoder = new TextEncoder();
const ESCAPE = /\\(?:x([0-9a-f]{2})|([tnr])|(.))/suy;
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["r", 0x0d],
]);

/** RWKV's tokens are bytes as Python's `repr` writes them. */
function spellRwkv({ content, kind }: TokenEntry): Spelling {
  if (kind !== "normal") return { bytes: encoder.encode(content) };
  const bytes: number[] = [];
  for (let at = 0; at < content.length; ) {
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(content);
    if (match === null) {
      const character = String.fromCodePoint(content.codePointAt(at)!);
      bytes.push(...encoder.encode(character));
      at += character.length;
      continue;
    }
    const [all, hex, control, other] = match;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (control !== undefined) bytes.push(CONTROLS.get(control)!);
    else bytes.push(...encoder.encode(other));
    at += all.length;
  }
  return { bytes: Uint8Array.from(bytes) };
}

function isTexts(value: GgufValue | null): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** In place of a number there may be a text, or an array of millions. */
function typeText(type: GgufValue): string {
  if (typeof type === "string") return "a text";
  return typeof type === "object" ? "an array" : String(type);
}
