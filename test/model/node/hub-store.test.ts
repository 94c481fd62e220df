import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HubStore } from "../../../src/model/node/hub-store.ts";
import { makeFolder } from "../../../src/model/node/make-folder.ts";
import { COMMIT, HubHome, NEXT, read, tree } from "./hub-home.ts";

const at = new HubHome();
let folder: string;
const warnings: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-store-"));
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const store = (endpoint = "https://huggingface.co"): HubStore => {
  const caches = { hubCache: join(folder, "python"), cacheDir: join(folder, "own") };
  return new HubStore("org/name", endpoint, caches, (warning) => warnings.push(warning));
};
const failing = (code: string) => async (): Promise<void> => {
  throw Object.assign(new Error(code), { code, path: "/x", syscall: "open" });
};
const fine = async (): Promise<void> => {};

describe("a cache", () => {
  it.each([
    ["EROFS", "the file system can only be read"],
    ["EACCES", "permission denied"],
    ["EPERM", "not permitted"],
    ["ENOSPC", "no space left on the disk"],
    ["EDQUOT", "no space left in your share of the disk"],
  ])("that refuses by %s gets nothing more, which is said once", async (code, words) => {
    const one = store();
    expect(await one.keep("own", failing(code))).toBe(false);
    expect([await one.keep("own", fine), await one.keep("shared", fine)]).toEqual([false, true]);
    const advice = /ENOSPC|EDQUOT/.test(code) ? "tokenscape cache shows what could go; " : "";
    expect(warnings).toEqual([
      `what is fetched can't be kept in the cache of tokenscape: /x: ${words} (${advice}XDG_CACHE_HOME moves this cache)`,
    ]);
    await one.keep("shared", failing(code));
    expect(warnings[1]).toContain(`${words} (${advice}HF_HOME or HF_HUB_CACHE moves this cache)`);
  });

  it.each([
    ["EEXIST", "something else has this name"],
    ["ENOTDIR", "a part of the path is not a folder"],
    ["ENAMETOOLONG", "the name is too long"],
    ["EISDIR", "it is a folder"],
  ])("that does not take one name (%s) gets the others", async (code, words) => {
    const one = store();
    expect(await one.keep("shared", failing(code))).toBe(false);
    expect(await one.keep("shared", failing(code))).toBe(false);
    expect(await one.keep("shared", fine)).toBe(true);
    expect(warnings).toEqual([
      `not all that is fetched can be kept in the cache of huggingface_hub: /x: ${words} (HF_HOME or HF_HUB_CACHE moves this cache)`,
    ]);
  });

  it.each(["", "python/x/y"])("below a file (%s) gets nothing more", async (below) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const caches = { hubCache: join(file, below), cacheDir: join(file, below) };
    const one = new HubStore("org/name", "https://huggingface.co", caches, (warning) =>
      warnings.push(warning),
    );
    const write = async (): Promise<void> => {
      makeFolder(join(one.cache.folder, "blobs"));
    };
    expect([await one.keep("shared", write), await one.keep("shared", fine)]).toEqual([
      false,
      false,
    ]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^what is fetched can't be kept in the cache of huggingface_hub: /);
  });

  it("that does not let one file be replaced gets the others", async () => {
    const one = store();
    const busy = async (): Promise<void> => {
      throw Object.assign(new Error("EPERM"), { code: "EPERM", path: "/x", syscall: "rename" });
    };
    expect([await one.keep("own", busy), await one.keep("own", fine)]).toEqual([false, true]);
    expect(warnings).toEqual([
      "not all that is fetched can be kept in the cache of tokenscape: /x: not permitted (XDG_CACHE_HOME moves this cache)",
    ]);
  });

  it("hides no mistake of ours", async () => {
    const mistake = async (): Promise<void> => {
      throw new TypeError("a mistake");
    };
    await expect(store().keep("own", mistake)).rejects.toThrow("a mistake");
  });

  it("keeps a branch below the name of a tag, but for its ref", async () => {
    at.small.revisions.set("v1/x", NEXT);
    await read(await at.open("org/small@v1"), "config.json");
    const files = await at.open("org/small@v1/x");
    expect(await read(files, "config.json")).toBe('{"scale":2}');
    expect(at.warnings).toHaveLength(1);
    expect(at.warnings[0]).toMatch(
      /^not all .* huggingface_hub: .*: (?:something else has this name|a part of the path)/,
    );
    await at.hub.close();
    expect(await read(await at.open("org/small@v1/x"), "config.json")).toBe('{"scale":2}');
    expect(await readFile(at.python("models--org--small/refs/v1"), "utf8")).toBe(COMMIT);
  });

  it("keeps revisions and files of long names", async () => {
    const [revision, other] = ["é".repeat(60), `${"é".repeat(59)}è`];
    const path = `sub/${"ü".repeat(60)}.json`;
    at.small.revisions.set(revision, COMMIT).set(other, NEXT);
    for (const files of at.small.commits.values()) files.set(path, files.get("model.safetensors")!);
    const ends = async () => {
      const opened = [
        await at.open("org/small", { revision }),
        await at.open(`org/small@${other}`),
      ];
      const sources = await Promise.all(opened.map((files) => files.open(path)));
      return Promise.all(
        sources.map((source) => source!.slice(source!.byteLength - 4, source!.byteLength)),
      );
    };
    const first = await ends();
    expect(first[0]).not.toEqual(first[1]);
    expect(at.warnings).toEqual([]);
    await at.hub.close();
    expect(await ends()).toEqual(first);
    for (const one of await tree(at.own())) expect(one).toMatch(/^[\w/%.~-]+$/);
  });
});

describe("two hubs on one host", () => {
  it("have a folder each", async () => {
    const revisions = [COMMIT, NEXT];
    const both = createServer(async (request, response) => {
      const path = request.url!.slice(2);
      at.small.revisions.set("main", revisions[request.url!.startsWith("/b/") ? 1 : 0]!);
      const answer = await fetch(at.hub.url + path);
      response.end(await answer.text());
    });
    await new Promise<void>((resolve) => both.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(both.address() as AddressInfo).port}`;
    const open = async (path: string): Promise<string | null> => {
      const env = { HOME: at.home, HF_ENDPOINT: `http://${host}/${path}` };
      return (await at.open("org/small", { env })).revision;
    };
    expect([await open("a"), await open("b"), await open("a")]).toEqual([COMMIT, NEXT, COMMIT]);
    both.closeAllConnections();
    both.close();
    const names = [`${host}/a`, `${host}/b`].map(encodeURIComponent);
    expect((await readdir(join(at.home, ".cache/tokenscape/hub"))).sort()).toEqual(names);
  });
});
