import type { ByteSource } from "./bytes/source.ts";

/** The files of one model, wherever they lie: a folder, the hub, memory. */
export interface ModelFiles {
  /** As people call the model. */
  readonly name: string;
  /** The commit on the hub; null elsewhere. */
  readonly revision: string | null;
  /** The day (UTC, `"2026-11-23"`) on which the revision was resolved; null elsewhere. */
  readonly fetched: string | null;
  /** A file to read in pieces; undefined if the model has none of that name. */
  open(path: string, options?: FileOptions): Promise<ByteSource | undefined>;
  /** A small file whole (configuration, vocabulary); undefined if the model has none of that name. */
  read(path: string, options?: FileOptions): Promise<Uint8Array | undefined>;
  /**
   * The paths of its files, at least of those in its top folder. Where it is missing, weights are looked
   * for under their standard names only.
   */
  list?(options?: FileOptions): Promise<readonly string[]>;
}

/** Longest file that is read whole, in bytes: the longest indexes have some 60 MB, vocabularies 40 MB. */
export const LONGEST_WHOLE: number = 100_000_000;

export interface FileOptions {
  readonly signal?: AbortSignal | undefined;
}

/** True for a path that names something inside of a model's folder, in the same way on every system. */
export function isInside(path: string): boolean {
  const parts = path.split("/");
  const inside = parts.every((part) => part !== "" && part !== "." && part !== "..");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return inside && !/[\\:\u0000-\u001f\u007f]/.test(path);
}
