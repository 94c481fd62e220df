import { FormatError } from "../errors.ts";
import { jsonObject, readJson } from "./json.ts";
import { byteLevelBytes, type SpellingScheme, spellToken } from "./token-spelling.ts";
import { type TokenTable, TokenTableBuilder } from "./token-table.ts";

const BYTE_LEVEL: SpellingScheme = {
  byteLevel: true,
  blank: null,
  byteTokens: false,
  prefix: "",
  suffix: "",
};

/**
 * Reads GPT-2's `vocab.json` and `merges.txt`: byte-level BPE. The merges tell which tokens are special:
 * those that are neither a single byte nor made by a merge can't come from text.
 *
 * @param file What `vocab.json` is called in errors.
 * @throws {FormatError} if either file is broken.
 */
export function readVocabMerges(vocab: Uint8Array, merges: Uint8Array, file: string): TokenTable {
  const pieces = jsonObject(readJson(vocab, file));
  if (pieces === undefined) {
    throw new FormatError(`${file}: expected a JSON object of tokens and their ids`, { file });
  }
  const merged = mergedPieces(merges, file);
  const builder = new TokenTableBuilder(file);
  for (const [content, id] of Object.entries(pieces)) {
    const fromText = merged.has(content) || byteLevelBytes(content)?.length === 1;
    builder.add(id, content, fromText ? "normal" : "special");
  }
  return builder.table((entry) => spellToken(BYTE_LEVEL, entry));
}

function mergedPieces(merges: Uint8Array, file: string): Set<string> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(merges);
  } catch (cause) {
    throw new FormatError(`${file}: the merges beside it are not valid UTF-8`, { file, cause });
  }
  const lines = text.split(/\r?\n/);
  const pairs = lines.filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version")));
  return new Set(
    pairs.map((line) => {
      const pair = line.split(" ", 3);
      if (pair.length === 2) return pair.join("");
      throw new FormatError(`${file}: the merges beside it hold a line that is not two pieces`, {
        file,
      });
    }),
  );
}
