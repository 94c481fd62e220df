import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FormatError } from "../../errors.ts";
import type { ModelFiles } from "../files.ts";
import { fileSource, readable } from "./file-source.ts";

/** Longest file that is read whole, in bytes; the longest vocabularies have some 40 MB. */
const MAX_WHOLE = 1 << 28;

/**
 * The files of a folder.
 *
 * @param name What people call the model, default the folder's own name.
 */
export function folderFiles(folder: string, name: string = basename(resolve(folder))): ModelFiles {
  return {
    name,
    revision: null,
    fetched: null,
    open: async (path) => {
      const file = join(folder, path);
      return (await exists(file)) ? fileSource(file) : undefined;
    },
    read: async (path, options) => {
      const file = join(folder, path);
      return (await exists(file)) ? readWhole(file, options?.signal) : undefined;
    },
  };
}

/**
 * A small file whole.
 *
 * @throws {FormatError} if it can't be read, or is longer than any configuration or vocabulary.
 */
export async function readWhole(file: string, signal?: AbortSignal): Promise<Uint8Array> {
  return readable(file, async () => {
    const { size } = await stat(file);
    if (size > MAX_WHOLE) {
      throw new FormatError(`${file}: ${size} bytes, expected a file of at most ${MAX_WHOLE}`, {
        file,
      });
    }
    const { buffer, byteOffset, length } = await readFile(file, { signal });
    return new Uint8Array(buffer, byteOffset, length);
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
