/** Faults of the hub and of the way to it: each ends in the right bytes, or in one line. */
import { getEventListeners, once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../../../src/compute/run.ts";
import type { ByteSource } from "../../../src/model/bytes/source.ts";
import { fetchHubFiles, type HubOptions } from "../../../src/model/hub/hub.ts";
import type { Patience } from "../../../src/model/hub/retry.ts";
import { hubError } from "./error.ts";
import { fakeGpt2, gpt2Weights, largeFile, oneCommit, smallFile } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

const TOKEN = "hf_canary";
const weights = gpt2Weights();
const words = Buffer.from("the words of a long README, one after the other. ".repeat(8000));
const patience: Partial<Patience> = { waits: [1, 1, 1, 1], idle: 400 };

let hub: FakeHub;

beforeEach(async () => {
  const text = oneCommit("org/text", ["model.safetensors"]);
  const files = [...text.commits.values()][0]!;
  files.set("README.md", smallFile(words));
  files.set("tokenizer.json", largeFile(words));
  hub = await startFakeHub({ models: [fakeGpt2({ granted: [TOKEN] }), text] });
});

afterEach(() => hub.close());

const open = (id: string, options: HubOptions = {}) =>
  fetchHubFiles(id, { endpoint: hub.url, patience, ...options });

async function openWeights(options: HubOptions = {}): Promise<ByteSource> {
  return (await (await open("gpt2", options)).open("model.safetensors"))!;
}

type Wrong = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers the next requests (of one server, if it is named) wrongly. */
function wrongly(times: number, wrong: Wrong, only?: "hub" | "storage"): { left: number } {
  const state = { left: times };
  hub.intercept = (request, response) => {
    const server = hub.requests.at(-1)!.server;
    if (state.left === 0 || (only !== undefined && server !== only)) return false;
    state.left--;
    wrong(request, response);
    return true;
  };
  return state;
}

const status =
  (code: number, headers: Record<string, string> = {}): Wrong =>
  (_, response) =>
    response.writeHead(code, headers).end("no");

/** Sends the right answer's head and the first bytes of its body, and cuts the connection. */
const cutAfter =
  (bytes: number): Wrong =>
  (request, response) => {
    const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1).map(Number);
    response.writeHead(206, {
      "Content-Range": `bytes ${start}-${end}/${weights.byteLength}`,
      "Content-Length": end! + 1 - start!,
      ETag: `"${weights.etag}"`,
    });
    response.write(weights.read(start!, start! + bytes), () => response.destroy());
  };

