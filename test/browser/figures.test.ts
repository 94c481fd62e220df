import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blockCount } from "../../src/compute/blocks.ts";
import { clusterFigure } from "../../src/figures/cluster-figure.ts";
import type { FigureToken } from "../../src/figures/figure.ts";
import { gramFigure } from "../../src/figures/gram-figure.ts";
import { mapFigure } from "../../src/figures/map-figure.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { clumpyMap, gramOf, noise, TEXT, tokens } from "../figures/made.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "../report/hostile.ts";
import { shownTokens, tokensOf } from "../report/made.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
});
afterAll(async () => {
  await browser?.close();
});

interface Figures {
  readonly embeddings: string;
  readonly map: string;
  readonly clusters: string;
}

function figuresOf(named: readonly FigureToken[], Y: Matrix, X = noise(named.length, 8)): Figures {
  const G = gramOf(X);
  const labels = Int32Array.from(named, (_, i) => (i % 9) - 1);
  return {
    embeddings: gramFigure({ X, G, ...TEXT }),
    map: mapFigure({ G, Y, tokens: named, ...TEXT }),
    clusters: clusterFigure({ Y, labels, tokens: named, eps: 7, ...TEXT }),
  };
}

/** What a browser that reads the SVG finds wrong with it; nothing should be. */
async function faults(svgs: readonly string[]): Promise<string[]> {
  return page.evaluate((all) => {
    const found: string[] = [];
    all.forEach((svg, i) => {
      const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
      if (parsed.querySelector("parsererror") !== null) {
        found.push(`${i}: ${parsed.documentElement.textContent?.slice(0, 200)}`);
        return;
      }
      const [title, desc] = parsed.documentElement.children;
      if (title?.tagName !== "title" || desc?.tagName !== "desc") found.push(`${i}: no title`);
      for (const node of parsed.querySelectorAll("*")) {
        if (node.namespaceURI !== "http://www.w3.org/2000/svg") found.push(`${i}: ${node.tagName}`);
        if (/^(script|foreignObject|a|style|use|animate|set)$/.test(node.tagName)) {
          found.push(`${i}: ${node.tagName}`);
        }
        for (const { name, value } of node.attributes) {
          const link = /href/i.test(name) && !value.startsWith("data:image/png;base64,");
          if (/^on/i.test(name) || link || /url\(|javascript:/i.test(value)) {
            found.push(`${i}: ${name}=${value.slice(0, 60)}`);
          }
        }
      }
    });
    return found;
  }, svgs);
}

/** Names of the map as the browser reads them back, by index. */
async function readNames(svg: string): Promise<[index: number, text: string][]> {
  return page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return [...parsed.querySelectorAll("text.label")].map((label) => [
      Number(label.getAttribute("data-index")),
      label.firstChild?.nodeValue ?? "",
    ]);
  }, svg);
}

/** Every pair of texts that overlap, and every text that leaves the figure, as laid out by the browser. */
async function collisions(svg: string): Promise<string[]> {
  await page.setContent(`<!doctype html><body style="margin:0">${svg}`);
  return page.evaluate(() => {
    const root = document.querySelector("svg")!.getBoundingClientRect();
    const texts = [...document.querySelectorAll("svg text")].map((text) => ({
      text: `${text.getAttribute("class")} ${text.firstChild?.nodeValue}`,
      label: text.getAttribute("class") === "label",
      box: text.getBoundingClientRect(),
    }));
    const slack = 0.1; // for rounding of coordinates, pixels
    const found: string[] = [];
    texts.forEach(({ text, box, label }, i) => {
      if (box.width === 0 && text.trim() !== "") found.push(`${text}: not drawn`);
      const { left, top, right, bottom } = root;
      const out = box.left < left || box.top < top || box.right > right || box.bottom > bottom;
      if (out) found.push(`${text}: leaves the figure`);
      for (const other of texts.slice(0, i)) {
        // lines of a caption may touch: their boxes include the space above capitals
        const room = label && other.label ? slack : 1;
        const apart =
          box.right - room <= other.box.left ||
          other.box.right - room <= box.left ||
          box.bottom - room <= other.box.top ||
          other.box.bottom - room <= box.top;
        if (!apart) found.push(`${text} x ${other.text}`);
      }
    });
    return found;
  });
}

