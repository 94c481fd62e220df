import type { RunOptions } from "../../compute/run.ts";
import { rangeError } from "../../errors.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import { HubClient, type HubPath } from "../hub/client.ts";
import { VARIABLE_NAMES } from "../hub/errors.ts";
import type { HubOptions } from "../hub/hub.ts";
import { checkRepoPath, DEFAULT_REVISION, parseHubId } from "../hub/id.ts";
import { fileSource } from "./file-source.ts";
import { type HubSettingsOptions, hubSettings } from "./hub-environment.ts";
import { redirecting } from "./hub-fetch.ts";
import { openKept, readKept } from "./hub-kept.ts";
import { proxiedFetch } from "./hub-proxy.ts";
import { type HubModel, resolveRevision } from "./hub-resolve.ts";
import type { ResolvedRevision } from "./hub-revisions.ts";
import { HubStore } from "./hub-store.ts";

/** What `hubFiles` takes; what is not given is read from the variables that `hubSettings` names. */
export interface HubFilesOptions extends HubOptions, HubSettingsOptions {
  /** Ask the hub again which commit the revision names, default false. */
  readonly refresh?: boolean | undefined;
  /** The weight file that will be read, where it was named; offline, Python's cache must have that one. */
  readonly weights?: string | undefined;
  /** Called with what should be known but stops nothing, one line each: a cache that is read-only. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * The files of a model on the hub, as far as possible from what was kept before.
 *
 * The revision is resolved to a commit and a list of files once, and then used unasked until `refresh`.
 * What the cache of Python's huggingface_hub has is read from there, and files read whole are kept
 * there; pieces of files are kept in `cacheDir`. So the same run a second time asks the network for nothing.
 *
 * @param id `"gpt2"`, `"org/name"` or `"org/name@revision"`. The name given here is the model's name,
 *   also if the hub has it under another (`"openai-community/gpt2"`): what a run gives must not depend
 *   on whether the hub was asked. It is kept under that name too, as Python does.
 * @throws {RangeError} if the id, the revision, the endpoint, the proxy or the token can't be one.
 * @throws {HubError} if the hub is out of reach or refuses, or, offline, what is needed was never fetched.
 */
export async function hubFiles(id: string, options: HubFilesOptions = {}): Promise<ModelFiles> {
  const { repo, revision = DEFAULT_REVISION } = parseHubId(id, options.revision);
  const { refresh = false, signal, onProgress, onWarning = () => {} } = options;
  const settings = await hubSettings(options);
  const { offline } = settings;
  if (refresh && offline !== undefined) {
    throw rangeError(`refresh asks the hub, which ${offline} forbids: leave one of them out`);
  }
  const { idle } = settings;
  const patience = { ...(idle === undefined ? {} : { idle }), ...options.patience };
  const proxied = await proxiedFetch(options.env ?? process.env);
  const client = new HubClient({
    ...settings,
    patience,
    fetch: redirecting(proxied ?? fetch),
    proxied: proxied !== undefined,
    names: VARIABLE_NAMES,
  });
  const store = new HubStore(repo, client.endpoint, settings, onWarning);
  await store.tidy();
  const model = { repo, client, store, offline, weights: options.weights };
  const resolved = await resolveRevision(model, revision, { refresh, signal, onProgress });
  // what is not there counts as absent, the vocabulary or the configuration too
  if (resolved.files === null) {
    onWarning(
      `the list of ${repo}'s files was never fetched: only those in Python's cache are known`,
    );
  }
  return pinnedFiles(model, resolved, { ...options, refresh });
}

function pinnedFiles(
  model: HubModel,
  { repo, commit, fetched, files }: ResolvedRevision,
  options: RunOptions & { refresh: boolean },
): ModelFiles {
  const listed = files === null ? undefined : new Set(files);
  const at = (path: string): HubPath => {
    checkRepoPath(path);
    return { repo, commit, path };
  };
  const run = (perFile: FileOptions | undefined) => ({
    refresh: options.refresh,
    signal: perFile?.signal ?? options.signal,
    onProgress: options.onProgress,
  });
  // without a list what is not there is absent, but for shards, which must not be missing
  const exists = async (path: string, cached: boolean): Promise<boolean> => {
    if (cached || listed !== undefined) return cached || listed!.has(path);
    const isShard = /-of-\d+\.(?:safetensors|bin|gguf)$/i.test(path);
    return isShard && !(await model.store.cache.lacks(commit, path));
  };

  return {
    name: model.repo,
    revision: commit,
    fetched,
    list: async () => files ?? model.store.cache.list(commit),
    open: async (path, perFile) => {
      const file = at(path);
      const cached = await model.store.cache.find(commit, path);
      if (!(await exists(path, cached !== undefined))) return undefined;
      return cached === undefined ? openKept(model, file, run(perFile)) : fileSource(cached);
    },
    read: async (path, perFile) => {
      const file = at(path);
      const cached = await model.store.cache.find(commit, path);
      if (!(await exists(path, cached !== undefined))) return undefined;
      return readKept(model, file, run(perFile));
    },
  };
}
