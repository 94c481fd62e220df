/** What comes back for a file of the hub: the hub's own headers, and the answer that holds the bytes. */
import { HubError } from "../errors.ts";
import { joinBytes } from "./source.ts";

/** An answer, perhaps after a redirect to the server that stores the file. */
export interface HubAnswer {
  /** The last answer, which holds the body. */
  readonly response: Response;
  /** Headers of the hub's own last answer; empty if a redirect hid them, as it does in browsers. */
  readonly hub: Headers;
}

/** `fetch` for the hub: follows redirects, and sends Authorization to the first origin only. */
export type HubFetch = (url: string, init: RequestInit) => Promise<HubAnswer>;

/** The platform's own `fetch`, all that a browser has. */
export const followingFetch: HubFetch = async (url, init) => {
  const response = await fetch(url, init);
  const left = response.url !== "" && new URL(response.url).origin !== new URL(url).origin;
  return { response, hub: left ? new Headers() : response.headers };
};

/** True if the hub itself gave the last answer. */
export function isFromHub({ response, hub }: HubAnswer): boolean {
  return response.headers === hub;
}

/**
 * The hash that the hub gives for a file's content: sha256 (64 hexadecimal digits) for files in
 * large-file storage, git's blob hash (40) for others; undefined if it was not to be seen.
 */
export function contentEtag({ hub }: HubAnswer): string | undefined {
  return bareEtag(hub.get("X-Linked-ETag") ?? hub.get("ETag"));
}

/** An ETag without `W/` and quotes; undefined if there is none. */
export function bareEtag(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1") || undefined;
}

export interface BodyOptions {
  /** The length that the body must have, where it is known. */
  readonly length?: number | undefined;
  /** The length that it may have, default `length`. */
  readonly limit?: number | undefined;
  /** For messages. */
  readonly url: string;
  /** Called with the number of bytes read so far. */
  readonly onBytes?: ((read: number) => void) | undefined;
}

/**
 * Reads a body and checks its length.
 *
 * @throws {HubError} if it has not the length expected.
 */
export async function readBody(response: Response, options: BodyOptions): Promise<Uint8Array> {
  const { length, limit = length, url, onBytes } = options;
  const fail = (what: string): never => {
    throw new HubError(`the answer for ${url} ${what}`, { url, status: response.status });
  };
  const chunks: Uint8Array[] = [];
  let read = 0;
  const reader = response.body?.getReader();
  try {
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
      read += next.value.byteLength;
      if (limit !== undefined && read > limit) fail(`is longer than ${limit} bytes`);
      chunks.push(next.value);
      onBytes?.(read);
    }
  } finally {
    // a body left unread would hold its connection, and with it the process
    reader?.cancel().catch(() => {});
  }
  if (length !== undefined && read !== length)
    fail(`has ${read} bytes, not the ${length} announced`);
  return joinBytes(chunks);
}
