import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { Progress } from "../../../src/compute/run.ts";
import { sealedJson } from "../../../src/model/node/sealed-json.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { hubError } from "../hub/error.ts";
import { GPT2_COMMIT, gpt2Value, gpt2Weights } from "../hub/fake-files.ts";
import { HubHome, TOKEN, tree } from "./hub-home.ts";

const at = new HubHome();

describe("a run", () => {
  it("costs 307,200 bytes for 100 rows besides header and vocabulary", async () => {
    const { data, revision } = await at.run("gpt2");
    const pieces = at.hub.requests.filter(({ server }) => server === "storage");
    expect(pieces.map(({ range }) => range)).toEqual(["bytes=0-32767", "bytes=3145896-3453095"]);
    expect(pieces.map(({ bytes }) => bytes)).toEqual([32_768, 307_200]);
    expect(revision).toBe(GPT2_COMMIT);
    expect(Array.from(data.slice(-2))).toEqual([gpt2Value(99, 766), gpt2Value(99, 767)]);
    expect(at.warnings).toEqual([]);
  });

  it("asks for nothing the second time, and gives the same", async () => {
    const first = await at.run("gpt2");
    await at.hub.close();
    expect(await at.run("gpt2")).toEqual(first);
    expect(await at.run("gpt2", { offline: true })).toEqual(first);
  });

  it("fetches of more rows only what is new", async () => {
    await at.run("gpt2");
    const model = await openFiles(await at.open("gpt2"));
    at.hub.requests.length = 0;
    const X = await model.rows({ rows: "50:150" });
    expect(at.hub.requests.map(({ range }) => range)).toEqual(
      Array(2).fill("bytes=3453096-3606695"),
    );
    expect(X.data[0]).toBe(gpt2Value(50, 0));
    expect(X.data.at(-1)).toBe(gpt2Value(149, 767));
  });

  it("reports long slices as one step, however many there are", async () => {
    const reports: Progress[] = [];
    const files = await at.open("gpt2", { onProgress: (progress) => reports.push(progress) });
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

  it("keeps what came before the network failed, and goes on there the next time", async () => {
    const model = await openFiles(await at.open("gpt2"));
    const weights = gpt2Weights();
    at.hub.intercept = (request, response) => {
      const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1).map(Number);
      response.writeHead(206, {
        "Content-Range": `bytes ${start}-${end}/${weights.byteLength}`,
        ...{ "Content-Length": end! + 1 - start!, ETag: `"${weights.etag}"` },
        ...{ "X-Repo-Commit": GPT2_COMMIT, "X-Linked-ETag": `"${weights.etag}"` },
      });
      response.write(weights.read(start!, start! + 200_000), () => response.destroy());
      return true;
    };
    expect((await hubError(model.rows({ rows: "0:100" }))).message).toContain("broke off");
    at.hub.intercept = undefined;
    at.hub.requests.length = 0;
    const again = await openFiles(await at.open("gpt2"));
    const X = await again.rows({ rows: "0:100" });
    expect(X.data.at(-1)).toBe(gpt2Value(99, 767));
    const [rest] = at.hub.requests.filter(({ server }) => server === "storage");
    expect(rest!.bytes).toBeGreaterThan(0);
    expect(rest!.bytes).toBeLessThan(307_200);
  });

  it("fetches a damaged piece again", async () => {
    const first = await at.run("gpt2");
    const folder = at.own("gpt2", GPT2_COMMIT, "model.safetensors");
    const name = (await readdir(folder)).find((one) => one.startsWith("3145896-"))!;
    await writeFile(join(folder, name), Buffer.alloc(307_200));
    at.hub.requests.length = 0;
    expect(await at.run("gpt2")).toEqual(first);
    expect(at.hub.requests.map(({ range }) => range)).toEqual(
      Array(2).fill("bytes=3145896-3453095"),
    );
  });

  it("forgets pieces of a file that has changed under its commit, on refresh", async () => {
    await at.run("gpt2");
    const kept = at.own("gpt2", GPT2_COMMIT, "model.safetensors");
    const { byteLength } = gpt2Weights();
    await writeFile(join(kept, "file.json"), sealedJson({ byteLength, etag: "another" }));
    const source = (await (await at.open("gpt2")).open("model.safetensors"))!;
    const { message } = await hubError(source.slice(40_000, 40_010));
    expect(message).toContain('its ETag was "another" and is');
    await (await at.open("gpt2", { refresh: true })).open("model.safetensors");
    const names = (await readdir(kept)).filter((name) => name !== "file.json");
    expect(names.map((name) => name.split(".")[0])).toEqual(["0-32768"]);
  });

  it("notices what was changed in its own notes, and fetches it again", async () => {
    const first = await at.run("gpt2");
    const notes = [
      at.own("gpt2", GPT2_COMMIT, "model.safetensors", "file.json"),
      at.own("gpt2", "revisions/main.json"),
    ];
    for (const path of notes) {
      const text = await readFile(path, "utf8");
      await writeFile(
        path,
        text.replace(/[0-9a-f]{40}/, (hash) => hash.replace(/./, "x")),
      );
      at.hub.requests.length = 0;
      expect(await at.run("gpt2")).toEqual(first);
      expect(at.hub.requests).not.toEqual([]);
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  it("does not let two at once disturb each other", async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => at.run("gpt2")));
    for (const one of runs) expect(one).toEqual(runs[0]);
    expect(at.warnings).toEqual([]);
    const kept = [...(await tree(at.python())), ...(await tree(at.own()))];
    expect(kept.filter((path) => path.includes(".incomplete"))).toEqual([]);
    await at.hub.close();
    expect(await at.run("gpt2")).toEqual(runs[0]);
  });

  it("says which file it was at when the hub went away, and what is kept", async () => {
    const message = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message);
    const gone = "cannot be reached \\(ECONNREFUSED\\).*";
    const after = "; what came is kept, and the next run goes on from there";
    const files = await at.open("gpt2");
    const model = await openFiles(files);
    await model.rows({ rows: "0:10" });
    const keepless = await at.open("org/small", { cacheDir: "/dev/null" });
    const small = (await keepless.open("model.safetensors"))!;
    await at.hub.close();
    expect(await message(model.rows({ rows: "9000:9010" }))).toMatch(
      new RegExp(`^gpt2: model\\.safetensors: http.* ${gone}${after}$`),
    );
    const rest = await message(small.slice(100_000, 100_100));
    expect(rest).toMatch(new RegExp(`^org/small: model\\.safetensors: http.* ${gone}$`));
    expect(rest).not.toContain("kept");
    const config = await message(keepless.read("config.json"));
    expect(config).toMatch(new RegExp(`^org/small: config\\.json: http.* ${gone}$`));
    expect((await openFiles(await at.open("gpt2"))).name).toBe("gpt2");
  });

  it("goes on without a cache, and says so once for each", async () => {
    await writeFile(join(at.home, "file"), "in the place of a folder");
    const env = { HF_ENDPOINT: at.hub.url, HF_HOME: join(at.home, "file"), HOME: at.home };
    const { data } = await at.run("gpt2", { env, cacheDir: join(at.home, "file") });
    expect(data[0]).toBe(gpt2Value(0, 0));
    expect(at.warnings.map((warning) => warning.replace(/: \/.*: /, ": "))).toEqual([
      "what is fetched can't be kept in the cache of huggingface_hub: a part of the path is not a folder (HF_HOME or HF_HUB_CACHE moves this cache)",
      "what is fetched can't be kept in the cache of tokenscape: a part of the path is not a folder (XDG_CACHE_HOME moves this cache)",
    ]);
    expect(at.hub.bytes.get("model.safetensors")).toBe(32_768 + 307_200);
  });

  it("keeps all in our own cache where Python's is read-only", async () => {
    await writeFile(join(at.home, "file"), "in the place of a folder");
    const env = { HF_ENDPOINT: at.hub.url, HF_HUB_CACHE: join(at.home, "file"), HOME: at.home };
    const first = await at.run("gpt2", { env });
    expect(at.warnings).toHaveLength(1);
    await at.hub.close();
    expect(await at.run("gpt2", { env })).toEqual(first);
    expect(at.warnings).toHaveLength(1);
  });

  it("puts the token into no file, no line and no other origin", async () => {
    const env = { HOME: at.home, HF_ENDPOINT: at.hub.url, HF_TOKEN: TOKEN };
    await at.run("gpt2", { env });
    expect(at.hub.requests.filter(({ authorization }) => authorization !== undefined)).not.toEqual(
      [],
    );
    for (const { server, authorization } of at.hub.requests) {
      expect(authorization).toBe(server === "hub" ? `Bearer ${TOKEN}` : undefined);
    }
    for (const path of await tree(at.home)) {
      expect(path).not.toContain("canary");
      expect((await readFile(join(at.home, path))).includes("canary")).toBe(false);
    }
    const bad = { ...env, HF_TOKEN: "hf_wrong-canary" };
    const error = await hubError(at.open("gpt2", { env: bad, refresh: true }));
    expect(error.message).toContain("refuses the token (HF_TOKEN)");
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain("canary");
  });
});

describe("offline", () => {
  it("opens no connection, and says what is missing", async () => {
    const env = { HOME: at.home, HF_ENDPOINT: at.hub.url, HF_HUB_OFFLINE: "1" };
    expect((await hubError(at.open("gpt2", { env }))).message).toBe(
      `gpt2 is not in the cache, and with HF_HUB_OFFLINE ${at.hub.url} is not asked: run once without it`,
    );
    expect(at.hub.requests).toEqual([]);
    await at.run("gpt2");
    const model = await openFiles(await at.open("gpt2", { env }));
    at.hub.requests.length = 0;
    expect((await hubError(model.rows({ rows: "90:110" }))).message).toContain(
      "gpt2: model.safetensors, bytes 3453096 to 3483816, is not in the cache",
    );
    expect(at.hub.requests).toEqual([]);
  });
});
