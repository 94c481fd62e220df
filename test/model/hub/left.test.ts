/** That nothing goes on behind a failure's back: requests, retries, connections. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as later } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchHubFiles } from "../../../src/model/hub/hub.ts";
import { hubFiles } from "../../../src/model/node/hub-files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { hubError } from "./error.ts";
import { fakeGpt2, GPT2_COMMIT, gpt2Weights } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

let hub: FakeHub;

beforeEach(async () => {
  hub = await startFakeHub({ models: [fakeGpt2()] });
});
afterEach(() => hub.close());

/** Waits until no connection holds an answer that the client has not read to its end. */
const allLeft = () => vi.waitFor(() => expect(hub.underWay.size).toBe(0), { timeout: 3000 });

const patience = { waits: [], idle: 5000 };
const weights = gpt2Weights();

const isRange = (request: IncomingMessage, from: number): boolean =>
  request.url!.includes("Signature") && Number(/\d+/.exec(request.headers.range ?? "")) >= from;

describe("after a failure", () => {
  const ways = {
    "with nothing kept": () => fetchHubFiles("gpt2", { endpoint: hub.url }),
    "with caches that can't be written": () =>
      hubFiles("gpt2", { env: { HOME: "/dev/null", HF_ENDPOINT: hub.url } }),
  };

  it.each(Object.entries(ways))("the other slices are left, %s", async (_, files) => {
    const model = await openFiles(await files());
    let asked = 0;
    hub.intercept = (request, response) => {
      if (!isRange(request, 1)) return false;
      // five are never answered, and would be asked for again and again
      if (++asked >= 6) response.writeHead(410).end("gone");
      return true;
    };
    expect((await hubError(model.rows({ rows: "0:20000" }))).status).toBe(410);
    await allLeft();
    // the sixth is asked of the storage, and once more through the hub
    expect(asked).toBe(7);
  });
});

describe("an answer that never ends is left", () => {
  type Wrong = (response: ServerResponse, request: IncomingMessage) => unknown;
  const endless = (status: number, headers: Record<string, string> = {}): Wrong => {
    return (response) => response.writeHead(status, headers).write(Buffer.alloc(1000, 32));
  };
  const range = (request: IncomingMessage) => {
    const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1);
    return `bytes ${start}-${end}/${weights.byteLength}`;
  };
  const wrongRange: Wrong = (response, request) =>
    endless(206, { "Content-Range": range(request), ETag: '"other"' })(response, request);
  const tooLong: Wrong = async (response, request) => {
    const head = { "Content-Range": range(request), ETag: `"${weights.etag}"` };
    for (response.writeHead(206, head); !response.destroyed; await later(5)) {
      response.write(Buffer.alloc(10_000));
    }
  };

  it.each<[string, string, Wrong, string]>([
    ["a refusal", "/config.json", endless(410), "fails (status 410)"],
    [
      "one of another commit",
      "/config.json",
      endless(200, { "X-Repo-Commit": "f".repeat(40) }),
      `asked for commit ${GPT2_COMMIT}, got "${"f".repeat(40)}"`,
    ],
    [
      "a web page",
      "/config.json",
      endless(200, { "Content-Type": "text/html" }),
      "answers with a web page",
    ],
    ["a range of another file", "Signature", wrongRange, "has changed in its storage"],
    ["a range that is too long", "Signature", tooLong, "is longer than 10 bytes"],
    ["a storage's refusal", "Signature", endless(410), "the storage behind"],
  ])("%s", async (_, where, wrong, line) => {
    const files = await hubFiles("gpt2", {
      ...{ env: { HOME: "/dev/null", HF_ENDPOINT: hub.url }, patience },
    });
    const source = (await files.open("model.safetensors"))!;
    hub.intercept = (request, response) => {
      if (!request.url!.includes(where)) return false;
      void wrong(response, request);
      return true;
    };
    const reading =
      where === "Signature" ? source.slice(50_000, 50_010) : files.read("config.json");
    expect((await hubError(reading as Promise<unknown>)).message).toContain(line);
    await allLeft();
  });

  it("one that says there is no such file", async () => {
    const files = await fetchHubFiles("gpt2", { endpoint: hub.url, patience });
    hub.intercept = (request, response) => {
      endless(404, { "X-Error-Code": "EntryNotFound" })(response, request);
      return true;
    };
    expect(await files.read("config.json")).toBeUndefined();
    await allLeft();
  });

  it("a redirect", async () => {
    hub.intercept = (request, response) => {
      if (request.url!.endsWith("?again")) return false;
      endless(302, { Location: `${request.url}?again` })(response, request);
      return true;
    };
    const env = { HOME: "/dev/null", HF_ENDPOINT: hub.url };
    expect((await hubFiles("gpt2", { env, patience })).revision).toBe(GPT2_COMMIT);
    await allLeft();
  });

  it("one that never begins", async () => {
    hub.intercept = () => true;
    const opening = fetchHubFiles("gpt2", {
      ...{ endpoint: hub.url, patience: { waits: [], idle: 100 } },
    });
    expect((await hubError(opening)).message).toContain("has sent nothing for 0.1 seconds");
    await allLeft();
  });

  it("a model's description", async () => {
    hub.intercept = (_, response) => {
      const blanks = Buffer.alloc(1 << 20, 32);
      const more = (): void => {
        while (!response.destroyed && response.write(blanks));
      };
      response.on("drain", more);
      more();
      return true;
    };
    expect(
      (await hubError(fetchHubFiles("gpt2", { endpoint: hub.url, patience }))).message,
    ).toMatch(/is longer than 67108864 bytes$/);
    await allLeft();
  });
});

describe("many questions at once", () => {
  it("are eight, and the others wait for their turn", async () => {
    const files = await fetchHubFiles("gpt2", { endpoint: hub.url, patience });
    const source = (await files.open("model.safetensors"))!;
    const held: (() => void)[] = [];
    hub.intercept = (request, response) => {
      const from = Number(/\d+/.exec(request.headers.range!));
      held.push(() => {
        const head = { "Content-Range": `bytes ${from}-${from + 9}/${weights.byteLength}` };
        response.writeHead(206, { ...head, ETag: `"${weights.etag}"` });
        response.end(weights.read(from, from + 10));
      });
      return true;
    };
    const starts = Array.from({ length: 20 }, (_, i) => 40_000 + 1000 * i);
    const slices = Promise.all(starts.map((start) => source.slice(start, start + 10)));
    for (const wave of [8, 8, 4]) {
      await vi.waitFor(() => expect(held.length).toBeGreaterThanOrEqual(wave), { timeout: 3000 });
      await later(50);
      expect(held).toHaveLength(wave);
      for (const answer of held.splice(0)) answer();
    }
    expect(await slices).toEqual(starts.map((start) => weights.read(start, start + 10)));
  });
});