describe("in Chromium, no text overlaps another or leaves the figure", () => {
  test.each([1, 2, 4, 33, 34, 35, 100, 128, 512])("%i tokens", async (n) => {
    const figures = figuresOf(tokens(n), clumpyMap(n));
    for (const svg of Object.values(figures)) expect(await collisions(svg)).toEqual([]);
  });

  test.each([3000, 25_000])("%i tokens, where names are few", async (n) => {
    const labels = Int32Array.from({ length: n }, (_, i) => (i % 150) - 1);
    const [Y, named] = [clumpyMap(n), tokens(n)];
    expect(await collisions(clusterFigure({ Y, labels, tokens: named, eps: 7, ...TEXT }))).toEqual(
      [],
    );
    // beyond 800 rows by block means
    const G = gramOf(noise(blockCount(n, 800), 2));
    expect(await collisions(mapFigure({ G, Y, tokens: named, ...TEXT }))).toEqual([]);
  });

  test("128 long tokens in one spot, in the smallest type", async () => {
    const named = tokens(128).map((_, i) => ({ display: `·a-long-token-of-number-${i}` }));
    const svg = clusterFigure({
      Y: matrix(128, 2),
      labels: new Int32Array(128),
      tokens: named,
      ...TEXT,
    });
    expect(await collisions(svg)).toEqual([]);
  });

  test("2,000 tokens", async () => {
    const { embeddings, map, clusters } = figuresOf(tokens(2000), clumpyMap(2000));
    for (const svg of [embeddings, map, clusters]) expect(await collisions(svg)).toEqual([]);
  });

  test.each([1e-30, 1e-10, 1e10, 1e18])("numbers of size %d", async (scale) => {
    const Y = clumpyMap(20);
    const scaled = matrix(
      20,
      2,
      Y.data.map((value) => value * scale),
    );
    const figures = figuresOf(tokens(20), scaled, noise(20, 8, scale));
    for (const svg of Object.values(figures)) expect(await collisions(svg)).toEqual([]);
  });

  test("a map far from the origin", async () => {
    const Y = matrix(
      20,
      2,
      clumpyMap(20).data.map((value) => 1e8 + 20 * value),
    );
    const figures = figuresOf(tokens(20), Y, matrix(20, 2, new Float32Array(40).fill(1234.5)));
    for (const svg of Object.values(figures)) expect(await collisions(svg)).toEqual([]);
  });

  test("long names and captions", async () => {
    const named = tokens(100).map((_, i) => ({ display: `·a-long-token-of-number-${i}` }));
    const caption = [`tokenscape ${"very/long/folder/".repeat(40)}`, "word ".repeat(200)];
    const Y = clumpyMap(100);
    const svg = mapFigure({ G: matrix(100, 100), Y, tokens: named, ...TEXT, caption });
    expect(await collisions(svg)).toEqual([]);
  });

  test("scripts of the world", async () => {
    const texts = [
      "漢字",
      "한국어",
      "مرحبا",
      "שלום",
      "नमस्ते",
      "ไทย",
      "ქართული",
      "\u{1f600}\u{1f680}",
      "﷽",
      "Ａ",
    ];
    const named = Array.from({ length: 60 }, (_, i) => ({ display: texts[i % texts.length]! }));
    for (const svg of Object.values(figuresOf(named, clumpyMap(60)))) {
      expect(await collisions(svg)).toEqual([]);
    }
  });
});

describe("hostile tokens", () => {
  const texts = [...hostileTexts(), "\ud800", "\udfff", "\ufffe", "a\ufffeb\u0000c"];

  test("raw, as a careless caller would hand them over, leave the SVG well-formed and inert", async () => {
    const named = tokensOf(texts, true);
    const figures = figuresOf(named, clumpyMap(named.length));
    expect(await faults(Object.values(figures))).toEqual([]);
    const few = tokensOf(texts.slice(256, 356));
    const { map } = figuresOf(few, clumpyMap(few.length));
    expect(await faults([map])).toEqual([]);
    expect(await readNames(map)).toHaveLength(few.length);
  });

  test("as captions and descriptions leave it well-formed and inert", async () => {
    const strings = texts.filter((text) => typeof text === "string");
    const svg = gramFigure({
      X: noise(3, 3),
      G: gramOf(noise(3, 3)),
      caption: strings,
      description: strings.join(""),
    });
    expect(await faults([svg])).toEqual([]);
  });

  test("as models show them are read back as they are", async () => {
    const named = shownTokens(texts.slice(0, 100));
    const names = await readNames(figuresOf(named, clumpyMap(100)).map);
    expect(names).toHaveLength(100);
    for (const [index, text] of names) expectName(text, named[index]!);
  });
});

describe.skipIf(!hasGpt2)("GPT-2's whole vocabulary (needs ../shared)", () => {
  test("goes through the names of maps, well-formed and read back as it is", async () => {
    const all = gpt2Tokens();
    let named = 0;
    for (let start = 0; start < all.length; start += 160) {
      const chunk = all.slice(start, start + 160);
      const svg = clusterFigure({
        Y: lattice(chunk.length),
        labels: new Int32Array(chunk.length).fill(-1),
        tokens: chunk,
        ...TEXT,
      });
      expect(await faults([svg])).toEqual([]);
      for (const [index, text] of await readNames(svg)) {
        expectName(text, chunk[index]!);
        named++;
      }
    }
    expect(named).toBe(50257);
  });
});

/** Four columns so far apart that every name has room. */
function lattice(n: number): Matrix {
  const Y = matrix(n, 2);
  for (let i = 0; i < n; i++) Y.data.set([200 * (i % 4), 11 * Math.floor(i / 4)], 2 * i);
  return Y;
}

function expectName(text: string, { display }: FigureToken): void {
  if (text === display) return;
  expect(text.endsWith("…")).toBe(true);
  expect(display.startsWith(text.slice(0, -1))).toBe(true);
}
