import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterFigure } from "../../src/figures/cluster-figure.ts";
import { gramFigure } from "../../src/figures/gram-figure.ts";
import { mapFigure } from "../../src/figures/map-figure.ts";
import { gram } from "../../src/gram/gram.ts";
import { matrix } from "../../src/matrix.ts";
import type { Token } from "../../src/model/vocabulary/vocabulary.ts";
import { reportHtml } from "../../src/report/html.ts";
import { largeScript, largeScriptHash } from "../../src/report/html-large-script.ts";
import { script, scriptHash } from "../../src/report/html-script.ts";
import type { RunFacts } from "../../src/report/result.ts";
import { visible } from "../../src/text/visible.ts";
import { launchChromium } from "../browser/chromium.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "./hostile.ts";
import { madeFacts, madeRun, shownTokens, tokensOf } from "./made.ts";

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" role="img"><title>Figure</title><desc>A line of text.</desc><rect width="120" height="40" fill="#eee"/><text x="10" y="25" font-size="10">&lt;script&gt;</text></svg>\n`;
const figures = { embeddings: svg, map: svg, clusters: `<?xml version="1.0"?>\n${svg}` };
const colors = ["#0072b2", "#e69f00", "#009e73"];
const colorOf = (label: number): string => colors[label % colors.length]!;

function reportOf(tokens: readonly Token[], changes: Partial<RunFacts> = {}): string {
  return reportHtml({ ...madeRun(tokens, changes), figures, colorOf });
}

/** Elements that could act or load; a page holds its own and no others. */
const ACTIVE =
  "meta, link, base, style, script, svg, img, image, iframe, object, embed, form, foreignObject";

const folder = mkdtempSync(join(tmpdir(), "tokenscape-report-"));
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens a page as a double click would, without network; `events` is all that a quiet page must not have. */
async function opened(
  html: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; events: string[] }> {
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const events: string[] = [];
  page.on("console", (message) => events.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => events.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== url && request.url() !== "data:,")
      events.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    events.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, events };
}

const listed = (page: Page): Promise<string[]> =>
  page
    .locator(".tokens > li code")
    .evaluateAll((codes) => codes.map((code) => code.textContent ?? ""));
const tabled = (page: Page): Promise<string[]> =>
  page
    .locator("#token-table tbody th code")
    .evaluateAll((codes) => codes.map((code) => code.textContent ?? ""));

async function expectEveryToken(tokens: readonly Token[], html: string): Promise<void> {
  const { groups } = madeRun(tokens);
  const { page, events } = await opened(html);
  const shown = (token: Token): string => visible(token.display);
  expect(await listed(page)).toEqual(groups.flatMap((group) => group.tokens.map(shown)));
  expect(await tabled(page)).toEqual(tokens.map(shown));
  expect(await page.locator(ACTIVE).evaluateAll((all) => all.map((e) => e.localName))).toEqual(
    "meta meta meta meta link style svg svg svg script".split(" "),
  );
  expect(events).toEqual([]);
  await page.context().close();
}

