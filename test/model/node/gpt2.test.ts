/** GPT-2's real matrix against its published figures, wherever it can be had: TOKENSCAPE_GPT2=folder. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rowOf } from "../../../src/matrix.ts";
import { openModel } from "../../../src/model/node/open.ts";

const folder = process.env.TOKENSCAPE_GPT2;
const url = new URL("../../fixtures/gpt2-wte.json", import.meta.url);
const golden = JSON.parse(readFileSync(url, "utf8")) as {
  wte_raw_le_f32_row_major: { bytes: number; sha256: string };
  values: Record<string, number[]>;
  under_trained_indicator: { mean: number; sd: number; lowest: [id: number, distance: number][] };
};
if (folder === undefined)
  console.info("TOKENSCAPE_GPT2 is not set: GPT-2's own matrix is not tested");

describe.skipIf(folder === undefined)("GPT-2's token embeddings (needs TOKENSCAPE_GPT2)", () => {
  const open = () => openModel(folder!);

  test("all bytes", async () => {
    const model = await open();
    expect(model.shape).toEqual([50257, 768]);
    const hash = createHash("sha256");
    for (let start = 0; start < 50257; start += 5000) {
      const X = await model.rows({ rows: `${start}:${Math.min(50257, start + 5000)}` });
      hash.update(new Uint8Array(X.data.buffer, X.data.byteOffset, X.data.byteLength));
    }
    expect(hash.digest("hex")).toBe(golden.wte_raw_le_f32_row_major.sha256);
  });

  test.each(Object.entries(golden.values))("%s", async (name, values) => {
    const [, row, place] = /^row(\d+)_(first|last)/.exec(name)!;
    const X = await (await open()).rows({ rows: [Number(row)] });
    const own = Array.from(X.data);
    const part = place === "first" ? own.slice(0, values.length) : own.slice(-values.length);
    const digits = name.endsWith("4dp") ? 4 : 6;
    part.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i]!, digits);
    });
  });

  test("the tokens that training hardly saw lie nearest to the mean of those it never saw", async () => {
    const X = await (await open()).rows({ rows: "all" });
    const mean = new Float64Array(768);
    for (let i = 177; i <= 187; i++) {
      rowOf(X, i).forEach((x, k) => {
        mean[k]! += x / 11;
      });
    }
    const norm = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
    const distance = (id: number) => {
      const row = rowOf(X, id);
      const dot = row.reduce((sum, x, k) => sum + x * mean[k]!, 0);
      return 1 - dot / (norm(row) * norm(mean));
    };
    for (const [id, expected] of golden.under_trained_indicator.lowest) {
      expect(Math.abs(distance(id) - expected)).toBeLessThan(1e-4);
    }
  });
});
