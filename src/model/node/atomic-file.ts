/** Files that appear whole or not at all, and what a killed process leaves of them. */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { filesBelow, type OnUnread } from "./files-below.ts";
import { makeFolder } from "./make-folder.ts";

/**
 * Writes a file under a temporary name and renames it, so that whoever looks sees all of it or none,
 * whatever happens in between. Folders are made as needed.
 *
 * @param flush Also see to it that the content is on the disk before the name is: without that, a loss
 *   of power may leave an empty file. Default false.
 * @param within Folder for the temporary file, default the file's own; on the same disk.
 */
export function writeAtomically(
  path: string,
  bytes: Uint8Array | string,
  { flush = false, within }: { readonly flush?: boolean; readonly within?: string } = {},
): Promise<void> {
  return appear(path, within, (temporary) => writeFile(temporary, bytes, { flag: "wx", flush }));
}

/** Makes a symbolic link, or puts it in the place of what is there, in one step. */
export function linkAtomically(path: string, target: string, within?: string): Promise<void> {
  return appear(path, within, (temporary) => symlink(target, temporary));
}

async function appear(
  path: string,
  within: string = dirname(path),
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  makeFolder(dirname(path));
  makeFolder(within);
  const suffix = `${processMark()}-${process.pid}-${crypto.randomUUID().slice(0, 8)}.incomplete`;
  // a file's name may be as long as the disk allows
  const temporary = join(within, `${basename(path).slice(0, 40)}.${suffix}`);
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cause;
  }
}

/** Where the number of this process means something: 8 digits that other machines and containers do not have. */
export function processMark(): string {
  mark ??= createHash("sha256").update(processSpace()).digest("hex").slice(0, 8);
  return mark;
}
let mark: string | undefined;

// containers may bear one name, and each counts its processes from 1, as each machine does when it starts
function processSpace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    return `${hostname()} ${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

const TEMPORARY = /\.([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{8}\.incomplete$/;
/** Age after which a temporary file is nobody's, wherever it was made, in milliseconds. */
const LONG_AGO = 86_400_000;

/**
 * The temporary files of ours below a folder that nobody is writing any more: their process has ended,
 * or they are a day old, for those of other machines and containers, whose processes can't be seen.
 * Python's, which have other names, are not among them.
 */
export async function leftovers(folder: string, onUnread?: OnUnread): Promise<string[]> {
  const paths = (await filesBelow(folder, onUnread)).filter((path) => TEMPORARY.test(path));
  const left = await Promise.all(paths.map(isLeft));
  return paths.filter((_, i) => left[i]);
}

/** Removes them; what can't be removed stays. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await leftovers(folder)) await rm(path, { force: true }).catch(() => {});
}

async function isLeft(path: string): Promise<boolean> {
  const [, space, pid] = TEMPORARY.exec(path)!;
  if (space === processMark() && !isRunning(Number(pid))) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > LONG_AGO;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // it runs, as another user
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