describe("what passes", () => {
  it.each([408, 429, 500, 502, 503, 504])("status %i: asked again", async (code) => {
    const state = wrongly(4, status(code));
    expect((await open("gpt2")).revision).toMatch(/^[0-9a-f]{40}$/);
    expect(state.left).toBe(0);
    expect(hub.requests.slice(0, 4).map((one) => one.status)).toEqual(Array(4).fill(code));
  });

  it.each([503, 429])("status %i of the storage: the hub is asked again", async (code) => {
    const source = await openWeights();
    wrongly(3, status(code), "storage");
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });

  it("a connection that is cut before any answer", async () => {
    wrongly(4, (request) => request.socket.destroy());
    expect((await open("gpt2")).name).toBe("gpt2");
  });

  it("a body that is cut: what came is kept, and only the rest asked for", async () => {
    const source = await openWeights();
    hub.requests.length = 0;
    wrongly(3, cutAfter(1000), "storage");
    const bytes = await source.slice(100_000, 110_000);
    expect(bytes).toEqual(weights.read(100_000, 110_000));
    const ranges = hub.requests.filter(({ server }) => server === "storage").map((r) => r.range);
    expect(ranges).toEqual(
      [100_000, 101_000, 102_000, 103_000].map((start) => `bytes=${start}-109999`),
    );
  });

  it("more cuts than tries, as long as each brings something", async () => {
    const source = await openWeights();
    wrongly(20, cutAfter(100), "storage");
    expect(await source.slice(100_000, 110_000)).toEqual(weights.read(100_000, 110_000));
  });

  it.each(["README.md", "tokenizer.json"])("a cut in %s, read whole", async (path) => {
    const files = await open("org/text");
    const big = path === "tokenizer.json";
    hub.intercept = (request, response) => {
      if (big !== request.url!.includes("Signature") || request.url!.includes("/resolve/"))
        return false;
      hub.intercept = undefined;
      const { etag } = (big ? largeFile : smallFile)(words);
      response.writeHead(200, { ETag: `"${etag}"`, "Content-Length": words.length });
      response.write(words.subarray(0, 200_000), () => response.destroy());
      return true;
    };
    expect(Buffer.from((await files.read(path))!).equals(words)).toBe(true);
    expect(hub.requests.at(-1)!.range).toMatch(new RegExp(`^bytes=\\d+-${words.length - 1}$`));
    expect(hub.requests.at(-1)!.bytes).toBeLessThan(words.length);
  });

  it("a cut, and then a server that ignores ranges: begun anew", async () => {
    const files = await open("org/text");
    let cut = false;
    hub.intercept = (request, response) => {
      if (!request.url!.includes("resolve-cache")) return false;
      const { etag } = smallFile(words);
      response.writeHead(200, { ETag: `"${etag}"`, "Content-Length": words.length });
      if (cut) response.end(words);
      else response.write(words.subarray(0, 100_000), () => response.destroy());
      cut = true;
      return true;
    };
    expect(Buffer.from((await files.read("README.md"))!).equals(words)).toBe(true);
  });

  it("a body shorter than announced, without its length in the head", async () => {
    const source = await openWeights();
    const { etag } = weights;
    const short: Wrong = (_, response) => {
      const range = `bytes 50000-50009/${weights.byteLength}`;
      response.writeHead(206, { "Content-Range": range, ETag: `"${etag}"` });
      response.end(weights.read(50_000, 50_004));
    };
    wrongly(1, short, "storage");
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
    expect(hub.requests.at(-1)!.range).toBe("bytes=50004-50009");
  });

  it("a server that falls silent, before its answer and in it", async () => {
    wrongly(1, () => {});
    const source = await openWeights();
    wrongly(
      1,
      (_, response) => {
        const range = `bytes 50000-50009/${weights.byteLength}`;
        response.writeHead(206, { "Content-Range": range, ETag: `"${weights.etag}"` });
        response.write(weights.read(50_000, 50_003));
      },
      "storage",
    );
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });

  it("an address of the storage that has expired: the hub gives a new one", async () => {
    const source = await openWeights();
    await source.slice(50_000, 50_010);
    hub.requests.length = 0;
    wrongly(1, status(403), "storage");
    expect(await source.slice(60_000, 60_010)).toEqual(weights.read(60_000, 60_010));
    expect(hub.requests.map((one) => [one.server, one.status])).toEqual([
      ["storage", 403],
      ["hub", 302],
      ["storage", 206],
    ]);
  });
});

