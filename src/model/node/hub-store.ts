import { join } from "node:path";
import { removeLeftovers } from "./atomic-file.ts";
import { HubCache } from "./hub-cache.ts";
import type { HubSettings } from "./hub-environment.ts";
import { HubRevisions } from "./hub-revisions.ts";
import { RowCache } from "./row-cache.ts";

/**
 * All that is kept of one model: what is whole in the cache of Python's huggingface_hub, the rest in
 * our own, `<cacheDir>/hub/<host>/<org--name>/`.
 */
export class HubStore {
  readonly cache: HubCache;
  readonly revisions: HubRevisions;
  /** Called with what should be known but stops nothing. */
  readonly warn: (message: string) => void;
  readonly #folder: string;
  readonly #refused: Set<CacheName> = new Set();

  constructor(
    repo: string,
    endpoint: string,
    { hubCache, cacheDir }: Pick<HubSettings, "hubCache" | "cacheDir">,
    warn: (message: string) => void,
  ) {
    // another hub may have another model of the same name
    const host = encodeURIComponent(new URL(endpoint).host);
    this.#folder = join(cacheDir, "hub", host, repo.replace("/", "--"));
    this.cache = new HubCache(hubCache, repo);
    this.revisions = new HubRevisions(this.#folder);
    this.warn = warn;
  }

  /** Removes what killed processes left unfinished of this model. */
  async tidy(): Promise<void> {
    await Promise.all([this.cache.folder, this.#folder].map(removeLeftovers));
  }

  /** The pieces kept of one file. */
  pieces(commit: string, path: string): RowCache {
    return new RowCache(join(this.#folder, commit, encodeURIComponent(path)));
  }

  /**
   * Keeps something for later runs. A cache that can't be written (read-only, full, no folder) is no
   * reason to stop: that is said once, and nothing more is kept there in this run.
   *
   * @returns Whether it was kept.
   */
  async keep(where: CacheName, write: () => Promise<void>): Promise<boolean> {
    if (this.#refused.has(where)) return false;
    try {
      await write();
      return true;
    } catch (cause) {
      const { code, path } = cause as NodeJS.ErrnoException;
      if (code === undefined) throw cause;
      // writes that were under way together fail together
      if (!this.#refused.has(where)) {
        const at = path === undefined ? "" : `, ${path}`;
        const full = code === "ENOSPC" || code === "EDQUOT";
        const advice = full ? " (no space left: tokenscape cache shows what could go)" : "";
        this.warn(`what is fetched can't be kept in ${NAMES[where]}: ${code}${at}${advice}`);
      }
      this.#refused.add(where);
      return false;
    }
  }
}

/** The cache that is shared with Python, or our own. */
export type CacheName = "shared" | "own";

const NAMES: Readonly<Record<CacheName, string>> = {
  shared: "the cache of huggingface_hub",
  own: "the cache of tokenscape",
};
