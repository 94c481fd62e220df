/** Same seed, same bytes: in Chromium as in Node, run after run. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../../src/index.ts";
import { exp, log } from "../../src/math.ts";
import { type NotebookOptions, runNotebook } from "../../src/notebook.ts";
import { tokensCsv } from "../../src/report/csv.ts";
import { stringifyResult } from "../../src/report/result-text.ts";
import { launchChromium } from "./chromium.ts";

const sample = new URL("../../sample/model/", import.meta.url);
let script: string;
let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  script = await bundle();
  server = createServer((request, response) => {
    const name = new URL(request.url!, "http://localhost").pathname.slice(1);
    if (name === "")
      return void response
        .setHeader("content-type", "text/html")
        .end("<!doctype html><script src='page.js'></script>");
    if (name === "page.js")
      return void response.setHeader("content-type", "text/javascript; charset=utf-8").end(script);
    const file = new URL(name, sample);
    if (!/^[\w.]+$/.test(name) || !existsSync(file)) return void response.writeHead(404).end();
    response.setHeader("content-length", statSync(file).size);
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** The library as one script for a page, as a user's bundler would make it. */
async function bundle(): Promise<string> {
  const built = await build({
    logLevel: "error",
    configFile: false,
    build: {
      write: false,
      minify: false,
      rollupOptions: {
        input: new URL("./page.ts", import.meta.url).pathname,
        output: { format: "iife", codeSplitting: false },
      },
    },
  });
  const outputs = [built].flat().flatMap((part) => ("output" in part ? part.output : []));
  const chunks = outputs.filter((part) => part.type === "chunk");
  if (chunks.length !== 1) throw new Error(`expected one script, got ${chunks.length}`);
  return chunks[0]!.code;
}

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
      const { bufferSource, openModel, runNotebook, stringifyResult, tokensCsv } =
        globalThis.tokenscape;
      const read = async (path: string) => {
        const response = await fetch(path);
        return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
      };
      const model = await openModel({
        name: "sample",
        revision: null,
        fetched: null,
        read,
        open: async (path) => {
          const bytes = await read(path);
          return bytes && bufferSource(bytes, path);
        },
      });
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
