/**
 * t-SNE of wasm-bhtsne: Barnes-Hut in Rust, compiled to WebAssembly with threads. It is made for browsers (in
 * Node its threads hang), so it runs in a headless Chromium, on a page that is cross-origin isolated.
 */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "../../test/browser/chromium.ts";
import { readMatrix } from "../npy-file.ts";
import { answer, readTask } from "../task.ts";
import { peerFile, peerVersion, saveLists } from "./peer-package.ts";

interface WasmBhtsne {
  default(): Promise<unknown>;
  initThreadPool(threads: number): Promise<void>;
  bhtSNEf32: new (
    rows: number[][],
    options: { perplexity: number; learning_rate: number; theta: number },
  ) => { step(epochs: number): number[][] };
}

const NAME = "wasm-bhtsne";
const PAGE = `<!doctype html><script type="module">
import * as peer from "/wasm_bhtsne.js";
globalThis.peer = peer;
</script>`;
const task = readTask();
const { data, shape } = await readMatrix(task.input);
const server = await serve(dirname(peerFile(NAME)), data);
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/page`);
  const { seconds, map } = await fit(page, shape);
  await saveLists(task.output, map);
  const facts = { iterations: task.iterations };
  answer({ version: peerVersion(NAME)!, seconds: { fit: seconds }, facts });
} finally {
  await browser.close();
  server.close();
}

/** Runs the peer in the page; the rows are there before the clock starts. */
async function fit(
  page: Page,
  [n, d]: readonly [number, number],
): Promise<{ seconds: number; map: number[][] }> {
  page.setDefaultTimeout(0);
  await page.waitForFunction("globalThis.peer");
  const { threads, perplexity, iterations } = task;
  // scikit-learn's learning rate, in this package's units
  const learningRate = Math.max(n / 12, 200);
  return page.evaluate(
    async (given) => {
      const { peer } = globalThis as unknown as { peer: WasmBhtsne };
      const values = new Float32Array(await (await fetch("/rows")).arrayBuffer());
      const rows = Array.from({ length: given.n }, (_, i) =>
        Array.from(values.subarray(i * given.d, (i + 1) * given.d)),
      );
      const start = performance.now();
      await peer.default();
      await peer.initThreadPool(given.threads);
      const model = new peer.bhtSNEf32(rows, {
        perplexity: given.perplexity,
        learning_rate: given.learningRate,
        theta: 0.5,
      });
      const map = Array.from(model.step(given.iterations), (point) => Array.from(point));
      return { seconds: (performance.now() - start) / 1000, map };
    },
    { n, d, threads, perplexity, iterations, learningRate },
  );
}

/** The package's folder, its main module also at `/`, where its threads look for it, the rows and a page. */
async function serve(folder: string, rows: Float32Array): Promise<Server> {
  const server = createServer(async ({ url = "/" }, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    try {
      if (url === "/rows") {
        response.end(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
      } else if (url === "/page") {
        response.setHeader("Content-Type", "text/html").end(PAGE);
      } else {
        const file = url === "/" ? "wasm_bhtsne.js" : normalize(url);
        const type = file.endsWith(".wasm") ? "application/wasm" : "text/javascript";
        response.setHeader("Content-Type", type).end(await readFile(join(folder, file)));
      }
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}
