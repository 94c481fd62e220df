import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file under a temporary name and renames it, so that whoever looks sees all of it or none,
 * whatever happens in between. Folders are made as needed.
 */
export function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  return appear(path, (temporary) => writeFile(temporary, bytes, { flag: "wx" }));
}

/** Makes a symbolic link, or puts it in the place of what is there, in one step. */
export function linkAtomically(path: string, target: string): Promise<void> {
  return appear(path, (temporary) => symlink(target, temporary));
}

async function appear(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.incomplete`;
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cause;
  }
}
