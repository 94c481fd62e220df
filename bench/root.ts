import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's folder: this file is run from `build/bench`, and by tests from `bench`. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A path inside the checkout. */
export function inRoot(...parts: string[]): string {
  return join(root, ...parts);
}

function findRoot(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "tokenscape") {
    return folder;
  }
  const parent = dirname(folder);
  if (parent === folder) throw new Error("bench: no checkout of tokenscape around this file");
  return findRoot(parent);
}
