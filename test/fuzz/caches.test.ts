/**
 * What is kept of a model on the hub, damaged in any way: a run must give what it gave before, or end with one
 * error of ours, but never give other rows or names.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { hubFiles } from "../../src/model/node/hub-files.ts";
import { sealedJson } from "../../src/model/node/sealed-json.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { largeFile, smallFile } from "../model/hub/fake-files.ts";
import { startFakeHub } from "../model/hub/fake-hub.ts";
import { COMMIT, smallWeights, tree } from "../model/node/hub-home.ts";
import { type FuzzedParser, fuzzParser } from "./fuzz-parser.ts";

const files = new Map([
  ["config.json", smallFile('{"vocab_size":10000,"hidden_size":4}')],
  ["vocab.json", smallFile('{"a":0,"b":1,"c":2}')],
  ["model.safetensors", largeFile(smallWeights(1))],
]);
const hub = await startFakeHub({
  models: [
    {
      id: "org/small",
      revisions: new Map([["main", COMMIT]]),
      commits: new Map([[COMMIT, files]]),
    },
  ],
});
const folder = await mkdtemp(join(tmpdir(), "tokenscape-caches-"));
/** A home after a first run, and one that is damaged again and again. */
const kept = join(folder, "kept");
const home = join(folder, "home");

afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

/** All that a run gives. */
async function run(from: string, offline = false): Promise<string> {
  const env = { HOME: from, HF_ENDPOINT: hub.url };
  const model = await openFiles(
    await hubFiles("org/small", { env, offline, patience: { waits: [] } }),
  );
  const { data } = await model.rows({ rows: "9000:9100" });
  const tokens = [0, 1, 2, 3].map((id) => model.vocabulary.token(id).display);
  return JSON.stringify([model.revision, model.fetched, model.notes, tokens, [...data]]);
}

const expected = await run(kept);
const paths = await tree(kept);
const pathOf = (pattern: RegExp): string => paths.find((path) => pattern.test(path))!;

/** Runs again and again with one file damaged, half of the times without asking the hub. */
async function fuzzKept(
  name: string,
  path: string,
  more: Partial<FuzzedParser> & { readonly without?: string } = {},
): Promise<void> {
  fuzzParser({
    ...{ name: `cache: ${name}`, isHub: true, isMended: true, isSlow: true },
    seeds: [new Uint8Array(await readFile(join(kept, path)))],
    parse: async (bytes) => {
      await rm(home, { recursive: true, force: true });
      await cp(kept, home, { recursive: true, verbatimSymlinks: true });
      if (more.without !== undefined) await rm(join(home, more.without), { recursive: true });
      await writeFile(join(home, path), bytes);
      const found = await run(home, bytes.length % 2 === 1);
      if (found !== expected) throw new Error(`another result: ${found.slice(0, 300)}`);
    },
    ...more,
  });
}

const revision = pathOf(/revisions.main\.json$/);
const about = pathOf(/model\.safetensors.file\.json$/);
/** The digest made right again. */
function sealed(file: Uint8Array): Uint8Array {
  try {
    const { sha256: _, ...value } = JSON.parse(new TextDecoder().decode(file));
    return new TextEncoder().encode(sealedJson(value));
  } catch {
    return file;
  }
}

await fuzzKept("revision", revision, { tokens: ['"commit"', "null", COMMIT] });
await fuzzKept("Python's refs", pathOf(/refs.main$/), { without: dirname(revision) });
await fuzzKept("config.json", pathOf(new RegExp(`blobs.${files.get("config.json")!.etag}`)));
await fuzzKept("vocab.json", pathOf(new RegExp(`blobs.${files.get("vocab.json")!.etag}`)));
await fuzzKept("length and ETag", about, { repair: sealed, tokens: ['"byteLength"', '"etag"'] });
await fuzzKept("first piece", pathOf(/model\.safetensors.0-\d+\./));
await fuzzKept("piece with rows", pathOf(/model\.safetensors.[1-9]\d*-\d+\./));
