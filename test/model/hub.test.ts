import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { fetchHubFiles, type HubOptions } from "../../src/model/hub.ts";
import { openFiles } from "../../src/model/open-files.ts";
import {
  fakeGpt2,
  GPT2_COMMIT,
  gpt2Value,
  gpt2Weights,
  largeFile,
  smallFile,
} from "./fake-files.ts";
import { type FakeHub, type FakeModel, startFakeHub } from "./fake-hub.ts";

const GRANTED = "hf_granted-canary";
const OTHER = "hf_other-canary";

let hub: FakeHub;

beforeEach(async () => {
  const granted = [GRANTED];
  hub = await startFakeHub({
    models: [
      fakeGpt2({ access: "public" }),
      fakeGpt2({ id: "org/gated", aliases: [], access: "gated", granted }),
      fakeGpt2({ id: "org/secret", aliases: [], access: "private", granted }),
      oneCommit("org/pickles", ["README.md", "pytorch_model.bin", "onnx/model.onnx"]),
      oneCommit("org/words", ["README.md"]),
    ],
    tokens: [OTHER],
  });
});

afterEach(() => hub.close());

function oneCommit(id: string, paths: readonly string[]): FakeModel {
  const files = new Map(paths.map((path) => [path, smallFile(path)]));
  const commit = "1".repeat(40);
  return { id, revisions: new Map([["main", commit]]), commits: new Map([[commit, files]]) };
}

const open = (id: string, options: HubOptions = {}) =>
  fetchHubFiles(id, { endpoint: hub.url, ...options });

