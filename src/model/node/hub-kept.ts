/** One file of a model on the hub: from what is kept where possible, from the hub where not, then kept. */
import type { RunOptions } from "../../compute/run.ts";
import { HubError } from "../../errors.ts";
import type { ByteRange } from "../bytes/byte-ranges.ts";
import { allOrNone } from "../bytes/slices.ts";
import { type ByteSource, checkSlice } from "../bytes/source.ts";
import type { HubPath, RequestOptions } from "../hub/client.ts";
import { matchesEtag } from "../hub/content.ts";
import type { RemoteFile } from "../hub/range.ts";
import { FIRST_PIECE, GAP, readRemote, sliceProgress, vanished } from "../hub/remote.ts";
import { type HubModel, notCached } from "./hub-resolve.ts";
import type { HubStore } from "./hub-store.ts";
import type { RowCache } from "./row-cache.ts";

/**
 * A small file whole, through Python's cache; through our own if that can't be written, or if the hub
 * names no hash to check the file with. Undefined if the hub has none of that name.
 *
 * @param refresh Ask again for what could not be checked, which may be anything.
 */
export async function readKept(
  model: HubModel,
  file: HubPath,
  run: RunOptions & { refresh: boolean },
): Promise<Uint8Array | undefined> {
  const { client, store } = model;
  const { commit, path } = file;
  const pieces = store.pieces(commit, path);
  const noted = (await pieces.file())?.etag;
  const kept =
    (await store.cache.read(commit, path, noted)) ?? (await ownWhole(pieces, run.refresh));
  if (kept !== undefined) return kept;
  if (model.offline !== undefined) throw notCached(model, `${model.repo}: ${path}`);

  const content = await readRemote(client, file, run).catch((error: unknown) => {
    throw placed(error, model, path, false);
  });
  if (content === undefined) return absent(store, file);
  const { bytes, etag, checked } = content;
  if (!checked) store.warn(`${path} can't be checked: ${client.endpoint} names no hash for it`);
  if (etag === undefined) return bytes;
  let linked = false;
  const shared =
    checked &&
    (await store.keep("shared", async () => {
      linked = await store.cache.keep(commit, path, etag, bytes);
    }));
  if (!linked) {
    await store.keep("own", async () => {
      if (run.refresh) await pieces.clear();
      if (!shared) await pieces.keep(etag, 0, bytes);
      await pieces.keepFile({ byteLength: bytes.length, etag });
    });
  }
  return bytes;
}

/** A file whole from our own cache; with `onlyChecked` only if its ETag is a hash that it agrees with. */
async function ownWhole(pieces: RowCache, onlyChecked: boolean): Promise<Uint8Array | undefined> {
  const [bytes, file] = await Promise.all([pieces.whole(), pieces.file()]);
  if (bytes === undefined || !onlyChecked) return bytes;
  return (await matchesEtag(bytes, file?.etag)) ? bytes : undefined;
}

/**
 * A file to read in pieces, through our own cache: of a slice only what was never fetched before is
 * asked for, by one request for each range of it (those near to each other are one).
 *
 * @param refresh Ask for length and ETag again; if they have changed, what was kept is forgotten.
 */
export async function openKept(
  model: HubModel,
  file: HubPath,
  run: RunOptions & { refresh: boolean },
): Promise<ByteSource | undefined> {
  const { store, client } = model;
  const pieces = store.pieces(file.commit, file.path);
  const kept = await pieces.file();
  if (kept !== undefined && !run.refresh)
    return keptSource(model, file, { pieces, file: kept }, run);
  if (model.offline !== undefined) throw notCached(model, `${model.repo}: ${file.path}`);

  const asked = client.readRange(file, [0, FIRST_PIECE], undefined, run);
  const first = await asked.catch((error: unknown) => {
    throw placed(error, model, file.path, false);
  });
  if (first === undefined) return absent(store, file);
  await store.keep("own", async () => {
    if (kept !== undefined && !isSame(kept, first.file)) await pieces.clear();
    await pieces.keep(first.file.etag, 0, first.bytes);
    await pieces.keepFile(first.file);
  });
  return keptSource(model, file, { pieces, file: first.file, first: first.bytes }, run);
}