describe("reportHtml in Chromium, offline", () => {
  test("every token once in the lists and once in the table, as its display; hostile ones do nothing", async () => {
    for (const tokens of [tokensOf(hostileTexts(), true), shownTokens(hostileTexts())]) {
      await expectEveryToken(tokens, reportOf(tokens));
    }
  });

  test("hostile names, commands and advice do nothing either", async () => {
    const tokens = tokensOf(["a", "b"]);
    const facts = madeFacts(tokens);
    for (const text of hostileTexts().filter((t) => typeof t === "string" && t.includes("<"))) {
      const evil = `${text}`;
      const html = reportOf(tokens, {
        model: { ...facts.model, name: evil, tensor: evil, revision: evil, fetched: evil },
        command: evil,
        rows: evil,
        transforms: [evil],
        tsne: null,
        coordinates: evil,
        dbscan: { ...facts.dbscan, advice: evil },
      });
      await expectEveryToken(tokens, html);
    }
  });

  test("the real figures stand in one page without clashes", async () => {
    const tokens = shownTokens(hostileTexts().slice(230));
    const facts = madeFacts(tokens);
    const n = tokens.length;
    const X = matrix(
      n,
      4,
      Float32Array.from({ length: 4 * n }, (_, i) => (i % 7) - 3),
    );
    const G = await gram(X);
    const { Y } = facts;
    const text = { caption: ["<script>alert(1)</script>"], description: "&" };
    const real = {
      embeddings: gramFigure({ X, G, ...text }),
      map: mapFigure({ G, Y, tokens, ...text }),
      clusters: clusterFigure({ Y, labels: facts.dbscan.labels, tokens, ...text }),
    };
    const { page, events } = await opened(
      reportHtml({ ...madeRun(tokens), figures: real, colorOf }),
    );
    const [ids, active] = await page.evaluate(() => [
      Array.from(document.querySelectorAll("[id]"), (element) => element.id),
      document.querySelectorAll("svg :is(style, script, a, foreignObject, use, iframe)").length,
    ]);
    expect(new Set(ids as string[]).size).toBe((ids as string[]).length);
    expect(active).toBe(0);
    expect(await page.locator("svg > title").count()).toBe(3);
    expect(await page.locator("svg > desc").count()).toBe(3);
    const names = await page
      .locator("#figure-clusters [data-group] > title, #figure-clusters .noise > title")
      .evaluateAll((titles) => titles.map((title) => title.textContent));
    expect(names.sort()).toEqual(tokens.map(({ display }) => display).sort());
    expect(events).toEqual([]);
    await page.context().close();
  });

  test("the table can be searched and sorted", async () => {
    const { page, events } = await opened(reportOf(tokensOf(["b", "c", "a", "bb"])));
    await page.getByLabel("Search").fill("B");
    const rows = page.locator("#token-table tbody tr:visible");
    expect(await rows.locator("th").allTextContents()).toEqual(["b", "bb"]);
    await page.getByLabel("Search").fill("");
    await page.getByRole("button", { name: "token" }).click();
    expect(await rows.locator("th").allTextContents()).toEqual(["a", "b", "bb", "c"]);
    await page.getByRole("button", { name: "id" }).click();
    await page.getByRole("button", { name: "id" }).click();
    expect(await rows.locator("th").allTextContents()).toEqual(["bb", "a", "c", "b"]);
    expect(await page.getByRole("columnheader", { name: "id" }).getAttribute("aria-sort")).toBe(
      "descending",
    );
    expect(events).toEqual([]);
    await page.context().close();
  });

  test("is whole without scripts", async () => {
    const tokens = tokensOf(hostileTexts());
    const { page, events } = await opened(reportOf(tokens), { javaScriptEnabled: false });
    expect(await page.locator(".tokens > li").count()).toBe(tokens.length);
    expect(await page.locator("#token-table tbody tr").count()).toBe(tokens.length);
    expect(await page.getByLabel("Search").isVisible()).toBe(false);
    expect(events).toEqual([]);
    await page.context().close();
  });

  test("its policy stops scripts, requests and markup from text, were any to get in", async () => {
    const { page } = await opened(reportOf(tokensOf(["a"])));
    const refused = await page.evaluate(async () => {
      const image = document.createElement("img");
      const attempts = {
        fetch: () => fetch("https://example.invalid/"),
        handler: () => image.setAttribute("onerror", "document.title = 'run'"),
        markup: () => {
          image.innerHTML = "<b>x</b>";
        },
        image: () =>
          new Promise((resolve, reject) => {
            image.onload = resolve;
            document.addEventListener("securitypolicyviolation", reject);
            image.src = "https://example.invalid/x.png";
          }),
      };
      const names: string[] = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
        } catch {
          names.push(name);
        }
      }
      return names;
    });
    expect(refused).toEqual(["fetch", "handler", "markup", "image"]);
    await page.context().close();
  });

  test("nothing is wider than a narrow window", async () => {
    const { page } = await opened(reportOf(tokensOf(hostileTexts())), {
      viewport: { width: 400, height: 800 },
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      400,
    );
    await page.context().close();
  });
});

describe("reportHtml of ten thousand tokens and more, in Chromium", () => {
  /** Hostile tokens, then plain ones; a fifth of all in group 0, few in each of many others. */
  const hostile = hostileTexts();
  const texts = Array.from({ length: 12_000 }, (_, i) => hostile[i] ?? `plain${i}`);
  const labels = Int32Array.from(texts, (_, i) =>
    i % 5 === 0 ? 0 : i % 5 === 1 ? -1 : 1 + (i % 400),
  );
  const tokens = tokensOf(texts, true);
  const { dbscan } = madeFacts(tokens);
  const html = reportOf(tokens, { dbscan: { ...dbscan, labels } });
  const row = (page: Page): Promise<string[]> =>
    page.locator("#token-table tbody tr").first().locator("th, td").allTextContents();

  test("lists the largest groups in part, and says how many more there are", async () => {
    const { page, events } = await opened(html, { javaScriptEnabled: false });
    const headings = await page.locator("h3").allTextContents();
    expect(headings).toHaveLength(1 + 200);
    expect(headings[0]).toBe("Ungrouped tokens (2,400)");
    expect(headings[1]).toMatch(/^Tokens in group 0 \(2,4\d\d\)$/);
    const groups = new Set(labels).size - 1;
    expect(await page.locator("#groups + .note").textContent()).toContain(
      `The 200 largest of ${groups} groups, the largest first, each by its first 60 tokens`,
    );
    const first = page.locator("section").first().locator("li");
    expect(await first.count()).toBe(61);
    expect(await first.last().textContent()).toBe("and 2,340 more");
    expect(await page.locator("#token-table tbody tr").count()).toBe(500);
    expect(await page.locator("#shown").textContent()).toContain("The first 500 of 12,000 tokens");
    expect(events).toEqual([]);
    await page.context().close();
  });

  test("searches and sorts all tokens; hostile ones do nothing", async () => {
    const { page, events } = await opened(html);
    expect(await tabled(page)).toEqual(tokens.slice(0, 500).map(({ display }) => visible(display)));
    expect(await page.locator("#found").textContent()).toBe(
      "12,000 of 12,000, the first 500 are shown",
    );
    await page.getByLabel("Search").fill("PLAIN11999");
    const { x, y, bytes } = madeRun(tokens).result.tokens[11_999]!;
    expect(await row(page)).toEqual([
      "11999",
      "plain11999",
      bytes,
      x.toFixed(2),
      y.toFixed(2),
      "400",
      "",
      "2",
    ]);
    expect(await page.locator("#found").textContent()).toBe("1 of 12,000");
    await page.getByLabel("Search").fill("<script");
    expect(await page.locator("#token-table tbody tr").count()).toBeGreaterThan(0);
    await page.getByLabel("Search").fill("");
    await page.getByRole("button", { name: "id" }).click();
    await page.getByRole("button", { name: "id" }).click();
    expect((await row(page))[0]).toBe("11999");
    expect(await page.locator(ACTIVE).evaluateAll((all) => all.map((e) => e.localName))).toEqual(
      "meta meta meta meta link style svg svg svg script script".split(" "),
    );
    expect(events).toEqual([]);
    await page.context().close();
  });

  test("has no element for each token", () => {
    expect(html.match(/<li/g)!.length).toBeLessThan(201 * 61 + 20);
    expect(html.length).toBeLessThan(texts.length * 60 + 201 * 61 * 90 + 200_000);
  });

  test.skipIf(!hasGpt2)("GPT-2's vocabulary, token by token (needs ../shared)", async () => {
    const all = gpt2Tokens();
    const { page, events } = await opened(reportOf(all));
    const data = await page.evaluate(() => document.getElementById("data")!.textContent!);
    expect(JSON.parse(data).token).toEqual(all.map(({ display }) => display));
    for (const [typed, shown] of [
      ["·Washington", "·Washington"],
      [")</", ")</"],
    ]) {
      await page.getByLabel("Search").fill(typed!);
      expect(await tabled(page)).toContain(shown);
    }
    expect(events).toEqual([]);
    await page.context().close();
  });
});

