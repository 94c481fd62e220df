import { expect, test } from "vitest";
import { openModel } from "../../src/index.ts";
import { checkMemory, roadBytes } from "../../src/notebook/memory.ts";
import { runNotebook } from "../../src/notebook.ts";

const GPT2 = { n: 50_257, d: 768, perplexity: 30 };

test("a run takes more with more rows, columns or neighbours", () => {
  const { peak, step } = roadBytes(GPT2);
  expect(peak).toBeGreaterThan(4 * 50_257 * 768);
  expect(peak).toBeLessThan(2e9);
  expect(step).toBeLessThan(peak);
  for (const more of [{ n: 100_000 }, { d: 1536 }, { perplexity: 60 }]) {
    expect(roadBytes({ ...GPT2, ...more }).peak).toBeGreaterThan(peak);
  }
});

test("what fits passes", () => {
  checkMemory(GPT2, 2e9);
  checkMemory({ n: 262_144, d: 256, perplexity: 30 }, 4e9);
  checkMemory({ n: 2, d: 1, perplexity: 1 }, 1e7);
});

test("what does not says what is needed, and how many rows fit: these do, and no more", () => {
  let message = "";
  try {
    checkMemory(GPT2, 3e8);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    message = (error as Error).message;
  }
  expect(message).toMatch(
    /got 50,257 of 768 columns: about [\d.]+ GB of memory are needed, and 0.3 GB are free; [\d,]+ rows would fit$/,
  );
  const fit = Number(/([\d,]+) rows would fit/.exec(message)?.[1]?.replaceAll(",", ""));
  expect(roadBytes({ ...GPT2, n: fit }).peak).toBeLessThanOrEqual(3e8);
  expect(roadBytes({ ...GPT2, n: fit + 1 }).peak).toBeGreaterThan(3e8);
});

test("a step that no WebAssembly memory holds is refused whatever is free", () => {
  expect(() =>
    checkMemory({ n: 1_000_000, d: 4096, perplexity: 30 }, Number.POSITIVE_INFINITY),
  ).toThrow(
    /one step needs \d+ GB of memory, and 4.3 GB is the most it can have; [\d,]+ rows would fit/,
  );
});

test("the road is refused before a row is read", async () => {
  const sample = await openModel("sample");
  let read = 0;
  const huge = {
    ...{ name: "huge", revision: null, fetched: null, tensor: "x", dtype: "F32", notes: [] },
    shape: [2_000_000, 8192] as const,
    vocabulary: sample.vocabulary,
    rows: () => {
      read++;
      return sample.rows({ rows: "0:100" });
    },
  };
  const model = Object.assign(Object.create(sample), huge);
  const ids = Int32Array.from({ length: 1_500_000 }, (_, i) => i % 4000);
  await expect(runNotebook({ model, rows: [...ids] })).rejects.toThrow(RangeError);
  expect(read).toBe(0);
});
