/** Trying again after faults that pass: a busy hub, a connection that was cut, a server gone silent. */
import type { RunOptions } from "../../compute/run.ts";
import { HubError } from "../../errors.ts";

/** How long a busy, broken or silent hub is borne with. */
export interface Patience {
  /** Milliseconds before the second try, the third, and so on; when they are used up, the fault is final. */
  readonly waits: readonly number[];
  /** Longest wait, in milliseconds, that a server may ask for (`Retry-After`); it is not waited for longer ones. */
  readonly longestWait: number;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
}

/** Five tries in 15 seconds, and ten seconds of silence, as Python's huggingface_hub has them. */
export const PATIENCE: Patience = {
  waits: [1000, 2000, 4000, 8000],
  longestWait: 60_000,
  idle: 10_000,
};

/** Tries of one request in all, also if each brings some bytes. */
const MOST_TRIES = 40;

/** Statuses that pass: a time-out, too many requests, and a server that fails or is not ready. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Codes of faults that pass; not those of no network: no name server, no such name, nobody listens; nor a bad certificate. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  ...["ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "UND_ERR_SOCKET"],
  ...["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"],
]);

/** Errors after which another try may help, and the wait that the server asks for, in milliseconds. */
const passing = new WeakMap<Error, number | undefined>();

/** Marks an error as one that passes. */
export function markPassing<E extends Error>(error: E, wait?: number): E {
  passing.set(error, wait);
  return error;
}

/** True if another try might have helped. */
export function isPassing(error: unknown): boolean {
  return error instanceof HubError && passing.has(error);
}

export function isPassingStatus(status: number): boolean {
  return PASSING_STATUSES.has(status);
}

/** True if a code of the operating system or of fetch stands for a fault that passes. */
export function isPassingCode(code: string): boolean {
  return PASSING_CODES.has(code);
}

/**
 * The wait that an answer asks for, in milliseconds: `Retry-After` in seconds or as a date, or else the
 * seconds `t` after which the hub's `RateLimit` begins anew; undefined if it names none. Dates are reckoned
 * from the answer's own, where it is to be seen: this machine's clock may be wrong.
 */
export function askedWait(headers: Headers): number | undefined {
  const after = headers.get("Retry-After")?.trim() ?? "";
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1000;
  // dates of HTTP name the day first: "Wed, 21 Oct 2015 07:28:00 GMT"
  const date = /^[A-Z][a-z]+, /.test(after) ? Date.parse(after) : Number.NaN;
  const sent = Date.parse(headers.get("Date") ?? "");
  const now = Number.isNaN(sent) ? Date.now() : sent;
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  const reset = /(?:^|;)\s*r=0\s*;.*\bt=(\d{1,9})\b/.exec(headers.get("RateLimit") ?? "");
  return reset === null ? undefined : Number(reset[1]) * 1000;
}

export interface RetryOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  readonly patience: Patience;
  /** The bytes received so far, in all tries: one that brought some is no failed one. */
  readonly received?: () => number;
}

/**
 * Does something again and again until it succeeds, fails for good, or has failed too often in a row.
 * Waits are reported as progress.
 */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { patience, received = () => 0 } = options;
  let failed = 0;
  let before = received();
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof HubError && isPassing(error))) throw error;
      if (received() > before) failed = 0;
      before = received();
      const usual = patience.waits[failed++];
      const asked = passing.get(error);
      const tooLong = asked !== undefined && asked > patience.longestWait;
      if (usual === undefined || tries === MOST_TRIES || tooLong) throw afterTries(error, tries);
      // a server that asks for no wait at all is not asked five times within a moment
      await pause(Math.max(asked ?? 0, jittered(usual)), error, options);
    }
  }
}

function afterTries(error: HubError, tries: number): HubError {
  if (tries === 1) return error;
  const { message, url, status, cause } = error;
  const final = new HubError(`${message} (tried ${tries} times)`, {
    ...(url === undefined ? {} : { url }),
    ...(status === undefined ? {} : { status }),
    cause,
  });
  return markPassing(final);
}

/** Between three quarters of a wait and all of it, so that those who were refused together do not come back together. */
function jittered(wait: number): number {
  const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
  return wait * (0.75 + random / 1024);
}

/** Time between two reports, in milliseconds. */
const TICK = 200;

async function pause(
  total: number,
  { status }: HubError,
  { signal, onProgress }: RetryOptions,
): Promise<void> {
  const step = `Waiting for the hub (${status === undefined ? "no answer" : `status ${status}`})`;
  const begin = performance.now();
  for (let done = 0; done < total; done = performance.now() - begin) {
    onProgress?.({ step, done, total });
    await sleep(Math.min(TICK, total - done), signal);
  }
  onProgress?.({ step, done: total, total });
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const left = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", left);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", left, { once: true });
  });
}
