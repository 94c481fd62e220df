/** The code of docs/browser.md does what the page says, in a page with the elements that it names. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../../src/index.ts";
import { runNotebook } from "../../src/notebook.ts";
import { fakeGpt2 } from "../model/hub/fake-files.ts";
import { startFakeHub } from "../model/hub/fake-hub.ts";
import { bundleScript } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import { type PageServer, servePages } from "./server.ts";

const text = readFileSync(new URL("../../docs/browser.md", import.meta.url), "utf8");
const [, code] = /```js\n([\s\S]*?)```/.exec(text)!;
const sample = (name: string) => new URL(`../../sample/model/${name}`, import.meta.url).pathname;

let script: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  script = await bundleScript(code!);
  server = await servePages("", { "/": {} });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  await page.setContent(
    "<input type=file multiple><button id=gpt2>GPT-2</button><main id=map></main>",
  );
  await page.addScriptTag({ content: script });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** The picture that the page shows once there is one. */
async function shown(): Promise<string> {
  const map = page.locator("#map");
  await map.locator("svg").waitFor();
  const svg = await map.evaluate((element) => element.querySelector("svg")!.textContent);
  await map.evaluate((element) => element.replaceChildren());
  return svg;
}

const FILES = ["config.json", "model.safetensors", "tokenizer.json", "token_occurrences.json"];

test("the files of a model, chosen and dropped", async () => {
  const { figures } = await runNotebook({ model: await openModel("sample"), rows: "0:100" });
  const names = [...figures.clusters.matchAll(/class="label"[^>]*>([^<]*)</g)].map((m) => m[1]!);
  expect(names.length).toBeGreaterThan(50);
  await page.setInputFiles("input", FILES.map(sample));
  const chosen = await shown();
  for (const name of names.filter((one) => /^\w+$/.test(one))) expect(chosen).toContain(name);

  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    for (const file of document.querySelector("input")!.files!) dataTransfer.items.add(file);
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
  });
  expect(await shown()).toBe(chosen);
});

test("one file alone", async () => {
  await page.setInputFiles("input", sample("model.safetensors"));
  expect(await shown()).toContain("#99");
});

test("a model on the hub", async () => {
  const hub = await startFakeHub({ models: [fakeGpt2()] });
  try {
    // the hub's own address, led to the one that stands for it here
    await page.route("https://huggingface.co/**", (route) =>
      route.fulfill({
        status: 307,
        headers: {
          location: route.request().url().replace("https://huggingface.co", hub.url),
          "access-control-allow-origin": "*",
        },
      }),
    );
    await page.click("#gpt2");
    expect(await shown()).toContain("A");
    expect(hub.bytes.get("model.safetensors")).toBe(32_768 + 307_200);
  } finally {
    await hub.close();
  }
});

test("the script has no part of Node, and is not larger than pages can bear", () => {
  expect(script).not.toMatch(/(?:from|import|require\()\s*["']node:/);
  expect(script).not.toMatch(/__vite-browser-external/);
  expect(gzipSync(script).length).toBeLessThan(180_000);
});