/** The error of a failing promise, which must be a HubError of one line without a token in it. */
async function hubError(failing: Promise<unknown>): Promise<HubError> {
  const error = await failing.then(
    () => expect.unreachable("it succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HubError);
  const { message } = error as HubError;
  expect(message).not.toContain("\n");
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain("canary");
  return error as HubError;
}

describe("fetchHubFiles", () => {
  it("pins the commit and fetches only the rows asked for", async () => {
    const files = await open("gpt2@main");
    expect([files.name, files.revision]).toEqual(["gpt2", GPT2_COMMIT]);
    expect(files.fetched).toMatch(/^\d{4}-\d\d-\d\d$/);
    const model = await openFiles(files);
    const before = hub.bytes.get("model.safetensors")!;
    const X = await model.rows({ rows: "0:100" });
    expect(hub.bytes.get("model.safetensors")! - before).toBe(307_200);
    expect(Array.from(X.data.subarray(768, 772))).toEqual([0, 1, 2, 3].map((j) => gpt2Value(1, j)));
    expect(
      hub.requests.every(({ url }) => !url.includes("main") || url.includes("/revision/")),
    ).toBe(true);
  });

  it("asks for no file that the model does not have", async () => {
    const files = await open("gpt2");
    const asked = hub.requests.length;
    expect(await files.read("tokenizer.json")).toBeUndefined();
    expect(await files.open("tokenizer.json")).toBeUndefined();
    expect(hub.requests.length).toBe(asked);
    await expect(files.read("../config.json")).rejects.toThrow(RangeError);
    await expect(files.open("/model.safetensors")).rejects.toThrow(RangeError);
  });

  it("sends the token to the hub and to no other origin", async () => {
    const files = await open("org/gated", { token: GRANTED });
    await (await files.open("model.safetensors"))!.slice(100_000, 100_010);
    const sent = (server: string) =>
      hub.requests.filter((one) => one.server === server).map((one) => one.authorization);
    expect(new Set(sent("hub"))).toEqual(new Set([`Bearer ${GRANTED}`]));
    expect(sent("storage")).toEqual([undefined, undefined]);
  });

  it("reports how far it is, and stops when told", async () => {
    const steps: string[] = [];
    const controller = new AbortController();
    const files = await open("gpt2", {
      signal: controller.signal,
      onProgress: ({ step, done, total }) => steps.push(`${step} ${done}/${total}`),
    });
    await files.read("README.md");
    expect(steps).toEqual(["Fetching README.md 27/27"]);
    controller.abort(new Error("enough"));
    await expect(files.read("config.json")).rejects.toThrow("enough");
    await expect(open("gpt2", { signal: controller.signal })).rejects.toThrow("enough");
  });

  it.each(["ftp://hub", "hub", "http://hub/?x=1", ""])(
    "refuses the endpoint %j",
    async (endpoint) => {
      await expect(open("gpt2", { endpoint })).rejects.toThrow(RangeError);
    },
  );

  it("refuses what can't be a token or holds a password, without repeating it", async () => {
    const bad = [
      { token: "canary\nX: y" },
      { token: "canary ü" },
      { endpoint: "http://u:canary@h" },
    ];
    for (const options of bad) {
      const error = await open("gpt2", options).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect(inspect(error)).not.toContain("canary");
    }
    expect(hub.requests).toEqual([]);
  });
});

describe("what the hub refuses", () => {
  it.each<[string, HubOptions, number | undefined, string]>([
    [
      "no/model",
      {},
      401,
      "no/model is not on HUB, or is private: check the name, or set HF_TOKEN if it is private",
    ],
    [
      "no/model",
      { token: OTHER },
      404,
      "no/model is not on HUB, or the token (the option token) may not see it: check the name",
    ],
    [
      "org/secret",
      {},
      401,
      "org/secret is not on HUB, or is private: check the name, or set HF_TOKEN if it is private",
    ],
    ["gpt2@v9", {}, 404, 'gpt2 has no branch, tag or commit "v9": see HUB/gpt2/tree/main'],
    [
      "gpt2",
      { token: "hf_bad-canary" },
      401,
      "HUB refuses the token (the option token): make a new one at HUB/settings/tokens, or go without",
    ],
    [
      "org/pickles",
      {},
      undefined,
      "org/pickles has no model.safetensors, which is what is read here: its weight files are pytorch_model.bin, onnx/model.onnx",
    ],
    [
      "org/words",
      {},
      undefined,
      "org/words has no model.safetensors, which is what is read here: it has no weight files",
    ],
  ])("%s %j", async (id, options, status, line) => {
    const error = await hubError(open(id, options));
    expect(error.message).toBe(line.replaceAll("HUB", hub.url));
    expect(error.status).toBe(status);
    expect(error.url).toContain(hub.url);
  });

  it.each<[HubOptions, number, string]>([
    [
      {},
      401,
      "org/gated is gated: ask for access at HUB/org/gated, then set HF_TOKEN to a token of yours",
    ],
    [
      { token: OTHER },
      403,
      "org/gated is gated, and the token (the option token) has no access: ask for it at HUB/org/gated",
    ],
  ])("files of a gated model, with %j", async (options, status, line) => {
    const files = await open("org/gated", options);
    for (const failing of [files.read("config.json"), files.open("model.safetensors")]) {
      const error = await hubError(failing);
      expect([error.message, error.status]).toEqual([line.replaceAll("HUB", hub.url), status]);
    }
  });

  it("says that nobody answers", async () => {
    const { url } = hub;
    await hub.close();
    const error = await hubError(open("gpt2"));
    expect(error.message).toBe(
      `${url} cannot be reached (ECONNREFUSED): check the network, or HF_ENDPOINT if the hub is elsewhere`,
    );
    expect(error.status).toBeUndefined();
  });

  it.each([
    [500, {}, "HUB fails (status 500): try again later"],
    [503, { "Retry-After": "30" }, "HUB fails (status 503): try again in 30 seconds"],
    [
      429,
      { "Retry-After": "7" },
      "HUB asks for fewer requests (status 429): try again in 7 seconds",
    ],
    [418, {}, "HUB fails (status 418)"],
    [403, {}, "HUB forbids gpt2 without a token (HF_TOKEN): see HUB/gpt2"],
  ])("status %i", async (status, headers, line) => {
    hub.intercept = (_, response) => response.writeHead(status, headers).end("no") !== undefined;
    const error = await hubError(open("gpt2"));
    expect([error.message, error.status]).toEqual([line.replaceAll("HUB", hub.url), status]);
  });

  it.each(["<!doctype html><p>Sign in", "null", "[]", '{"sha":"main"}', '{"id":"x"}'])(
    "an answer that describes no model: %s",
    async (body) => {
      hub.intercept = (_, response) => response.end(body) !== undefined;
      expect((await hubError(open("gpt2"))).message).toBe(
        `${hub.url} answers with something else than a model's description (is it a proxy or a sign-in page?)`,
      );
    },
  );
});

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
      "has changed: its ETag was",
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

  it("refuses a small file whose content is not what its hash names", async () => {
    const files = await open("gpt2");
    hub.intercept = (request, response) => {
      if (!request.url!.startsWith("/api/resolve-cache/")) return false;
      const { etag } = smallFile("{ }");
      response.writeHead(200, { ETag: `"${etag}"`, "Content-Length": 3 }).end("{x}");
      return true;
    };
    expect((await hubError(files.read("config.json"))).message).toContain("wrong content");
  });
});

describe("a server that ends no answer", () => {
  it("is left when the caller says so", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const controller = new AbortController();
    silent.once("request", () => controller.abort(new Error("left")));
    const opening = fetchHubFiles("gpt2", { endpoint, signal: controller.signal });
    await expect(opening).rejects.toThrow("left");
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
