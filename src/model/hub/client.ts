import type { RunOptions } from "../../compute/run.ts";
import { HubError } from "../../errors.ts";
import { LONGEST_WHOLE } from "../files.ts";
import {
  type BodyOptions,
  bareEtag,
  contentEtag,
  type HubAnswer,
  isOfHub,
  isPage,
} from "./answer.ts";
import { HubAsker, type HubPath } from "./asker.ts";
import { discard, HubConnection, type HubConnectionOptions } from "./connection.ts";
import { modelDescription } from "./description.ts";
import { Lanes } from "./lanes.ts";
import { type AnsweredRange, answeredRange, type RemoteFile } from "./range.ts";
import { Received } from "./received.ts";
import { isPassing, retrying } from "./retry.ts";

export type { HubPath } from "./asker.ts";

/** A model on the hub, pinned to a commit. */
export interface HubCommit {
  /** The model's name as the hub has it: `"openai-community/gpt2"` where `"gpt2"` was asked for. */
  readonly repo: string;
  readonly commit: string;
  /** The paths of all its files. */
  readonly files: readonly string[];
}

export interface RequestOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  /** Called with the bytes read so far and, where it is known, the length of the whole answer. */
  readonly onBytes?: ((read: number, total: number | undefined) => void) | undefined;
  /** Given the bytes that came of a range, from `start` on, before it fails because the rest did not. */
  readonly onPart?: ((start: number, bytes: Uint8Array) => Promise<unknown>) | undefined;
}

/** Longest description of a model that is read; one with 10,000 files has some 1 MB. */
const DESCRIPTION_LIMIT = 1 << 26;

/** Requests under way at the same time. */
const MOST_AT_ONCE = 8;

/**
 * The hub over HTTP, as far as models are read: one call of its API, and its files. Faults that pass are
 * borne with, and an answer that breaks off is gone on with where it broke; what is final is a
 * `HubError`. The address forms are those of the hub's API and of Python's huggingface_hub; the hub's
 * own JavaScript client hides the status, headers and signal that must be checked here.
 */
export class HubClient {
  readonly #hub: HubConnection;
  readonly #asker: HubAsker;
  readonly #lanes: Lanes = new Lanes(MOST_AT_ONCE);

  /** @throws {RangeError} if the endpoint is no HTTP address or the token can't be one. */
  constructor(options: HubConnectionOptions = {}) {
    this.#hub = new HubConnection(options);
    this.#asker = new HubAsker(this.#hub);
  }

  get endpoint(): string {
    return this.#hub.endpoint;
  }

