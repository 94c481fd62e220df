/** The whole road as one function: what it gives, what it says about it, and what it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "../src/compute/run.ts";
import { DBSCAN } from "../src/dbscan/dbscan.ts";
import { gram } from "../src/gram/gram.ts";
import { openModel } from "../src/index.ts";
import { fromRows, type Matrix, matrix } from "../src/matrix.ts";
import type { Model } from "../src/model/model.ts";
import { transformRows } from "../src/model/transforms.ts";
import { writeNpy } from "../src/model/weights/npy.ts";
import { type NotebookOptions, type NotebookResult, runNotebook } from "../src/notebook.ts";
import { TSNE } from "../src/tsne/tsne.ts";
import { version } from "../src/version.ts";
import { clumps } from "./clumps.ts";
import { elements, labelBoxes, leaders, overlaps } from "./figures/boxes.ts";
import { hasShared, sharedPath } from "./shared.ts";

let folder: string;
let sample: Model;
let whole: NotebookResult;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tokenscape-notebook-"));
  sample = await openModel("sample");
  whole = await runNotebook({ model: sample, command: "tokenscape sample" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A model of these rows, read from a file. */
async function modelOf(X: Matrix, name = "rows.npy"): Promise<Model> {
  const path = join(folder, name);
  writeFileSync(path, writeNpy(X));
  return openModel(path);
}

/** A short run on 40 rows, whose outcome does not matter. */
const short = { rows: "0:40", maxIter: 20 } as const;

