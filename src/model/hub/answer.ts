/** What comes back for a file of the hub: the hub's own headers, and the answer that holds the bytes. */
import { HubError } from "../../errors.ts";
import type { Received } from "./received.ts";

/** An answer, perhaps after a redirect to the server that stores the file. */
export interface HubAnswer {
  /** The last answer, which holds the body. */
  readonly response: Response;
  /** Where the last answer came from. */
  readonly url: string;
  /**
   * Headers of the last answer of the hub asked, or of a hub that it redirects to (as mirrors do); empty
   * if a redirect hid them, as it does in browsers.
   */
  readonly hub: Headers;
}

/**
 * `fetch` for the hub: follows redirects, and sends Authorization to the first origin only.
 *
 * @param onRedirect Called for each redirect, where they are seen.
 */
export type HubFetch = (
  url: string,
  init: RequestInit,
  onRedirect: () => void,
) => Promise<HubAnswer>;

/** The platform's own `fetch`, all that a browser has. */
export const followingFetch: HubFetch = async (url, init) => {
  const response = await fetch(url, init);
  const left = response.url !== "" && new URL(response.url).origin !== new URL(url).origin;
  const hub = left && !isOfHub(response.headers) ? new Headers() : response.headers;
  return { response, url: response.url || url, hub };
};

/** True for headers that only hubs send, and no storage. */
export function isOfHub(headers: Headers): boolean {
  return ["X-Linked-ETag", "X-Repo-Commit", "X-Error-Code"].some((name) => headers.has(name));
}

/** True if the hub itself gave the last answer. */
export function isFromHub({ response, hub }: HubAnswer): boolean {
  return response.headers === hub;
}

/**
 * The ETag that the hub gives a file: the content's sha256 (64 hexadecimal digits) for files in
 * large-file storage, git's blob hash (40) for others; undefined if it was not to be seen.
 */
export function contentEtag({ hub }: HubAnswer): string | undefined {
  return bareEtag(hub.get("X-Linked-ETag") ?? hub.get("ETag"));
}

/** An ETag without `W/` and quotes; undefined if there is none. */
export function bareEtag(etag: string | null): string | undefined {
  return etag?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1") || undefined;
}

/** True if an answer says to be a web page, such as proxies put in the place of a file. */
export function isPage({ headers }: Response): boolean {
  return /^text\/html/i.test(headers.get("Content-Type") ?? "");
}

export interface BodyOptions {
  /** The length that the body must have, where it is known. */
  readonly length?: number | undefined;
  /** The length that it may have at most. */
  readonly limit?: number | undefined;
  /** For messages. */
  readonly url: string;
  /** Milliseconds without a byte after which it is given up. */
  readonly idle: number;
  /** Called after every piece that came. */
  readonly onBytes?: (() => void) | undefined;
}

/** A body ended before its announced length: another try may bring the rest. */
export class ShortBody extends HubError {}

/** A server sent nothing for too long. */
export class Silence extends Error {}

/**
 * Reads a body and checks its length.
 *
 * @param into Receives the pieces as they come, so that those of a body that breaks off are not lost.
 * @throws {HubError} if it has not the length expected; {Silence} if it stands still.
 */
export async function readBody(
  response: Response,
  into: Received,
  { length, limit, url, idle, onBytes }: BodyOptions,
): Promise<void> {
  const { status } = response;
  const most = Math.min(length ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY);
  const reader = response.body?.getReader();
  const tooLong = (): never => {
    throw new HubError(`the answer for ${url} is longer than ${most} bytes`, { url, status });
  };
  let read = 0;
  try {
    if ((length ?? 0) > most) tooLong();
    for (;;) {
      const next = await within(idle, reader?.read());
      if (next?.value === undefined) break;
      read += next.value.byteLength;
      if (read > most) tooLong();
      into.add(next.value);
      onBytes?.();
    }
  } finally {
    // a body left unread would hold its connection, and with it the process
    reader?.cancel().catch(() => {});
  }
  if (length !== undefined && read !== length) {
    const what = `the answer for ${url} has ${read} bytes, not the ${length} announced`;
    throw new ShortBody(what, { url, status });
  }
}

/** Longest time of a timer, in milliseconds; longer ones are over at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @throws {Silence} if the promise is not settled in time. */
export function within<T>(milliseconds: number, promise: T): Promise<Awaited<T>> {
  return withinEach(milliseconds, () => promise);
}

/**
 * Does work that tells when it gets on.
 *
 * @throws {Silence} if it neither gets on nor is done in time.
 */
export async function withinEach<T>(
  milliseconds: number,
  work: (getsOn: () => void) => T,
): Promise<Awaited<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let getsOn = (): void => {};
  const silence = new Promise<never>((_, reject) => {
    getsOn = () => {
      clearTimeout(timer);
      const wait = Math.min(milliseconds, LONGEST_TIMER);
      timer = setTimeout(() => reject(new Silence()), wait);
    };
    getsOn();
  });
  try {
    return await Promise.race([work(getsOn), silence]);
  } finally {
    clearTimeout(timer);
  }
}