describe("how long it is waited", () => {
  /** How long the first wait is, in milliseconds, where a quarter of a minute is usual. */
  async function firstWait(headers: Record<string, string>): Promise<number> {
    const seen: Progress[] = [];
    const controller = new AbortController();
    wrongly(1, status(429, headers));
    const opening = open("gpt2", {
      patience: { waits: [16_000] },
      signal: controller.signal,
      onProgress: (progress) => {
        seen.push(progress);
        controller.abort(new Error("seen"));
      },
    });
    await expect(opening).rejects.toThrow("seen");
    expect(seen.map(({ step, done }) => [step, done])).toEqual([
      ["Waiting for the hub (status 429)", 0],
    ]);
    return seen[0]!.total;
  }

  it.each<[string, Record<string, string>, number]>([
    ["seconds", { "Retry-After": "47" }, 47_000],
    ["the hub's RateLimit", { RateLimit: '"api";r=0;t=31' }, 31_000],
    [
      "a date, reckoned from the answer's own",
      { Date: "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:28:50 GMT" },
      50_000,
    ],
  ])("as the server says, by %s", async (_, headers, wait) => {
    expect(await firstWait(headers)).toBe(wait);
  });

  it.each<[string, Record<string, string>]>([
    ["it names no time", {}],
    ["it asks for none", { "Retry-After": "0" }],
    ["it names a time that is over", { "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT" }],
    ["it names a shorter one", { "Retry-After": "2" }],
  ])("as usual, or up to a quarter less, where %s", async (_, headers) => {
    const wait = await firstWait(headers);
    expect(wait).toBeGreaterThanOrEqual(12_000);
    expect(wait).toBeLessThan(16_000);
  });

  it("to its end, which is reported", async () => {
    const seen: Progress[] = [];
    wrongly(1, status(503));
    await open("gpt2", { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
  });

  it("before a busy storage is asked again, be it by way of the hub", async () => {
    const source = await openWeights();
    hub.requests.length = 0;
    wrongly(9, status(429, { "Retry-After": "300" }), "storage");
    const { message } = await hubError(source.slice(50_000, 50_010));
    expect(message).toBe(
      `the storage behind ${hub.url} asks for fewer requests (status 429): try again in 300 seconds`,
    );
    expect(hub.requests.map((one) => one.server)).toEqual(["storage"]);
  });

  it("forty times at most, also where each brings some bytes", async () => {
    const source = await openWeights();
    const state = wrongly(100, cutAfter(1), "storage");
    const { message } = await hubError(source.slice(100_000, 110_000));
    expect(message).toContain("(tried 40 times)");
    expect(state.left).toBe(60);
  });

  it("and nobody listens to the caller's signal afterwards", async () => {
    const { signal } = new AbortController();
    wrongly(3, status(503));
    await open("gpt2", { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("not at all where the server asks for more than a minute: that is said", async () => {
    const state = wrongly(9, status(429, { "Retry-After": "300" }));
    const { message } = await hubError(open("gpt2"));
    expect(message).toBe(
      `${hub.url} asks for fewer requests (status 429): try again in 300 seconds`,
    );
    expect(state.left).toBe(8);
  });

  it("for ever, where that is asked for", async () => {
    const opening = open("gpt2", { patience: { idle: Number.POSITIVE_INFINITY, waits: [] } });
    expect((await opening).name).toBe("gpt2");
  });

  it("until the caller has enough", async () => {
    const controller = new AbortController();
    wrongly(9, status(503));
    const opening = open("gpt2", {
      signal: controller.signal,
      patience: { waits: [3_600_000] },
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(opening).rejects.toThrow("enough");
  });
});

describe("what does not pass", () => {
  it.each([
    [500, "HUB fails (status 500): try again later (tried 5 times)"],
    [429, "HUB asks for fewer requests (status 429): try again later (tried 5 times)"],
  ])("status %i for ever", async (code, line) => {
    const state = wrongly(9, status(code));
    const error = await hubError(open("gpt2"));
    expect([error.message, error.status]).toEqual([line.replace("HUB", hub.url), code]);
    expect(state.left).toBe(4);
  });

  it.each([400, 404, 410, 418, 501])("status %i: asked once", async (code) => {
    const state = wrongly(9, status(code));
    await hubError(open("gpt2"));
    expect(state.left).toBe(8);
  });

  it("silence for ever", async () => {
    wrongly(9, () => {});
    const quick = { waits: [1], idle: 100 };
    expect((await hubError(open("gpt2", { patience: quick }))).message).toBe(
      `${hub.url} has sent nothing for 0.1 seconds: try again later, or give it longer by the option patience (tried 2 times)`,
    );
  });

  it("a server that takes connections and never answers, nor speaks HTTP", async () => {
    for (const answer of ["", "SSH-2.0-server\r\n"]) {
      const server = createServer((socket) => socket.write(answer)).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      const endpoint = `http://127.0.0.1:${port}`;
      const { message } = await hubError(
        open("gpt2", { endpoint, patience: { waits: [1], idle: 100 } }),
      );
      expect(message).toMatch(/has sent nothing for 0\.1 seconds|cannot be reached \(HPE_/);
      server.close();
    }
  });

  it("a hub that has no address: no network, or a slip in HF_ENDPOINT", async () => {
    const never = { waits: [3_600_000] };
    const opening = open("gpt2", { endpoint: "http://hub.invalid", patience: never });
    expect((await hubError(opening)).message).toMatch(
      /^http:\/\/hub\.invalid cannot be reached \(E[A-Z_]+\): check the network, or the option endpoint/,
    );
  });

  it("a connection that is always cut", async () => {
    wrongly(9, (request) => request.socket.destroy());
    expect((await hubError(open("gpt2"))).message).toMatch(
      /cannot be reached \((?:UND_ERR_SOCKET|ECONNRESET)\): check the network.* \(tried 5 times\)$/,
    );
  });

  it("a file that changes while it is read, and pieces of two files are never put together", async () => {
    const source = await openWeights();
    let cut = false;
    hub.intercept = (request, response) => {
      if (hub.requests.at(-1)!.server !== "storage") return false;
      if (!cut) cutAfter(1000)(request, response);
      else {
        const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1);
        response.writeHead(206, {
          "Content-Range": `bytes ${start}-${end}/${weights.byteLength - 4}`,
          ETag: '"another"',
        });
        response.end(Buffer.alloc(Number(end) + 1 - Number(start)));
      }
      cut = true;
      return true;
    };
    const { message } = await hubError(source.slice(100_000, 110_000));
    expect(message).toContain(`should have ${weights.byteLength} bytes and has`);
  });

  it("a packed range", async () => {
    const source = await openWeights();
    wrongly(
      9,
      (_, response) => {
        const range = `bytes 50000-50009/${weights.byteLength}`;
        const head = { "Content-Range": range, "Content-Encoding": "gzip" };
        response.writeHead(206, { ...head, ETag: `"${weights.etag}"` }).end("0123456789");
      },
      "storage",
    );
    expect((await hubError(source.slice(50_000, 50_010))).message).toContain(
      "the server packs what it sends",
    );
  });

  it("a whole file that is longer than any that is read", async () => {
    const files = await open("org/text");
    hub.intercept = (request, response) => {
      if (!request.url!.includes("resolve-cache")) return false;
      response.writeHead(200, { ETag: '"x"', "Content-Length": 5_000_000_000 }).write("x");
      return true;
    };
    hub.requests.length = 0;
    const error = await hubError(files.read("README.md"));
    expect(error.message).toMatch(/has 5000000000 bytes|longer than 100000000 bytes/);
  });
});

describe("the storage", () => {
  it("is asked at once for later ranges, without the token", async () => {
    const source = await openWeights({ token: TOKEN });
    hub.requests.length = 0;
    for (let start = 100_000; start < 105_000; start += 1000) {
      expect(await source.slice(start, start + 10)).toEqual(weights.read(start, start + 10));
    }
    const asked = hub.requests.map((one) => [one.server, one.status, one.authorization]);
    expect(asked).toEqual(Array(5).fill(["storage", 206, undefined]));
  });

  it("whose file is another than before is not believed: the hub says what is right", async () => {
    const source = await openWeights();
    wrongly(
      1,
      (_, response) => {
        const range = `bytes 50000-50009/${weights.byteLength}`;
        response.writeHead(206, { "Content-Range": range, ETag: '"other"' }).end("0123456789");
      },
      "storage",
    );
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });

  it("that is gone is asked for anew", async () => {
    const source = await openWeights();
    wrongly(4, (request) => request.socket.destroy(), "storage");
    expect(await source.slice(50_000, 50_010)).toEqual(weights.read(50_000, 50_010));
  });
});
