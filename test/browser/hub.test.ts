/** Models of the hub in a page of another origin, as on any web site. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeZip } from "../model/bytes/write-zip.ts";
import { fakeGpt2, gpt2Value, largeFile, smallFile } from "../model/hub/fake-files.ts";
import { type FakeHub, startFakeHub } from "../model/hub/fake-hub.ts";
import { writeSafetensors } from "../model/weights/write-safetensors.ts";
import { bundlePage } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import { type PageServer, servePages } from "./server.ts";

const GRANTED = "hf_granted-canary";
/** A name of this machine by which a page is not secure. */
const PLAIN = "plain.test";

let server: PageServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let hub: FakeHub;

beforeAll(async () => {
  server = await servePages(await bundlePage(), { "/": {} });
  browser = await launchChromium([`--host-resolver-rules=MAP ${PLAIN} 127.0.0.1`]);
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

const zipped = writeZip([{ name: "rows.npy", data: npyOf(Float32Array.of(1, 2, 3, 4, 5, 6)) }]);
function npyOf(values: Float32Array): Uint8Array {
  const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }".padEnd(117);
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]),
    Buffer.from(`${head}\n`),
    new Uint8Array(values.buffer),
  ]);
}

beforeEach(async () => {
  const commit = "a".repeat(40);
  const tiny = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const files = new Map([
    ["model.safetensors", largeFile(writeSafetensors({ "wte.weight": tiny }))],
    ["extra/rows.npz", largeFile(zipped)],
    ["vocab.json", smallFile(JSON.stringify({ aa: 0, bb: 1, cc: 2 }))],
  ]);
  hub = await startFakeHub({
    models: [
      fakeGpt2(),
      fakeGpt2({ id: "org/gated", aliases: [], access: "gated", granted: [GRANTED] }),
      {
        id: "org/tiny",
        revisions: new Map([["main", commit]]),
        commits: new Map([[commit, files]]),
      },
    ],
  });
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(`${server.origin}/`);
});
afterEach(async () => {
  await context.close();
  await hub.close();
});

interface Asked {
  readonly id: string;
  readonly rows: readonly string[];
  readonly options?: { endpoint?: string; token?: string; weights?: string };
  readonly waits?: readonly number[];
}

/** What the page reads: the rows of each selection and the first tokens, or the error. */
async function read(asked: Asked) {
  return page.evaluate(
    async ({ id, rows, options, waits, endpoint }) => {
      const library = globalThis.tokenscape;
      try {
        const patience = { waits: waits ?? [] };
        const model = await library.openModel(id, { endpoint, patience, ...options });
        const all: number[][] = [];
        for (const selection of rows) {
          all.push([...(await model.rows({ rows: selection })).data]);
        }
        const tokens = [...model.vocabulary].slice(0, 3).map(({ display }) => display);
        return { rows: all, tokens, notes: model.notes };
      } catch (error) {
        const { name, message, status } = error as Error & { status?: number };
        return { name, message, status };
      }
    },
    { ...asked, endpoint: hub.url },
  );
}

const gpt2Rows = (first: number, end: number) =>
  Array.from({ length: (end - first) * 768 }, (_, i) =>
    gpt2Value(first + Math.floor(i / 768), i % 768),
  );
const asked = (name: "hub" | "storage") => hub.requests.filter((one) => one.server === name);

