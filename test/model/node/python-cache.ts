/** What Python's huggingface_hub (2.0.0) holds against a cache: the rules of its `scan_cache_dir`. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { tree } from "./hub-home.ts";

/**
 * Expects that `scan_cache_dir` has no warning: each model has a folder of snapshots, whatever lies in
 * `refs/` leads to one of them, and each file in one is there.
 */
export async function expectScannable(hubCache: string): Promise<void> {
  const names = await readdir(hubCache).catch(() => []);
  for (const name of names.filter((one) => one !== "CACHEDIR.TAG")) {
    const model = join(hubCache, name);
    const snapshots = await readdir(join(model, "snapshots"));
    for (const ref of await tree(join(model, "refs")).catch(() => [])) {
      expect(snapshots).toContain(await readFile(join(model, "refs", ref), "utf8"));
    }
    for (const path of await tree(join(model, "snapshots"))) {
      expect((await stat(join(model, "snapshots", path))).isFile()).toBe(true);
    }
  }
}
