import { open, stat } from "node:fs/promises";
import { FormatError } from "../../errors.ts";
import { type ByteSource, checkSlice } from "../source.ts";

/** Most that one read of the operating system is asked for, in bytes. */
const MAX_READ = 1 << 30;

/**
 * A file on disk, read in pieces. It is opened for each slice and closed again, so there is nothing to
 * close and nothing to leak.
 *
 * @throws {FormatError} if the file can't be read, or ends before the bytes asked for.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const byteLength = await readable(path, async () => (await stat(path)).size);
  return {
    byteLength,
    slice: async (start, end, options) => {
      options?.signal?.throwIfAborted();
      checkSlice(path, start, end, byteLength);
      return readable(path, () => readSlice(path, start, end, options?.signal));
    },
  };
}

async function readSlice(
  path: string,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
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
  } finally {
    await file.close();
  }
  return bytes;
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
