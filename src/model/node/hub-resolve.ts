import { HubError } from "../../errors.ts";
import { today } from "../hub.ts";
import type { HubClient, RequestOptions } from "../hub-client.ts";
import { VOCABULARY_FILES } from "../vocabulary-files.ts";
import { holdsStandardWeights, holdsWeights, weightFormat } from "../weight-files.ts";
import type { CachedRevision } from "./hub-cache.ts";
import type { ResolvedRevision } from "./hub-revisions.ts";
import type { HubStore } from "./hub-store.ts";

/** A model on the hub: as it was asked for, who answers for it, and what is kept of it. */
export interface HubModel {
  readonly repo: string;
  readonly client: HubClient;
  readonly store: HubStore;
  /** Why the hub may not be asked (`"HF_HUB_OFFLINE"`); undefined if it may. */
  readonly offline: string | undefined;
  /** The weight file that was named. */
  readonly weights: string | undefined;
}

/**
 * The commit that a revision names: what was found before, here or by Python, and else what the hub
 * says. The hub is also asked for the list of files, unless Python's cache has the model whole.
 *
 * @throws {HubError} if the hub can't be asked or refuses.
 */
export async function resolveRevision(
  model: HubModel,
  revision: string,
  { refresh, ...run }: { refresh: boolean } & RequestOptions,
): Promise<ResolvedRevision> {
  const { cache, revisions } = model.store;
  const kept = refresh ? undefined : await revisions.find(revision);
  if (kept !== undefined && (kept.files !== null || (await isWhole(model, kept.commit))))
    return kept;

  const found = refresh ? undefined : (kept ?? (await cache.revision(revision)));
  const resolved =
    found !== undefined && (await isWhole(model, found.commit))
      ? { commit: found.commit, fetched: found.fetched, repo: model.repo, files: null }
      : await askHub(model, revision, found, run);
  // a model that has no weights yet may have some when it is asked for again
  if (resolved.files === null || holdsWeights(resolved.files)) {
    await model.store.keep("own", () => revisions.keep(revision, resolved));
  }
  return resolved;
}

// a commit that is known already is kept, and only the list of its files asked for
async function askHub(
  model: HubModel,
  revision: string,
  found: CachedRevision | undefined,
  options: RequestOptions,
): Promise<ResolvedRevision> {
  const { client, repo, store, weights } = model;
  if (model.offline !== undefined) {
    throw notCached(model, weights === undefined ? repo : `${repo}: ${weights}`);
  }
  const answer = await client.resolve(repo, found?.commit ?? revision, options);
  if (found !== undefined && found.commit !== answer.commit) {
    throw new HubError(`${client.endpoint} has no commit ${found.commit} of ${repo}: refresh`, {
      url: `${client.endpoint}/${repo}`,
    });
  }
  await store.keep("shared", () => store.cache.keepRevision(revision, answer.commit));
  return { ...answer, fetched: found?.fetched ?? today() };
}

/**
 * Whether a snapshot in Python's cache has all that a model needs. Which files the commit has beside
 * those is not known, so what the snapshot lacks counts as absent. Which file is the only one that could
 * hold the weights can't be told from it either, unless there is nobody to ask.
 */
async function isWhole({ store, offline, weights }: HubModel, commit: string): Promise<boolean> {
  const paths = await store.cache.list(commit);
  if (offline !== undefined) {
    return weights === undefined ? holdsWeights(paths) : paths.includes(weights);
  }
  if (weights === undefined) return holdsStandardWeights(paths) && hasVocabulary(paths, "");
  if (!paths.includes(weights)) return false;
  const folder = weights.slice(0, weights.lastIndexOf("/") + 1);
  return weightFormat(weights) !== "tensors" || hasVocabulary(paths, folder);
}

function hasVocabulary(paths: readonly string[], folder: string): boolean {
  return VOCABULARY_FILES.some((name) => paths.includes(folder + name));
}

/** What to say of something that only the hub has when it may not be asked. */
export function notCached({ offline, client }: HubModel, what: string): HubError {
  return new HubError(
    `${what} is not in the cache, and with ${offline} ${client.endpoint} is not asked: run once without it`,
  );
}