/** Text of XML or HTML as a reader sees it. */
function plain(xml: string): string {
  const names = new Map([
    ["lt", "<"],
    ["gt", ">"],
    ["quot", '"'],
    ["apos", "'"],
    ["amp", "&"],
  ]);
  return xml.replace(/&(?:#(\d+)|(\w+));/g, (entity, code?: string, name?: string) =>
    code === undefined ? (names.get(name!) ?? entity) : String.fromCodePoint(Number(code)),
  );
}

/** The lines under a figure, as one text. */
function captionOf(svg: string): string {
  const group = /<g class="caption"[^>]*>(.*?)<\/g>/s.exec(svg)![1]!;
  return Array.from(group.matchAll(/<text[^>]*>([^<]*)<\/text>/g), (m) => plain(m[1]!)).join(" ");
}

describe("on the sample, with the notebook's parameters", () => {
  test("gives what the stations give one after another", async () => {
    const X = await sample.rows({ rows: "0:100" });
    const { embedding, klDivergence } = await new TSNE({ perplexity: 5 }).fit(X);
    const dbscan = await new DBSCAN({ eps: 7, minSamples: 3 }).fit(embedding);
    expect(whole.X).toEqual(X);
    expect(whole.G).toEqual(await gram(X));
    expect(whole.Y).toEqual(embedding);
    expect(whole.tsne).toMatchObject({ klDivergence, nIter: 1000, neighbors: 16 });
    expect(whole.dbscan).toEqual(dbscan);
    expect(Array.from(whole.ids)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(whole.tokens).toEqual(Array.from(whole.ids, (id) => sample.vocabulary.token(id)));
  });

  test("lists every token once, ungrouped tokens first", () => {
    const { groups, dbscan, tokens } = whole;
    expect(groups.map(({ label }) => label)).toEqual(
      Array.from({ length: dbscan.nClusters + 1 }, (_, i) => i - 1),
    );
    for (const { label, tokens: members } of groups) {
      expect(members).toEqual(tokens.filter((_, i) => dbscan.labels[i] === label));
    }
  });

  test("states it all in the result", () => {
    const { result, tsne, dbscan } = whole;
    expect(result).toMatchObject({
      tokenscape: version,
      command: "tokenscape sample",
      model: { name: "sample", revision: null, fetched: null, tensor: "wte.weight", dtype: "F16" },
      rows: "0:100",
      transforms: [],
      coordinates: null,
      limits: "data",
      tsne: {
        ...{ method: "neighbors", metric: "euclidean", neighbors: 16, perplexity: 5, seed: 0 },
        ...{ init: "pca", learningRate: 50, earlyExaggeration: 12, iterations: 1000, nIter: 1000 },
        klDivergence: tsne!.klDivergence,
      },
      dbscan: { eps: 7, minSamples: 3, clusters: dbscan.nClusters, advice: null },
    });
    expect(result.model.shape).toEqual(sample.shape);
    const core = new Set(dbscan.coreSampleIndices);
    result.tokens.forEach((token, i) => {
      const { id, text, display, occurrences } = whole.tokens[i]!;
      expect(token).toMatchObject({ id, text, display, occurrences });
      expect([Math.fround(token.x), Math.fround(token.y)]).toEqual([
        ...whole.Y.data.subarray(2 * i, 2 * i + 2),
      ]);
      expect([token.cluster, token.core]).toEqual([dbscan.labels[i], core.has(i)]);
    });
    expect(Object.keys(result.timings)).toEqual(
      "load gram neighbors tsne dbscan figures".split(" "),
    );
    for (const time of Object.values(result.timings)) expect(time).toBeGreaterThanOrEqual(0);
  });

  test("every figure says how to make it again, and what it shows", () => {
    const { tsne, dbscan, figures } = whole;
    const noise = dbscan.labels.filter((label) => label === -1).length;
    for (const svg of Object.values(figures)) {
      const caption = captionOf(svg);
      for (const fact of [
        `sample, tensor wte.weight (input matrix, tied to the output; ${sample.shape.join(" x ")}, F16), rows 0:100, no transforms`,
        "t-SNE: perplexity 5, P over 16 neighbours, euclidean metric, init pca, seed 0",
        "learning rate 50, early exaggeration 12, 1000 of 1000 iterations",
        `KL divergence ${Number(tsne!.klDivergence.toPrecision(4))}`,
        `DBSCAN on the map: eps 7, min samples 3; found ${dbscan.nClusters} groups, ${noise} token`,
        `Tokenscape ${version}; made again by: tokenscape sample`,
      ]) {
        expect(caption).toContain(fact);
      }
      expect(svg).toMatch(/<title>[^<]+<\/title>\n?\s*<desc>[^<]{20,}<\/desc>/);
    }
    expect(figures.clusters).toContain(`(k=${dbscan.nClusters})`);
  });

  test("the report holds the figures, every token and the parameters", () => {
    const { report, figures, tokens } = whole;
    for (const svg of Object.values(figures)) {
      expect(report).toContain(svg.slice(svg.indexOf("<svg")).trimEnd());
    }
    const words = plain(report.slice(report.indexOf('id="groups"'), report.indexOf('id="tokens"')));
    for (const { display } of tokens) expect(words).toContain(`>${display}<`);
    expect(report).toContain("tokenscape sample</code>");
  });
});

/** All 100 names are there, apart from each other, and beside their dot or tied to it. */
function expectReadable({ figures, tokens }: NotebookResult): void {
  for (const svg of [figures.map, figures.clusters]) {
    const labels = labelBoxes(svg);
    expect(labels.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      Array.from(tokens.keys()),
    );
    expect(overlaps(labels)).toEqual([]);
    for (const [index, { x2, y2 }] of leaders(svg)) {
      const { box } = labels.find((label) => label.index === index)!;
      const across = Math.max(box.left - x2, x2 - box.right, 0);
      const down = Math.max(box.top - y2, y2 - box.bottom, 0);
      expect(Math.max(across, down), `the end of leader ${index}`).toBeLessThan(1.2);
    }
  }
  // on the map, names without a leader stand beside their dot
  const dots = elements(figures.map, "circle", "dot");
  const lines = elements(figures.map, "line", "leader");
  const tied = (x: number, y: number, r: number): boolean =>
    lines.some((line) => {
      const [dx, dy] = [Number(line.get("x1")) - x, Number(line.get("y1")) - y];
      return Math.abs(Math.sqrt(dx * dx + dy * dy) - r) < 0.1;
    });
  for (const { index, box } of labelBoxes(figures.map)) {
    const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(dots[index]!.get(name)));
    const across = Math.max(box.left - x!, x! - box.right, 0);
    const down = Math.max(box.top - y!, y! - box.bottom, 0);
    const near = Math.sqrt(across * across + down * down) < r! + 6.5;
    expect(near || tied(x!, y!, r!), `the name of token ${index}`).toBe(true);
  }
}

describe("names on the maps of 100 tokens never intersect", () => {
  test("of the sample", () => expectReadable(whole));

  test.each(["100:200", "300:400", "2000:2100"])("of the sample, rows %s", async (rows) => {
    const run = await runNotebook({ model: sample, rows });
    expectReadable(run);
  });

  test.skipIf(!hasShared)("of stories260K (needs ../shared)", async () => {
    const model = await openModel(sharedPath("data/models/stories260K"));
    for (const rows of ["0:100", "412:512"]) expectReadable(await runNotebook({ model, rows }));
  });
});

describe("what was asked for is done and said", () => {
  test("transforms, in their order", async () => {
    const X = await sample.rows({ rows: "0:40" });
    for (const transforms of [
      ["center", "unit"],
      ["unit", "center"],
    ] as const) {
      const run = await runNotebook({ model: sample, ...short, transforms });
      const changed = transformRows(X, transforms);
      expect(run.X).toEqual(changed);
      expect(run.G).toEqual(await gram(changed));
      expect(run.Y).toEqual(await new TSNE({ perplexity: 5, maxIter: 20 }).fitTransform(changed));
      expect(run.result.transforms).toEqual(transforms);
      for (const svg of Object.values(run.figures)) {
        expect(captionOf(svg)).toContain(`transforms: ${transforms.join(", ")}`);
      }
    }
  });

  test("cosine metric, perplexity, iterations, start and seed", async () => {
    const params = { perplexity: 8, maxIter: 30, init: "random", randomState: 11 } as const;
    const run = await runNotebook({ model: sample, rows: "0:40", metric: "cosine", ...params });
    const X = await sample.rows({ rows: "0:40" });
    expect(run.Y).toEqual(await new TSNE({ metric: "cosine", ...params }).fitTransform(X));
    expect(run.result.tsne).toMatchObject({
      ...{ metric: "cosine", perplexity: 8, iterations: 30, nIter: 30, init: "random", seed: 11 },
    });
    expect(captionOf(run.figures.map)).toContain(
      "perplexity 8, P over 25 neighbours, cosine metric, init random, seed 11",
    );
    expect(run.dbscan).toEqual(await new DBSCAN({ eps: 7, minSamples: 3 }).fit(run.Y));
  });

  test("rows by number, eps, minimum and colour limits", async () => {
    const rows = [9, 300, 301, 4, 77, 1000];
    const options = { rows, perplexity: 2, maxIter: 20, eps: 1.5, minSamples: 2 };
    const run = await runNotebook({ model: sample, ...options, limits: "notebook" });
    expect(run.tokens.map(({ id }) => id)).toEqual(rows);
    expect(run.result).toMatchObject({ rows: "9,300:302,4,77,1000", limits: "notebook" });
    expect(run.result.dbscan).toMatchObject({ eps: 1.5, minSamples: 2 });
    expect(run.dbscan).toEqual(await new DBSCAN({ eps: 1.5, minSamples: 2 }).fit(run.Y));
    expect(captionOf(run.figures.embeddings)).toContain(
      "rows 9,300:302,4,77,1000, no transforms; the notebook's colour limits",
    );
  });

  test("coordinates in place of t-SNE", async () => {
    const given = { coordinates: whole.Y, coordinatesName: "map.npy" };
    const run = await runNotebook({ model: sample, ...given });
    expect(run.tsne).toBeNull();
    expect(run.Y).toEqual(whole.Y);
    expect(run.dbscan).toEqual(whole.dbscan);
    expect(run.result.tokens).toEqual(whole.result.tokens);
    expect(run.result).toMatchObject({ tsne: null, coordinates: "map.npy" });
    expect(run.result.timings).toMatchObject({ neighbors: 0 });
    for (const svg of Object.values(run.figures)) {
      expect(captionOf(svg)).toContain("Coordinates given in map.npy, no t-SNE");
    }
    for (const svg of [run.figures.map, run.figures.clusters]) {
      expect(svg.replace("no t-SNE", "")).not.toMatch(/t-?sne/i);
    }
    const unnamed = await runNotebook({ model: sample, coordinates: whole.Y });
    expect(unnamed.result.coordinates).toBe("coordinates");
  });

  test("coordinates that are no finite map are refused before any work", async () => {
    const Y = matrix(100, 2, whole.Y.data.slice());
    Y.data[7] = Number.NaN;
    const steps: Progress[] = [];
    const onProgress = (progress: Progress) => steps.push(progress);
    const run = runNotebook({ model: sample, coordinates: Y, onProgress });
    await expect(run).rejects.toThrow(
      "coordinates: expected finite values, got NaN in row 3, column 1",
    );
    expect(steps).toEqual([]);
  });

  test("coordinates take a single row, which has no t-SNE", async () => {
    const coordinates = fromRows([[3, 4]]);
    const run = await runNotebook({ model: sample, rows: "7", coordinates, minSamples: 1 });
    expect(Array.from(run.dbscan.labels)).toEqual([0]);
    expect(run.groups.map(({ tokens }) => tokens.length)).toEqual([0, 1]);
  });
});

describe("notes and advice", () => {
  test("there are none where all is well", () => {
    expect([whole.notes, whole.advice]).toEqual([sample.notes, null]);
    expect(sample.notes).toEqual([]);
    expect(whole.report).not.toContain('role="note"');
  });

  test.each([
    [1e-3, /^no cluster found: eps = 0.001 is in units of the map/, 0],
    [1e6, /^one cluster found: eps = 1000000 is in units of the map/, 1],
  ])("eps %d gets advice, and is not changed", async (eps, message, clusters) => {
    const run = await runNotebook({ model: sample, coordinates: whole.Y, eps });
    expect(run.advice).toMatch(message);
    expect(run.advice).toMatch(/would give \d+ groups, the largest with \d+ of 100 points/);
    expect(run.result.dbscan).toMatchObject({ eps, clusters, advice: run.advice });
    expect(run.report).toContain(`<strong>About eps:</strong> ${run.advice}`);
    expect(run.dbscan).toEqual(await new DBSCAN({ eps, minSamples: 3 }).fit(whole.Y));
  });

  test("says what the model's reader has to say, then which rows t-SNE can't do justice", async () => {
    const X = clumps(40, 4, 1);
    for (let i = 0; i < 30; i++) X.data.set(X.data.subarray(0, 4), 4 * i);
    const model = await modelOf(X);
    const noted: Model = { ...model, rows: (options) => model.rows(options), notes: ["a < b"] };
    const { tsne, notes, report } = await runNotebook({ model: noted, ...short });
    expect(tsne!.perplexityMissed).toBeGreaterThanOrEqual(30);
    const missed = `${tsne!.perplexityMissed} of 40 rows have too many equally near rows`;
    expect(notes).toEqual(["a < b", expect.stringContaining(missed)]);
    expect(notes[1]).toMatch(/for perplexity 5; the nearest one there is was taken for them$/);
    expect(report).toContain("a &#60; b");
    expect(report).toContain(missed);
  });
});

describe("what can't be done is refused before a row is read", () => {
  test.each<[Omit<NotebookOptions, "model">, RegExp]>([
    [{ rows: "0:5" }, /perplexity below the number of rows, 5, got 5/],
    [{ rows: "0:1" }, /at least 2 rows, got 1/],
    [{ rows: "99990:100010" }, /there is no row 99990; the model has \d+ rows/],
    [{ rows: "" }, /numbers and ranges such as/],
    [{ rows: [] }, /at least one row, got none/],
    [{ rows: [1, 2, 1] }, /row 1 is named twice/],
    [{ perplexity: 0 }, /perplexity to be a number above 0, got 0/],
    [{ perplexity: 100 }, /perplexity below the number of rows, 100, got 100/],
    [{ maxIter: 1.5 }, /maxIter .* got 1.5/],
    [{ init: "spectral" as "pca" }, /init .* got spectral/],
    [{ metric: "manhattan" as "cosine" }, /expected metric .* got manhattan/],
    [{ randomState: -1 }, /seed .* got -1/],
    [{ eps: 0 }, /eps to be a number above 0, got 0/],
    [{ minSamples: 0 }, /minSamples .* got 0/],
    [{ coordinates: matrix(99, 2) }, /coordinates: expected 100 x 2, .* got 99 x 2/],
    [{ coordinates: matrix(100, 3) }, /coordinates: expected 100 x 2, .* got 100 x 3/],
  ])("%j", async (options, message) => {
    const unread: Model = { ...sample, rows: () => Promise.reject(new Error("rows were read")) };
    const run = runNotebook({ model: unread, ...options });
    await expect(run).rejects.toThrow(message);
    const error: unknown = await run.catch((thrown) => thrown);
    expect(error instanceof RangeError || error instanceof TypeError).toBe(true);
  });

  test("rows that t-SNE can't map say why", async () => {
    const X = clumps(30, 4, 1);
    X.data[4 * 7 + 2] = Number.NaN;
    const broken = runNotebook({ model: await modelOf(X, "nan.npy"), rows: "all" });
    await expect(broken).rejects.toThrow(/NaN in row 7, column 2/);
    const equal = runNotebook({ model: await modelOf(matrix(30, 4), "zeros.npy"), rows: "all" });
    await expect(equal).rejects.toThrow(/all 30 rows are equal/);
  });
});

describe("while it runs", () => {
  test("tells of every step in the road's order", async () => {
    const seen = new Map<string, Progress>();
    const onProgress = (progress: Progress): unknown => seen.set(progress.step, progress);
    await runNotebook({ model: sample, ...short, onProgress });
    const steps = [...seen.keys()];
    const road = ["Gram matrix", "neighbours", "t-SNE, early exaggeration", "DBSCAN", "figures"];
    expect(steps.filter((step) => road.includes(step))).toEqual(road);
    for (const { done, total } of seen.values()) expect(done).toBe(total);
  });

  test("can be cancelled at every step, and ends with the reason", async () => {
    const steps = new Set<string>();
    const onProgress = ({ step }: Progress): unknown => steps.add(step);
    await runNotebook({ model: sample, ...short, onProgress });
    expect(steps.size).toBeGreaterThan(5);
    for (const at of steps) {
      const controller = new AbortController();
      const reason = new Error(`enough of ${at}`);
      const run = runNotebook({
        model: sample,
        ...short,
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === at) controller.abort(reason);
        },
      });
      await expect(run).rejects.toBe(reason);
    }
  });

  test("does nothing where it is cancelled from the start", async () => {
    const reason = new Error("never");
    const unread: Model = { ...sample, rows: (options) => sample.rows(options) };
    const run = runNotebook({ model: unread, ...short, signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
  });
});

describe("options are checked before any work", () => {
  // a model that says so when it is asked for rows
  const untouched = (): Model => ({
    ...sample,
    rows: () => Promise.reject(new Error("rows were read")),
  });

  test.each<[object, RegExp]>([
    [{ perplexty: 3 }, /expected options model, rows, .*, got perplexty/],
    [{ transforms: ["norm"] }, /expected a list of center and unit, got norm/],
    [{ transforms: "unit" }, /expected a list of center and unit, got unit/],
    [{ limits: "foo" }, /limits to be data or notebook, got foo/],
    [{ init: matrix(100, 2) }, /init to be pca or random/],
    [{ init: "spectral" }, /init to be pca or random, got spectral/],
    [{ metric: "manhattan" }, /expected metric .* got manhattan/],
    [{ perplexity: 100 }, /perplexity below the number of rows, 100, got 100/],
    [{ eps: 0 }, /eps to be a number above 0/],
    [{ model: {} }, /expected model to be a model/],
  ])("%j", async (options, message) => {
    const run = runNotebook({ model: untouched(), ...options } as NotebookOptions);
    await expect(run).rejects.toThrow(message);
  });

  test("and a run without fault does read rows", async () => {
    await expect(runNotebook({ model: untouched() })).rejects.toThrow("rows were read");
  });
});
