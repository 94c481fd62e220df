/** The command on every format, each made of the same real model: what comes out is the same. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openModel, type Token } from "../../src/index.ts";
import { useProgram } from "./program.ts";
import {
  exactForms,
  type Files,
  type Form,
  readSample,
  roundedForms,
  sentencePiece,
  tekken,
  vocabularyForms,
} from "./sample-formats.ts";

const program = useProgram();
const sample = await readSample();
const exact = exactForms(sample);
const rounded = roundedForms(sample);
const original: Form = { files: sample.files, path: "", tensor: "wte.weight", dtype: "F16" };

/** Single letters, words, and the special token; all of them texts. */
const ROWS = "0:12,300:330,2000:2008,3999";
const ROAD = ["--rows", ROWS, "--iterations", "30", "--threads", "1", "--quiet"];

/** Writes files into a folder of their own; gives its path. */
function write(name: string, files: Files): string {
  const folder = join(program.folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return folder;
}

/** Runs the command on a form; what it writes to standard output. */
async function run(name: string, form: Form, before: string[], after: string[]): Promise<string> {
  const cwd = write(name, form.files);
  const source = form.path === "" ? "." : form.path;
  const args = [...before, source, ...after, ...(form.args ?? [])];
  const { code, stdout, stderr } = await program.run(args, { cwd });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

/** The road's tables, and result.json without what differs: how it was called, the model, the times. */
async function road(name: string, form: Form) {
  const shown = await run(name, form, [], [...ROAD, "--json", "--out", "out"]);
  const file = (path: string) => readFileSync(join(write(name, {}), "out", path));
  const { command, model, timings, ...result } = JSON.parse(file("result.json").toString());
  expect(JSON.parse(shown).model).toEqual(model);
  return {
    model,
    result,
    csv: file("tokens.csv").toString(),
    coordinates: file("coordinates.npy"),
  };
}

async function near(name: string, form: Form) {
  return JSON.parse(await run(name, form, ["near"], [" and", "--json"])).nearest;
}

let expected: Awaited<ReturnType<typeof road>>;
let expectedNear: Awaited<ReturnType<typeof near>>;

beforeAll(async () => {
  [expected, expectedNear] = await Promise.all([
    road("original", original),
    near("original near", original),
  ]);
});

describe("the sample, whose own files", () => {
  it("in a folder give what the built-in one gives, but for the counts of tokens", async () => {
    const { stdout } = await program.run(["sample", ...ROAD, "--json", "--out", "sample-out"]);
    const { model, tokens, tsne, dbscan } = JSON.parse(stdout);
    expect(model).toMatchObject({ tensor: "wte.weight", dtype: "F16", shape: sample.shape });
    const bare = tokens.map(({ occurrences, ...token }: Record<string, unknown>) => token);
    expect([bare, tsne, dbscan]).toEqual([
      expected.result.tokens,
      expected.result.tsne,
      expected.result.dbscan,
    ]);
    expect(expected.result.tokens).toHaveLength(51);
  });
});

describe("the same numbers as", () => {
  it.each(Object.entries(exact))(
    "%s: the same map, lists, tables and ranking",
    async (name, form) => {
      const [found, nearest, info] = await Promise.all([
        road(name, form),
        near(name, form),
        run(name, form, ["info"], ["--json"]),
      ]);
      const { tensor, dtype } = form;
      expect(found).toEqual({ ...expected, model: found.model });
      expect(found.model).toMatchObject({ tensor, dtype, shape: sample.shape });
      expect(nearest).toEqual(expectedNear);
      const { model, vocabulary } = JSON.parse(info);
      expect(model).toEqual(found.model);
      const kinds = form.args === undefined ? { normal: 3999, special: 1 } : { normal: 4000 };
      expect(vocabulary.kinds).toMatchObject(kinds);
    },
  );
});

describe("numbers that are rounded to", () => {
  it.each(Object.entries(rounded))(
    "%s: rows as near as the format has them",
    async (name, form) => {
      const model = await openModel(join(write(name, form.files), form.path));
      const { data, shape } = await model.rows({ rows: "all" });
      const [rows, cols] = sample.shape;
      expect([shape[0], model.dtype]).toEqual([rows, form.dtype]);
      let worst = 0;
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < cols; c++) {
          const value = sample.data[r * cols + c]!;
          const block = sample.data.subarray(r * cols + (c & ~31), r * cols + (c & ~31) + 32);
          const off = Math.abs(data[r * shape[1] + c]! - value);
          worst = Math.max(worst, off / form.most(value, block));
        }
      }
      expect(worst).toBeLessThanOrEqual(1);
      expect(worst).toBeGreaterThan(0.5);
    },
  );

  it.each(["GGUF in Q8_0", "GGUF in Q6_K"])(
    "%s go the whole road, and that is said",
    async (name) => {
      const { model, result, csv } = await road(name, rounded[name]!);
      expect(model.dtype).toBe(rounded[name]!.dtype);
      const displays = (tokens: { display: string }[]) => tokens.map(({ display }) => display);
      expect(displays(result.tokens)).toEqual(displays(expected.result.tokens));
      expect(csv).not.toBe(expected.csv);
      const info = JSON.parse(await run(name, rounded[name]!, ["info"], ["--json"]));
      expect(info.notes.join()).toContain(`the rows are quantized (${model.dtype})`);
    },
  );
});

describe("the same tokens from", () => {
  const { "config.json": config, "model.safetensors": weights } = sample.files;
  const names = async (name: string, files: Files) => {
    const all = { "config.json": config!, "model.safetensors": weights!, ...files };
    const { vocabulary } = await openModel(write(`tokens of ${name}`, all));
    return [...vocabulary].map(({ display, text }) => [display, text]);
  };
  const all = sample.tokens.map(({ display, text }) => [display, text]);

  it.each(Object.entries(vocabularyForms(sample)))("%s", async (name, files) => {
    expect(await names(name, files)).toEqual(all);
  });

  it("SentencePiece, but for pieces of several bytes that are no text, which it has no way to write", async () => {
    const found = await names("SentencePiece", { "tokenizer.model": sentencePiece(sample.tokens) });
    const isPiece = ({ text, bytes }: Token) => text !== null || bytes.length === 1;
    const ids = sample.tokens.filter(isPiece).map(({ id }) => id);
    expect(ids.map((id) => found[id])).toEqual(ids.map((id) => all[id]));
    expect(ids.length).toBeGreaterThan(3990);
  });

  it("tekken.json, where the special token comes first", async () => {
    const found = await names("tekken", { "tekken.json": tekken(sample) });
    expect(found).toEqual([all.at(-1), ...all.slice(0, -1)]);
  });

  it("GGUF's metadata", async () => {
    const { files, path } = exact["GGUF in F16"]!;
    const { vocabulary } = await openModel(join(write("tokens of GGUF", files), path));
    expect([...vocabulary].map(({ display, text }) => [display, text])).toEqual(all);
  });
});
