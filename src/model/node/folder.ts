import { createReadStream, type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FormatError } from "../../errors.ts";
import { joinBytes } from "../bytes/source.ts";
import { LONGEST_WHOLE, type ModelFiles } from "../files.ts";
import { fileSource, readable } from "./file-source.ts";

/**
 * The files of a folder.
 *
 * @param name What people call the model, default the folder's own name.
 */
export function folderFiles(folder: string, name: string = ownName(folder)): ModelFiles {
  return {
    name,
    revision: null,
    fetched: null,
    open: async (path) => {
      const file = join(folder, path);
      return (await isThere(file)) ? fileSource(file) : undefined;
    },
    read: async (path, options) => {
      const file = join(folder, path);
      return (await isThere(file)) ? readWhole(file, options?.signal) : undefined;
    },
    list: () => pathsIn(folder),
  };
}

/** A root has no name but its path. */
function ownName(folder: string): string {
  const path = resolve(folder);
  return basename(path) || path;
}

/** Most folders in a folder that are looked into. */
const MOST_FOLDERS = 200;

/** The paths of what is in a folder, and in the folders in it; deeper ones are not looked into. */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  const below = folders.slice(0, MOST_FOLDERS).map(async ({ name }) => {
    // one that can't be read holds nothing that could be named
    const names = await fileNamesIn(join(folder, name)).catch(() => []);
    return names.map((inner) => `${name}/${inner}`);
  });
  return [...fileNames(entries), ...(await Promise.all(below)).flat()];
}

/** The names of all that is in a folder but folders. */
export async function fileNamesIn(folder: string): Promise<string[]> {
  return fileNames(await entriesOf(folder));
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readable(folder, () => readdir(folder, { withFileTypes: true }));
}

function fileNames(entries: readonly Dirent[]): string[] {
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

/** True if there is a file, false if nothing; a pipe or a device in a model's folder would never end. */
async function isThere(file: string): Promise<boolean> {
  const kind = await kindOf(file);
  if (kind !== "other") return kind !== null;
  throw new FormatError(`${file}: can't be read: it is a pipe or a device`, { file });
}

/**
 * A small file whole; a pipe too.
 *
 * @throws {FormatError} if it can't be read, or is longer than any configuration or vocabulary.
 */
export async function readWhole(file: string, signal?: AbortSignal): Promise<Uint8Array> {
  return readable(file, async () => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of createReadStream(file, { signal })) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_WHOLE) {
        throw new FormatError(`${file}: expected a file of at most ${LONGEST_WHOLE} bytes`, {
          file,
        });
      }
    }
    return joinBytes(chunks);
  });
}

/** True if there is something at the path, a file or a folder. */
export async function exists(path: string): Promise<boolean> {
  return (await kindOf(path)) !== null;
}

/** What lies at a path; null if nothing does. */
export async function kindOf(path: string): Promise<"file" | "folder" | "other" | null> {
  // a name with NUL can't be asked for, and so does not exist
  if (path.includes("\0")) return null;
  return readable(path, async () => {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG")
        return null;
      throw error;
    });
    return found === null
      ? null
      : found.isFile()
        ? "file"
        : found.isDirectory()
          ? "folder"
          : "other";
  });
}
