/** Models on the hub over HTTP alone, with nothing kept: what a browser can do. */
import type { RunOptions } from "../../compute/run.ts";
import { UnsupportedError } from "../../errors.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import { HubClient, type HubPath } from "./client.ts";
import { hasDigests } from "./content.ts";
import { checkRepoPath, DEFAULT_REVISION, parseHubId } from "./id.ts";
import { openRemote, readRemote } from "./remote.ts";
import type { Patience } from "./retry.ts";

/** What every way to the hub takes. */
export interface HubOptions extends RunOptions {
  /** A branch, tag or commit, default `"main"`; not together with `@revision` in the id. */
  readonly revision?: string | undefined;
  /** Address of the hub, default `"https://huggingface.co"`. */
  readonly endpoint?: string | undefined;
  /** Access token, for private and gated models. */
  readonly token?: string | undefined;
  /** How long a busy, broken or silent hub is borne with; default `PATIENCE`. */
  readonly patience?: Partial<Patience> | undefined;
}

/**
 * The files of a model on the hub, pinned to the commit that the revision names now.
 *
 * @param id `"gpt2"`, `"org/name"` or `"org/name@revision"`; the model's name is the one given here.
 * @throws {RangeError} if the id or the revision can't be one.
 * @throws {HubError} if the hub is out of reach or refuses.
 * @throws {UnsupportedError} on a page that is not secure (plain http, not from the own machine), where
 *   browsers let nothing be checked by its hash.
 */
export async function fetchHubFiles(id: string, options: HubOptions = {}): Promise<ModelFiles> {
  const { repo, revision = DEFAULT_REVISION } = parseHubId(id, options.revision);
  if (!hasDigests()) {
    throw new UnsupportedError(
      `${repo}: files of the hub are checked by their hashes, which browsers allow on secure pages alone: open this page by https or from localhost, or choose the model's files by hand`,
      { feature: "hub on a page that is not secure" },
    );
  }
  const { endpoint, token, patience, signal, onProgress } = options;
  const client = new HubClient({ endpoint, token, patience });
  const model = await client.resolve(repo, revision, { signal, onProgress });

  const files = new Set(model.files);
  const at = (path: string): HubPath => ({ repo: model.repo, commit: model.commit, path });
  const run = (perFile?: FileOptions): RunOptions => ({
    signal: perFile?.signal ?? signal,
    onProgress,
  });
  return {
    name: repo,
    revision: model.commit,
    fetched: today(),
    list: async () => model.files,
    open: async (path, perFile) => {
      checkRepoPath(path);
      return files.has(path) ? openRemote(client, at(path), run(perFile)) : undefined;
    },
    read: async (path, perFile) => {
      checkRepoPath(path);
      if (!files.has(path)) return undefined;
      return (await readRemote(client, at(path), run(perFile)))?.bytes;
    },
  };
}

/** The day it is, in UTC: `"2026-11-23"`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
