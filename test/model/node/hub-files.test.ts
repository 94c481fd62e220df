import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../../../src/compute/run.ts";
import { HubError } from "../../../src/errors.ts";
import { type HubFilesOptions, hubFiles } from "../../../src/model/node/hub-files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { fakeGpt2, GPT2_COMMIT, gpt2Value, largeFile, smallFile } from "../fake-files.ts";
import { type FakeHub, type FakeModel, startFakeHub } from "../fake-hub.ts";
import { writeSafetensors } from "../write-safetensors.ts";

const TOKEN = "hf_canary";
const COMMIT = "a".repeat(40);
const NEXT = "b".repeat(40);

let hub: FakeHub;
let home: string;
let small: FakeModel;
let warnings: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tokenscape-hub-"));
  small = smallModel();
  hub = await startFakeHub({ models: [fakeGpt2({ granted: [TOKEN] }), small] });
  warnings = [];
});

afterEach(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

/** A model of a few rows, with two commits. */
function smallModel(): FakeModel {
  const files = (scale: number) =>
    new Map([
      ["config.json", smallFile(`{"scale":${scale}}`)],
      ["tokenizer.json", largeFile(`{"big":${scale}}`)],
      ["sub/folder/notes.txt", smallFile("notes")],
      ["model.safetensors", largeFile(smallWeights(scale))],
    ]);
  return {
    id: "org/small",
    revisions: new Map([
      ["main", COMMIT],
      ["v1", COMMIT],
    ]),
    commits: new Map([
      [COMMIT, files(1)],
      [NEXT, files(2)],
    ]),
  };
}

function smallWeights(scale: number): Uint8Array {
  const data = Float32Array.from({ length: 40_000 }, (_, i) => i * scale);
  return writeSafetensors({ "wte.weight": { shape: [10_000, 4], data } });
}

const open = (id: string, options: HubFilesOptions = {}) =>
  hubFiles(id, {
    env: { HOME: home, HF_ENDPOINT: hub.url, ...options.env },
    onWarning: (message) => warnings.push(message),
    ...options,
  });

/** Everything of a model that a run reads. */
async function run(id: string, options: HubFilesOptions = {}) {
  const files = await open(id, options);
  const model = await openFiles(files);
  const X = await model.rows({ rows: "0:100" });
  return { name: model.name, revision: model.revision, fetched: model.fetched, data: X.data };
}

async function hubError(failing: Promise<unknown>): Promise<HubError> {
  const error = await failing.then(
    () => expect.unreachable("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

const python = (...parts: string[]): string => join(home, ".cache/huggingface/hub", ...parts);
const own = (...parts: string[]): string =>
  join(home, ".cache/tokenscape/hub", encodeURIComponent(new URL(hub.url).host), ...parts);

/** All files and links below a folder, by their paths in it. */
async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe("a run", () => {
  it("costs 307,200 bytes for 100 rows besides header and vocabulary", async () => {
    const { data, revision } = await run("gpt2");
    const pieces = hub.requests.filter(({ server }) => server === "storage");
    expect(pieces.map(({ range }) => range)).toEqual(["bytes=0-32767", "bytes=3145896-3453095"]);
    expect(pieces.map(({ bytes }) => bytes)).toEqual([32_768, 307_200]);
    expect(revision).toBe(GPT2_COMMIT);
    expect(Array.from(data.slice(-2))).toEqual([gpt2Value(99, 766), gpt2Value(99, 767)]);
    expect(warnings).toEqual([]);
  });

  it("asks for nothing the second time, and gives the same", async () => {
    const first = await run("gpt2");
    await hub.close();
    expect(await run("gpt2")).toEqual(first);
    expect(await run("gpt2", { offline: true })).toEqual(first);
  });

  it("fetches of more rows only what is new", async () => {
    await run("gpt2");
    const model = await openFiles(await open("gpt2"));
    hub.requests.length = 0;
    const X = await model.rows({ rows: "50:150" });
    expect(hub.requests.map(({ range }) => range)).toEqual(Array(2).fill("bytes=3453096-3606695"));
    expect(X.data[0]).toBe(gpt2Value(50, 0));
    expect(X.data.at(-1)).toBe(gpt2Value(149, 767));
  });

  it("reports long slices as one step, however many there are", async () => {
    const reports: Progress[] = [];
    const files = await open("gpt2", { onProgress: (progress) => reports.push(progress) });
    const source = (await files.open("model.safetensors"))!;
    await source.slice(4_000_000, 4_000_010);
    expect(reports).toEqual([]);
    const length = 5 << 20;
    await Promise.all([0, 1, 2].map((i) => source.slice((i + 1) * length, (i + 2) * length)));
    expect(new Set(reports.map(({ step }) => step))).toEqual(
      new Set(["Fetching model.safetensors"]),
    );
    expect(reports.at(-1)).toMatchObject({ done: 3 * length, total: 3 * length });
    const done = reports.map((report) => report.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it("fetches a damaged piece again", async () => {
    const first = await run("gpt2");
    const folder = own("gpt2", GPT2_COMMIT, "model.safetensors");
    const name = (await readdir(folder)).find((one) => one.startsWith("3145896-"))!;
    await writeFile(join(folder, name), Buffer.alloc(307_200));
    hub.requests.length = 0;
    expect(await run("gpt2")).toEqual(first);
    expect(hub.requests.map(({ range }) => range)).toEqual(Array(2).fill("bytes=3145896-3453095"));
  });

  it("does not let two at once disturb each other", async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => run("gpt2")));
    for (const one of runs) expect(one).toEqual(runs[0]);
    const kept = [...(await tree(python())), ...(await tree(own()))];
    expect(kept.filter((path) => path.includes(".incomplete"))).toEqual([]);
    await hub.close();
    expect(await run("gpt2")).toEqual(runs[0]);
  });

  it("goes on without a cache, and says so once for each", async () => {
    await writeFile(join(home, "file"), "in the place of a folder");
    const env = { HF_ENDPOINT: hub.url, HF_HOME: join(home, "file"), HOME: home };
    const { data } = await run("gpt2", { env, cacheDir: join(home, "file") });
    expect(data[0]).toBe(gpt2Value(0, 0));
    expect(warnings.map((warning) => warning.replace(/: E[A-Z]+, \/.*$/, ""))).toEqual([
      "what is fetched can't be kept in the cache of huggingface_hub",
      "what is fetched can't be kept in the cache of tokenscape",
    ]);
    expect(hub.bytes.get("model.safetensors")).toBe(32_768 + 307_200);
  });

  it("keeps all in our own cache where Python's is read-only", async () => {
    await writeFile(join(home, "file"), "in the place of a folder");
    const env = { HF_ENDPOINT: hub.url, HF_HUB_CACHE: join(home, "file"), HOME: home };
    const first = await run("gpt2", { env });
    expect(warnings).toHaveLength(1);
    await hub.close();
    expect(await run("gpt2", { env })).toEqual(first);
    expect(warnings).toHaveLength(1);
  });

  it("puts the token into no file, no line and no other origin", async () => {
    const env = { HOME: home, HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN };
    await run("gpt2", { env });
    expect(hub.requests.filter(({ authorization }) => authorization !== undefined)).not.toEqual([]);
    for (const { server, authorization } of hub.requests) {
      expect(authorization).toBe(server === "hub" ? `Bearer ${TOKEN}` : undefined);
    }
    for (const path of await tree(home)) {
      expect(path).not.toContain("canary");
      expect((await readFile(join(home, path))).includes("canary")).toBe(false);
    }
    const bad = { ...env, HF_TOKEN: "hf_wrong-canary" };
    const error = await hubError(open("gpt2", { env: bad, refresh: true }));
    expect(error.message).toContain("refuses the token (HF_TOKEN)");
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain("canary");
  });
});

describe("the revision", () => {
  it("is resolved once, and again only when asked", async () => {
    const files = await open("org/small");
    expect(await read(files, "config.json")).toBe('{"scale":1}');
    small.revisions.set("main", NEXT);
    expect((await open("org/small")).revision).toBe(COMMIT);
    const fresh = await open("org/small", { refresh: true });
    expect([fresh.revision, await read(fresh, "config.json")]).toEqual([NEXT, '{"scale":2}']);
    expect((await open("org/small")).revision).toBe(NEXT);
    expect((await open("org/small@v1")).revision).toBe(COMMIT);
    expect((await open("org/small", { revision: COMMIT })).revision).toBe(COMMIT);
  });

  it("keeps the day it was resolved", async () => {
    await open("org/small");
    const path = own("org--small/revisions/main.json");
    const kept = JSON.parse(await readFile(path, "utf8"));
    expect(kept).toMatchObject({ revision: "main", commit: COMMIT });
    await writeFile(path, JSON.stringify({ ...kept, fetched: "2020-02-02" }));
    expect((await open("org/small")).fetched).toBe("2020-02-02");
    expect((await open("org/small", { refresh: true })).fetched).not.toBe("2020-02-02");
  });

  it("is asked for again if what was kept makes no sense", async () => {
    await open("org/small");
    const path = own("org--small/revisions/main.json");
    const sound = JSON.parse(await readFile(path, "utf8"));
    const bad = [{ commit: "../../x" }, { files: [1] }, { fetched: "today" }, { revision: "v1" }];
    const texts = bad.map((change) => JSON.stringify({ ...sound, ...change }));
    for (const text of ["", "{", "null", ...texts]) {
      await writeFile(path, text);
      hub.requests.length = 0;
      expect((await open("org/small")).revision).toBe(COMMIT);
      expect(hub.requests).toHaveLength(1);
    }
  });

  it("fails on refresh where the hub can't be asked", async () => {
    await open("org/small");
    await hub.close();
    expect((await hubError(open("org/small", { refresh: true }))).message).toContain(
      "cannot be reached",
    );
    expect((await open("org/small")).revision).toBe(COMMIT);
    const refresh = open("org/small", { refresh: true, offline: true });
    await expect(refresh).rejects.toThrow(RangeError);
  });

  it("of another name leads to the same model, under the name that was asked for", async () => {
    const short = await open("gpt2");
    const long = await open("openai-community/gpt2");
    expect([short.name, long.name]).toEqual(["gpt2", "openai-community/gpt2"]);
    expect(short.revision).toBe(long.revision);
    await read(short, "config.json");
    await read(long, "config.json");
    expect((await readdir(python())).sort()).toEqual([
      "models--gpt2",
      "models--openai-community--gpt2",
    ]);
    // only the question for the revision goes by the name that the hub redirects
    const old = hub.requests.filter(({ url }) => /^\/(?:api\/models\/)?gpt2\//.test(url));
    expect(old).toHaveLength(1);
  });
});

describe("Python's cache", () => {
  it("receives small files in its layout", async () => {
    const files = await open("org/small@v1");
    await read(files, "config.json");
    await read(files, "tokenizer.json");
    await read(files, "sub/folder/notes.txt");
    const model = python("models--org--small");
    const blobs = ["config.json", "tokenizer.json", "sub/folder/notes.txt"].map(
      (path) => small.commits.get(COMMIT)!.get(path)!.etag,
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

  it("serves a model that is there, without network", async () => {
    await fillPythonCache();
    await hub.close();
    for (const options of [{}, { offline: true }, { env: { HOME: home, HF_HUB_OFFLINE: "1" } }]) {
      const files = await open("org/small", options);
      expect([files.name, files.revision, files.fetched]).toEqual([
        "org/small",
        COMMIT,
        files.fetched,
      ]);
      const source = (await files.open("model.safetensors"))!;
      expect(Buffer.from(await source.slice(0, source.byteLength))).toEqual(
        Buffer.from(smallWeights(1)),
      );
      expect(await read(files, "tokenizer.json")).toBe('{"big":1}');
      expect(await files.read("token_occurrences.json")).toBeUndefined();
      expect(await files.open("model.safetensors.index.json")).toBeUndefined();
    }
    expect(hub.requests).toEqual([]);
    expect((await open("org/small", { revision: COMMIT })).revision).toBe(COMMIT);
  });

  it("is completed at the commit that it has, where a file is missing", async () => {
    await fillPythonCache(["config.json", "model.safetensors"]);
    small.revisions.set("main", NEXT);
    const files = await open("org/small");
    expect(files.revision).toBe(COMMIT);
    expect(await read(files, "tokenizer.json")).toBe('{"big":1}');
    await (await files.open("model.safetensors"))!.slice(0, 8);
    expect([...hub.bytes.keys()]).toEqual(["tokenizer.json"]);
  });

  it("may be without its vocabulary offline", async () => {
    await fillPythonCache(["config.json", "model.safetensors"]);
    const files = await open("org/small", { offline: true });
    expect(await files.read("tokenizer.json")).toBeUndefined();
    expect((await files.open("model.safetensors"))!.byteLength).toBe(smallWeights(1).length);
    const online = await open("org/small");
    expect(await read(online, "tokenizer.json")).toBe('{"big":1}');
  });

  it("may have lost what it had", async () => {
    await fillPythonCache();
    await open("org/small");
    await rm(python("models--org--small"), { recursive: true });
    const files = await open("org/small");
    expect(await read(files, "config.json")).toBe('{"scale":1}');
    await rm(python("models--org--small"), { recursive: true });
    const error = await hubError(read(await open("org/small", { offline: true }), "config.json"));
    expect(error.message).toBe(
      `org/small: config.json is not in the cache, and with offline ${hub.url} is not asked: run once without it`,
    );
  });

  it("is not believed where a file is not what its hash names", async () => {
    await fillPythonCache();
    const { etag } = small.commits.get(COMMIT)!.get("config.json")!;
    const blob = python("models--org--small/blobs", etag);
    await writeFile(blob, '{"scale":7}');
    await hubError(open("org/small", { offline: true }).then((files) => files.read("config.json")));
    expect(await read(await open("org/small"), "config.json")).toBe('{"scale":1}');
    expect(await readFile(blob, "utf8")).toBe('{"scale":1}');
  });

  it("takes refs that name no commit for none", async () => {
    await fillPythonCache();
    for (const text of ["", "main", "../../../etc", `${COMMIT}x`]) {
      await writeFile(python("models--org--small/refs/main"), text);
      await rm(own(), { recursive: true, force: true });
      const error = await hubError(open("org/small", { offline: true }));
      expect(error.message).toContain("org/small is not in the cache");
    }
  });

  it.each(["config.json", "tokenizer.json"])("never sees wrong content of %s", async (path) => {
    const { etag } = small.commits.get(COMMIT)!.get(path)!;
    hub.intercept = (request, response) => {
      if (!/resolve-cache|Signature/.test(request.url!)) return false;
      response.writeHead(200, { ETag: `"${etag}"`, "X-Linked-ETag": `"${etag}"` });
      return response.end('{"scale":7}') !== undefined;
    };
    const files = await open("org/small");
    const { message } = await hubError(files.read(path));
    expect(message).toMatch(/wrong content|has 11 bytes, not the 9 announced/);
    expect(await tree(python())).toEqual(["models--org--small/refs/main"]);
    hub.intercept = undefined;
    expect(await read(files, path)).toContain("1");
  });

  it("sees nothing of a file whose sending breaks off", async () => {
    const files = await open("org/small");
    hub.intercept = (request, response) => {
      if (!request.url!.includes("resolve-cache")) return false;
      response.writeHead(200, { "Content-Length": 11 }).write('{"sc');
      setImmediate(() => response.destroy());
      return true;
    };
    expect((await hubError(files.read("config.json"))).message).toContain("broke off");
    expect(await tree(python())).toEqual(["models--org--small/refs/main"]);
  });

  it("does not receive what the hub names no hash for: that goes to our own", async () => {
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/resolve/")) return false;
      return response.writeHead(200, { ETag: '"v1-of-a-mirror"' }).end("{}") !== undefined;
    };
    expect(await read(await open("org/small"), "config.json")).toBe("{}");
    expect(warnings).toEqual([`config.json can't be checked: ${hub.url} names no hash for it`]);
    expect(await tree(python())).toEqual(["models--org--small/refs/main"]);
    await hub.close();
    expect(await read(await open("org/small"), "config.json")).toBe("{}");
  });
});

describe("offline", () => {
  it("opens no connection, and says what is missing", async () => {
    const env = { HOME: home, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: "1" };
    expect((await hubError(open("gpt2", { env }))).message).toBe(
      `gpt2 is not in the cache, and with HF_HUB_OFFLINE ${hub.url} is not asked: run once without it`,
    );
    expect(hub.requests).toEqual([]);
    await run("gpt2");
    const model = await openFiles(await open("gpt2", { env }));
    hub.requests.length = 0;
    expect((await hubError(model.rows({ rows: "90:110" }))).message).toContain(
      "gpt2: model.safetensors, bytes 3453096 to 3483816, is not in the cache",
    );
    expect(hub.requests).toEqual([]);
  });
});

describe("redirects", () => {
  it("are not followed for ever, nor to what is no HTTP", async () => {
    const to = (location: string) => {
      hub.intercept = (_, response) =>
        response.writeHead(302, { Location: location }).end() !== undefined;
      return hubError(open("gpt2"));
    };
    expect((await to("/api/again")).message).toContain("more than 5 redirects");
    expect((await to("file:///etc/passwd")).message).toContain("which is not followed");
    expect((await to("http://[")).message).toContain("which is not followed");
  });

  it("to another origin and back do not bring the token back", async () => {
    const seen: (string | undefined)[] = [];
    hub.intercept = (request, response) => {
      if (request.url !== "/back" && !request.url!.startsWith("/api/models/")) return false;
      seen.push(request.headers.authorization);
      const location = request.url === "/back" ? `${hub.url}/last` : `${hub.cdnUrl}/back`;
      return response.writeHead(302, { Location: location }).end() !== undefined;
    };
    await hubError(open("gpt2", { token: TOKEN }));
    expect(seen).toEqual([`Bearer ${TOKEN}`, undefined]);
    expect(hub.requests.at(-1)).toMatchObject({ url: "/last", authorization: undefined });
  });
});

async function read(
  files: { read(path: string): Promise<Uint8Array | undefined> },
  path: string,
): Promise<string> {
  return Buffer.from((await files.read(path))!).toString();
}

/** The cache as Python's huggingface_hub 1.x leaves it. */
async function fillPythonCache(
  paths: readonly string[] = ["config.json", "model.safetensors", "tokenizer.json"],
): Promise<void> {
  const model = python("models--org--small");
  for (const folder of ["blobs", "refs", `snapshots/${COMMIT}`]) {
    await mkdir(join(model, folder), { recursive: true });
  }
  await writeFile(join(model, "refs/main"), COMMIT);
  for (const path of paths) {
    const file = small.commits.get(COMMIT)!.get(path)!;
    await writeFile(join(model, "blobs", file.etag), file.read(0, file.byteLength));
    await symlink(`../../blobs/${file.etag}`, join(model, "snapshots", COMMIT, path));
  }
}
