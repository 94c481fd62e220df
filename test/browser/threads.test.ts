/** Same seed, same bytes: on any number of threads, in Node and in Chromium, where pages may share memory and where not. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { bundlePage } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import { type Hashes, roadHashes } from "./road.ts";
import { type PageServer, servePages } from "./server.ts";

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const policy = (rules: string) => ({ "content-security-policy": rules });

let server: PageServer;
let browser: Browser;
let expected: Hashes;

beforeAll(async () => {
  server = await servePages(await bundlePage(), {
    "/isolated": ISOLATED,
    "/alone": {},
    "/no-workers": {
      ...ISOLATED,
      ...policy("script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"),
    },
    "/no-wasm": policy("script-src 'self'"),
  });
  browser = await launchChromium();
  expected = await roadHashes(library, await library.openModel("sample"), 1);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** What a page computes, whether it is isolated, and how many threads it started. */
async function visit(path: string, threads: number) {
  const page = await browser.newPage();
  try {
    let started = 0;
    page.on("worker", () => started++);
    await page.goto(server.origin + path);
    const isolated = await page.evaluate(() => globalThis.crossOriginIsolated);
    const hashes = await page.evaluate((n) => globalThis.hashRoad(n), threads);
    return { hashes, isolated, started };
  } finally {
    await page.close();
  }
}

test("the results differ from each other", () => {
  expect(new Set(Object.values(expected)).size).toBe(Object.keys(expected).length);
});

test.each([2, 4])("Node, %i threads", async (threads) => {
  expect(await roadHashes(library, await library.openModel("sample"), threads)).toEqual(expected);
});

describe("Chromium", () => {
  test.each([1, 2, 4])("a page that is isolated, %i threads", async (threads) => {
    const { hashes, isolated, started } = await visit("/isolated", threads);
    expect(hashes).toEqual(expected);
    expect(isolated).toBe(true);
    expect(started).toBe(threads === 1 ? 0 : threads);
  });

  test("a page that is not isolated does all on its own thread", async () => {
    const { hashes, isolated, started } = await visit("/alone", 4);
    expect(hashes).toEqual(expected);
    expect([isolated, started]).toEqual([false, 0]);
  });

  test("a page whose policy forbids workers does so too", async () => {
    const { hashes, isolated, started } = await visit("/no-workers", 4);
    expect(hashes).toEqual(expected);
    expect([isolated, started]).toEqual([true, 0]);
  });

  test("a page whose policy forbids WebAssembly is told so", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/no-wasm`);
    const told = await page.evaluate(async () => {
      const { fromRows, gram, isTokenscapeError } = globalThis.tokenscape;
      return gram(fromRows([[1]])).catch((error) => [isTokenscapeError(error), error.message]);
    });
    expect(told).toEqual([true, expect.stringMatching(/^WebAssembly can't be used here: /)]);
    await page.close();
  });
});
