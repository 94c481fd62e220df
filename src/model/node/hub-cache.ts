import { readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { matchesEtag } from "../hub/content.ts";
import { isCommit } from "../hub/id.ts";
import { holdsWeights } from "../weights/weight-files.ts";
import { linkAtomically, writeAtomically } from "./atomic-file.ts";
import { makeFolder } from "./make-folder.ts";

/** What programs that make backups look for, to leave a folder out: bford.info/cachedir. */
const TAG =
  "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache; what is in it can be fetched again.\n";

/** Puts the tag into a cache that has none. */
async function tagCache(root: string): Promise<void> {
  await writeFile(join(root, "CACHEDIR.TAG"), TAG, { flag: "wx" }).catch(() => {});
}

/** A commit that a revision was found to name, and the day (UTC) of the finding. */
export interface CachedRevision {
  readonly commit: string;
  readonly fetched: string;
}

/**
 * A model's folder in the cache that Python's huggingface_hub keeps, in its layout:
 * `models--org--name/blobs/<etag>` holds contents, `snapshots/<commit>/<path>` are relative links to
 * them (copies where there are no links), `refs/<revision>` holds the commit, an empty
 * `.no_exist/<commit>/<path>` says that the commit has no such file. Models are found under
 * the id as asked, so `gpt2` and `openai-community/gpt2` are two folders, as in Python.
 *
 * Python takes a model without `snapshots/`, and a ref without its commit there, for damaged, whatever
 * else lies in `refs/` for a ref, and in `snapshots/` for a file. So the commit's folder is made before
 * anything else, and temporary files lie in `blobs/`, as Python's do.
 */
export class HubCache {
  readonly folder: string;
  readonly #root: string;

  constructor(root: string, repo: string) {
    this.#root = root;
    this.folder = join(root, ["models", ...repo.split("/")].join("--"));
  }

  /** The commit that a revision named when it was last resolved here; undefined if it never was. */
  async revision(revision: string): Promise<CachedRevision | undefined> {
    const path = isCommit(revision)
      ? join(this.folder, "snapshots", revision)
      : join(this.folder, "refs", revision);
    try {
      const commit = isCommit(revision) ? revision : (await readFile(path, "utf8")).trim();
      const { mtime } = await stat(path);
      return isCommit(commit) ? { commit, fetched: mtime.toISOString().slice(0, 10) } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps which commit a branch or tag names. A ref that leads to weights stays as it is: our own
   * commit has none here, and offline Python would be left without the model.
   */
  async keepRevision(revision: string, commit: string): Promise<void> {
    this.#makeSnapshot(commit);
    if (isCommit(revision)) return;
    const before = (await this.revision(revision))?.commit;
    const stays = before !== undefined && holdsWeights(await this.list(before));
    if (!stays) await this.#write(join(this.folder, "refs", revision), commit);
  }

  /** The paths of the files of a commit that are here. */
  async list(commit: string): Promise<string[]> {
    const folder = join(this.folder, "snapshots", commit);
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const paths = names.map((name) => name.split(sep).join("/"));
    const found = await Promise.all(paths.map((path) => this.find(commit, path)));
    return paths.filter((_, i) => found[i] !== undefined);
  }

  /** Where a file of a commit lies; undefined if it is not here. */
  async find(commit: string, path: string): Promise<string | undefined> {
    const pointer = this.#pointer(commit, path);
    const found = await stat(pointer).catch(() => undefined);
    return found?.isFile() ? pointer : undefined;
  }

  /**
   * A file of a commit, whole; undefined if it is not here, or is damaged: its content is not what
   * the name of its blob says.
   *
   * @param etag The file's ETag where it is known, for a copy, which has no blob to name one.
   */
  async read(commit: string, path: string, etag?: string): Promise<Uint8Array | undefined> {
    const pointer = this.#pointer(commit, path);
    const bytes = await readFile(pointer).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const blob = await readlink(pointer).catch(() => undefined);
    const sound = await matchesEtag(bytes, blob === undefined ? etag : basename(blob));
    return sound === false ? undefined : bytes;
  }

  /**
   * Keeps a file whose content has been held against its ETag. Where there can be no links, it is in
   * the snapshot itself and in no blob, as Python has it.
   *
   * @returns Whether it is a link, so that its ETag can be told from it.
   */
  async keep(commit: string, path: string, etag: string, bytes: Uint8Array): Promise<boolean> {
    const blob = join(this.#blobs, etag);
    const pointer = this.#pointer(commit, path);
    const isNew = (await stat(blob).catch(() => undefined)) === undefined;
    this.#makeSnapshot(commit);
    // Python looks at no content again, so that it must not be lost with power
    await writeAtomically(blob, bytes, { flush: true });
    await tagCache(this.#root);
    try {
      await linkAtomically(pointer, relative(dirname(pointer), blob), this.#blobs);
      return true;
    } catch {
      // Windows allows links to few, and some file systems have none
      await this.#write(pointer, bytes);
      // one that was there may be another commit's
      if (isNew) await rm(blob, { force: true });
      return false;
    }
  }

  /** True if it is known that the commit has no such file. */
  async lacks(commit: string, path: string): Promise<boolean> {
    return (await stat(this.#absence(commit, path)).catch(() => undefined)) !== undefined;
  }

  async keepAbsence(commit: string, path: string): Promise<void> {
    this.#makeSnapshot(commit);
    await this.#write(this.#absence(commit, path), "");
  }

  #makeSnapshot(commit: string): void {
    makeFolder(join(this.folder, "snapshots", commit));
  }

  #write(path: string, content: Uint8Array | string): Promise<void> {
    return writeAtomically(path, content, { within: this.#blobs, flush: true });
  }

  get #blobs(): string {
    return join(this.folder, "blobs");
  }

  #absence(commit: string, path: string): string {
    return join(this.folder, ".no_exist", commit, ...path.split("/"));
  }

  #pointer(commit: string, path: string): string {
    return join(this.folder, "snapshots", commit, ...path.split("/"));
  }
}
