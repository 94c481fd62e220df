/** Models on the hub over HTTP alone, with nothing kept: what a browser can do. */
import type { RunOptions } from "../compute/run.ts";
import { HubError } from "../errors.ts";
import { quoted } from "./display.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { HubClient, type HubPath } from "./hub-client.ts";
import { checkRepoPath, DEFAULT_REVISION, parseHubId } from "./hub-id.ts";
import { openRemote, readRemote } from "./hub-remote.ts";
import type { Patience } from "./hub-retry.ts";
import { WEIGHT_FILES } from "./weights.ts";

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
 * @throws {HubError} if the hub is out of reach or refuses, or the model has no safetensors.
 */
export async function fetchHubFiles(id: string, options: HubOptions = {}): Promise<ModelFiles> {
  const { repo, revision = DEFAULT_REVISION } = parseHubId(id, options.revision);
  const { endpoint, token, patience, signal, onProgress } = options;
  const client = new HubClient({ endpoint, token, patience });
  const model = await client.resolve(repo, revision, { signal, onProgress });
  checkWeights(repo, client.endpoint, model.files);

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

const WEIGHTS = /\.(?:safetensors|bin|pt|pth|ckpt|gguf|h5|msgpack|onnx|npz|ot)$/;

/**
 * Checks that a model has weights of the kind that is read.
 *
 * @param files The paths of all its files.
 * @throws {HubError} naming the weight files that it has.
 */
export function checkWeights(repo: string, endpoint: string, files: readonly string[]): void {
  if (files.some((file) => WEIGHT_FILES.includes(file))) return;
  const weights = files.filter((file) => WEIGHTS.test(file));
  const some = weights.slice(0, 8).map(quoted).join(", ") + (weights.length > 8 ? ", ..." : "");
  const has = weights.length === 0 ? "it has no weight files" : `its weight files are ${some}`;
  throw new HubError(
    `${repo} has no model.safetensors or pytorch_model.bin, which are what is read here: ${has}`,
    {
      url: `${endpoint}/${repo}`,
    },
  );
}

/** The day it is, in UTC: `"2026-11-23"`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
