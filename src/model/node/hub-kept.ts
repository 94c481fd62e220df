/** One file of a model on the hub: from what is kept where possible, from the hub where not, then kept. */
import type { RunOptions } from "../../compute/run.ts";
import type { HubPath } from "../hub-client.ts";
import type { RemoteFile } from "../hub-range.ts";
import { FIRST_PIECE, readRemote, sliceProgress, vanished } from "../hub-remote.ts";
import { type ByteSource, checkSlice } from "../source.ts";
import { type HubModel, notCached } from "./hub-resolve.ts";
import type { RowCache } from "./row-cache.ts";

/**
 * A small file whole, through Python's cache; through our own if that can't be written, or if the hub
 * names no hash to check the file with. Undefined if the hub has none of that name.
 */
export async function readKept(
  model: HubModel,
  file: HubPath,
  run: RunOptions,
): Promise<Uint8Array | undefined> {
  const { client, store } = model;
  const { commit, path } = file;
  const pieces = store.pieces(commit, path);
  const kept = (await store.cache.read(commit, path)) ?? (await pieces.whole());
  if (kept !== undefined) return kept;
  if (model.offline !== undefined) throw notCached(model, `${model.repo}: ${path}`);

  const content = await readRemote(client, file, run);
  if (content === undefined) return undefined;
  const { bytes, etag, checked } = content;
  if (!checked) store.warn(`${path} can't be checked: ${client.endpoint} names no hash for it`);
  if (etag === undefined) return bytes;
  const shared =
    checked && (await store.keep("shared", () => store.cache.keep(commit, path, etag, bytes)));
  if (!shared) {
    await store.keep("own", async () => {
      await pieces.keep(0, bytes);
      await pieces.keepFile({ byteLength: bytes.length, etag });
    });
  }
  return bytes;
}

/**
 * A file to read in pieces, through our own cache: a slice is one request, for what of it was never
 * fetched before.
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

  const first = await client.readRange(file, [0, FIRST_PIECE], undefined, run);
  if (first === undefined) return undefined;
  await store.keep("own", async () => {
    const { etag, byteLength } = first.file;
    const changed = kept !== undefined && (kept.etag !== etag || kept.byteLength !== byteLength);
    if (changed) await pieces.clear();
    await pieces.keep(0, first.bytes);
    await pieces.keepFile(first.file);
  });
  return keptSource(model, file, { pieces, file: first.file, first: first.bytes }, run);
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
  return {
    byteLength,
    slice: async (start, end, options) => {
      options?.signal?.throwIfAborted();
      checkSlice(`${model.repo}/${file.path}`, start, end, byteLength);
      if (first !== undefined && end <= first.length) return first.slice(start, end);
      const { bytes, missing } = await pieces.read(start, end);
      if (missing === undefined) return bytes;

      const [from, to] = missing;
      if (model.offline !== undefined) {
        throw notCached(model, `${model.repo}: ${file.path}, bytes ${from} to ${to},`);
      }
      const request = { signal: options?.signal ?? run.signal, onBytes: progress(to - from) };
      const piece = await model.client.readRange(file, missing, known, request);
      if (piece === undefined) return vanished(model.client, file);
      await model.store.keep("own", () => pieces.keep(from, piece.bytes));
      bytes.set(piece.bytes, from - start);
      return bytes;
    },
  };
}
