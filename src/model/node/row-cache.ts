import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ByteRange, joinRanges } from "../bytes/byte-ranges.ts";
import { LONGEST_WHOLE } from "../files.ts";
import type { RemoteFile } from "../hub/range.ts";
import { GAP } from "../hub/remote.ts";
import { writeAtomically } from "./atomic-file.ts";
import { readSealedJson, sealedJson } from "./sealed-json.ts";

/** What a cache holds of the bytes asked for. */
export interface CachedBytes {
  /** As many bytes as were asked for; those that are missing are 0. */
  readonly bytes: Uint8Array;
  /** The ranges that are missing; those with at most `GAP` bytes between them are one. */
  readonly missing: readonly ByteRange[];
}

/** A piece, as its file's name tells it. */
export interface Piece {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Which content of the file it is a piece of. */
  readonly content: string;
  readonly sha256: string;
}

/** Longest piece that is kept as one file, since a piece is read whole even where a part is asked for. */
const LONGEST = 1 << 22;

const NAME = /^(\d{1,16})-(\d{1,16})\.([0-9a-f]{16})\.([0-9a-f]{64})$/;

/**
 * The pieces of one remote file that were fetched before, in a folder of their own. A piece's name
 * says which bytes it holds, of which content of the file (the beginning of its ETag's sha256), and
 * their own sha256 (`0-32768.<etag>.<sha256>`), which is checked on every read: a damaged piece is
 * removed and counts as missing, and those of another ETag are not seen. `file.json` holds the whole file's length and ETag,
 * and its own digest.
 */
export class RowCache {
  readonly folder: string;
  /** Pieces by name; the folder is looked through once. */
  #known: Promise<Map<string, Piece>> | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Length and ETag of the whole file; undefined if they were never kept or can't be read. */
  async file(): Promise<RemoteFile | undefined> {
    const text = await readFile(join(this.folder, "file.json"), "utf8").catch(() => undefined);
    return text === undefined ? undefined : parseFile(text);
  }

  async keepFile({ byteLength, etag, servedEtag }: RemoteFile): Promise<void> {
    const file = { byteLength, etag, ...(servedEtag !== undefined && { servedEtag }) };
    await writeAtomically(join(this.folder, "file.json"), sealedJson(file));
  }

  /** The file whole; undefined if any of it is missing. */
  async whole(): Promise<Uint8Array | undefined> {
    const file = await this.file();
    if (file === undefined || file.byteLength > LONGEST_WHOLE) return undefined;
    const { bytes, missing } = await this.read(file.etag, 0, file.byteLength);
    return missing.length === 0 ? bytes : undefined;
  }

  /** The bytes [start, end) of the content with this ETag, as far as they are here. */
  async read(etag: string, start: number, end: number): Promise<CachedBytes> {
    const bytes = new Uint8Array(end - start);
    const gaps: ByteRange[] = [];
    let at = start;
    for (const piece of await this.#pieces(etag, start, end)) {
      if (piece.end <= at) continue;
      const content = await this.#content(piece);
      if (content === undefined) continue;
      if (piece.start > at) gaps.push([at, piece.start]);
      const from = Math.max(at, piece.start);
      const to = Math.min(end, piece.end);
      bytes.set(content.subarray(from - piece.start, to - piece.start), from - start);
      at = to;
    }
    if (at < end) gaps.push([at, end]);
    return { bytes, missing: joinRanges(gaps, GAP) };
  }

  /** Keeps the bytes that begin at `start` of the content with this ETag. */
  async keep(etag: string, start: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += LONGEST) {
      const part = bytes.subarray(at, at + LONGEST);
      const first = start + at;
      const name = `${first}-${first + part.length}.${contentName(etag)}.${sha256(part)}`;
      await writeAtomically(join(this.folder, name), part);
      (await this.#index()).set(name, pieceOf(name)!);
    }
  }

  /** Forgets everything about the file. */
  async clear(): Promise<void> {
    this.#known = undefined;
    await rm(this.folder, { recursive: true, force: true });
  }

  // those that overlap with the range, by their start, the longest first
  async #pieces(etag: string, start: number, end: number): Promise<Piece[]> {
    const content = contentName(etag);
    return [...(await this.#index()).values()]
      .filter((piece) => piece.content === content && piece.start < end && piece.end > start)
      .sort((a, b) => a.start - b.start || b.end - a.end);
  }

  #index(): Promise<Map<string, Piece>> {
    this.#known ??= listPieces(this.folder);
    return this.#known;
  }

  async #content(piece: Piece): Promise<Uint8Array | undefined> {
    const path = join(this.folder, piece.name);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined && isSoundPiece(piece, bytes)) return bytes;
    (await this.#index()).delete(piece.name);
    // what can't be read now (too many files are open) may be sound
    if (bytes !== undefined) await rm(path, { force: true }).catch(() => {});
    return undefined;
  }
}

async function listPieces(folder: string): Promise<Map<string, Piece>> {
  const names = await readdir(folder).catch(() => []);
  const pieces = names.map(pieceOf).filter((piece) => piece !== undefined);
  return new Map(pieces.map((piece) => [piece.name, piece]));
}

/** The piece that a file of this name holds; undefined if it is no name of a piece. */
export function pieceOf(name: string): Piece | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, start, end, content, sha256] = match;
  return { name, start: Number(start), end: Number(end), content: content!, sha256: sha256! };
}

/** True if these bytes are the piece's. */
export function isSoundPiece(piece: Piece, bytes: Uint8Array): boolean {
  return bytes.length === piece.end - piece.start && sha256(bytes) === piece.sha256;
}

function parseFile(text: string): RemoteFile | undefined {
  const { byteLength, etag, servedEtag } = readSealedJson(text) ?? {};
  if (!Number.isSafeInteger(byteLength) || typeof etag !== "string" || etag === "")
    return undefined;
  if ((byteLength as number) < 0) return undefined;
  const served = typeof servedEtag === "string" && { servedEtag };
  return { byteLength: byteLength as number, etag, ...served };
}

function contentName(etag: string): string {
  return sha256(new TextEncoder().encode(etag)).slice(0, 16);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