describe("rows by range", () => {
  test("are the hub's, with as many requests as in Node, and none of them to ask for leave", async () => {
    const got = await read({ id: "gpt2", rows: ["0:100", "200:300"] });
    expect(got.rows).toEqual([gpt2Rows(0, 100), gpt2Rows(200, 300)]);
    expect(got.tokens).toEqual(["!", '"', "#"]);
    expect([asked("hub").length, asked("storage").length]).toEqual([9, 3]);
    expect(hub.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(hub.bytes.get("model.safetensors")).toBe(32_768 + 2 * 307_200);
  });

  test("of a file that was named", async () => {
    const options = { weights: "extra/rows.npz" };
    const got = await read({ id: "org/tiny", rows: ["all"], options });
    expect(got.rows).toEqual([[1, 2, 3, 4, 5, 6]]);
  });

  test("with a token, which goes to the hub alone", async () => {
    const got = await read({ id: "org/gated", rows: ["0:2"], options: { token: GRANTED } });
    expect(got.rows).toEqual([gpt2Rows(0, 2)]);
    const told = (name: "hub" | "storage") =>
      asked(name)
        .filter(({ method }) => method === "GET")
        .map(({ authorization }) => authorization);
    expect(new Set(told("hub"))).toEqual(new Set([`Bearer ${GRANTED}`]));
    expect(new Set(told("storage"))).toEqual(new Set([undefined]));
  });

  test("where small files come packed, of which a page sees nothing but a wrong length", async () => {
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/api/resolve-cache/models/org/tiny")) return false;
      expect(request.headers["accept-encoding"]).toContain("gzip");
      const text = JSON.stringify({ aa: 0, bb: 1, cc: 2 });
      const packed = gzipSync(text);
      const headers = { "Content-Encoding": "gzip", "Content-Length": packed.length };
      return response.writeHead(200, { ...headers, ETag: 'W/"x"' }).end(packed) !== undefined;
    };
    const got = await read({ id: "org/tiny", rows: ["0"] });
    expect(got).toMatchObject({ rows: [[1, 2]], tokens: ["aa", "bb", "cc"] });
  });

  test("go on where connections break, which a page can't tell from a hub that is not there", async () => {
    let cuts = 0;
    hub.intercept = (request, response) => {
      // the rows' requests, at the storage and, after that failed, at the hub
      const isRow = !/^bytes=0-/.test(request.headers.range ?? "bytes=0-");
      if (!isRow || cuts === 5) return false;
      cuts++;
      response.socket!.destroy();
      return true;
    };
    const got = await read({ id: "gpt2", rows: ["0:100"], waits: [1, 1, 1, 1] });
    expect(got).toMatchObject({ rows: [gpt2Rows(0, 100)] });
    expect(cuts).toBe(5);
  });

  test("go on in the middle of an answer that breaks off", async () => {
    let rest: string | undefined;
    hub.intercept = (request, response) => {
      const range = request.headers.range ?? "bytes=0-";
      if (/^bytes=0-/.test(range)) return false;
      if (rest !== undefined || request.headers.host !== new URL(hub.cdnUrl).host) {
        rest = range;
        return false;
      }
      const [start, end] = range.slice(6).split("-").map(Number) as [number, number];
      const file = fakeGpt2().commits.values().next().value!.get("model.safetensors")!;
      const headers = {
        "Content-Range": `bytes ${start}-${end}/${file.byteLength}`,
        "Content-Length": end + 1 - start,
        ETag: `"${file.etag}"`,
      };
      response.writeHead(206, headers).write(file.read(start, start + 100_000), () => {
        setTimeout(() => response.socket!.destroy(), 50);
      });
      rest = "";
      return true;
    };
    const got = await read({ id: "gpt2", rows: ["0:100"], waits: [1] });
    expect(got).toMatchObject({ rows: [gpt2Rows(0, 100)] });
    expect(rest).toMatch(/^bytes=\d+-\d+$/);
  });
});

describe("what goes wrong is one line", () => {
  const status = (code: number, headers: Record<string, string> = {}) => {
    hub.intercept = (_: IncomingMessage, response: ServerResponse) =>
      response.writeHead(code, headers).end("no") !== undefined;
  };
  const fails = async (model: string, line: string, code?: number, options = {}) => {
    const got = await read({ id: model, rows: ["0"], options });
    const message = line.replaceAll("HUB", hub.url);
    expect(got).toEqual({ name: "HubError", message, status: code });
  };

  test("no such model, revision or access", async () => {
    await fails(
      "no/model",
      "no/model is not on HUB, or is private: check the name, or set the option token if it is private",
      401,
    );
    await fails("gpt2@v9", 'gpt2 has no branch, tag or commit "v9": see HUB/gpt2/tree/main', 404);
    await fails(
      "org/gated",
      "org/gated is gated: ask for access at HUB/org/gated, then set the option token to a token of yours",
      401,
    );
    const bad =
      "HUB refuses the token (the option token): make a new one at HUB/settings/tokens, or go without";
    await fails("gpt2", bad, 401, { token: "hf_bad-canary" });
  });

  test("a hub that fails, or asks for patience", async () => {
    status(500);
    await fails("gpt2", "HUB fails (status 500): try again later", 500);
    status(429);
    await fails("gpt2", "HUB asks for fewer requests (status 429): try again later", 429);
  });

  const unreachable =
    "cannot be reached (Failed to fetch): check the network, or the option endpoint if the hub is elsewhere; or it does not let pages of other sites ask (CORS)";

  test("nobody there", async () => {
    await hub.close();
    await fails("gpt2", `HUB ${unreachable}`);
  });

  test("a hub that lets no other sites ask", async () => {
    const closed = createServer((_, response) => response.end("{}"));
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    await fails("gpt2", `${endpoint} ${unreachable}`, undefined, { endpoint });
    closed.close();
  });

  test("no network", async () => {
    await context.setOffline(true);
    await fails("gpt2", "HUB cannot be reached: this machine is offline");
    await context.setOffline(false);
    expect((await read({ id: "gpt2", rows: ["0:2"] })).rows).toEqual([gpt2Rows(0, 2)]);
  });

  test("a page that is not secure, which is told before anything is asked", async () => {
    await page.goto(`${server.origin.replace("127.0.0.1", PLAIN)}/`);
    expect(await page.evaluate(() => globalThis.isSecureContext)).toBe(false);
    const got = await read({ id: "gpt2", rows: ["0"] });
    expect(got).toMatchObject({
      name: "UnsupportedError",
      message:
        "gpt2: files of the hub are checked by their hashes, which browsers allow on secure pages alone: open this page by https or from localhost, or choose the model's files by hand",
    });
    expect(hub.requests).toEqual([]);
    const rows = await page.evaluate(
      async (bytes) => {
        const file = new File([Uint8Array.from(bytes)], "rows.npz");
        const model = await globalThis.tokenscape.openModel(file);
        return [...(await model.rows({ rows: "all" })).data];
      },
      [...zipped],
    );
    expect(rows).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
