/** Models that a page's user chose or dropped: files of the browser as the files of a model. */
import { FormatError, rangeError } from "../errors.ts";
import { quoted } from "./bytes/display.ts";
import { type ByteSource, checkSlice } from "./bytes/source.ts";
import { type FileOptions, LONGEST_WHOLE, type ModelFiles } from "./files.ts";

/** What is used of a browser's `File`; Node's has the same. */
export interface NamedBlob extends Blob {
  readonly name: string;
  /** Its path from the chosen folder on, that folder's name first; empty or missing for a file alone. */
  readonly webkitRelativePath?: string;
}

/** What is used of a browser's `FileSystemDirectoryHandle`. */
export interface DirectoryHandle {
  readonly name: string;
  getFileHandle(name: string): Promise<{ getFile(): Promise<NamedBlob> }>;
  getDirectoryHandle(name: string): Promise<DirectoryHandle>;
  /** What lies in it. */
  values(): AsyncIterable<{ readonly kind: "file" | "directory"; readonly name: string }>;
}

/** Bytes between two slices that are read along: each slice is a message to the browser's own process. */
const GAP = 1 << 16;

/**
 * A source over a `Blob` or `File`, of which only the slices asked for are read.
 *
 * @param file What it is called in errors, default the file's own name.
 */
export function blobSource(blob: Blob, file: string = (blob as NamedBlob).name): ByteSource {
  const name = file ?? "blob";
  return {
    byteLength: blob.size,
    gap: GAP,
    slice: async (start, end, options) => {
      options?.signal?.throwIfAborted();
      checkSlice(name, start, end, blob.size);
      const bytes = await bytesOf(blob.slice(start, end), name);
      options?.signal?.throwIfAborted();
      checkSlice(name, start, end, start + bytes.length);
      return bytes;
    },
  };
}

/**
 * The files of an `<input type="file">` (of a whole folder with `webkitdirectory`), or of a drop
 * (`event.dataTransfer.files`), as the files of a model. Those of a chosen folder are known by their paths
 * below it, others by their names.
 *
 * @param name What people call the model, default the folder's name, or the file's if there is but one.
 * @throws {RangeError} if there are no files, or two of one path.
 */
export function chosenFiles(files: Iterable<NamedBlob>, name?: string): ModelFiles {
  const byPath = new Map<string, NamedBlob>();
  let folder: string | undefined;
  for (const file of files) {
    const [top, ...below] = (file.webkitRelativePath ?? "").split("/");
    if (below.length > 0) folder ??= top;
    const path = below.join("/") || file.name;
    if (byPath.has(path)) throw rangeError(`chosenFiles: two files are named ${quoted(path)}`);
    byPath.set(path, file);
  }
  if (byPath.size === 0) throw rangeError("chosenFiles: expected at least one file, got none");
  const [only] = byPath.size === 1 ? byPath.keys() : [];
  return blobFiles(name ?? folder ?? only ?? "chosen files", {
    find: async (path) => byPath.get(path),
    list: async () => [...byPath.keys()],
  });
}

/** One file as the files of a model, known by its own name wherever it was chosen. */
export function fileAlone(file: NamedBlob): ModelFiles {
  return blobFiles(file.name, {
    find: async (path) => (path === file.name ? file : undefined),
    list: async () => [file.name],
  });
}

/**
 * The files of a folder that the page was given (`showDirectoryPicker()`, or a dropped one's
 * `getAsFileSystemHandle()`), as the files of a model; each is looked up when it is asked for.
 *
 * @param name What people call the model, default the folder's name.
 */
export function directoryFiles(
  directory: DirectoryHandle,
  name: string = directory.name,
): ModelFiles {
  const find = async (path: string): Promise<Blob | undefined> => {
    const folders = path.split("/");
    const file = folders.pop()!;
    try {
      let folder = directory;
      for (const below of folders) folder = await folder.getDirectoryHandle(below);
      return await (await folder.getFileHandle(file)).getFile();
    } catch (cause) {
      // nothing of this name, a folder in a file's place, or a name that nothing can have
      if (["NotFoundError", "TypeMismatchError", "TypeError"].includes(faultName(cause)))
        return undefined;
      throw unreadable(path, cause);
    }
  };
  const list = async (): Promise<string[]> => {
    const names: string[] = [];
    try {
      for await (const entry of directory.values()) {
        if (entry.kind === "file") names.push(entry.name);
      }
    } catch (cause) {
      throw unreadable(name, cause);
    }
    return names;
  };
  return blobFiles(name, { find, list });
}

interface Blobs {
  readonly find: (path: string) => Promise<Blob | undefined>;
  readonly list: () => Promise<readonly string[]>;
}

function blobFiles(name: string, { find, list }: Blobs): ModelFiles {
  const read = async (path: string, { signal }: FileOptions = {}) => {
    signal?.throwIfAborted();
    const blob = await find(path);
    if (blob === undefined) return undefined;
    if (blob.size > LONGEST_WHOLE) {
      throw new FormatError(`${path}: expected a file of at most ${LONGEST_WHOLE} bytes`, {
        file: path,
      });
    }
    return bytesOf(blob, path);
  };
  const open = async (path: string) => {
    const blob = await find(path);
    return blob && blobSource(blob, path);
  };
  return { name, revision: null, fetched: null, open, read, list };
}

async function bytesOf(blob: Blob, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/**
 * Browsers refuse a file that is not any more as it was when it was chosen, and don't say more; or what the
 * page's user no longer lets the page read.
 */
function unreadable(file: string, cause: unknown): FormatError {
  const fault = faultName(cause);
  const what =
    fault === "NotAllowedError"
      ? "the page may not read it, or not any more; choose it again"
      : "if it has changed or moved since it was chosen, choose it again";
  return new FormatError(`${file}: can't be read (${fault}): ${what}`, { file, cause });
}

function faultName(cause: unknown): string {
  return cause instanceof Error ? cause.name : "no reason given";
}
