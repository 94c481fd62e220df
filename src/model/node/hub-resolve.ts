import { HubError } from "../../errors.ts";
import type { HubClient, RequestOptions } from "../hub/client.ts";
import { today } from "../hub/hub.ts";
import { holdsWeights } from "../weights/weight-files.ts";
import type { CachedRevision } from "./hub-cache.ts";
import type { ListedRevision, ResolvedRevision } from "./hub-revisions.ts";
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
 * The commit that a revision names and the list of its files: what was found before, and else what the
 * hub says. A commit that Python's cache has weights of is kept, and the hub asked for the list alone:
 * which files a commit has can't be told from some of them. Offline, those that are there count.
 *
 * @throws {HubError} if the hub can't be asked or refuses.
 */
export async function resolveRevision(
  model: HubModel,
  revision: string,
  { refresh, ...run }: { refresh: boolean } & RequestOptions,
): Promise<ResolvedRevision> {
  const { repo, store, weights } = model;
  const kept = refresh ? undefined : await store.revisions.find(revision);
  if (kept !== undefined) return kept;

  const found = refresh ? undefined : await foundByPython(model, revision);
  if (model.offline !== undefined) {
    if (found !== undefined) return { ...found, repo, files: null };
    throw notCached(model, weights === undefined ? repo : `${repo}: ${weights}`);
  }
  const resolved = await askHub(model, revision, found, run);
  // a model that has no weights yet may have some when it is asked for again
  if (holdsWeights(resolved.files)) {
    await store.keep("own", () => store.revisions.keep(revision, resolved));
  }
  return resolved;
}

/** The commit that the revision leads to in Python's cache, if weights of it are there; offline, those named. */
async function foundByPython(
  { store: { cache }, offline, weights }: HubModel,
  revision: string,
): Promise<CachedRevision | undefined> {
  const found = await cache.revision(revision);
  const paths = found === undefined ? [] : await cache.list(found.commit);
  const named = offline === undefined || weights === undefined || paths.includes(weights);
  return named && holdsWeights(paths) ? found : undefined;
}

async function askHub(
  { client, repo, store }: HubModel,
  revision: string,
  found: CachedRevision | undefined,
  options: RequestOptions,
): Promise<ListedRevision> {
  const asked = client.resolve(repo, found?.commit ?? revision, options);
  const answer = await asked.catch((error: unknown) => {
    throw found !== undefined && error instanceof HubError ? withAdvice(error, found) : error;
  });
  if (found !== undefined && found.commit !== answer.commit) {
    const what = `asked for commit ${found.commit} of ${repo}, got ${answer.commit}`;
    throw withAdvice(new HubError(what, { url: `${client.endpoint}/${repo}` }), found);
  }
  await store.keep("shared", () => store.cache.keepRevision(revision, answer.commit));
  return { ...answer, fetched: found?.fetched ?? today() };
}

function withAdvice(
  { message, url, status, cause }: HubError,
  { commit }: CachedRevision,
): HubError {
  const advice = `--offline takes what Python's cache has of commit ${commit.slice(0, 7)}, --refresh another commit`;
  return new HubError(`${message}; ${advice}`, {
    ...(url === undefined ? {} : { url }),
    ...(status === undefined ? {} : { status }),
    cause,
  });
}

/** What to say of something that only the hub has when it may not be asked. */
export function notCached({ offline, client }: HubModel, what: string): HubError {
  return new HubError(
    `${what} is not in the cache, and with ${offline} ${client.endpoint} is not asked: run once without it`,
  );
}
