import { describe, expect, test } from "vitest";
import { captionLines, summary } from "../../src/report/caption.ts";
import { version } from "../../src/version.ts";
import { madeFacts, madeRun, tokensOf } from "./made.ts";

const tokens = tokensOf(["a", "b", "c"]);

describe("captionLines", () => {
  test("say everything that makes the figure again", () => {
    const { dbscan } = madeFacts(tokens);
    const { result } = madeRun(tokens, { dbscan: { ...dbscan, labels: Int32Array.of(0, 0, -1) } });
    expect(captionLines(result)).toEqual([
      "openai-community/gpt2 @ 607a30d, tensor wte.weight (input matrix, tied to the output; 50257 x 768, F32), rows 0:100, no transforms",
      "t-SNE: perplexity 5, P over 16 neighbours, euclidean metric, init pca, seed 0, learning rate 50, early exaggeration 12, 1000 of 1000 iterations, KL divergence 0.4322",
      "DBSCAN on the map: eps 7, min samples 3; found 1 group, 1 token ungrouped",
      "Revision 607a30d783dfa663caf39e06633721c8d4cfcd7e, fetched 2026-11-23",
      `Tokenscape ${version}; made again by: tokenscape gpt2 --rows 0:100 --perplexity 5`,
    ]);
  });

  test("tell the mesh, and the widest spacing that it had", () => {
    const tsne = { ...madeFacts(tokens).tsne!, repulsion: "mesh", meshSpacing: 0.3125 } as const;
    const [, line] = captionLines(madeRun(tokens, { tsne }).result);
    expect(line).toMatch(/KL divergence 0\.4322, repulsion by a mesh of spacing 0\.3125$/);
  });

  test("leave out what there is not", () => {
    const model = { ...madeFacts(tokens).model, name: "sample", revision: null, fetched: null };
    const { result } = madeRun(tokens, {
      model,
      command: null,
      tsne: null,
      coordinates: "map.npy",
      transforms: ["center", "unit"],
      limits: "notebook",
    });
    const lines = captionLines(result);
    expect(lines.length).toBe(4);
    expect(lines[0]).toBe(
      "sample, tensor wte.weight (input matrix, tied to the output; 50257 x 768, F32), rows 0:100, transforms: center, unit; the notebook's colour limits",
    );
    expect(lines[1]).toBe("Coordinates given in map.npy, no t-SNE");
    expect(lines[3]).toBe(`Tokenscape ${version}`);
  });

  test("say which matrix the rows are of", () => {
    const { model } = madeFacts(tokens);
    const { matrices } = model;
    const first = (changes: Partial<typeof model>) =>
      captionLines(madeRun(tokens, { model: { ...model, ...changes } }).result)[0];
    expect(first({ matrix: "output" })).toContain("(output matrix, tied to the input; 50257");
    expect(first({ matrices: { ...matrices!, tied: false } })).toContain("(input matrix, untied; ");
    expect(first({ matrices: { ...matrices!, tied: null } })).toContain("(input matrix; 50257");
    expect(first({ matrix: null })).toContain("tensor wte.weight (50257 x 768, F32)");
  });

  test("names from elsewhere can't act", () => {
    const model = { ...madeFacts(tokens).model, name: "a\u001b[2J\nb", tensor: "w\u202ex" };
    const { result } = madeRun(tokens, { model, command: "tokenscape 'a\u0007'" });
    for (const line of captionLines(result)) expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(captionLines(result)[0]).toContain("a\\x1B[2J\\x0Ab @ 607a30d, tensor w\\u{202E}x");
  });
});

test("summary counts in words", () => {
  const dbscan = { eps: 1, minSamples: 1, clusters: 1, noise: 0, sizes: [3], advice: null };
  expect(summary({ tokens: madeRun(tokens).result.tokens, dbscan })).toBe(
    "3 tokens: 1 group, 0 tokens ungrouped.",
  );
});
