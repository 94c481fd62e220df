import { HubError, rangeError } from "../../errors.ts";
import {
  type BodyOptions,
  followingFetch,
  type HubAnswer,
  type HubFetch,
  isFromHub,
  readBody,
  ShortBody,
  Silence,
  withinEach,
} from "./answer.ts";
import {
  brokenError,
  type HubSettingNames,
  type HubSubject,
  networkError,
  OPTION_NAMES,
  refusalError,
  silenceError,
  statusError,
} from "./errors.ts";
import type { Received } from "./received.ts";
import { askedWait, isPassingStatus, markPassing, PATIENCE, type Patience } from "./retry.ts";

/** Where the hub is and who asks. */
export interface HubConnectionOptions {
  /** Address of the hub, default `"https://huggingface.co"`. */
  readonly endpoint?: string | undefined;
  /** Sent to the hub, and to no other origin. */
  readonly token?: string | undefined;
  /** Where the token came from, for messages: `"HF_TOKEN"`. */
  readonly tokenFrom?: string | undefined;
  /** Default: the platform's `fetch`. */
  readonly fetch?: HubFetch | undefined;
  /** How the user sets the endpoint and the token, for messages; default by options of these names. */
  readonly names?: HubSettingNames | undefined;
  /** Whether `fetch` goes through a proxy, for messages. */
  readonly proxied?: boolean | undefined;
  /** Default `PATIENCE`. */
  readonly patience?: Partial<Patience> | undefined;
}

const DEFAULT_ENDPOINT: string = "https://huggingface.co";

/**
 * One hub, asked by one user: sends the token, and turns whatever goes wrong into a `HubError`, marked
 * if it may pass. Each call is one try.
 */
export class HubConnection {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly patience: Patience;
  readonly #token: string | undefined;
  readonly #tokenFrom: string | undefined;
  readonly #fetch: HubFetch;
  readonly #proxied: boolean;
  readonly #names: HubSettingNames;
  /** Addresses that gave an answer. */
  readonly #answered: Set<string> = new Set();

  /** @throws {RangeError} if the endpoint is no HTTP address or the token can't be one. */
  constructor(options: HubConnectionOptions = {}) {
    const { endpoint = DEFAULT_ENDPOINT, token, tokenFrom = "the option token" } = options;
    this.endpoint = checkEndpoint(endpoint);
    // what the token holds is not repeated: it may be a secret with a slip in it
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw rangeError(`${tokenFrom}: expected a token of visible ASCII characters`);
    }
    this.#token = token;
    this.#tokenFrom = token === undefined ? undefined : tokenFrom;
    this.#fetch = options.fetch ?? followingFetch;
    this.#proxied = options.proxied ?? false;
    this.#names = options.names ?? OPTION_NAMES;
    this.patience = { ...PATIENCE, ...options.patience };
  }

  /** An answer of the hub, whatever its status; the token goes with the question. */
  send(url: string, init: RequestInit): Promise<HubAnswer> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("Authorization", `Bearer ${this.#token}`);
    return this.#answer(url, { ...init, headers }, url);
  }

  /**
   * An answer of the storage that the hub led to before; without the token.
   *
   * @param url The address signed for us, which no message repeats.
   * @param named The hub's own address of the file.
   */
  sendToStorage(url: string, init: RequestInit, named: string): Promise<HubAnswer> {
    return this.#answer(url, init, named);
  }

  async #answer(url: string, init: RequestInit, named: string): Promise<HubAnswer> {
    const given = init.signal ?? undefined;
    const silence = new AbortController();
    const signal = given ? AbortSignal.any([given, silence.signal]) : silence.signal;
    // browsers want their fetch to be called by itself, not as a member
    const send = this.#fetch;
    try {
      const answer = await withinEach(this.patience.idle, (getsOn) =>
        send(url, { ...init, signal }, getsOn),
      );
      this.#answered.add(named);
      return answer;
    } catch (cause) {
      given?.throwIfAborted();
      if (cause instanceof Silence) silence.abort();
      throw this.#fault(cause, named, () => this.#networkError(cause, named));
    }
  }

  #networkError(cause: unknown, url: string): HubError {
    const answered = this.#answered.has(url);
    const [proxied, names] = [this.#proxied, this.#names];
    return networkError(cause, { endpoint: this.endpoint, url, proxied, names, answered });
  }

  /** Reads the body of an answer, whose length is checked. */
  async body(
    { response }: HubAnswer,
    into: Received,
    { signal, ...options }: Omit<BodyOptions, "idle"> & { signal: AbortSignal | undefined },
  ): Promise<void> {
    try {
      await readBody(response, into, { ...options, idle: this.patience.idle });
    } catch (cause) {
      signal?.throwIfAborted();
      const { url } = options;
      throw this.#fault(cause, url, () => brokenError(cause, this.endpoint, url));
    }
  }

  #fault(cause: unknown, url: string, other: () => HubError): HubError {
    if (cause instanceof ShortBody) return markPassing(cause);
    if (cause instanceof HubError) return cause;
    if (cause instanceof Silence) {
      const where = { endpoint: this.endpoint, url, names: this.#names };
      return silenceError(this.patience.idle, where);
    }
    return other();
  }

  /** The error for an answer that is no success. */
  async refusal(
    answer: HubAnswer,
    url: string,
    subject: Pick<HubSubject, "repo" | "revision" | "path">,
  ): Promise<HubError> {
    const { endpoint } = this;
    const { response } = answer;
    await discard(answer);
    const error = isFromHub(answer)
      ? refusalError(response, {
          ...{ ...subject, endpoint, tokenFrom: this.#tokenFrom, names: this.#names },
        })
      : statusError(response, `the storage behind ${endpoint}`, url);
    return isPassingStatus(response.status)
      ? markPassing(error, askedWait(response.headers))
      : error;
  }
}

/** Leaves a body that nobody reads; otherwise it would hold its connection, and with it the process. */
export async function discard({ response }: HubAnswer): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw rangeError(
      `endpoint (HF_ENDPOINT): expected an address without a user name: ${url.host}`,
    );
  }
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw rangeError(
      `endpoint (HF_ENDPOINT): expected the address of a hub such as ${DEFAULT_ENDPOINT}, got ${JSON.stringify(endpoint)}`,
    );
  }
  // as it was understood: what was given may have blanks around it
  return url.href.replace(/\/+$/, "");
}
