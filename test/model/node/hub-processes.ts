/** Other processes that read GPT-2 from the fake hub, and what their caches hold. */
import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { readSealedJson } from "../../../src/model/node/sealed-json.ts";
import type { Program } from "../../cli/program.ts";
import { GPT2_COMMIT, gpt2Weights } from "../hub/fake-files.ts";
import { tree } from "./hub-home.ts";
import { expectScannable } from "./python-cache.ts";

/** The code of a process that reads these rows of `gpt2` and prints their sha256, and its warnings. */
export function readerScript(program: Program, rows: string): string {
  const at = (path: string): string =>
    JSON.stringify(pathToFileURL(join(dirname(program.main), "..", path)).href);
  return `
    import { createHash } from "node:crypto";
    import { hubFiles } from ${at("model/node/hub-files.js")};
    import { openFiles } from ${at("model/open-files.js")};
    try {
      const model = await openFiles(await hubFiles("gpt2", { onWarning: console.error }));
      const { data } = await model.rows({ rows: ${JSON.stringify(rows)} });
      console.log(createHash("sha256").update(data).digest("hex"));
    } catch (error) {
      console.log(error.message);
      process.exitCode = 1;
    }`;
}

/** What a reader prints: the sha256 of rows [from, to) of the fake GPT-2. */
export function rowsDigest(from: number, to: number): string {
  const { byteLength, read } = gpt2Weights();
  const start = byteLength - (50257 - from) * 3072;
  return sha256(read(start, start + (to - from) * 3072));
}

/** Expects that every file that is there under its own name holds what it should, to the byte. */
export async function expectSound(home: string): Promise<void> {
  await expectScannable(join(home, ".cache/huggingface/hub"));
  const python = join(home, ".cache/huggingface/hub/models--gpt2");
  for (const path of await paths(python)) {
    const [kind, name] = [path.split("/")[0], basename(path)];
    const whole = join(python, path);
    if (kind === "blobs") expect(blobHash(await readFile(whole))).toBe(name);
    if (kind === "refs") expect(await readFile(whole, "utf8")).toBe(GPT2_COMMIT);
    if (kind === "snapshots") {
      expect(await readlink(whole)).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
      await readFile(whole);
    }
  }
  const weights = gpt2Weights();
  const own = join(home, ".cache/tokenscape/hub");
  for (const path of await paths(own)) {
    const bytes = await readFile(join(own, path));
    if (path.endsWith(".json")) expect(readSealedJson(bytes.toString())).toBeDefined();
    const piece = /^(\d+)-(\d+)\.[0-9a-f]{16}\.([0-9a-f]{64})$/.exec(basename(path));
    if (piece === null) continue;
    expect(sha256(bytes)).toBe(piece[3]);
    expect(sha256(weights.read(Number(piece[1]), Number(piece[2])))).toBe(piece[3]);
  }
}

/** Temporary files below a folder. */
export async function unfinished(folder: string): Promise<string[]> {
  return (await tree(folder)).filter((path) => path.endsWith(".incomplete"));
}

// without the temporary ones
async function paths(folder: string): Promise<string[]> {
  const all = await tree(folder).catch(() => []);
  return all.filter((path) => !path.endsWith(".incomplete"));
}

function blobHash(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