  /** The commit that a branch, tag or commit of a model names now, and the files it has. */
  resolve(repo: string, revision: string, options: RequestOptions = {}): Promise<HubCommit> {
    const { signal } = options;
    const url = `${this.endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
    return this.#try(new Received(), options, async () => {
      const answer = await this.#hub.send(url, { signal: signal ?? null });
      if (!answer.response.ok) throw await this.#hub.refusal(answer, url, { repo, revision });
      const body = new Received();
      await this.#hub.body(answer, body, { url, limit: DESCRIPTION_LIMIT, signal });
      const description = modelDescription(body.bytes());
      if (description !== undefined) return { ...description, repo: description.repo ?? repo };
      throw new HubError(
        `${this.endpoint} answers with something else than a model's description (is it a proxy or a sign-in page?)`,
        { url },
      );
    });
  }

  /**
   * A file whole, with its ETag, which is a hash of the content if a hub gave it, and else may be anything;
   * undefined if the model has none of that name.
   */
  readWhole(
    file: HubPath,
    options: RequestOptions = {},
  ): Promise<{ bytes: Uint8Array; etag: string | undefined; isHash: boolean } | undefined> {
    const { signal } = options;
    const body = new Received();
    let known: RemoteFile | undefined;
    return this.#try(body, options, async () => {
      const rest = known !== undefined && body.length > 0 && body.end < known.byteLength;
      const headers = rest ? { Range: `bytes=${body.end}-${known!.byteLength - 1}` } : {};
      const asked = await this.#asker.ask(file, headers, signal);
      if (asked === undefined) return undefined;
      const { answer, url } = asked;
      await this.#refusePage(answer, file, url);
      const etag = contentEtag(answer) ?? bareEtag(answer.response.headers.get("ETag"));
      const range =
        rest && answer.response.status !== 200
          ? await this.#checked(asked.answer, [body.end, known!.byteLength], known, url)
          : { start: 0, end: wholeLength(answer) };
      const byteLength = range.end;
      if (etag !== undefined && byteLength !== undefined) known = { byteLength, etag };
      const length = byteLength === undefined ? undefined : byteLength - range.start;
      const limit = LONGEST_WHOLE - range.start;
      const lengths = { url, length, limit, whole: byteLength };
      await this.#receive(answer, body, range.start, lengths, options);
      return { bytes: body.bytes(), etag, isHash: isOfHub(answer.hub) };
    });
  }

  /**
   * The bytes [start, end) of a file; undefined if the model has none of that name.
   *
   * @param known What earlier requests said about the file, which this one must agree with. Without
   *   it `end` may lie behind the file's end: then the bytes up to there are given.
   */
  async readRange(
    file: HubPath,
    [start, end]: readonly [number, number],
    known: RemoteFile | undefined,
    options: RequestOptions = {},
  ): Promise<{ bytes: Uint8Array; file: RemoteFile } | undefined> {
    const body = new Received();
    let found = known;
    const attempt = async () => {
      const last = Math.min(end, found?.byteLength ?? end);
      const from = body.length > 0 && body.end < last ? body.end : start;
      const asked = await this.#asker.askRange(file, [from, last], found, options.signal);
      if (asked === undefined) return undefined;
      const { answer, range, url } = asked;
      found = range.file;
      const length = range.end - range.start;
      if (length === 0) {
        await discard(answer);
        return { bytes: new Uint8Array(), file: found };
      }
      const whole = Math.min(end, found.byteLength) - start;
      await this.#receive(answer, body, range.start, { url, length, whole }, options);
      const bytes = body.bytes().subarray(start - body.start, end - body.start);
      return { bytes, file: found };
    };
    try {
      return await this.#try(body, options, attempt);
    } catch (cause) {
      const sound = options.signal?.aborted || isSoundUntil(cause);
      if (sound && body.length > 0) await options.onPart?.(body.start, body.bytes());
      throw cause;
    }
  }

  #try<T>(body: Received, options: RequestOptions, attempt: () => Promise<T>): Promise<T> {
    const { signal, onProgress } = options;
    const { patience } = this.#hub;
    const received = () => body.total;
    return this.#lanes.run(() => retrying(attempt, { signal, onProgress, patience, received }));
  }

  /** Reads an answer that begins at byte `start` of the file; reports bytes out of `whole`. */
  async #receive(
    answer: HubAnswer,
    body: Received,
    start: number,
    { whole, ...lengths }: Omit<BodyOptions, "idle" | "onBytes"> & { whole: number | undefined },
    { signal, onBytes }: RequestOptions,
  ): Promise<void> {
    body.begin(start);
    await this.#hub.body(answer, body, {
      ...{ ...lengths, signal },
      onBytes: () => onBytes?.(body.length, whole),
    });
  }

  async #refusePage(answer: HubAnswer, { path }: HubPath, url: string): Promise<void> {
    if (!isPage(answer.response) || /\.html?$/i.test(path)) return;
    await discard(answer);
    throw new HubError(
      `${this.endpoint} answers with a web page in the place of ${path} (is it a proxy or a sign-in page?): ${url}`,
      { url, status: answer.response.status },
    );
  }

  async #checked(
    answer: HubAnswer,
    asked: readonly [number, number],
    known: RemoteFile | undefined,
    url: string,
  ): Promise<AnsweredRange> {
    try {
      return answeredRange(answer, asked, known, url);
    } catch (cause) {
      await discard(answer);
      throw cause;
    }
  }
}

/**
 * Whether what came before a fault can be kept: the fault passes, or no answer came at all (the network
 * is gone). An answer that is wrong or refuses casts doubt on what came before it, most of all one that
 * is longer than announced.
 */
function isSoundUntil(cause: unknown): boolean {
  return isPassing(cause) || (cause instanceof HubError && cause.status === undefined);
}

/** The length that a whole file is announced to have. */
function wholeLength({ response, hub }: HubAnswer): number | undefined {
  const { headers } = response;
  // Content-Length counts the bytes sent, which are not the file's if the server packed them; browsers ask
  // for that, and hide from pages of other sites that it was done, as they hide the Date of every answer
  const mayBePacked = headers.has("Content-Encoding") || !headers.has("Date");
  const announced =
    hub.get("X-Linked-Size") ?? (mayBePacked ? null : headers.get("Content-Length"));
  const known = /^\d{1,15}$/.test(announced ?? "");
  return known ? Number(announced) : undefined;
}