function isSame(kept: RemoteFile, { etag, byteLength, servedEtag }: RemoteFile): boolean {
  const served = kept.servedEtag === undefined || kept.servedEtag === servedEtag;
  return served && kept.etag === etag && kept.byteLength === byteLength;
}

/** Keeps that the commit has no such file. */
async function absent(store: HubStore, { commit, path }: HubPath): Promise<undefined> {
  await store.keep("shared", () => store.cache.keepAbsence(commit, path));
}

interface KeptFile {
  readonly pieces: RowCache;
  readonly file: RemoteFile;
  /** The file's beginning, if it was fetched just now. */
  readonly first?: Uint8Array;
}

function keptSource(
  model: HubModel,
  file: HubPath,
  { pieces, file: known, first }: KeptFile,
  run: RunOptions,
): ByteSource {
  const { byteLength } = known;
  const progress = sliceProgress(file, run);
  /** Whether all that came is in the cache; undefined before anything did. */
  let kept: boolean | undefined;
  return {
    byteLength,
    gap: GAP,
    slice: async (start, end, options) => {
      options?.signal?.throwIfAborted();
      checkSlice(`${model.repo}/${file.path}`, start, end, byteLength);
      if (first !== undefined && end <= first.length) return first.slice(start, end);
      const { bytes, missing } = await pieces.read(known.etag, start, end);
      const [hole] = missing;
      if (hole !== undefined && model.offline !== undefined) {
        throw notCached(model, `${model.repo}: ${file.path}, bytes ${hole[0]} to ${hole[1]},`);
      }
      const request = {
        signal: options?.signal ?? run.signal,
        onProgress: run.onProgress,
        onBytes: options?.onBytes ?? (hole && progress(end - start)),
      };
      const came = together(missing, end - start, request);
      const fetchHole = async ([from, to]: ByteRange, i: number, signal: AbortSignal) => {
        const keep = async (at: number, part: Uint8Array): Promise<void> => {
          const done = await model.store.keep("own", () => pieces.keep(known.etag, at, part));
          kept = done && kept !== false;
        };
        const piece = await model.client.readRange(file, [from, to], known, {
          ...{ ...request, signal },
          onBytes: (read) => came(i, read),
          onPart: keep,
        });
        if (piece === undefined) return vanished(model.client, file);
        await keep(from, piece.bytes);
        bytes.set(piece.bytes, from - start);
      };
      await allOrNone(request.signal, (signal) =>
        Promise.all(missing.map((hole, i) => fetchHole(hole, i, signal))),
      ).catch((error: unknown) => {
        throw placed(error, model, file.path, kept === true);
      });
      return bytes;
    },
  };
}

/**
 * The same error with the model and the file, where the hub or the network failed and it names neither.
 *
 * @param kept Whether something came of the file in this run, and all of it lies in the cache.
 */
function placed(error: unknown, { repo }: HubModel, path: string, kept: boolean): unknown {
  if (!(error instanceof HubError) || error.message.includes(path)) return error;
  const { url, status, cause, message } = error;
  // one that was refused would be refused again
  const passes = status === undefined || status === 429 || status >= 500;
  const after = kept && passes ? "; what came is kept, and the next run goes on from there" : "";
  return new HubError(`${repo}: ${path}: ${message}${after}`, {
    ...(url === undefined ? {} : { url }),
    ...(status === undefined ? {} : { status }),
    cause,
  });
}

/** Reports what comes of several ranges as bytes of the whole slice; what was kept is there from the first. */
function together(
  ranges: readonly ByteRange[],
  length: number,
  { onBytes }: RequestOptions,
): (range: number, read: number) => void {
  const missing = ranges.map(([from, to]) => to - from);
  const came = ranges.map(() => 0);
  const kept = length - missing.reduce((sum, one) => sum + one, 0);
  return (range, read) => {
    came[range] = Math.min(read, missing[range]!);
    onBytes?.(
      came.reduce((sum, one) => sum + one, kept),
      length,
    );
  };
}
