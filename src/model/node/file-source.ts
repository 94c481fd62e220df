import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { FormatError } from "../../errors.ts";
import { type ByteSource, checkSlice } from "../bytes/source.ts";

/** Most that one read of the operating system is asked for, in bytes. */
const MAX_READ = 1 << 30;

/**
 * A file on disk, read in pieces. It is opened for each slice and closed again, so there is nothing to
 * close and nothing to leak. All slices are of one state of the file: a checkpoint that is written anew
 * between two of them would give rows of another matrix than its header describes.
 *
 * @throws {FormatError} if the file can't be read, ends before the bytes asked for, or has changed.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const state = await readable(path, () => stat(path));
  const byteLength = state.size;
  const fill: ByteSource["fill"] & {} = async (bytes, start, options) => {
    options?.signal?.throwIfAborted();
    checkSlice(path, start, start + bytes.length, byteLength);
    await readable(path, () => readInto(bytes, path, start, state, options?.signal));
  };
  return {
    byteLength,
    slice: async (start, end, options) => {
      checkSlice(path, start, end, byteLength);
      const bytes = new Uint8Array(end - start);
      await fill(bytes, start, options);
      return bytes;
    },
    fill,
  };
}

async function readInto(
  bytes: Uint8Array,
  path: string,
  start: number,
  state: Stats,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(path, "r");
  try {
    for (let done = 0; done < bytes.length; ) {
      signal?.throwIfAborted();
      const length = Math.min(MAX_READ, bytes.length - done);
      const { bytesRead } = await file.read(bytes, done, length, start + done);
      if (bytesRead === 0) {
        const offset = start + done;
        throw new FormatError(`${path}: the file ended at byte ${offset} while it was read`, {
          file: path,
          offset,
        });
      }
      done += bytesRead;
    }
    checkUnchanged(path, state, await file.stat());
  } finally {
    await file.close();
  }
}

function checkUnchanged(path: string, before: Stats, now: Stats): void {
  const changes = [
    now.ino !== before.ino && "another file is in its place",
    now.size !== before.size && `its length was ${before.size} and is ${now.size}`,
    now.mtimeMs !== before.mtimeMs && "it was written to",
  ].filter((change) => change !== false);
  if (changes.length === 0) return;
  throw new FormatError(`${path}: the file has changed while it was read: ${changes.join(", ")}`, {
    file: path,
  });
}

/** Runs a reading of a file and puts the operating system's refusals into words. */
export async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException)?.code;
    if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) throw cause;
    throw new FormatError(`${path}: can't be read: ${REASONS.get(code) ?? code}`, {
      file: path,
      cause,
    });
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EISDIR", "it is a folder"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["ELOOP", "its symbolic links form a circle"],
  ["EMFILE", "too many files are open"],
  ["ENAMETOOLONG", "the name is too long"],
]);
