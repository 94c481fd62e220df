import { HubError, rangeError } from "../errors.ts";
import {
  type BodyOptions,
  followingFetch,
  type HubAnswer,
  type HubFetch,
  isFromHub,
  readBody,
} from "./hub-answer.ts";
import {
  brokenError,
  type HubSubject,
  networkError,
  refusalError,
  statusError,
} from "./hub-errors.ts";

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
}

export const DEFAULT_ENDPOINT: string = "https://huggingface.co";

/** One hub, asked by one user: sends the token, and turns whatever goes wrong into a `HubError`. */
export class HubConnection {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly #token: string | undefined;
  readonly #tokenFrom: string | undefined;
  readonly #fetch: HubFetch;

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
  }

  /** An answer, whatever its status. */
  async send(url: string, init: RequestInit): Promise<HubAnswer> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("Authorization", `Bearer ${this.#token}`);
    // browsers want their fetch to be called by itself, not as a member
    const send = this.#fetch;
    try {
      return await send(url, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw cause instanceof HubError ? cause : networkError(cause, this.endpoint, url);
    }
  }

  /** The body of an answer, whose length is checked. */
  async body(
    { response }: HubAnswer,
    { signal, ...options }: BodyOptions & { signal: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    try {
      return await readBody(response, options);
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause instanceof HubError ? cause : brokenError(cause, this.endpoint, options.url);
    }
  }

  /** The error for an answer that is no success. */
  async refusal(
    answer: HubAnswer,
    url: string,
    subject: Pick<HubSubject, "repo" | "revision" | "path">,
  ): Promise<HubError> {
    const { endpoint } = this;
    await discard(answer);
    return isFromHub(answer)
      ? refusalError(answer.response, { ...subject, endpoint, tokenFrom: this.#tokenFrom })
      : statusError(answer.response, `the storage behind ${endpoint}`, url);
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
  return endpoint.replace(/\/+$/, "");
}
