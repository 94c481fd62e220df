/** One file of the hub, in pieces or whole, over HTTP. */
import type { RunOptions } from "../../compute/run.ts";
import { HubError } from "../../errors.ts";
import { type ByteSource, checkSlice } from "../bytes/source.ts";
import type { HubClient, HubPath, RequestOptions } from "./client.ts";
import { matchesEtag } from "./content.ts";

/**
 * Length of the piece that is fetched to learn a file's length and ETag. It is long enough to hold
 * most headers of safetensors, which then cost no request of their own.
 */
export const FIRST_PIECE: number = 1 << 15;

/**
 * Bytes between two slices that are read along rather than asked for around: on a line of 50 Mbit/s they
 * take 10 ms, and a request to the hub takes longer.
 */
export const GAP: number = 1 << 16;

/** A file whole, as the hub gave it. */
export interface RemoteContent {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
  /** Whether the ETag is a hash, with which the bytes agree. */
  readonly checked: boolean;
}

/** A file to read in pieces, one request for each; undefined if the model has none of that name. */
export async function openRemote(
  client: HubClient,
  file: HubPath,
  run: RunOptions = {},
): Promise<ByteSource | undefined> {
  const first = await client.readRange(file, [0, FIRST_PIECE], undefined, run);
  if (first === undefined) return undefined;
  const { byteLength } = first.file;
  const progress = sliceProgress(file, run);
  return {
    byteLength,
    gap: GAP,
    slice: async (start, end, options) => {
      checkSlice(file.path, start, end, byteLength);
      if (start === end || end <= first.bytes.length) return first.bytes.slice(start, end);
      const onBytes = options?.onBytes ?? progress(end - start);
      const request = { ...run, signal: options?.signal ?? run.signal, onBytes };
      const piece = await client.readRange(file, [start, end], first.file, request);
      return piece?.bytes ?? vanished(client, file);
    },
  };
}

/**
 * A file whole, checked against the hash that the hub gives for it; undefined if there is none. Other
 * servers' ETags may look like hashes and be none: what does not agree with them is not checked.
 *
 * @throws {HubError} if the bytes are not those the hash names.
 */
export async function readRemote(
  client: HubClient,
  file: HubPath,
  run: RunOptions = {},
): Promise<RemoteContent | undefined> {
  const content = await client.readWhole(file, requestOf(file, run));
  if (content === undefined) return undefined;
  const matches = await matchesEtag(content.bytes, content.etag);
  if (matches === false && content.isHash) {
    throw new HubError(
      `${file.repo}: ${file.path} came with wrong content (its hash is not ${content.etag}): try again, or look for a proxy that changes files`,
      { url: `${client.endpoint}/${file.repo}` },
    );
  }
  const { bytes, etag } = content;
  return { bytes, etag, checked: matches === true };
}

/** A file that was there a moment ago and is no longer. */
export function vanished(client: HubClient, { repo, path }: HubPath): never {
  throw new HubError(`${repo}: ${path} has gone from ${client.endpoint} while it was read`, {
    url: `${client.endpoint}/${repo}`,
    status: 404,
  });
}

/** Time between two reports, in milliseconds. */
const PAUSE = 40;
/** Shorter slices are not reported by themselves, but by whoever asked for them. */
const LONG_SLICE = 1 << 22;

/** A request for a whole file, which reports as a step of its own, now and then and once at its end. */
function requestOf({ path }: HubPath, { signal, onProgress }: RunOptions): RequestOptions {
  if (onProgress === undefined) return { signal };
  let last = 0;
  const onBytes = (done: number, total: number | undefined): void => {
    if (total === undefined || (done < total && performance.now() - last < PAUSE)) return;
    last = performance.now();
    onProgress({ step: `Fetching ${path}`, done, total });
  };
  return { signal, onBytes, onProgress };
}

/** What long slices of one file, perhaps several at once, report together as one step. */
export function sliceProgress(
  { path }: HubPath,
  { onProgress }: RunOptions,
): (length: number) => RequestOptions["onBytes"] {
  let done = 0;
  let total = 0;
  let last = 0;
  return (length) => {
    if (onProgress === undefined || length < LONG_SLICE) return undefined;
    total += length;
    let before = 0;
    return (read) => {
      done += read - before;
      before = read;
      if (done < total && performance.now() - last < PAUSE) return;
      last = performance.now();
      onProgress({ step: `Fetching ${path}`, done, total });
    };
  };
}
