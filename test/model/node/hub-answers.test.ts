/** Wrong answers of the hub and its storage through the caches: nothing of them is kept. */

import { readdir, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openFiles } from "../../../src/model/open-files.ts";
import { hubError } from "../hub/error.ts";
import { GPT2_COMMIT, gpt2Value, gpt2Weights, smallFile } from "../hub/fake-files.ts";
import { COMMIT, HubHome, read, tree } from "./hub-home.ts";

const at = new HubHome();
const weights = gpt2Weights();

type Answer = (response: ServerResponse, start: number, end: number) => unknown;

/** Answers of the storage, until `at.hub.intercept` is set anew. */
function storageAnswers(answer: Answer): void {
  at.hub.intercept = (request: IncomingMessage, response) => {
    if (!request.url!.includes("Signature")) return false;
    const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1).map(Number);
    void answer(response, start!, end! + 1);
    return true;
  };
}

const headOf = (start: number, end: number) => ({
  "Content-Range": `bytes ${start}-${end - 1}/${weights.byteLength}`,
  ETag: `"${weights.etag}"`,
});

const wrongBytes = (length: number) => Buffer.alloc(length, 7);

/** The pieces kept of the weights, by the bytes they hold. */
async function piecesKept(): Promise<string[]> {
  const names = await readdir(at.own("gpt2", GPT2_COMMIT, "model.safetensors"));
  return names.filter((name) => name !== "file.json").map((name) => name.split(".")[0]!);
}

describe("a range's body longer than announced", () => {
  it.each<[string, Answer, string]>([
    [
      "in two chunks, the first of which would have fitted",
      async (response, start, end) => {
        response.writeHead(206, headOf(start, end)).write(wrongBytes(200_000));
        await later(50);
        response.end(wrongBytes(200_000));
      },
      "is longer than 307200 bytes",
    ],
    [
      "as its Content-Length says",
      (response, start, end) =>
        response
          .writeHead(206, { ...headOf(start, end), "Content-Length": 400_000 })
          .write(wrongBytes(200_000)),
      'has a body of "400000" bytes for a range of 307200',
    ],
    [
      "after a try that broke off",
      async (response, start, end) => {
        response.writeHead(206, headOf(start, end)).write(wrongBytes(100_000));
        await later(50);
        if (start === 3_145_896) response.destroy();
        else response.end(wrongBytes(300_000));
      },
      "is longer than",
    ],
  ])("%s: nothing of it is kept", async (_, answer, line) => {
    const model = await openFiles(await at.open("gpt2", { patience: { waits: [1] } }));
    storageAnswers(answer);
    expect((await hubError(model.rows({ rows: "0:100" }))).message).toContain(line);
    expect(await piecesKept()).toEqual(["0-32768"]);
    at.hub.intercept = undefined;
    const X = await (await openFiles(await at.open("gpt2"))).rows({ rows: "0:100" });
    expect([X.data[0], X.data.at(-1)]).toEqual([gpt2Value(0, 0), gpt2Value(99, 767)]);
  });
});

describe("what came before a fault that passes, or before the run was left", () => {
  const cut: Answer = async (response, start, end) => {
    response
      .writeHead(206, { ...headOf(start, end), "Content-Length": end - start })
      .write(weights.read(start, start + 100_000));
    await later(50);
    response.write(weights.read(start + 100_000, start + 200_000), () => response.destroy());
  };

  it("is kept, and every value of it is right", async () => {
    const model = await openFiles(await at.open("gpt2"));
    storageAnswers(cut);
    expect((await hubError(model.rows({ rows: "0:100" }))).message).toContain("broke off");
    expect(await piecesKept()).toHaveLength(2);
    at.hub.intercept = undefined;
    at.hub.requests.length = 0;
    const X = await (await openFiles(await at.open("gpt2"))).rows({ rows: "0:100" });
    expect(X.data).toEqual(
      Float32Array.from(X.data, (_, i) => gpt2Value(Math.floor(i / 768), i % 768)),
    );
    const [rest] = at.hub.requests.filter(({ server }) => server === "storage");
    expect(rest!.bytes).toBeLessThan(307_200);
  });

  it("is kept where the caller leaves", async () => {
    const controller = new AbortController();
    const source = (await (await at.open("gpt2")).open("model.safetensors"))!;
    storageAnswers((response, start, end) =>
      response.writeHead(206, headOf(start, end)).write(weights.read(start, start + 1000)),
    );
    const { signal } = controller;
    const onBytes = () => controller.abort(new Error("enough"));
    await expect(source.slice(50_000, 60_000, { signal, onBytes })).rejects.toThrow("enough");
    expect(await piecesKept()).toEqual(expect.arrayContaining(["50000-51000"]));
  });
});

