import { isTokenscapeError } from "../errors.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { readLabels } from "./labels.ts";
import { readMetadata } from "./weights/tsv.ts";

/** Longest file that is read for a note, in bytes. */
const LONGEST_READ = 4_000_000;

/**
 * The file in a matrix's folder that seems to name its rows; undefined if there is none. One on this machine
 * that is short is read, and must have as many names as there are rows; of others only the name is known.
 * What can't be looked into is no file to point at, and no reason to stop.
 *
 * @param path The matrix's own file.
 */
export async function namesBeside(
  files: ModelFiles,
  path: string,
  rows: number,
  options: FileOptions,
): Promise<string | undefined> {
  const stem = path.slice(0, path.lastIndexOf("."));
  const own = ["txt", "json", "tsv"].map((extension) => `${stem}.${extension}`);
  const names = [...own, "labels.txt", "labels.json", "labels.tsv", "metadata.tsv"];
  // nothing is fetched for a note
  if (files.revision !== null) {
    const there = new Set(await files.list?.(options));
    return names.find((name) => name !== path && there.has(name));
  }
  for (const name of names) {
    if (name !== path && (await fits(files, name, rows, options))) return name;
  }
  return undefined;
}

async function fits(
  files: ModelFiles,
  name: string,
  rows: number,
  options: FileOptions,
): Promise<boolean> {
  try {
    const source = await files.open(name, options);
    if (source === undefined) return false;
    if (source.byteLength > LONGEST_READ) return true;
    const bytes = await source.slice(0, source.byteLength, options);
    const read = name.endsWith(".tsv") ? readMetadata : readLabels;
    return read(bytes, name).length === rows;
  } catch (error) {
    if (isTokenscapeError(error)) return false;
    throw error;
  }
}
