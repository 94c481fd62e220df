import { expect, test } from "vitest";
import { openModel } from "../../src/index.ts";
import { matrix } from "../../src/matrix.ts";
import { checkRoad, type RoadSize, roadNeed } from "../../src/notebook/memory.ts";
import { runNotebook } from "../../src/notebook.ts";
import { resolveParams } from "../../src/tsne/params.ts";

const tsne = resolveParams({ perplexity: 30 });
const GPT2 = { n: 50_257, d: 768, tsne };

test("a run takes more with more rows, columns or neighbours", () => {
  const { peak, step } = roadNeed(GPT2);
  expect(peak).toBeGreaterThan(4 * 50_257 * 768);
  expect(peak).toBeLessThan(1e9);
  expect(step).toBeLessThan(peak);
  const wider = resolveParams({ perplexity: 60 });
  for (const more of [{ n: 100_000 }, { d: 1536 }, { tsne: wider }]) {
    expect(roadNeed({ ...GPT2, ...more }).peak).toBeGreaterThan(peak);
  }
  expect(roadNeed({ ...GPT2, tsne: null }).peak).toBeLessThan(peak);
});

test("what fits passes", () => {
  checkRoad(GPT2, 1e9);
  checkRoad({ n: 262_144, d: 256, tsne }, 4e9);
  checkRoad({ n: 2, d: 1, tsne: resolveParams({ perplexity: 1 }) }, 5e7);
});

function refusal(size: RoadSize, available: number): string {
  try {
    checkRoad(size, available);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
  throw new Error("expected a refusal");
}

test.each([
  ["by neighbours", GPT2, 4e8],
  ["by tokens and files", { ...GPT2, tsne: null }, 3e8],
] as const)("what does not says what is needed, and how many rows fit: %s", (_, size, free) => {
  const message = refusal(size, free);
  expect(message).toMatch(
    /got 50,257 of 768 columns: about [\d.]+ GB of memory are needed, and 0.[34] GB are free; [\d,]+ rows would fit$/,
  );
  const fit = Number(/([\d,]+) rows would fit/.exec(message)?.[1]?.replaceAll(",", ""));
  expect(roadNeed({ ...size, n: fit }).peak).toBeLessThanOrEqual(free);
  expect(roadNeed({ ...size, n: fit + 1 }).peak).toBeGreaterThan(free);
});

test("a step that no WebAssembly memory holds is refused whatever is free", () => {
  expect(refusal({ n: 1_000_000, d: 4096, tsne }, Number.POSITIVE_INFINITY)).toMatch(
    /one step needs \d+ GB of memory, and 4.3 GB is the most it can have; [\d,]+ rows would fit/,
  );
});

test("the road is refused before a row is read, with a map or without", async () => {
  const sample = await openModel("sample");
  let read = 0;
  const huge = {
    ...{ name: "huge", revision: null, fetched: null, tensor: "x", dtype: "F32", notes: [] },
    shape: [2_000_000, 2 ** 20] as const,
    vocabulary: { ...sample.vocabulary, token: (id: number) => sample.vocabulary.token(id % 4000) },
    rows: () => {
      read++;
      return sample.rows({ rows: "0:100" });
    },
  };
  const model = Object.assign(Object.create(sample), huge);
  const rows = "0:1500000";
  const message =
    /^runNotebook: expected rows that fit into memory, got 1,500,000 of 1,048,576 columns: /;
  await expect(runNotebook({ model, rows })).rejects.toThrow(message);
  const coordinates = matrix(1_500_000, 2);
  await expect(runNotebook({ model, rows, coordinates })).rejects.toThrow(message);
  expect(read).toBe(0);
});
