/** The npm peers stand in `bench/node_modules`, which nothing of ours resolves to by itself. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fromRows, type Matrix, writeNpy } from "tokenscape";
import { inRoot } from "../root.ts";

/** The version installed; undefined where the peer is not. */
export function peerVersion(name: string): string | undefined {
  try {
    const file = join(inRoot("bench", "node_modules", name), "package.json");
    return JSON.parse(readFileSync(file, "utf8")).version;
  } catch {
    return undefined;
  }
}

/** The file that the peer's name leads to. */
export function peerFile(name: string): string {
  return createRequire(inRoot("bench", "package.json")).resolve(name);
}

/** The peer's module. */
export async function importPeer<T>(name: string): Promise<T> {
  return import(pathToFileURL(peerFile(name)).href);
}

/** The rows as lists of numbers, which is how these peers take them. */
export function asLists({ data, shape: [rows, cols] }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from(data.subarray(i * cols, (i + 1) * cols)),
  );
}

/** Keeps a map that came as lists of numbers. */
export async function saveLists(path: string, lists: readonly ArrayLike<number>[]): Promise<void> {
  await writeFile(path, writeNpy(fromRows(lists)));
}