describe("reportHtml", () => {
  test("the policy's hash is the script's", () => {
    expect(createHash("sha256").update(script).digest("base64")).toBe(scriptHash);
    expect(createHash("sha256").update(largeScript).digest("base64")).toBe(largeScriptHash);
  });

  test("what training never saw is marked and explained; with no counts nothing is said", () => {
    const marked = reportOf(tokensOf(["a", "b", "c", "d"], true));
    expect(marked.match(/<li class="unseen"/g)?.length).toBe(2);
    expect(marked).toContain("never seen in training: where");
    const plain = reportOf(tokensOf(["a", "b"]));
    expect(plain).not.toContain("never seen");
    expect(plain).not.toContain("occurrences");
  });

  test("advice, notes on the model and the honest note are there", () => {
    const tokens = tokensOf(["a", "b"]);
    const { dbscan } = madeFacts(tokens);
    const run = madeRun(tokens, { dbscan: { ...dbscan, advice: "Try --eps 2.5." } });
    const html = reportHtml({ ...run, figures, notes: ["rows show as #id"] });
    expect(html).toContain("Try --eps 2.5.");
    expect(html).toContain("rows show as #id");
    expect(html).toContain("pure noise");
  });

  test("lines to centroids are spoken of where there are groups", () => {
    const tokens = tokensOf(["a", "b"]);
    const { dbscan } = madeFacts(tokens);
    const labelled = (...labels: number[]) =>
      reportOf(tokens, { dbscan: { ...dbscan, labels: Int32Array.from(labels) } });
    expect(labelled(0, -1)).toMatch(/lines lead to each group\S+ centroid, a plus sign/);
    expect(labelled(-1, -1)).toContain("map: a plus sign is a token in no group.");
  });

  test("coordinates have decimals enough for the map's scale", () => {
    const tokens = tokensOf(["a", "b"]);
    const cells = (...values: number[]): string[] => {
      const html = reportOf(tokens, { Y: matrix(2, 2, Float32Array.from(values)) });
      const found = html.matchAll(/<td class="number">(-?\d+\.\d+)<\/td>/g);
      return Array.from(found, (match) => match[1]!);
    };
    expect(cells(12.345, -0.001, 1, 2)).toEqual(["12.35", "0.00", "1.00", "2.00"]);
    expect(cells(0.01234567, -0.001, 0, 0)).toEqual(["0.01235", "-0.00100", "0.00000", "0.00000"]);
  });

  test("only SVG is taken for a figure and only a colour for a colour", () => {
    const run = madeRun(tokensOf(["a", "b", "c", "d", "e", "f"]));
    const badly = (color: string) => () => reportHtml({ ...run, figures, colorOf: () => color });
    expect(badly("red;background:url(https://x)")).toThrow(TypeError);
    expect(badly('"><script>')).toThrow("expected a CSS colour");
    expect(badly("rgb(1, 2, 3)")).not.toThrow();
    expect(() => reportHtml({ ...run, figures: { ...figures, map: "<p>" } })).toThrow(TypeError);
    expect(() => reportHtml({ ...run, figures: { ...figures, map: `<b>${svg}` } })).toThrow(
      TypeError,
    );
  });
});
