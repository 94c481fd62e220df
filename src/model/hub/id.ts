/**
 * How people write a model on the hub: `gpt2`, `openai-community/gpt2`, `org/name@revision`.
 *
 * The rules for names are those of Python's `validate_repo_id` in huggingface_hub, in ASCII; the
 * rules for revisions are git's (`git check-ref-format`) as far as they keep a name safe in a path.
 */
import { rangeError } from "../../errors.ts";
import { isInside } from "../files.ts";

/** A model on the hub and, where it was named, a branch, tag or commit of it. */
export interface HubId {
  /** `"name"` or `"org/name"`. */
  readonly repo: string;
  readonly revision: string | undefined;
}

/** The branch that is meant where none is named. */
export const DEFAULT_REVISION: string = "main";

const NAME = /^\w(?:[\w.-]{0,94}\w)?$/;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Takes a hub id apart.
 *
 * @param revision A branch, tag or commit given beside the id; then the id may not name one too.
 * @throws {RangeError} if the id or the revision is not one that the hub could have.
 */
export function parseHubId(id: string, revision?: string): HubId {
  const at = id.indexOf("@");
  const repo = at === -1 ? id : id.slice(0, at);
  const named = at === -1 ? undefined : id.slice(at + 1);
  const fault = nameFault(repo);
  if (fault !== undefined) {
    throw rangeError(
      `expected a hub id such as "gpt2" or "org/name@revision", got ${JSON.stringify(id)}: ${fault}`,
    );
  }
  if (named !== undefined && revision !== undefined) {
    throw rangeError(
      `expected one revision, got two: ${JSON.stringify(id)} and ${JSON.stringify(revision)}`,
    );
  }
  const chosen = named ?? revision;
  if (chosen !== undefined) checkRevision(repo, chosen);
  return { repo, revision: chosen };
}

/** True for a name that the hub could give a model: `"name"` or `"org/name"`. */
export function isRepoName(name: unknown): name is string {
  return typeof name === "string" && nameFault(name) === undefined;
}

/** True for a whole commit: 40 hexadecimal digits in lower case. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Checks that a path names a file inside a repository, in the same way on every system.
 *
 * @throws {RangeError} if the path is empty or absolute, or has `.`, `..`, `\` or `:` where a name belongs.
 */
export function checkRepoPath(path: string): void {
  if (isInside(path)) return;
  throw rangeError(
    `expected the path of a file inside the repository, got ${JSON.stringify(path)}`,
  );
}

function nameFault(repo: string): string | undefined {
  const parts = repo.split("/");
  if (parts.length > 2) return "there is more than one slash";
  if (parts.some((part) => part.length > 96)) return "a name is longer than 96 characters";
  if (repo.includes("--") || repo.includes("..")) return 'it holds "--" or ".."';
  if (repo.endsWith(".git")) return 'it ends with ".git"';
  if (!parts.every((part) => NAME.test(part))) {
    return "names hold letters, digits, _, - and ., and begin and end with a letter, a digit or _";
  }
  return undefined;
}

function checkRevision(repo: string, revision: string): void {
  const parts = revision.split("/");
  const named = parts.every((part) => /^[^.-]/.test(part) && !/(?:\.|\.lock)$/.test(part));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const plain = !/[\u0000-\u0020\u007f~^:?*[\\@"<>|]|\.\./.test(revision);
  if (!named || !plain || revision.length > 200) {
    throw rangeError(
      `${repo}: expected a branch, tag or commit such as "main", got ${JSON.stringify(revision)}`,
    );
  }
}
