import { modelInfo } from "@huggingface/hub";
import { HubError } from "../errors.ts";
import {
  type BodyOptions,
  contentEtag,
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
import { isCommit } from "./hub-id.ts";
import { answeredRange, type RemoteFile } from "./hub-range.ts";

/** Where the hub is and who asks. */
export interface HubConnection {
  /** Address of the hub, default `"https://huggingface.co"`. */
  readonly endpoint?: string | undefined;
  /** Sent to the hub, and to no other origin. */
  readonly token?: string | undefined;
  /** Where the token came from, for messages: `"HF_TOKEN"`. */
  readonly tokenFrom?: string | undefined;
  /** Default: the platform's `fetch`. */
  readonly fetch?: HubFetch | undefined;
}

/** A model on the hub, pinned to a commit. */
export interface HubCommit {
  /** The model's name as the hub has it: `"openai-community/gpt2"` where `"gpt2"` was asked for. */
  readonly repo: string;
  readonly commit: string;
  /** The paths of all its files. */
  readonly files: readonly string[];
}

/** A file of a model at a commit. */
export interface HubPath {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes read so far and, where it is known, the length of the whole answer. */
  readonly onBytes?: ((read: number, total: number | undefined) => void) | undefined;
}

export const DEFAULT_ENDPOINT: string = "https://huggingface.co";

/** The longest file that is read whole; the longest vocabularies have some 40 MB. */
const WHOLE_LIMIT = 1 << 28;

/**
 * The hub over HTTP, as far as models are read. What it refuses is a `HubError`.
 *
 * Revisions are resolved by `modelInfo` of @huggingface/hub. Files are asked for with `fetch`: the
 * library's blobs hide status and headers, which must be checked here, and take no signal.
 */
export class HubClient {
  readonly endpoint: string;
  readonly #token: string | undefined;
  readonly #tokenFrom: string | undefined;
  readonly #fetch: HubFetch;

  /** @throws {RangeError} if the endpoint is no HTTP address or the token cannot be one. */
  constructor(connection: HubConnection = {}) {
    const { endpoint = DEFAULT_ENDPOINT, token, tokenFrom = "the option token" } = connection;
    this.endpoint = checkEndpoint(endpoint);
    // what the token holds is not repeated: it may be a secret with a slip in it
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw new RangeError(`expected a token of visible ASCII characters (${tokenFrom})`);
    }
    this.#token = token;
    this.#tokenFrom = token === undefined ? undefined : tokenFrom;
    this.#fetch = connection.fetch ?? followingFetch;
  }

  /** The commit that a branch, tag or commit of a model names now, and the files it has. */
  async resolve(
    repo: string,
    revision: string,
    { signal }: RequestOptions = {},
  ): Promise<HubCommit> {
    const ask = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const url = String(input);
      const answer = await this.#send(url, { ...init, signal: signal ?? null });
      if (answer.response.ok) return answer.response;
      throw await this.#refusal(answer, url, { repo, revision });
    };
    try {
      const additionalFields: ("sha" | "filePaths")[] = ["sha", "filePaths"];
      const hubUrl = this.endpoint;
      const info = await modelInfo({ name: repo, revision, hubUrl, additionalFields, fetch: ask });
      if (!isCommit(info.sha)) throw new TypeError(`no commit: ${JSON.stringify(info.sha)}`);
      // a hub may not say how it calls the model
      return { repo: info.name ?? repo, commit: info.sha, files: info.filePaths.map(String) };
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof HubError) throw cause;
      throw new HubError(
        `${this.endpoint} answers with something else than a model's description (is it a proxy or a sign-in page?)`,
        { url: `${this.endpoint}/api/models/${repo}`, cause },
      );
    }
  }

  /** A file whole, with the hash the hub gives for it; undefined if the model has none of that name. */
  async readWhole(
    file: HubPath,
    { signal, onBytes }: RequestOptions = {},
  ): Promise<{ bytes: Uint8Array; etag: string | undefined } | undefined> {
    const asked = await this.#ask(file, { signal: signal ?? null });
    if (asked === undefined) return undefined;
    const { answer, url } = asked;
    const { response, hub } = answer;
    const announced = hub.get("X-Linked-Size") ?? response.headers.get("Content-Length");
    // Content-Length counts the bytes sent, which are not the file's if the server packed them
    const known = announced !== null && !response.headers.has("Content-Encoding");
    const length = known ? Number(announced) : undefined;
    const bytes = await this.#body(response, signal, {
      ...{ url, length, limit: WHOLE_LIMIT },
      onBytes: (read) => onBytes?.(read, length),
    });
    return { bytes, etag: contentEtag(answer) };
  }

  /**
   * The bytes [start, end) of a file, by one request; undefined if the model has none of that name.
   *
   * @param known What earlier requests said about the file, which this one must agree with. Without
   *   it `end` may lie behind the file's end: then the bytes up to there are given.
   */
  async readRange(
    file: HubPath,
    [start, end]: readonly [number, number],
    known: RemoteFile | undefined,
    { signal, onBytes }: RequestOptions = {},
  ): Promise<{ bytes: Uint8Array; file: RemoteFile } | undefined> {
    const headers = { Range: `bytes=${start}-${end - 1}` };
    const asked = await this.#ask(file, { headers, signal: signal ?? null });
    if (asked === undefined) return undefined;
    const { answer, url } = asked;
    try {
      const range = answeredRange(answer, [start, end], known, url);
      const length = range.end - range.start;
      const bytes = await this.#body(answer.response, signal, {
        ...{ url, length },
        onBytes: (read) => onBytes?.(read, length),
      });
      return { bytes: bytes.subarray(start - range.start, end - range.start), file: range.file };
    } catch (cause) {
      await discard(answer);
      throw cause;
    }
  }

  async #ask(
    { repo, commit, path }: HubPath,
    init: RequestInit,
  ): Promise<{ answer: HubAnswer; url: string } | undefined> {
    const name = path.split("/").map(encodeURIComponent).join("/");
    const url = `${this.endpoint}/${repo}/resolve/${commit}/${name}`;
    // packed answers have no known length, and their ranges would count packed bytes
    const headers = { ...(init.headers as Record<string, string>), "Accept-Encoding": "identity" };
    const answer = await this.#send(url, { ...init, headers });
    if (answer.response.ok) return { answer, url };
    const { status } = answer.response;
    if (status === 404 && answer.hub.get("X-Error-Code") === "EntryNotFound") {
      await discard(answer);
      return undefined;
    }
    throw await this.#refusal(answer, url, { repo, revision: commit, path });
  }

  async #send(url: string, init: RequestInit): Promise<HubAnswer> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("Authorization", `Bearer ${this.#token}`);
    const send = this.#fetch;
    try {
      return await send(url, { ...init, headers });
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw cause instanceof HubError ? cause : networkError(cause, this.endpoint, url);
    }
  }

  async #body(
    response: Response,
    signal: AbortSignal | undefined,
    options: BodyOptions,
  ): Promise<Uint8Array> {
    try {
      return await readBody(response, options);
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause instanceof HubError ? cause : brokenError(cause, this.endpoint, options.url);
    }
  }

  async #refusal(
    answer: HubAnswer,
    url: string,
    subject: Pick<HubSubject, "repo" | "revision" | "path">,
  ): Promise<HubError> {
    await discard(answer);
    if (!isFromHub(answer)) {
      return statusError(answer.response, `the storage behind ${this.endpoint}`, url);
    }
    const { endpoint } = this;
    return refusalError(answer.response, { ...subject, endpoint, tokenFrom: this.#tokenFrom });
  }
}

async function discard({ response }: HubAnswer): Promise<void> {
  if (!response.bodyUsed) await response.body?.cancel().catch(() => {});
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw new RangeError(
      `expected the address of a hub such as ${DEFAULT_ENDPOINT}, got ${JSON.stringify(endpoint)}`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new RangeError(`expected the hub's address without a user name: ${url.host}`);
  }
  return endpoint.replace(/\/+$/, "");
}
