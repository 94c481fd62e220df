/** Same seed, same bytes: in Chromium as in Node, run after run. */
import { createHash } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../../src/index.ts";
import { exp, log } from "../../src/math.ts";
import { type NotebookOptions, runNotebook } from "../../src/notebook.ts";
import { tokensCsv } from "../../src/report/csv.ts";
import { stringifyResult } from "../../src/report/result-text.ts";
import { bundlePage } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import { type PageServer, servePages } from "./server.ts";

let script: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  script = await bundlePage();
  server = await servePages(script, { "/": {} });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.origin}/`);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

const sha256 = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

test("the browser's entry needs nothing of Node", () => {
  expect(script).not.toMatch(/(?:from|import|require\()\s*["']node:/);
  expect(script).not.toMatch(/__vite-browser-external/);
});

test("exp and log give the same bits", async () => {
  const xs = Array.from({ length: 20_000 }, (_, i) => ((i * 0.6180339887498949) % 1) * 1400 - 700);
  const here = sha256(
    new Uint8Array(Float64Array.from(xs.flatMap((x) => [exp(x), log(Math.abs(x))])).buffer),
  );
  const there = await page.evaluate(async (values) => {
    const { exp: e, log: l } = globalThis.tokenscapeMath;
    const out = Float64Array.from(values.flatMap((x) => [e(x), l(Math.abs(x))]));
    const hash = await crypto.subtle.digest("SHA-256", out.buffer as ArrayBuffer);
    return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
  }, xs);
  expect(there).toBe(here);
});

test.each([
  { rows: "0:100" },
  { rows: "0:100", init: "random", randomState: 42, metric: "cosine" },
  { rows: "250:520", perplexity: 20, transforms: ["center", "unit"], eps: 2.5 },
] satisfies Omit<NotebookOptions, "model">[])(
  "the whole road on the sample: %j",
  async (options) => {
    const here = await runNotebook({
      model: await openModel("sample"),
      ...options,
    });
    const again = await runNotebook({
      model: await openModel("sample"),
      ...options,
    });
    const there = await page.evaluate(async (given) => {
      const { runNotebook, stringifyResult, tokensCsv } = globalThis.tokenscape;
      const model = await globalThis.openSample();
      const road = await runNotebook({ model, ...given });
      return {
        coordinates: Array.from(new Uint8Array(road.Y.data.buffer)),
        result: stringifyResult(road.result),
        figures: { ...road.figures },
        report: road.report,
        csv: tokensCsv(road.result),
      };
    }, options);

    const bytes = new Uint8Array(here.Y.data.buffer);
    expect(new Set(here.Y.data).size).toBeGreaterThan(100);
    expect(sha256(new Uint8Array(again.Y.data.buffer))).toBe(sha256(bytes));
    expect(sha256(Uint8Array.from(there.coordinates))).toBe(sha256(bytes));
    const untimed = (text: string) => text.replace(/"timings": \{[^}]*\}/, "");
    expect(untimed(there.result)).toBe(untimed(stringifyResult(here.result)));
    expect(there.figures).toEqual(here.figures);
    expect(there.report).toBe(here.report);
    expect(there.csv).toBe(tokensCsv(here.result));
  },
);
