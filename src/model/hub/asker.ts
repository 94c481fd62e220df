/** Questions for one file of the hub: where it lies, and what answers are believed. */
import { HubError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { bareEtag, type HubAnswer } from "./answer.ts";
import { discard, type HubConnection } from "./connection.ts";
import { type AnsweredRange, answeredRange, isEmptyFile, type RemoteFile } from "./range.ts";
import { isPassingStatus } from "./retry.ts";

/** A file of a model at a commit. */
export interface HubPath {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
}

/** A good answer, and the hub's address of the file, for messages. */
export interface FileAnswer {
  readonly answer: HubAnswer;
  readonly url: string;
}

/** Where the hub led to for a file, and the storage's own ETag of it. */
interface Stored {
  readonly url: string;
  readonly etag: string;
}

/** Asks for files and ranges of them, one try each. */
export class HubAsker {
  readonly #hub: HubConnection;
  /** By the hub's address; the addresses are signed, and hold for an hour or so. */
  readonly #stored: Map<string, Stored> = new Map();

  constructor(hub: HubConnection) {
    this.#hub = hub;
  }

  /** The answer for a file; undefined if the model has none of that name. */
  async ask(
    file: HubPath,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<FileAnswer | undefined> {
    const { repo, commit, path } = file;
    const url = this.#addressOf(file);
    const answer = await this.#hub.send(url, requestOf(headers, signal));
    const { ok, status } = answer.response;
    if (status === 404 && answer.hub.get("X-Error-Code") === "EntryNotFound") {
      await discard(answer);
      return undefined;
    }
    if (!ok && !isEmptyFile(answer.response))
      throw await this.#hub.refusal(answer, url, { repo, revision: commit, path });
    const answered = answer.hub.get("X-Repo-Commit") ?? commit;
    if (answered === commit) return { answer, url };
    await discard(answer);
    throw new HubError(`asked for commit ${commit}, got ${quoted(answered)}: ${url}`, {
      url,
      status,
    });
  }

  /**
   * The answer for bytes [start, end) of a file, checked as `answeredRange` does. Where the hub led to
   * once is asked at once the next time, which saves a request; what is not right there is the hub's
   * to say again.
   */
  async askRange(
    file: HubPath,
    [start, end]: readonly [number, number],
    known: RemoteFile | undefined,
    signal: AbortSignal | undefined,
  ): Promise<(FileAnswer & { range: AnsweredRange }) | undefined> {
    const headers = { Range: `bytes=${start}-${end - 1}` };
    const direct = known && (await this.#askStorage(file, headers, known, signal));
    const asked = direct ?? (await this.ask(file, headers, signal));
    if (asked === undefined) return undefined;
    try {
      const range = answeredRange(asked.answer, [start, end], known, asked.url);
      this.#remember(asked);
      return { ...asked, range };
    } catch (cause) {
      await discard(asked.answer);
      if (direct === undefined) throw cause;
      this.#stored.delete(asked.url);
      return this.askRange(file, [start, end], known, signal);
    }
  }

  async #askStorage(
    file: HubPath,
    headers: Readonly<Record<string, string>>,
    known: RemoteFile,
    signal: AbortSignal | undefined,
  ): Promise<FileAnswer | undefined> {
    const url = this.#addressOf(file);
    const stored = this.#stored.get(url);
    if (stored === undefined) return undefined;
    try {
      const answer = await this.#hub.sendToStorage(stored.url, requestOf(headers, signal), url);
      const etag = bareEtag(answer.response.headers.get("ETag"));
      if (answer.response.status === 206 && etag === stored.etag) {
        // the storage's ETag stands for the one that the hub gave together with it
        return { answer: { ...answer, hub: new Headers({ "X-Linked-ETag": known.etag }) }, url };
      }
      const { repo, commit, path } = file;
      const refused = { ...answer, hub: new Headers() };
      throw await this.#hub.refusal(refused, url, { repo, revision: commit, path });
    } catch (cause) {
      this.#stored.delete(url);
      // a storage that asks for patience is not asked again at once, by way of the hub
      const isBusy = cause instanceof HubError && isPassingStatus(cause.status ?? 0);
      if (isBusy || !(cause instanceof HubError)) throw cause;
    }
    return undefined;
  }

  #remember({ answer, url }: FileAnswer): void {
    const etag = bareEtag(answer.response.headers.get("ETag"));
    const left = new URL(answer.url).origin !== new URL(url).origin;
    if (left && etag !== undefined) this.#stored.set(url, { url: answer.url, etag });
  }

  #addressOf({ repo, commit, path }: HubPath): string {
    const name = path.split("/").map(encodeURIComponent).join("/");
    return `${this.#hub.endpoint}/${repo}/resolve/${commit}/${name}`;
  }
}

function requestOf(
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): RequestInit {
  // a packed answer's length is not the file's
  return { headers: { ...headers, "Accept-Encoding": "identity" }, signal: signal ?? null };
}
