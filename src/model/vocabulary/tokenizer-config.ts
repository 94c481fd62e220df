/**
 * What lies beside a vocabulary that is not a `tokenizer.json`: `tokenizer_config.json`,
 * `added_tokens.json` and `special_tokens_map.json`. They name tokens beyond the vocabulary, say which
 * tokens are special, and which class of Hugging Face's transformers numbers the pieces.
 */

import { jsonObject, readJson } from "../bytes/json.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import { TokenTableBuilder } from "./token-table.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Tokens that a vocabulary's own file does not have, and what is known of those it has. */
export interface TokenNames {
  /** The tokenizer's class without a "Fast" at its end; undefined if no file names it. */
  readonly tokenizerClass: string | undefined;
  /** What special tokens are called. */
  readonly special: ReadonlySet<string>;
  /** What `tokenizer_config.json` holds; a class may have numbers there. */
  readonly settings: JsonObject;
  /** Adds the added tokens to a vocabulary, where they take the place of others. */
  addTo(builder: TokenTableBuilder): void;
}

/** No files lie beside the vocabulary. */
export const NO_NAMES: TokenNames = {
  tokenizerClass: undefined,
  special: new Set(),
  settings: {},
  addTo: () => {},
};

export interface TokenNamesOptions extends FileOptions {
  /** What a file of the model is called in errors. */
  readonly label: (path: string) => string;
  /** The model's `config.json`. */
  readonly config: JsonObject | undefined;
}

/**
 * Reads the files beside a vocabulary. Tokens of `tokenizer_config.json` (`added_tokens_decoder`) win
 * over those of `added_tokens.json`, as in transformers.
 *
 * @throws {FormatError} if one of them is broken.
 */
export async function readTokenNames(
  files: ModelFiles,
  { label, config, signal }: TokenNamesOptions,
): Promise<TokenNames> {
  const read = async (path: string): Promise<NamesFile> => {
    const bytes = (await files.read(path, { signal })) ?? new Uint8Array();
    const value = bytes.length === 0 ? undefined : readJson(bytes, label(path));
    return { file: label(path), bytes, value: jsonObject(value) ?? {} };
  };
  const map = await read("special_tokens_map.json");
  const settings = await read("tokenizer_config.json");
  const special = new Set([...specialContents(map.value), ...specialContents(settings.value)]);
  const added = addedTokens(await read("added_tokens.json"), special);
  added.replaceAll(addedTokensDecoder(settings, special));
  return {
    tokenizerClass: tokenizerClass(settings.value, config),
    special,
    settings: settings.value,
    addTo: (builder) => builder.replaceAll(added),
  };
}

interface NamesFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly value: JsonObject;
}

/** `{ "<mask>": 250001 }` */
function addedTokens(
  { file, bytes, value }: NamesFile,
  special: ReadonlySet<string>,
): TokenTableBuilder {
  const builder = new TokenTableBuilder(file, (content) => jsonOffset(bytes, [content]));
  for (const [content, id] of Object.entries(value)) {
    builder.replace(id, content, special.has(content) ? "special" : "added", content);
  }
  return builder;
}

/** `"added_tokens_decoder": { "250001": { "content": "<mask>", "special": true } }` */
function addedTokensDecoder(
  { file, bytes, value }: NamesFile,
  special: ReadonlySet<string>,
): TokenTableBuilder {
  const name = "added_tokens_decoder";
  const builder = new TokenTableBuilder(file, (id) => jsonOffset(bytes, [name, String(id)]));
  for (const [id, entry] of Object.entries(jsonObject(value[name]) ?? {})) {
    const token = jsonObject(entry);
    const isSpecial = token?.special === true || special.has(token?.content as string);
    const number = /^\d{1,10}$/.test(id) ? Number(id) : id;
    builder.replace(number, token?.content, isSpecial ? "special" : "added", id);
  }
  return builder;
}

/** `"unk_token": "<unk>"`, `{ "content": "<unk>" }`, or a list of either. */
function* specialContents(value: JsonObject): Generator<string> {
  for (const [name, token] of Object.entries(value)) {
    if (!name.endsWith("_token") && !name.endsWith("_special_tokens")) continue;
    for (const one of Array.isArray(token) ? token : [token]) {
      const content = jsonObject(one)?.content ?? one;
      if (typeof content === "string") yield content;
    }
  }
}

/** Classes by `model_type`, where no file names the class; only those that number pieces their own way. */
const CLASS_OF: ReadonlyMap<unknown, string> = /* @__PURE__ */ new Map([
  ["xlm-roberta", "XLMRobertaTokenizer"],
  ["xlm-roberta-xl", "XLMRobertaTokenizer"],
  ["camembert", "CamembertTokenizer"],
  ["mbart", "MBartTokenizer"],
  ["plbart", "PLBartTokenizer"],
  ["m2m_100", "M2M100Tokenizer"],
  ["xglm", "XGLMTokenizer"],
  ["pegasus", "PegasusTokenizer"],
  ["bigbird_pegasus", "PegasusTokenizer"],
  ["t5", "T5Tokenizer"],
]);

function tokenizerClass(settings: JsonObject, config: JsonObject | undefined): string | undefined {
  const name = settings.tokenizer_class ?? config?.tokenizer_class;
  if (typeof name === "string") return name.replace(/Fast$/, "");
  return CLASS_OF.get(config?.model_type);
}
