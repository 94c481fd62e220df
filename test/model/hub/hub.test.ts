import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HubClient } from "../../../src/model/hub/client.ts";
import { fetchHubFiles, type HubOptions } from "../../../src/model/hub/hub.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { fakeGpt2, GPT2_COMMIT, gpt2Value } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

const TOKEN = "hf_canary";

let hub: FakeHub;

beforeEach(async () => {
  const gated = { id: "org/gated", aliases: [], access: "gated", granted: [TOKEN] } as const;
  hub = await startFakeHub({ models: [fakeGpt2(), fakeGpt2(gated)] });
});

afterEach(() => hub.close());

const open = (id: string, options: HubOptions = {}) =>
  fetchHubFiles(id, { endpoint: hub.url, ...options });

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
    const files = await open("org/gated", { token: TOKEN });
    await (await files.open("model.safetensors"))!.slice(100_000, 100_010);
    const sent = (server: string) =>
      hub.requests.filter((one) => one.server === server).map((one) => one.authorization);
    expect(new Set(sent("hub"))).toEqual(new Set([`Bearer ${TOKEN}`]));
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

  it("takes an endpoint with blanks and slashes around it for what it is", async () => {
    expect((await open("gpt2", { endpoint: ` ${hub.url}// ` })).revision).toBe(GPT2_COMMIT);
  });

  it("refuses what can't be a token or holds a password, without repeating it", async () => {
    const bad = [
      { token: "canary\nX: y" },
      { token: "canary ü" },
      { endpoint: "http://u:canary@h" },
      { endpoint: "http://u:canary@h/?x=1" },
    ];
    for (const options of bad) {
      const error = await open("gpt2", options).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect(inspect(error)).not.toContain("canary");
    }
    expect(hub.requests).toEqual([]);
  });
});

describe("a hub that writes what it likes", () => {
  it("can't bring its names into messages or addresses", async () => {
    const sha = "0".repeat(40);
    const siblings = [{ rfilename: "a\n\u001b[2J.txt" }];
    const server = createServer((_, answer) =>
      answer.end(JSON.stringify({ id: "../../x", sha, siblings })),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new HubClient({ endpoint });
    expect((await client.resolve("gpt2", "main")).repo).toBe("gpt2");
    const opening = fetchHubFiles("gpt2", { endpoint }).then((files) => openFiles(files));
    await expect(opening).rejects.toThrow(/"a↵\\x1B\[2J\.txt"$/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
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
