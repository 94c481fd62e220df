import { basename, dirname, join, posix, resolve } from "node:path";
import { rangeError } from "../../errors.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import type { Model } from "../model.ts";
import { type NamedVocabulary, readNamedVocabulary } from "../vocabulary/named-vocabulary.ts";
import type { TokenTable } from "../vocabulary/token-table.ts";
import { VOCABULARY_FILES } from "../vocabulary/vocabulary-files.ts";
import { fileNamesIn, folderFiles, kindOf } from "./folder.ts";

/** The model that was asked for: a tokenizer that is not here may lie in it. */
export type TokenizerHome = { readonly folder: string } | { readonly hub: ModelFiles } | null;

/**
 * The tokens of the tokenizer at a path: one on this machine, or else one within the model, where that is a
 * folder or a model on the hub.
 *
 * @throws {RangeError} if there is nothing at the path; {FormatError} if it is broken or no vocabulary.
 */
export async function readTokenizer(
  path: string,
  home: TokenizerHome,
  options: FileOptions,
): Promise<TokenTable> {
  const found = (await vocabularyHere(path)) ?? (await vocabularyWithin(path, home, options));
  if (found !== null) return readNamedVocabulary(found, options);
  const nor = home === null ? "" : ", nor is there one in the model";
  throw rangeError(`tokenizer: ${path}: there is no such file or folder${nor}`);
}

async function vocabularyHere(path: string): Promise<NamedVocabulary | null> {
  const kind = await kindOf(path);
  if (kind === null) return null;
  if (kind === "other") throw rangeError(`tokenizer: ${path}: expected a file or a folder`);
  const [folder, name] = kind === "folder" ? [path, undefined] : [dirname(path), basename(path)];
  return { files: folderFiles(resolve(folder)), name, label: (file) => join(folder, file) };
}

async function vocabularyWithin(
  path: string,
  home: TokenizerHome,
  options: FileOptions,
): Promise<NamedVocabulary | null> {
  if (home === null) return null;
  if ("folder" in home) return vocabularyHere(join(home.folder, path));
  const { hub } = home;
  const within = posix.normalize(path).replace(/\/$/, "");
  const paths = (await hub.list?.(options)) ?? [];
  const isFile = paths.includes(within);
  if (!isFile && !paths.some((one) => one.startsWith(`${within}/`))) return null;
  const folder = isFile ? posix.dirname(within) : within;
  const whole = (name: string) => posix.join(folder, name);
  return {
    files: {
      ...hub,
      open: (name, run) => hub.open(whole(name), run),
      read: (name, run) => hub.read(whole(name), run),
    },
    name: isFile ? posix.basename(within) : undefined,
    label: (name) => `${hub.name}/${whole(name)}`,
  };
}

/**
 * Of a model whose rows have no names: what to say if there seems to be a tokenizer for them, in a folder
 * `tokenizer` in that of the weights or beside it, as diffusers lays models out.
 *
 * @param folder That of the weights, or the file's.
 */
export async function withTokenizerHint(
  model: Model,
  home: Exclude<TokenizerHome, null>,
  options: FileOptions,
): Promise<Model> {
  if (model.vocabulary.source !== null) return model;
  const top = "folder" in home ? home.folder : "";
  const joined = "folder" in home ? join : posix.join;
  const beside = joined(top, dirname(model.weights ?? "."));
  const paths = "folder" in home ? null : ((await home.hub.list?.(options)) ?? []);
  for (const path of [joined(beside, "tokenizer"), joined(beside, "../tokenizer")]) {
    const names = paths === null ? await namesOf(path) : below(paths, path);
    if (!names.some((name) => VOCABULARY_FILES.includes(name))) continue;
    const note = `a vocabulary lies in ${path}: it may name the rows by --tokenizer ${path} (option tokenizer)`;
    return { ...model, notes: [...model.notes, note] };
  }
  return model;
}

async function namesOf(path: string): Promise<readonly string[]> {
  // a folder that can't be read is none to point at
  return (await kindOf(path)) === "folder" ? fileNamesIn(path).catch(() => []) : [];
}

function below(paths: readonly string[], folder: string): readonly string[] {
  const start = `${folder}/`;
  return paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
}
