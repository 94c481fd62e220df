import { HubError } from "../errors.ts";
import { quoted } from "./display.ts";
import { LONGEST_WHOLE } from "./files.ts";
import { contentEtag, type HubAnswer } from "./hub-answer.ts";
import { discard, HubConnection, type HubConnectionOptions } from "./hub-connection.ts";
import { isCommit, isRepoName } from "./hub-id.ts";
import { answeredRange, type RemoteFile } from "./hub-range.ts";

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

/** Longest description of a model that is read; one with 10,000 files has some 1 MB. */
const DESCRIPTION_LIMIT = 1 << 26;

/**
 * The hub over HTTP, as far as models are read: one call of its API, and its files. What it refuses is
 * a `HubError`. The address forms are those of the hub's API and of Python's huggingface_hub; the
 * hub's own JavaScript client hides the status, headers and signal that must be checked here.
 */
export class HubClient {
  readonly #hub: HubConnection;

  /** @throws {RangeError} if the endpoint is no HTTP address or the token can't be one. */
  constructor(options: HubConnectionOptions = {}) {
    this.#hub = new HubConnection(options);
  }

  get endpoint(): string {
    return this.#hub.endpoint;
  }

  /** The commit that a branch, tag or commit of a model names now, and the files it has. */
  async resolve(
    repo: string,
    revision: string,
    { signal }: RequestOptions = {},
  ): Promise<HubCommit> {
    const url = `${this.endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
    const answer = await this.#hub.send(url, { signal: signal ?? null });
    if (!answer.response.ok) throw await this.#hub.refusal(answer, url, { repo, revision });
    const bytes = await this.#hub.body(answer, {
      ...{ url, length: undefined, limit: DESCRIPTION_LIMIT, signal },
    });
    const description = modelDescription(bytes);
    if (description !== undefined) return { ...description, repo: description.repo ?? repo };
    throw new HubError(
      `${this.endpoint} answers with something else than a model's description (is it a proxy or a sign-in page?)`,
      { url },
    );
  }

  /** A file whole, with the hash the hub gives for it; undefined if the model has none of that name. */
  async readWhole(
    file: HubPath,
    { signal, onBytes }: RequestOptions = {},
  ): Promise<{ bytes: Uint8Array; etag: string | undefined } | undefined> {
    const asked = await this.#ask(file, {}, signal);
    if (asked === undefined) return undefined;
    const { answer, url } = asked;
    const { headers } = answer.response;
    const announced = answer.hub.get("X-Linked-Size") ?? headers.get("Content-Length");
    // Content-Length counts the bytes sent, which are not the file's if the server packed them
    const known = announced !== null && !headers.has("Content-Encoding");
    const length = known ? Number(announced) : undefined;
    const bytes = await this.#hub.body(answer, {
      ...{ url, length, limit: LONGEST_WHOLE, signal },
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
    const asked = await this.#ask(file, { Range: `bytes=${start}-${end - 1}` }, signal);
    if (asked === undefined) return undefined;
    const { answer, url } = asked;
    try {
      const range = answeredRange(answer, [start, end], known, url);
      const length = range.end - range.start;
      const bytes = await this.#hub.body(answer, {
        ...{ url, length, signal },
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
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: HubAnswer; url: string } | undefined> {
    const name = path.split("/").map(encodeURIComponent).join("/");
    const url = `${this.endpoint}/${repo}/resolve/${commit}/${name}`;
    const answer = await this.#hub.send(url, {
      // a packed answer's length is not the file's
      headers: { ...headers, "Accept-Encoding": "identity" },
      signal: signal ?? null,
    });
    const { ok, status } = answer.response;
    if (status === 404 && answer.hub.get("X-Error-Code") === "EntryNotFound") {
      await discard(answer);
      return undefined;
    }
    if (!ok) throw await this.#hub.refusal(answer, url, { repo, revision: commit, path });
    const answered = answer.hub.get("X-Repo-Commit") ?? commit;
    if (answered === commit) return { answer, url };
    await discard(answer);
    throw new HubError(`asked for commit ${commit}, got ${quoted(answered)}: ${url}`, {
      url,
      status,
    });
  }
}

/** The parts of a model's description that are used; undefined if it is none. */
function modelDescription(
  bytes: Uint8Array,
): { repo: string | undefined; commit: string; files: string[] } | undefined {
  try {
    const { id, sha, siblings } = JSON.parse(new TextDecoder().decode(bytes));
    if (!isCommit(sha) || !Array.isArray(siblings)) return undefined;
    const files = siblings.map(({ rfilename }) => String(rfilename));
    // a mirror may not say how it calls the model, or in a way that could lead elsewhere
    return { repo: isRepoName(id) ? id : undefined, commit: sha, files };
  } catch {
    return undefined;
  }
}
