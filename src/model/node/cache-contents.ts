/** What the two caches hold, model by model, and the removal of it. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readFile, rm } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { isCommit, isRepoName } from "../hub/id.ts";
import { leftovers } from "./atomic-file.ts";
import { filesBelow, namesIn, type OnUnread } from "./files-below.ts";
import type { CacheName } from "./hub-store.ts";
import { isSoundPiece, pieceOf } from "./row-cache.ts";
import { readSealedJson } from "./sealed-json.ts";
import { systemReason } from "./system-reason.ts";

/** What a cache holds of one model. */
export interface CachedModel {
  /** `"gpt2"`, `"org/name"`: as the model was asked for. */
  readonly name: string;
  /** The hub it came from; null in Python's cache, which does not tell hubs apart. */
  readonly hub: string | null;
  readonly cache: CacheName;
  readonly folder: string;
  readonly bytes: number;
  readonly files: number;
  /** The day (UTC) on which something of it was last written. */
  readonly modified: string;
}

/** The models in our own cache. */
export async function ownModels(cacheDir: string, onUnread: OnUnread): Promise<CachedModel[]> {
  const root = join(cacheDir, "hub");
  const models: CachedModel[] = [];
  for (const name of await namesIn(root, onUnread)) {
    const hub = hubOf(name);
    if (hub === undefined) {
      onUnread(join(root, name), "no hub has this name");
      continue;
    }
    const about = { hub, cache: "own" } as const;
    for (const folder of await namesIn(join(root, name), onUnread)) {
      models.push(...(await modelIn(join(root, name, folder), folder, about, onUnread)));
    }
  }
  return models;
}

/** The hub that a folder is named for; undefined for folders that are not ours. */
function hubOf(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** The models in the cache of Python's huggingface_hub, also those that Tokenscape never saw. */
export async function sharedModels(hubCache: string, onUnread: OnUnread): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  const about = { hub: null, cache: "shared" } as const;
  for (const folder of await namesIn(hubCache, onUnread)) {
    if (!folder.startsWith("models--")) continue;
    const name = folder.slice("models--".length);
    models.push(...(await modelIn(join(hubCache, folder), name, about, onUnread)));
  }
  return models;
}

/** Removes all that a cache holds of a model. */
export async function removeModel({ folder }: CachedModel): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Something that can go, and why. */
export interface Waste {
  readonly path: string;
  readonly bytes: number;
  readonly reason: string;
  /** True if Tokenscape made it, false if it may be another program's. */
  readonly ours: boolean;
}

/**
 * What nobody needs any more: commits in our cache that no branch, tag or commit asked for leads to,
 * and what killed processes of ours left in either cache.
 */
export async function findWaste(
  own: readonly CachedModel[],
  folders: readonly string[],
  onUnread: OnUnread,
): Promise<Waste[]> {
  const waste: Waste[] = [];
  for (const folder of folders) {
    for (const path of await leftovers(folder, onUnread)) {
      const { bytes } = await contentsOf(path);
      waste.push({ path, bytes, reason: "left by a killed process", ours: true });
    }
  }
  for (const { folder } of own) {
    const named = await namedCommits(folder);
    for (const commit of (await namesIn(folder)).filter(isCommit)) {
      if (named.has(commit)) continue;
      const path = join(folder, commit);
      const { bytes } = await contentsOf(path);
      waste.push({ path, bytes, reason: "an earlier state of its branch", ours: true });
    }
  }
  return waste;
}

/** The files of a model whose content is not what their names or their own digests say. */
export async function findDamage(
  { folder, cache }: CachedModel,
  onUnread: OnUnread,
): Promise<Waste[]> {
  const damage: Waste[] = [];
  for (const path of await filesBelow(folder, onUnread)) {
    try {
      const { size } = await lstat(path);
      const sound = cache === "own" ? await isSoundOwn(path) : await isSoundBlob(path, folder);
      if (!sound) damage.push({ path, bytes: size, reason: "damaged", ours: cache === "own" });
    } catch (error) {
      onUnread(path, systemReason(error) ?? String(error));
    }
  }
  return damage;
}

async function isSoundOwn(path: string): Promise<boolean> {
  const piece = pieceOf(basename(path));
  if (piece !== undefined) return isSoundPiece(piece, await readFile(path));
  if (!path.endsWith(".json")) return true;
  return readSealedJson(await readFile(path, "utf8")) !== undefined;
}

// blobs are named by sha256, git's hash or, from some stores, plain SHA-1; they may be large
async function isSoundBlob(path: string, folder: string): Promise<boolean> {
  const name = /^blobs[\\/]([0-9a-f]{40}|[0-9a-f]{64})$/.exec(relative(folder, path))?.[1];
  if (name === undefined) return true;
  const hashes = [createHash(name.length === 64 ? "sha256" : "sha1")];
  if (name.length === 40) {
    hashes.push(createHash("sha1").update(`blob ${(await lstat(path)).size}\0`));
  }
  for await (const chunk of createReadStream(path)) {
    for (const hash of hashes) hash.update(chunk);
  }
  return hashes.some((hash) => hash.digest("hex") === name);
}

async function namedCommits(folder: string): Promise<Set<unknown>> {
  const revisions = join(folder, "revisions");
  const commits = new Set<unknown>();
  for (const name of await namesIn(revisions)) {
    const text = await readFile(join(revisions, name), "utf8").catch(() => "");
    commits.add(readSealedJson(text)?.commit);
  }
  return commits;
}

// nothing for a folder that is no model's
async function modelIn(
  folder: string,
  flat: string,
  about: Pick<CachedModel, "hub" | "cache">,
  onUnread: OnUnread,
): Promise<CachedModel[]> {
  const name = flat.replace("--", "/");
  if (!isRepoName(name)) return [];
  const { bytes, files, newest } = await contentsOf(folder, onUnread);
  const modified = new Date(newest).toISOString().slice(0, 10);
  return files === 0 ? [] : [{ name, ...about, folder, bytes, files, modified }];
}

/** Links count as files of no bytes: what they lead to is counted where it lies. */
async function contentsOf(
  path: string,
  onUnread?: OnUnread,
): Promise<{ bytes: number; files: number; newest: number }> {
  const files = await filesBelow(path, onUnread);
  const stats = await Promise.all(files.map((file) => lstat(file).catch(() => undefined)));
  const found = stats.filter((one) => one !== undefined);
  return {
    bytes: found.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0),
    files: found.length,
    newest: found.reduce((latest, one) => Math.max(latest, one.mtimeMs), 0),
  };
}
