import type { FormatError } from "../../errors.ts";
import { faultAt } from "../bytes/fault.ts";
import { jsonObject, readJson } from "../bytes/json.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import { decodeBase64 } from "./tiktoken.ts";
import { BYTE_LEVEL, byteLevelSpelling, spelledBy } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";

/** What files up to version 7 leave out (`DEPRECATED_SPECIAL_TOKENS` in mistral-common). */
const EARLY_SPECIAL: readonly string[] = [
  ...["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]"],
  ...["[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]"],
  ...["[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"],
  "[TOOL_CONTENT]",
];

/**
 * Reads Mistral's `tekken.json` (`Tekkenizer` in github.com/mistralai/mistral-common): special tokens,
 * `<SPECIAL_20>` and so on where they have no name, and behind them as many tokens of the vocabulary as fill
 * `default_vocab_size`; the file holds more.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken.
 */
export function readTekken(bytes: Uint8Array, file: string): TokenTable {
  const root = jsonObject(readJson(bytes, file));
  const fault = (reason: string, ...path: (string | number)[]): FormatError =>
    faultAt(file, jsonOffset(bytes, path), reason);
  const { vocab } = root ?? {};
  if (!Array.isArray(vocab)) throw fault('expected an array "vocab"', "vocab");
  const config = jsonObject(root?.config) ?? {};
  const number = (name: string): number => {
    const value = config[name];
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw fault(`expected a whole number "${name}"`, "config", name);
  };
  const reserved = number("default_num_special_tokens");
  const end = number("default_vocab_size");
  if (end < reserved || end - reserved > vocab.length) {
    const parts = `${reserved} special ones and ${vocab.length} of the vocabulary`;
    throw fault(`${end} tokens can't be made of ${parts}`, "config", "default_vocab_size");
  }

  const builder = new TokenTableBuilder(file, (id) => jsonOffset(bytes, ["special_tokens", id]));
  specialNames(root?.special_tokens, reserved, fault).forEach((content, id) => {
    builder.add(id, content, "special", id);
  });
  for (let rank = 0; rank < end - reserved; rank++) {
    const token = jsonObject(vocab[rank]);
    const spelt = token?.token_bytes;
    const decoded = typeof spelt === "string" ? decodeBase64(spelt) : null;
    if (decoded === null || decoded.length === 0 || token?.rank !== rank) {
      throw fault(`expected the token of rank ${rank}, its bytes in base64`, "vocab", rank);
    }
    builder.add(reserved + rank, byteLevelSpelling(decoded), "normal");
  }
  return builder.table(spelledBy(BYTE_LEVEL));
}

/** The names of the special tokens, one for each id that is kept for them. */
function specialNames(
  given: unknown,
  reserved: number,
  fault: (reason: string, ...path: (string | number)[]) => FormatError,
): string[] {
  const tokens: readonly unknown[] = Array.isArray(given) ? given : EARLY_SPECIAL;
  if (reserved > 100_000 || tokens.length > reserved) {
    const path = ["config", "default_num_special_tokens"];
    throw fault(`${reserved} special tokens, where ${tokens.length} are named`, ...path);
  }
  const names = Array.from({ length: reserved }, (_, id) => `<SPECIAL_${id}>`);
  tokens.forEach((token, i) => {
    const { rank, token_str: name } = jsonObject(token) ?? { rank: i, token_str: token };
    if (typeof name !== "string" || rank !== i) {
      throw fault(`expected the special token of rank ${i}`, "special_tokens", i);
    }
    names[i] = name;
  });
  return names;
}
