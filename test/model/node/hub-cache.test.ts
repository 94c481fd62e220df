import { mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubError } from "../hub/error.ts";
import { largeFile } from "../hub/fake-files.ts";
import { COMMIT, HubHome, NEXT, read, smallWeights, TOKEN, tree } from "./hub-home.ts";
import { expectScannable } from "./python-cache.ts";

const at = new HubHome();

describe("Python's cache", () => {
  it("receives small files in its layout", async () => {
    const files = await at.open("org/small@v1");
    await read(files, "config.json");
    await read(files, "tokenizer.json");
    await read(files, "sub/folder/notes.txt");
    const model = at.python("models--org--small");
    const blobs = ["config.json", "tokenizer.json", "sub/folder/notes.txt"].map(
      (path) => at.small.commits.get(COMMIT)!.get(path)!.etag,
    );
    expect(await tree(model)).toEqual(
      [
        ...blobs.map((etag) => `blobs/${etag}`),
        "refs/v1",
        `snapshots/${COMMIT}/config.json`,
        `snapshots/${COMMIT}/sub/folder/notes.txt`,
        `snapshots/${COMMIT}/tokenizer.json`,
      ].sort(),
    );
    expect(await readFile(join(model, "refs/v1"), "utf8")).toBe(COMMIT);
    const link = (path: string) => readlink(join(model, "snapshots", COMMIT, path));
    expect(await link("config.json")).toBe(`../../blobs/${blobs[0]}`);
    expect(await link("sub/folder/notes.txt")).toBe(`../../../../blobs/${blobs[2]}`);
    expect(await readFile(join(model, "blobs", blobs[1]!), "utf8")).toBe('{"big":1}');
  });

  it("is sound by Python's rules before any file is in it", async () => {
    const hidden = { id: "org/hidden", access: "gated", granted: [TOKEN] } as const;
    at.models.push({ ...at.small, ...hidden });
    const files = await at.open("org/hidden");
    expect((await hubError(files.read("config.json"))).message).toContain("is gated");
    await expectScannable(at.python());
    await at.open("org/small", { revision: NEXT });
    await expectScannable(at.python());
  });

  it("is told of files that have gone from a commit, and sound with that alone", async () => {
    const files = await at.open("org/small", { revision: COMMIT });
    at.small.commits.get(COMMIT)!.delete("config.json");
    expect(await files.read("config.json")).toBeUndefined();
    expect(await tree(at.python())).toEqual([`models--org--small/.no_exist/${COMMIT}/config.json`]);
    await expectScannable(at.python());
  });

  it("serves a model that is there, for one request for the list of its files", async () => {
    await fillPythonCache();
    const files = await at.open("org/small");
    expect([files.name, files.revision]).toEqual(["org/small", COMMIT]);
    const source = (await files.open("model.safetensors"))!;
    expect(Buffer.from(await source.slice(0, source.byteLength))).toEqual(
      Buffer.from(smallWeights(1)),
    );
    expect(await read(files, "tokenizer.json")).toBe('{"big":1}');
    expect(await files.read("token_occurrences.json")).toBeUndefined();
    expect(await files.open("model.safetensors.index.json")).toBeUndefined();
    const asked = at.hub.requests.map(({ url }) => url.split("?")[0]);
    expect(asked).toEqual([`/api/models/org/small/revision/${COMMIT}`]);
    await at.hub.close();
    expect(await read(await at.open("org/small"), "tokenizer.json")).toBe('{"big":1}');
    expect(at.warnings).toEqual([]);
  });

  it("serves a model that is there offline, and says that there may be more", async () => {
    await fillPythonCache();
    const HF_ENDPOINT = at.hub.url;
    for (const options of [
      { offline: true },
      { env: { HOME: at.home, HF_ENDPOINT, HF_HUB_OFFLINE: "1" } },
      { offline: true, revision: COMMIT },
    ]) {
      const files = await at.open("org/small", options);
      expect(files.revision).toBe(COMMIT);
      const source = (await files.open("model.safetensors"))!;
      expect((await source.slice(0, source.byteLength)).length).toBe(smallWeights(1).length);
      expect(await read(files, "tokenizer.json")).toBe('{"big":1}');
      expect(await files.read("vocab.json")).toBeUndefined();
      expect(at.warnings.splice(0)).toEqual([
        "the list of org/small's files was never fetched: only those in Python's cache are known",
      ]);
    }
    expect(at.hub.requests).toEqual([]);
  });

  it("gives the same with any part of a model in it", async () => {
    const files = at.small.commits.get(COMMIT)!;
    files.set("vocab.json", largeFile('{"a":0}'));
    const everything = async () => {
      const opened = await at.open("org/small");
      const contents = [...files.keys(), "none"].map((path) => opened.read(path));
      return (await Promise.all(contents)).map((bytes) => bytes && Array.from(bytes).join());
    };
    const right = await everything();
    for (const paths of [["model.safetensors"], ["model.safetensors", "vocab.json"]]) {
      await rm(at.home, { recursive: true });
      await fillPythonCache(paths);
      expect(await everything()).toEqual(right);
    }
  });

  it("is completed at the commit that it has, where a file is missing", async () => {
    await fillPythonCache(["config.json", "model.safetensors"]);
    at.small.revisions.set("main", NEXT);
    const files = await at.open("org/small");
    expect(files.revision).toBe(COMMIT);
    expect(await read(files, "tokenizer.json")).toBe('{"big":1}');
    await (await files.open("model.safetensors"))!.slice(0, 8);
    expect([...at.hub.bytes.keys()]).toEqual(["tokenizer.json"]);
  });

  it("says what helps where the hub does not know the commit that it has, or is silent", async () => {
    await fillPythonCache();
    at.small.commits.delete(COMMIT);
    at.small.revisions.set("main", NEXT);
    const advice =
      "; --offline takes what Python's cache has of commit aaaaaaa, --refresh another commit";
    const gone = await hubError(at.open("org/small"));
    expect([gone.status, gone.message.endsWith(advice)]).toEqual([404, true]);
    at.hub.intercept = (_, response) =>
      response.end(JSON.stringify({ id: "org/small", sha: NEXT, siblings: [] })) !== undefined;
    const other = await hubError(at.open("org/small"));
    expect(other.message).toContain(`${COMMIT}`);
    expect(other.message.endsWith(advice)).toBe(true);
    await at.hub.close();
    const silent = await hubError(at.open("org/small"));
    expect([silent.status, silent.message.endsWith(advice)]).toEqual([undefined, true]);
    expect(silent.cause).toBeDefined();
  });

  it("keeps for Python the weights that a branch leads to, also when that is refreshed", async () => {
    await fillPythonCache();
    at.small.revisions.set("main", NEXT);
    const files = await at.open("org/small", { refresh: true });
    expect([files.revision, await read(files, "config.json")]).toEqual([NEXT, '{"scale":2}']);
    expect(await readFile(at.python("models--org--small/refs/main"), "utf8")).toBe(COMMIT);
    await expectScannable(at.python());
    expect((await at.open("org/small")).revision).toBe(NEXT);
    // where there are none, it follows
    await rm(at.python("models--org--small/snapshots", COMMIT, "model.safetensors"));
    await at.open("org/small", { refresh: true });
    expect(await readFile(at.python("models--org--small/refs/main"), "utf8")).toBe(NEXT);
  });

  it("may be without its vocabulary offline", async () => {
    await fillPythonCache(["config.json", "model.safetensors"]);
    const files = await at.open("org/small", { offline: true });
    expect(await files.read("tokenizer.json")).toBeUndefined();
    expect((await files.open("model.safetensors"))!.byteLength).toBe(smallWeights(1).length);
    const online = await at.open("org/small");
    expect(await read(online, "tokenizer.json")).toBe('{"big":1}');
  });

  it("may have lost what it had", async () => {
    await fillPythonCache();
    await at.open("org/small");
    await rm(at.python("models--org--small"), { recursive: true });
    const files = await at.open("org/small");
    expect(await read(files, "config.json")).toBe('{"scale":1}');
    await rm(at.python("models--org--small"), { recursive: true });
    const error = await hubError(
      read(await at.open("org/small", { offline: true }), "config.json"),
    );
    expect(error.message).toBe(
      `org/small: config.json is not in the cache, and with --offline (option offline) ${at.hub.url} is not asked: run once without it`,
    );
  });

  it("is not believed where a file is not what its hash names", async () => {
    await fillPythonCache();
    const { etag } = at.small.commits.get(COMMIT)!.get("config.json")!;
    const blob = at.python("models--org--small/blobs", etag);
    await writeFile(blob, '{"scale":7}');
    await hubError(
      at.open("org/small", { offline: true }).then((files) => files.read("config.json")),
    );
    expect(await read(await at.open("org/small"), "config.json")).toBe('{"scale":1}');
    expect(await readFile(blob, "utf8")).toBe('{"scale":1}');
  });

  it("takes refs that name no commit for none", async () => {
    await fillPythonCache();
    for (const text of ["", "main", "../../../etc", `${COMMIT}x`]) {
      await writeFile(at.python("models--org--small/refs/main"), text);
      await rm(at.own(), { recursive: true, force: true });
      const error = await hubError(at.open("org/small", { offline: true }));
      expect(error.message).toContain("org/small is not in the cache");
    }
  });

  it.each(["config.json", "tokenizer.json"])("never sees wrong content of %s", async (path) => {
    const { etag } = at.small.commits.get(COMMIT)!.get(path)!;
    at.hub.intercept = (request, response) => {
      if (!/resolve-cache|Signature/.test(request.url!)) return false;
      response.writeHead(200, { ETag: `"${etag}"`, "X-Linked-ETag": `"${etag}"` });
      return response.end('{"scale":7}') !== undefined;
    };
    const files = await at.open("org/small");
    const { message } = await hubError(files.read(path));
    expect(message).toMatch(/wrong content|longer than 9 bytes/);
    expect(await tree(at.python())).toEqual(["models--org--small/refs/main"]);
    await expectScannable(at.python());
    at.hub.intercept = undefined;
    expect(await read(files, path)).toContain("1");
  });

  it("sees nothing of a file whose sending breaks off", async () => {
    const files = await at.open("org/small");
    at.hub.intercept = (request, response) => {
      if (!request.url!.includes("resolve-cache")) return false;
      response.writeHead(200, { "Content-Length": 11 }).write('{"sc');
      setImmediate(() => response.destroy());
      return true;
    };
    expect((await hubError(files.read("config.json"))).message).toContain("broke off");
    expect(await tree(at.python())).toEqual(["models--org--small/refs/main"]);
    await expectScannable(at.python());
  });

  it("does not receive what the hub names no hash for: that goes to our own", async () => {
    at.hub.intercept = (request, response) => {
      if (!request.url!.includes("/resolve/")) return false;
      return response.writeHead(200, { ETag: '"v1-of-a-mirror"' }).end("{}") !== undefined;
    };
    expect(await read(await at.open("org/small"), "config.json")).toBe("{}");
    expect(at.warnings).toEqual([
      `config.json can't be checked: ${at.hub.url} names no hash for it`,
    ]);
    expect(await tree(at.python())).toEqual(["models--org--small/refs/main"]);
    await expectScannable(at.python());
    await at.hub.close();
    expect(await read(await at.open("org/small"), "config.json")).toBe("{}");
  });
});

/** The cache as Python's huggingface_hub 1.x leaves it. */
async function fillPythonCache(
  paths: readonly string[] = ["config.json", "model.safetensors", "tokenizer.json"],
): Promise<void> {
  const model = at.python("models--org--small");
  for (const folder of ["blobs", "refs", `snapshots/${COMMIT}`]) {
    await mkdir(join(model, folder), { recursive: true });
  }
  await writeFile(join(model, "refs/main"), COMMIT);
  for (const path of paths) {
    const file = at.small.commits.get(COMMIT)!.get(path)!;
    await writeFile(join(model, "blobs", file.etag), file.read(0, file.byteLength));
    await symlink(`../../blobs/${file.etag}`, join(model, "snapshots", COMMIT, path));
  }
}
