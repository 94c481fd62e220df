import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCommit, isRepoName } from "../hub/id.ts";
import { writeAtomically } from "./atomic-file.ts";
import { fileName } from "./file-name.ts";
import type { CachedRevision } from "./hub-cache.ts";
import { readSealedJson, sealedJson } from "./sealed-json.ts";

/** A revision as it was resolved once. */
export interface ResolvedRevision extends CachedRevision {
  /** The model's name on the hub, which may be another than the one asked for. */
  readonly repo: string;
  /** The paths of all files of the commit; null if the hub was never asked, for a model that Python fetched. */
  readonly files: readonly string[] | null;
}

/** A revision as the hub resolved it. */
export interface ListedRevision extends ResolvedRevision {
  readonly files: readonly string[];
}

/**
 * What revisions of one model were resolved to, as JSON files in our own cache: Python's `refs/` have
 * no room for the day and the list of files.
 */
export class HubRevisions {
  readonly #folder: string;

  /** @param folder The model's folder in our cache. */
  constructor(folder: string) {
    this.#folder = join(folder, "revisions");
  }

  /** What a revision was resolved to; a commit is also known by a branch or tag that led to it. */
  async find(revision: string): Promise<ListedRevision | undefined> {
    const known = await this.#read(this.#path(revision));
    // on systems that take "Main" for "main", the file may be another revision's
    if (known?.revision === revision) return known;
    if (!isCommit(revision)) return undefined;
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.sort()) {
      const other = await this.#read(join(this.#folder, name));
      if (other?.commit === revision) return other;
    }
    return undefined;
  }

  async keep(revision: string, resolved: ListedRevision): Promise<void> {
    const { commit, fetched, repo, files } = resolved;
    const text = sealedJson({ revision, commit, fetched, repo, files });
    await writeAtomically(this.#path(revision), text);
  }

  async #read(path: string): Promise<NamedRevision | undefined> {
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : parse(text);
  }

  #path(revision: string): string {
    return join(this.#folder, `${fileName(revision)}.json`);
  }
}

type NamedRevision = ListedRevision & { readonly revision: string };

function parse(text: string): NamedRevision | undefined {
  const { revision, commit, fetched, repo, files } = readSealedJson(text) ?? {};
  if (typeof revision !== "string" || typeof commit !== "string" || !isCommit(commit))
    return undefined;
  if (typeof fetched !== "string" || !/^\d{4}-\d\d-\d\d$/.test(fetched)) return undefined;
  const listed = Array.isArray(files) && files.every((file) => typeof file === "string");
  return listed && isRepoName(repo) ? { revision, commit, fetched, repo, files } : undefined;
}
