import { join } from "node:path";
import { removeLeftovers } from "./atomic-file.ts";
import { fileName } from "./file-name.ts";
import { HubCache } from "./hub-cache.ts";
import type { HubSettings } from "./hub-environment.ts";
import { HubRevisions } from "./hub-revisions.ts";
import { isFolder } from "./make-folder.ts";
import { RowCache } from "./row-cache.ts";
import { systemReason } from "./system-reason.ts";

/**
 * All that is kept of one model: what is whole in the cache of Python's huggingface_hub, the rest in
 * our own, `<cacheDir>/hub/<host>/<org--name>/` (of a hub whose address has a path, `<host>%2F<path>`).
 */
export class HubStore {
  readonly cache: HubCache;
  readonly revisions: HubRevisions;
  /** Called with what should be known but stops nothing. */
  readonly warn: (message: string) => void;
  readonly #folder: string;
  readonly #refused: Set<CacheName> = new Set();
  readonly #partial: Set<CacheName> = new Set();

  constructor(
    repo: string,
    endpoint: string,
    { hubCache, cacheDir }: Pick<HubSettings, "hubCache" | "cacheDir">,
    warn: (message: string) => void,
  ) {
    // another hub may have another model of the same name
    const { host, pathname } = new URL(endpoint);
    const hub = fileName(host + pathname.replace(/\/+$/, ""));
    this.#folder = join(cacheDir, "hub", hub, repo.replace("/", "--"));
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
    return new RowCache(join(this.#folder, commit, fileName(path)));
  }

  /**
   * Keeps something for later runs. What can't be kept is no reason to stop: it is said once. A cache
   * that can't be written (read-only, full) gets nothing more in this run; of one name that the disk
   * does not take nothing follows for others.
   *
   * @returns Whether it was kept.
   */
  async keep(where: CacheName, write: () => Promise<void>): Promise<boolean> {
    if (this.#refused.has(where)) return false;
    try {
      await write();
      return true;
    } catch (cause) {
      this.#refuse(where, cause as NodeJS.ErrnoException);
      return false;
    }
  }

  #refuse(where: CacheName, cause: NodeJS.ErrnoException): void {
    const { code, path, syscall } = cause;
    if (code === undefined) throw cause;
    // on Windows a file that another process has open can't be replaced; others can be
    const [told, what] =
      (UNWRITABLE.has(code) && syscall !== "rename") ||
      (syscall === "mkdir" && (code === "ENOENT" || this.#isBlocked(where, code)))
        ? [this.#refused, "what is fetched can't be kept"]
        : [this.#partial, "not all that is fetched can be kept"];
    // writes that were under way together fail together
    if (!told.has(where)) {
      const at = path === undefined ? "" : `${path}: `;
      const full = code === "ENOSPC" || code === "EDQUOT";
      const advice = full ? "tokenscape cache shows what could go; " : "";
      const { name, movedBy } = CACHES[where];
      this.warn(
        `${what} in ${name}: ${at}${systemReason(cause) ?? code} (${advice}${movedBy} moves this cache)`,
      );
    }
    told.add(where);
  }

  /** True where the model's own folder can't be made, as in a cache that lies below a file. */
  #isBlocked(where: CacheName, code: string): boolean {
    const folder = where === "own" ? this.#folder : this.cache.folder;
    return IN_THE_WAY.has(code) && !isFolder(folder);
  }
}

/** What is said where something else than a folder is in the way of one. */
const IN_THE_WAY: ReadonlySet<string> = new Set(["EEXIST", "ENOTDIR", "ELOOP"]);

/** Reasons why the next write would fail too. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  ...["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT", "EFBIG", "EIO"],
]);

/** The cache that is shared with Python, or our own. */
export type CacheName = "shared" | "own";

const CACHES: Readonly<Record<CacheName, { readonly name: string; readonly movedBy: string }>> = {
  shared: { name: "the cache of huggingface_hub", movedBy: "HF_HOME or HF_HUB_CACHE" },
  own: { name: "the cache of tokenscape", movedBy: "XDG_CACHE_HOME" },
};