describe("a web page in the place of a small file", () => {
  const page = "<!doctype html><p>Blocked by policy</p>";
  const blocks = (path: string, type: string): void => {
    at.hub.intercept = (request, response) => {
      if (!request.url!.endsWith(`/${path}`)) return false;
      response.writeHead(200, { "Content-Type": type, ETag: '"5f1a-60b"' }).end(page);
      return true;
    };
  };

  it.each(["config.json", "vocab.json"])("%s: one line, nothing kept", async (path) => {
    blocks(path, "text/html; charset=utf-8");
    expect((await hubError(at.run("gpt2"))).message).toBe(
      `${at.hub.url} answers with a web page in the place of ${path} (is it a proxy or a sign-in page?): ${at.hub.url}/openai-community/gpt2/resolve/${GPT2_COMMIT}/${path}`,
    );
    at.hub.intercept = undefined;
    expect((await at.run("gpt2")).data[0]).toBe(gpt2Value(0, 0));
    expect(at.warnings).toEqual([]);
  });

  it("that says not to be one is kept until a refresh", async () => {
    blocks("config.json", "text/plain");
    await expect(at.run("gpt2")).rejects.toThrow("HTML");
    at.hub.intercept = undefined;
    await expect(at.run("gpt2")).rejects.toThrow("HTML");
    expect((await at.run("gpt2", { refresh: true })).data[0]).toBe(gpt2Value(0, 0));
    expect((await at.run("gpt2")).data[0]).toBe(gpt2Value(0, 0));
  });

  it("is a file like others where its name says so", async () => {
    const small = [...at.small.commits.values()][0]!;
    small.set("page.html", smallFile(page));
    at.hub.intercept = (_, response) => {
      response.setHeader("Content-Type", "text/html");
      return false;
    };
    expect(await read(await at.open("org/small"), "page.html")).toBe(page);
  });
});

describe("a file that the hub lists and does not have", () => {
  it("is noted as absent, as Python notes it", async () => {
    at.hub.intercept = (request, response) => {
      if (!request.url!.endsWith("/config.json")) return false;
      response.writeHead(404, { "X-Error-Code": "EntryNotFound" }).end("no");
      return true;
    };
    expect(await (await at.open("org/small")).read("config.json")).toBeUndefined();
    const noted = (await tree(at.python("models--org--small"))).filter((one) =>
      one.includes("config"),
    );
    expect(noted).toEqual([join(".no_exist", COMMIT, "config.json")]);
  });
});

describe("a refresh", () => {
  it("asks for no small file anew that was checked by its hash, wherever it is kept", async () => {
    await writeFile(join(at.home, "file"), "in the place of a folder");
    const env = { HF_ENDPOINT: at.hub.url, HF_HUB_CACHE: join(at.home, "file"), HOME: at.home };
    await at.run("gpt2", { env });
    at.hub.requests.length = 0;
    await at.run("gpt2", { env, refresh: true });
    expect(at.hub.requests.filter(({ url }) => url.endsWith(".json"))).toEqual([]);
  });
});

describe("a storage whose file changes for good, while the hub says the same of it", () => {
  const changed: Answer = (response, start, end) =>
    response
      .writeHead(206, { ...headOf(start, end), ETag: '"other"' })
      .end(wrongBytes(end - start));

  it("is not read together with what it had before, in this run or the next", async () => {
    const source = (await (await at.open("gpt2")).open("model.safetensors"))!;
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
    storageAnswers(changed);
    expect((await hubError(source.slice(60_000, 60_010))).message).toContain(
      `has changed in its storage, under its revision (its ETag there was "${weights.etag}" and is "other"): run again with refresh`,
    );
    const next = (await (await at.open("gpt2")).open("model.safetensors"))!;
    expect((await hubError(next.slice(60_000, 60_010))).message).toContain("has changed");
  });

  it("is read anew after a refresh, all of it", async () => {
    const before = (await (await at.open("gpt2")).open("model.safetensors"))!;
    await before.slice(50_000, 50_010);
    storageAnswers(changed);
    const files = await at.open("gpt2", { refresh: true });
    const source = (await files.open("model.safetensors"))!;
    for (const start of [0, 50_000, 60_000]) {
      expect(Buffer.from(await source.slice(start, start + 10))).toEqual(wrongBytes(10));
    }
  });
});

describe("a small file that comes whole in place of a range", () => {
  it("is reported as the bytes that were asked for, no more", async () => {
    const source = (await (await at.open("org/small")).open("model.safetensors"))!;
    at.hub.intercept = (request) => {
      delete request.headers.range;
      return false;
    };
    const reports: number[] = [];
    const onBytes = (read: number) => reports.push(read);
    const bytes = await source.slice(50_000, 60_000, { onBytes });
    const file = at.small.commits.get(COMMIT)!.get("model.safetensors")!;
    expect(Buffer.from(bytes).equals(file.read(50_000, 60_000))).toBe(true);
    expect([reports.at(-1), Math.max(...reports)]).toEqual([10_000, 10_000]);
  });
});
