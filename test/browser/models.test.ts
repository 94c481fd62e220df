/** Models of every format, read in Chromium as in Node: the same rows, tokens, notes and errors. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { bundlePage } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import * as cases from "./model-cases.ts";
import { memoryFiles, modelFacts } from "./model-facts.ts";
import { type PageServer, servePages } from "./server.ts";

let server: PageServer;
let browser: Browser;
let page: Page;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "tokenscape-chosen-"));
  server = await servePages(await bundlePage(), { "/": {} });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  await page.evaluate(() => {
    for (const folder of [false, true]) {
      const input = Object.assign(document.createElement("input"), {
        type: "file",
        multiple: true,
      });
      input.webkitdirectory = folder;
      document.body.append(input);
    }
  });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

let folders = 0;
/** Writes the files into a folder of their own, and its path. */
function written(files: cases.ModelCase["files"]): string {
  const folder = join(home, `model-${folders++}`);
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** Reads a model in Node and in the page: there from what was chosen, a folder or a file, and from memory. */
async function readEverywhere({ name, files, options }: cases.ModelCase) {
  const contents = new Map(Object.entries(files));
  const here = await modelFacts(library, memoryFiles(library, name, contents), options);
  const folder = written(files);
  const isFolder = contents.size > 1;
  const input = page.locator(isFolder ? "input[webkitdirectory]" : "input:not([webkitdirectory])");
  await input.setInputFiles(isFolder ? folder : join(folder, [...contents.keys()][0]!));
  const there = await input.evaluate(
    (element, given) =>
      globalThis.readChosen(element as HTMLInputElement, given.name, given.options),
    { name, options: options as object },
  );
  return { here, there: Object.values(there) };
}

const byName = (list: readonly cases.ModelCase[]) => list.map((one) => [one.name, one] as const);

const whole = [
  ...cases.safetensorsCases(),
  ...cases.ggufCases(),
  ...(await cases.torchCases()),
  ...cases.numpyCases(),
  ...cases.vocabularyCases(),
];

describe("a model of each kind gives the same rows and tokens", () => {
  test.each(byName(whole))("%s", async (_name, model) => {
    const { here, there } = await readEverywhere(model);
    expect(here.error).toBeUndefined();
    expect(here.rows).toSatisfy((rows: unknown[]) => rows.every((row) => typeof row === "string"));
    expect(here.tokens).toHaveLength((here.shape as number[])[0]!);
    for (const facts of there) expect(facts).toEqual(here);
  });
});

describe("packed content that is broken gives the same error", () => {
  test.each(byName(cases.brokenCases()))("%s", async (name, model) => {
    const { here, there } = await readEverywhere(model);
    const faults = [here.error, ...((here.rows as unknown[]) ?? [])].filter((x) => x !== undefined);
    expect(faults.at(-1)).toMatchObject({ name: "FormatError", file: `${name}/bad.npz` });
    for (const facts of there) expect(facts).toEqual(here);
  });
});

test("a model's folder by its handle", async () => {
  const [model] = cases.safetensorsCases();
  const contents = Object.entries(model!.files);
  const here = await modelFacts(library, memoryFiles(library, "m", new Map(contents)));
  const there = await page.evaluate(
    async (files) => {
      // the page's own folders have the same handles as those on disk
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle("m", { create: true });
      await folder.getDirectoryHandle("vocab.json", { create: true });
      for (const [name, bytes] of files) {
        const handle = await folder.getFileHandle(name, { create: true });
        const stream = await handle.createWritable();
        await stream.write(Uint8Array.from(bytes));
        await stream.close();
      }
      return globalThis.factsOf(globalThis.tokenscape.directoryFiles(folder));
    },
    contents.map(([name, bytes]) => [name, [...bytes]] as const),
  );
  expect(there).toEqual(here);
});

test("a file that changes while it is open gives an error, never other rows", async () => {
  const [model] = cases.safetensorsCases();
  const path = join(written(model!.files), "model.safetensors");
  const input = page.locator("input:not([webkitdirectory])");
  await input.setInputFiles(path);
  const opened = await input.evaluateHandle((element) =>
    globalThis.tokenscape.openModel((element as HTMLInputElement).files![0]!),
  );
  const read = () =>
    opened.evaluate((chosen) =>
      chosen.rows({ rows: "0" }).then(
        ({ shape }) => shape,
        ({ name, message }) => ({ name, message }),
      ),
    );
  expect(await read()).toEqual([1, 16]);
  writeFileSync(path, new Uint8Array(5000));
  expect(await read()).toEqual({
    name: "FormatError",
    message:
      "model.safetensors: can't be read (NotReadableError): if it has changed or moved since it was chosen, choose it again",
  });
});

// Node takes this until version 22, which can't be told from what it gives; the Compression Streams of today refuse it
describe("packed content with something behind its end is refused in Chromium", () => {
  test.each(byName(cases.trailingCases()))("%s", async (name, model) => {
    const { there } = await readEverywhere(model);
    for (const { rows } of there) {
      const reason = expect.stringMatching(/"X\.npy" .* is not what deflate makes/);
      const fault = { name: "FormatError", file: `${name}/bad.npz`, message: reason };
      expect((rows as unknown[]).at(-1)).toMatchObject(fault);
    }
  });
});
