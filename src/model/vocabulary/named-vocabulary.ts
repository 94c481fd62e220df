/** A vocabulary that the caller named, wherever it lies: what is missing or broken there is an error. */
import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { readJsonObject } from "../bytes/json.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import { readGgufHeader } from "../weights/gguf.ts";
import { ggufTokens, VOCABULARY_ARRAYS } from "./gguf-vocabulary.ts";
import type { TokenTable } from "./token-table.ts";
import { readTable, VOCABULARY_FILES } from "./vocabulary-files.ts";

export interface NamedVocabulary {
  /** The files of its folder. */
  readonly files: ModelFiles;
  /** Which of them it is; undefined for the folder, of which the one rule of `vocabulary-files.ts` chooses. */
  readonly name: string | undefined;
  /** What a file of the folder is called in errors and notes. */
  readonly label: (name: string) => string;
}

/**
 * The tokens of a vocabulary that was named by its folder or file. A file is read by its name; what belongs
 * to it (`merges.txt`, `tokenizer_config.json`, ..., and `config.json`, which may tell the class) is
 * read beside it.
 *
 * @throws {FormatError} if it is broken, or the folder holds none; {UnsupportedError} for a file whose name
 *   is none of a vocabulary's.
 */
export async function readNamedVocabulary(
  { files, name, label }: NamedVocabulary,
  { signal }: FileOptions,
): Promise<TokenTable> {
  const table = name?.toLowerCase().endsWith(".gguf")
    ? await readGguf({ files, name, label }, { signal })
    : await readFiles({ files, name, label }, { signal });
  if (table.end > 0) return table;
  throw new FormatError(`${table.source}: there are no tokens`, { file: table.source });
}

async function readFiles(
  { files, name, label }: NamedVocabulary,
  { signal }: FileOptions,
): Promise<TokenTable> {
  const kind = name === undefined ? undefined : vocabularyKind(name, label(name));
  const ofFile: ModelFiles = {
    ...files,
    // of the files that could be the vocabulary only the one that was named is there
    read: async (path, options) => {
      if (kind === undefined || !VOCABULARY_FILES.includes(path)) return files.read(path, options);
      return path === kind ? files.read(name!, options) : undefined;
    },
  };
  const labelled = (path: string) => label(path === kind ? name! : path);
  const config = await files.read("config.json", { signal });
  const table = await readTable(ofFile, {
    label: labelled,
    config: config && readJsonObject(config, label("config.json")),
    signal,
  });
  if (table !== null) return table;
  const file = label(name ?? "");
  throw new FormatError(
    `${file}: no file here names tokens; expected tokenizer.json, or one of ${VOCABULARY_FILES.slice(1).join(", ")}`,
    { file },
  );
}

/** Under which of the known names a file is read. */
function vocabularyKind(name: string, file: string): string {
  if (VOCABULARY_FILES.includes(name)) return name;
  if (name.toLowerCase().endsWith(".tiktoken")) return "tokenizer.tiktoken";
  if (name.toLowerCase().endsWith(".model")) return "tokenizer.model";
  throw new UnsupportedError(
    `${file}: expected a vocabulary by its name: ${VOCABULARY_FILES.join(", ")}, or *.tiktoken, *.model, *.gguf`,
    { feature: `vocabulary ${quoted(name)}` },
  );
}

async function readGguf(
  { files, name, label }: NamedVocabulary & { readonly name: string },
  { signal }: FileOptions,
): Promise<TokenTable> {
  const file = label(name);
  const source = await files.open(name, { signal });
  const header =
    source && (await readGgufHeader(source, file, { arrays: VOCABULARY_ARRAYS, signal }));
  const table = header && ggufTokens(header, file);
  if (table) return table;
  throw new FormatError(`${file}: the file has no vocabulary`, { file });
}
