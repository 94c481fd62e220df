import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` begins anew without end
 * where a parent is there and the system says that it is not, as below `/proc` or in a current folder
 * that has been removed; here each level is tried once on the way up and once on the way down.
 *
 * @returns The topmost folder made; undefined if all were there.
 * @throws The system's error if it refuses, or if something else than a folder is in the way.
 */
export function makeFolder(path: string): string | undefined {
  const missing: string[] = [];
  let top: string | undefined;
  for (let at = path; ; at = dirname(at)) {
    try {
      if (makeOne(at)) top = at;
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(at) === at) throw error;
      missing.push(at);
    }
  }
  for (const at of missing.reverse()) if (makeOne(at)) top ??= at;
  return top;
}

/** Makes one folder; false if it is there. */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // systems differ in what they say of a folder that is there, on a disk that can only be read too
    if (isFolder(path)) return false;
    throw error;
  }
}

/** True for a folder, at once; false for what can't be looked at. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
