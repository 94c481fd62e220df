import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCommit } from "../hub-id.ts";
import { writeAtomically } from "./atomic-file.ts";
import type { CachedRevision } from "./hub-cache.ts";

/** A revision as it was resolved once. */
export interface ResolvedRevision extends CachedRevision {
  /** The model's name on the hub, which may be another than the one asked for. */
  readonly repo: string;
  /** The paths of all files of the commit; null if the hub was never asked, for a model that Python fetched. */
  readonly files: readonly string[] | null;
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

  async find(revision: string): Promise<ResolvedRevision | undefined> {
    const text = await readFile(this.#path(revision), "utf8").catch(() => undefined);
    const known = text === undefined ? undefined : parse(text);
    // on systems that take "Main" for "main", the file may be another revision's
    return known?.revision === revision ? known : undefined;
  }

  async keep(revision: string, resolved: ResolvedRevision): Promise<void> {
    const { commit, fetched, repo, files } = resolved;
    const text = JSON.stringify({ revision, commit, fetched, repo, files }, undefined, 1);
    await writeAtomically(this.#path(revision), `${text}\n`);
  }

  #path(revision: string): string {
    return join(this.#folder, `${encodeURIComponent(revision)}.json`);
  }
}

function parse(text: string): (ResolvedRevision & { revision: string }) | undefined {
  try {
    const { revision, commit, fetched, repo, files } = JSON.parse(text);
    const sound =
      isCommit(commit) &&
      /^\d{4}-\d\d-\d\d$/.test(fetched) &&
      typeof repo === "string" &&
      (files === null || (Array.isArray(files) && files.every((file) => typeof file === "string")));
    return sound ? { revision, commit, fetched, repo, files } : undefined;
  } catch {
    return undefined;
  }
}
