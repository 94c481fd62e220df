import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemReason } from "./system-reason.ts";

/** Told what can't be looked into or makes no sense, and why (`"permission denied"`). */
export type OnUnread = (path: string, reason: string) => void;

/** All that is no folder below a path, in one order on every system; the path itself if it is none. */
export async function filesBelow(path: string, onUnread?: OnUnread): Promise<string[]> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = await namesIn(path, onUnread);
  const below = await Promise.all(names.map((name) => filesBelow(join(path, name), onUnread)));
  return below.flat();
}

/** What is in a folder, in one order on every system; nothing if there is no such folder. */
export async function namesIn(folder: string, onUnread?: OnUnread): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") onUnread?.(folder, systemReason(error) ?? code);
    return [];
  }
}
