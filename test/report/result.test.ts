import { describe, expect, test } from "vitest";
import { matrix } from "../../src/matrix.ts";
import { resultJson, withTimings } from "../../src/report/result.ts";
import { stringifyResult } from "../../src/report/result-text.ts";
import { version } from "../../src/version.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "./hostile.ts";
import { madeFacts, madeRun, tokensOf } from "./made.ts";

describe("resultJson", () => {
  test("has the documented keys in the documented order", () => {
    const { result } = madeRun(tokensOf(["a", "b"], true));
    expect(Object.keys(result)).toEqual(
      "tokenscape command model rows transforms coordinates limits tsne dbscan tokens timings".split(
        " ",
      ),
    );
    expect(Object.keys(result.model)).toEqual(
      "name revision fetched tensor matrix tied dtype shape".split(" "),
    );
    expect(Object.keys(result.tsne!)).toEqual(
      "method metric neighbors perplexity seed init learningRate earlyExaggeration iterations nIter klDivergence repulsion meshSpacing".split(
        " ",
      ),
    );
    expect(Object.keys(result.dbscan)).toEqual(
      "eps minSamples clusters noise sizes advice".split(" "),
    );
    expect(Object.keys(result.tokens[0]!)).toEqual(
      "id text display bytes x y cluster core occurrences".split(" "),
    );
    expect(Object.keys(result.timings)).toEqual(
      "load gram neighbors tsne dbscan figures".split(" "),
    );
    expect(result.tokenscape).toBe(version);
  });

  test("counts clusters, their sizes and noise, and marks core samples", () => {
    const facts = madeFacts(tokensOf(["a", "b", "c", "d", "e"]));
    const labels = Int32Array.of(1, -1, 0, 1, 1);
    const dbscan = { ...facts.dbscan, labels, coreSampleIndices: Int32Array.of(3, 4) };
    const result = resultJson({ ...facts, dbscan });
    expect(result.dbscan).toEqual({
      eps: 7,
      minSamples: 3,
      clusters: 2,
      noise: 1,
      sizes: [1, 3],
      advice: null,
    });
    expect(result.tokens.map(({ cluster }) => cluster)).toEqual([1, -1, 0, 1, 1]);
    expect(result.tokens.map(({ core }) => core)).toEqual([false, false, false, true, true]);
  });

  test("keeps bytes exactly, and text only where there is one", () => {
    const { result } = madeRun(tokensOf(["é", Uint8Array.of(0, 0xa1, 0xff), ""]));
    expect(result.tokens.map(({ text, bytes }) => [text, bytes])).toEqual([
      ["é", "c3a9"],
      [null, "00a1ff"],
      ["", ""],
    ]);
    expect(result.tokens[0]).not.toHaveProperty("occurrences");
  });

  test("without t-SNE it names the coordinates instead", () => {
    const { result } = madeRun(tokensOf(["a"]), { tsne: null, coordinates: "map.npy" });
    expect([result.tsne, result.coordinates]).toEqual([null, "map.npy"]);
  });

  test("facts that do not fit together are refused", () => {
    const facts = madeFacts(tokensOf(["a", "b"]));
    expect(() => resultJson({ ...facts, Y: matrix(3, 2) })).toThrow("(3, 2)");
    expect(() => resultJson({ ...facts, tokens: tokensOf(["a"]) })).toThrow(RangeError);
    expect(() =>
      resultJson({ ...facts, Y: matrix(2, 2, Float32Array.of(0, 1, Number.NaN, 0)) }),
    ).toThrow("got NaN in row 1");
  });
});

describe("stringifyResult", () => {
  const { result } = madeRun(tokensOf(hostileTexts(), true));
  const text = stringifyResult(result);

  test("parses back to the same values, hostile tokens too", () => {
    expect(JSON.parse(text)).toEqual(result);
  });

  test("one line per token, nothing that acts on a terminal", () => {
    expect(text.split("\n").filter((line) => line.startsWith('    { "id":')).length).toBe(
      result.tokens.length,
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });

  test("two runs differ in one line, the timings", () => {
    const timings = { load: 1, gram: 2, neighbors: 3, tsne: 4, dbscan: 5, figures: 6 };
    const again = stringifyResult(madeRun(tokensOf(hostileTexts(), true), { timings }).result);
    const lines = text.split("\n");
    const different = again.split("\n").filter((line, i) => line !== lines[i]);
    expect(different).toEqual([
      '  "timings": { "load": 1, "gram": 2, "neighbors": 3, "tsne": 4, "dbscan": 5, "figures": 6 }',
    ]);
  });

  test("timings can be set later", () => {
    const timings = { load: 1.26, gram: 2, neighbors: 3, tsne: 4, dbscan: 5, figures: 6.66 };
    const later = withTimings(result, timings);
    expect(later).toEqual({ ...result, timings: { ...timings, load: 1.3, figures: 6.7 } });
  });

  test("looks as documented", () => {
    const { result } = madeRun(tokensOf(["!"]), {
      Y: matrix(1, 2, Float32Array.of(0.1, -3.5)),
      dbscan: {
        eps: 7,
        minSamples: 3,
        labels: [0] as never,
        coreSampleIndices: [0] as never,
        advice: null,
      },
    });
    expect(stringifyResult(result).split("\n").slice(9, 14)).toEqual([
      '  "dbscan": { "eps": 7, "minSamples": 3, "clusters": 1, "noise": 0, "sizes": [1], "advice": null },',
      '  "tokens": [',
      '    { "id": 0, "text": "!", "display": "!", "bytes": "21", "x": 0.1, "y": -3.5, "cluster": 0, "core": true }',
      "  ],",
      '  "timings": { "load": 12.3, "gram": 1, "neighbors": 2, "tsne": 345.7, "dbscan": 0, "figures": 9 }',
    ]);
  });

  test.skipIf(!hasGpt2)("GPT-2's vocabulary parses back exactly (needs ../shared)", () => {
    const { result } = madeRun(gpt2Tokens());
    expect(JSON.parse(stringifyResult(result))).toEqual(result);
  });
});
