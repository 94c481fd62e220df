import { describe, expect, test } from "vitest";
import { blockMeans } from "../../src/figures/heatmap.ts";
import { embeddingLimits, gramLimits, limitNotes, missingNotes } from "../../src/figures/limits.ts";
import { fromRows, type Matrix, matrix } from "../../src/matrix.ts";
import { gramOf, noise } from "./made.ts";

describe("embeddingLimits", () => {
  test("are symmetric, round, and not spoilt by outliers", () => {
    const X = noise(100, 50, 0.1);
    X.data[0] = 40;
    expect(embeddingLimits(X, "data")).toEqual({
      low: -0.3,
      high: 0.3,
      below: true,
      above: true,
      missing: 0,
    });
  });

  test("are the notebook's where asked", () => {
    const limits = embeddingLimits(fromRows([[0.1, -0.15]]), "notebook");
    expect(limits).toEqual({ low: -0.2, high: 0.2, below: false, above: false, missing: 0 });
  });
});

describe("gramLimits", () => {
  test("leave the diagonal out", () => {
    const G = fromRows([
      [90, 2, 3],
      [2, 80, 6],
      [3, 6, 70],
    ]);
    expect(gramLimits(G, "data")).toMatchObject({ low: 2, high: 6, below: false, above: true });
  });

  test("are the notebook's where asked", () => {
    expect(gramLimits(gramOf(noise(5, 3)), "notebook")).toMatchObject({ low: 2, high: 7 });
  });
});

test.each([
  [
    "zeros",
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    "a constant",
    [
      [5, 5],
      [5, 5],
    ],
  ],
  ["one entry", [[3]]],
  [
    "huge",
    [
      [1e30, -1e30],
      [1e30, 3e38],
    ],
  ],
  [
    "tiny",
    [
      [1e-30, 2e-30],
      [1e-45, 0],
    ],
  ],
  [
    "overflown",
    [
      [Number.POSITIVE_INFINITY, Number.NaN],
      [Number.NaN, Number.POSITIVE_INFINITY],
    ],
  ],
])("limits of %s are two finite numbers in order", (_, rows) => {
  for (const { low, high } of [
    embeddingLimits(fromRows(rows), "data"),
    gramLimits(fromRows(rows), "data"),
  ]) {
    expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
    expect(low).toBeLessThan(high);
  }
});

test("missingNotes counts what is no number", () => {
  const X = matrix(1, 3, Float32Array.of(1, Number.NaN, 2));
  const notes = (X: Matrix, most?: number): string[] => {
    const blocks = blockMeans(X, most);
    return missingNotes("embeddings", blocks, embeddingLimits(blocks.means, "data"));
  };
  expect(notes(X)).toEqual(["Grey cells, not numbers: 1 entry of the embeddings"]);
  expect(notes(noise(2, 2))).toEqual([]);
  expect(notes(X, 2)).toEqual(["Grey pixels, means that are not numbers: 1 of the embeddings"]);
});

describe("limitNotes", () => {
  const [whole, reduced] = [blockMeans(noise(4, 4)), blockMeans(noise(4, 4), 2)];

  test("name the matrices whose limits are those of means", () => {
    expect(limitNotes({ embeddings: reduced, "Gram matrix": reduced }, "data")).toEqual([
      "Colour limits of the embeddings and the Gram matrix: from the block means shown, not from single entries",
    ]);
    expect(limitNotes({ embeddings: whole, "Gram matrix": reduced }, "data")).toEqual([
      "Colour limits of the Gram matrix: from the block means shown, not from single entries",
    ]);
  });

  test("have nothing to say of single entries, or of the notebook's limits", () => {
    expect(limitNotes({ embeddings: whole }, "data")).toEqual([]);
    expect(limitNotes({ embeddings: reduced }, "notebook")).toEqual([]);
  });
});
