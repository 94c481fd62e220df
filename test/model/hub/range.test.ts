import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchHubFiles } from "../../../src/model/hub/hub.ts";
import { hubError } from "./error.ts";
import { fakeGpt2, gpt2Weights, largeFile, oneCommit, smallFile } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

let hub: FakeHub;

beforeEach(async () => {
  hub = await startFakeHub({ models: [fakeGpt2()] });
});

afterEach(() => hub.close());

const open = (id: string) => fetchHubFiles(id, { endpoint: hub.url, patience: { waits: [] } });

describe("wrong answers for a file", () => {
  type Wrong = (request: IncomingMessage, response: ServerResponse) => void;
  const weights = gpt2Weights();
  const ETag = `"${weights.etag}"`;
  const piece = (start: number, end: number, total = weights.byteLength) => ({
    "Content-Range": `bytes ${start}-${end - 1}/${total}`,
    "Content-Length": end - start,
    ETag,
  });

  it.each<[string, string, Wrong]>([
    [
      "another range",
      "asked for bytes 50000 to 50010, got 50001 to 50011",
      (_, response) => response.writeHead(206, piece(50_001, 50_011)).end(Buffer.alloc(10)),
    ],
    [
      "a shorter range",
      "asked for bytes 50000 to 50010, got 50000 to 50009",
      (_, response) => response.writeHead(206, piece(50_000, 50_009)).end(Buffer.alloc(9)),
    ],
    [
      "no range named",
      "says not which",
      (_, response) =>
        response.writeHead(206, { ETag, "Content-Length": 10 }).end(Buffer.alloc(10)),
    ],
    [
      "several ranges",
      "says not which",
      (_, response) =>
        response.writeHead(206, { ETag, "Content-Type": "multipart/byteranges" }).end("--x"),
    ],
    [
      "another length of the whole",
      "should have",
      (_, response) => response.writeHead(206, piece(50_000, 50_010, 60_000)).end(Buffer.alloc(10)),
    ],
    [
      "another ETag",
      "has changed under its revision (its ETag was",
      (_, response) =>
        response
          .writeHead(206, { ...piece(50_000, 50_010), ETag: '"other"' })
          .end(Buffer.alloc(10)),
    ],
    [
      "no ETag",
      "no ETag",
      (_, response) =>
        response.writeHead(206, { ...piece(50_000, 50_010), ETag: "" }).end(Buffer.alloc(10)),
    ],
    [
      "the whole file",
      "ignores ranges and would send the whole file",
      (_, response) =>
        response.writeHead(200, { ETag, "Content-Length": weights.byteLength }).write("x"),
    ],
    [
      "a file of unknown length",
      "ignores ranges",
      (_, response) => response.writeHead(200, { ETag }).write("x"),
    ],
    [
      "a web page",
      "a web page (is it a proxy or a sign-in page?)",
      (_, response) =>
        response.writeHead(200, { "Content-Type": "text/html", ETag }).end("<p>Sign in"),
    ],
    [
      "a body cut short",
      "broke off",
      (_, response) => {
        response.writeHead(206, piece(50_000, 50_010)).write(Buffer.alloc(4));
        setImmediate(() => response.destroy());
      },
    ],
    [
      "a longer body",
      "is longer than 10 bytes",
      (_, response) => {
        const { "Content-Length": _length, ...headers } = piece(50_000, 50_010);
        response.writeHead(206, headers).end(Buffer.alloc(11));
      },
    ],
    [
      "a shorter body",
      "has 9 bytes, not the 10 announced",
      (_, response) => {
        const { "Content-Length": _length, ...headers } = piece(50_000, 50_010);
        response.writeHead(206, headers).end(Buffer.alloc(9));
      },
    ],
    [
      "a refusal of the storage",
      "the storage behind",
      (_, response) => response.writeHead(403).end("expired"),
    ],
  ])("%s", async (_, expected, wrong) => {
    const source = (await (await open("gpt2")).open("model.safetensors"))!;
    hub.intercept = (request, response) => {
      if (request.headers.host !== new URL(hub.cdnUrl).host) return false;
      wrong(request, response);
      return true;
    };
    const error = await hubError(source.slice(50_000, 50_010));
    expect(error.message).toContain(expected);
    expect(error.message).not.toContain("Signature");
    hub.intercept = undefined;
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });

  it("takes a small file that comes whole in place of a range, and cuts it", async () => {
    const content = Buffer.from("0123456789".repeat(10_000));
    const model = oneCommit("org/small", []);
    [...model.commits.values()][0]!.set("model.safetensors", largeFile(content));
    const other = await startFakeHub({ models: [model] });
    other.intercept = (request) => {
      delete request.headers.range;
      return false;
    };
    const source = (await (
      await fetchHubFiles("org/small", { endpoint: other.url })
    ).open("model.safetensors"))!;
    expect(source.byteLength).toBe(100_000);
    expect(Buffer.from(await source.slice(50_005, 50_009)).toString()).toBe("5678");
    await other.close();
  });

  it("reads a file without a byte as one of length 0", async () => {
    const model = oneCommit("org/small", []);
    [...model.commits.values()][0]!.set("model.safetensors", largeFile(""));
    const other = await startFakeHub({ models: [model] });
    const files = await fetchHubFiles("org/small", { endpoint: other.url });
    const source = (await files.open("model.safetensors"))!;
    expect([source.byteLength, await source.slice(0, 0)]).toEqual([0, new Uint8Array()]);
    await expect(source.slice(0, 8)).rejects.toThrow("the file ends at byte 0");
    await other.close();
  });

  it("takes a weak ETag for the same file's", async () => {
    const source = (await (await open("gpt2")).open("model.safetensors"))!;
    hub.intercept = (request, response) => {
      if (request.headers.host !== new URL(hub.cdnUrl).host) return false;
      const head = { ...piece(50_000, 50_010), ETag: `W/${ETag}` };
      return response.writeHead(206, head).end(weights.read(50_000, 50_010)) !== undefined;
    };
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });

  it("refuses a small file whose content is not what its hash names", async () => {
    const files = await open("gpt2");
    hub.intercept = (request, response) => {
      if (!request.url!.startsWith("/api/resolve-cache/")) return false;
      const { etag } = smallFile("{ }");
      const commit = /\/([0-9a-f]{40})\//.exec(request.url!)![1];
      const headers = { ETag: `"${etag}"`, "X-Repo-Commit": commit, "Content-Length": 3 };
      response.writeHead(200, headers).end("{x}");
      return true;
    };
    expect((await hubError(files.read("config.json"))).message).toContain("wrong content");
  });
});
