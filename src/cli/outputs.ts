import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../model/node/make-folder.ts";
import { systemReason } from "../model/node/system-reason.ts";
import { CommandError } from "./errors.ts";

/** The files that a run writes, in the order in which they are named to the user. */
const FILES = [
  "report.html",
  "embeddings.svg",
  "map.svg",
  "clusters.svg",
  "embeddings.png",
  "map.png",
  "clusters.png",
  "tokens.csv",
  "coordinates.npy",
  "result.json",
] as const;

/** A file of a run; a folder holds at most one of each. */
export type OutputName = (typeof FILES)[number];

/**
 * A folder name for a model's name: letters, digits, `.`, `_` and `-` stay, anything else becomes `-`.
 * Never empty, hidden, a way out of the folder, or a name that Windows reserves.
 */
export function folderName(model: string): string {
  const safe = model
    .replaceAll("/", "--")
    .replaceAll(/[^\w.-]/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .slice(0, 100);
  return safe === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `model-${safe}` : safe;
}

/**
 * Checks, before the long work, that a run's files can be written into a folder, which need not exist. Nothing is left there.
 *
 * @throws {CommandError} if it is a file, can't be written to, or holds files of these names that
 * Tokenscape did not write.
 */
export function checkFolder(folder: string): void {
  try {
    const nearest = nearestExisting(resolve(folder));
    if (!statSync(nearest).isDirectory())
      throw new CommandError(`--out ${folder}: ${nearest} is not a folder`);
    rmdirSync(mkdtempSync(join(nearest, ".tokenscape-")));
  } catch (error) {
    throw refused(folder, error);
  }
  const taken = FILES.filter((name) => existsSync(join(folder, name)));
  const blocking = taken.find((name) => statSync(join(folder, name)).isDirectory());
  if (blocking !== undefined)
    throw new CommandError(`--out ${folder}: ${blocking} in it is a folder`);
  if (taken.length > 0 && !isOurs(folder)) {
    throw new CommandError(
      `--out ${folder}: ${taken[0]} in it is not from Tokenscape (no result.json of ours beside it); choose another folder`,
    );
  }
}

/**
 * Puts a run's files into a folder: all of them are first written into a temporary folder inside it, then
 * moved without a pause between, so neither Ctrl-C nor a full disk leaves a part of them. Files that an
 * earlier run left and this one does not write are removed: a folder shows one run. Files of other
 * names are not touched.
 *
 * @returns The names, in a fixed order.
 */
export function writeFolder(
  folder: string,
  files: ReadonlyMap<OutputName, string | Uint8Array>,
): OutputName[] {
  const names = FILES.filter((name) => files.has(name));
  let created: string | undefined;
  let temporary: string | undefined;
  try {
    created = makeFolder(folder);
    temporary = mkdtempSync(join(folder, ".tokenscape-"));
    for (const name of names) writeFileSync(join(temporary, name), files.get(name)!);
    for (const name of names) renameSync(join(temporary, name), join(folder, name));
    for (const name of FILES) if (!files.has(name)) rmSync(join(folder, name), { force: true });
    rmdirSync(temporary);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    if (created !== undefined) removeEmpty(folder, created);
    throw refused(folder, error);
  }
  return names;
}

/** Removes a folder and those above it up to `top`, as long as they are empty. */
function removeEmpty(folder: string, top: string): void {
  const last = resolve(top);
  for (let at = resolve(folder); at.startsWith(last); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return;
    }
  }
}

function nearestExisting(path: string): string {
  let at = path;
  while (lstatSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at)
    at = dirname(at);
  return at;
}

// result.json begins with the version that wrote it
function isOurs(folder: string): boolean {
  const path = join(folder, "result.json");
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const file = openSync(path, "r");
  try {
    const head = new Uint8Array(64);
    const length = readSync(file, head);
    return /^\{\s*"tokenscape":/.test(new TextDecoder().decode(head.subarray(0, length)));
  } finally {
    closeSync(file);
  }
}

function refused(folder: string, error: unknown): unknown {
  const reason = systemReason(error);
  if (reason === undefined) return error;
  return new CommandError(`--out ${folder}: can't write there: ${reason}`, { cause: error });
}
