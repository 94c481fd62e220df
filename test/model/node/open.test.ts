import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { rowOf } from "../../../src/matrix.ts";
import { openModel } from "../../../src/model/node/open.ts";
import { writeNpy } from "../../../src/model/weights/npy.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";

const shared = join(import.meta.dirname, "../../../../shared/data");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-open-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes the files of a model into a new folder and gives its path. */
async function model(name: string, files: Record<string, Uint8Array | string>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
  return path;
}

const values = Float32Array.from({ length: 12 }, (_, i) => i / 8);
const embedding = writeSafetensors({ "wte.weight": { shape: [4, 3], data: values } });
const tokenizer = JSON.stringify({
  model: { type: "BPE", vocab: { a: 0, Ġb: 1, Ċ: 2 }, merges: [] },
  decoder: { type: "ByteLevel" },
});

describe("a folder", () => {
  test("gives rows, tokens and what the files say", async () => {
    const path = await model("small", {
      "model.safetensors": embedding,
      "config.json": '{"vocab_size":4,"n_embd":3}',
      "tokenizer.json": tokenizer,
    });
    const opened = await openModel(path);
    expect(opened).toMatchObject({
      name: "small",
      revision: null,
      fetched: null,
      tensor: "wte.weight",
      dtype: "F32",
      shape: [4, 3],
      notes: [],
      tensors: [{ name: "wte.weight", dtype: "F32", shape: [4, 3] }],
    });
    const X = await opened.rows({ rows: "2,0:2" });
    expect(X.shape).toEqual([3, 3]);
    expect([...X.data]).toEqual([0.75, 0.875, 1, 0, 0.125, 0.25, 0.375, 0.5, 0.625]);
    expect([...opened.vocabulary].map(({ display }) => display)).toEqual(["a", "·b", "↵", "#3"]);
  });

  test("without a vocabulary says so and shows ids", async () => {
    const opened = await openModel(await model("bare", { "model.safetensors": embedding }));
    expect(opened.vocabulary.source).toBeNull();
    expect(opened.vocabulary.token(3).display).toBe("#3");
    expect(opened.notes).toEqual([
      "no file that names tokens (tokenizer.json and others): rows show as #id",
    ]);
  });

  test("without weights is refused with what is there", async () => {
    const empty = await model("empty", {});
    await expect(openModel(empty)).rejects.toThrow(
      new FormatError(
        "empty: expected model.safetensors, pytorch_model.bin or one other .safetensors, .gguf, .bin, .pt, .pth, .ckpt, .npy, .npz or .tsv file, found no files",
        { file: "empty" },
      ),
    );
    const only = await model("only-tokenizer.npy", { "tokenizer.json": tokenizer });
    await expect(openModel(only)).rejects.toThrow('found "tokenizer.json"');
  });
});

describe("a file", () => {
  test("of safetensors takes the tokenizer beside it, and says so", async () => {
    const path = await model("file", { "w.safetensors": embedding, "tokenizer.json": tokenizer });
    const opened = await openModel(join(path, "w.safetensors"));
    expect(opened.name).toBe("w.safetensors");
    expect(opened.vocabulary.token(1).text).toBe(" b");
    expect(opened.notes).toEqual(["tokens from tokenizer.json, which lies beside it"]);
  });

  test("of NumPy with labels", async () => {
    const path = await model("numpy", {
      "x.npy": writeNpy({ data: values, shape: [4, 3] }),
      "x.txt": "one\r\ntwo\r\n\r\nfour\r\n",
    });
    const opened = await openModel(join(path, "x.npy"), { labels: join(path, "x.txt") });
    expect([...opened.vocabulary].map(({ text }) => text)).toEqual(["one", "two", "", "four"]);
    expect(rowOf(await opened.rows({ rows: [3] }), 0)).toEqual(Float32Array.of(1.125, 1.25, 1.375));
    const bare = await openModel(join(path, "x.npy"));
    expect(bare.notes).toEqual([
      "rows show as #id; x.txt, which lies beside it, may name them with --labels (option labels)",
    ]);
  });

  test("of vectors with metadata", async () => {
    const path = await model("projector", {
      "vectors.tsv": "1\t-2.5\n3e-1\t4\n",
      "metadata.tsv": "count\tWord\n7\tking\n8\tqueen\n",
    });
    const opened = await openModel(join(path, "vectors.tsv"), {
      metadata: join(path, "metadata.tsv"),
    });
    expect((await opened.rows({ rows: "all" })).data).toEqual(Float32Array.of(1, -2.5, 0.3, 4));
    expect(opened.vocabulary.find("queen")).toEqual([1]);
  });

  test("of another kind is refused", async () => {
    const path = await model("other", { "model.onnx": "x", "pytorch_model.bin": "x" });
    await expect(openModel(join(path, "model.onnx"))).rejects.toThrow(UnsupportedError);
    await expect(openModel(join(path, "pytorch_model.bin"))).rejects.toThrow(
      "pytorch_model.bin: byte 0: not a PyTorch checkpoint",
    );
  });

  const torch = new URL("../../fixtures/torch/", import.meta.url).pathname;

  test("of PyTorch, with its vocabulary beside it", async () => {
    const path = await model("torch", {
      "pytorch_model.bin": await readFile(join(torch, "state-dict.pt")),
    });
    for (const source of [path, join(path, "pytorch_model.bin")]) {
      const opened = await openModel(source);
      expect(opened).toMatchObject({ tensor: "wte.weight", dtype: "F32", shape: [11, 5] });
      expect((await opened.rows({ rows: "2:4" })).shape).toEqual([2, 5]);
    }
    const alone = await openModel(join(torch, "alone.pt"));
    expect(alone).toMatchObject({ name: "alone.pt", tensor: "tensor", dtype: "F16" });
  });

  test("of NumPy's arrays, one of which is chosen", async () => {
    const one = await openModel(join(torch, "one.npz"));
    expect(one).toMatchObject({ name: "one.npz", tensor: "vectors", shape: [11, 5] });
    const several = join(torch, "compressed.npz");
    expect((await openModel(several)).tensor).toBe("wte.weight");
    const half = await openModel(several, { tensor: "half" });
    expect(half).toMatchObject({ tensor: "half", dtype: "F16", shape: [11, 5] });
    expect(half.tensors.find(({ name }) => name === "ids")).toMatchObject({ dtype: "I64" });
    await expect(openModel(several, { tensor: "cube" })).rejects.toThrow(
      'tensor "cube" has shape (2, 2, 2), expected rows and columns; to choose from: ',
    );
  });
});

describe("the sample", () => {
  const here = process.cwd();
  afterEach(() => {
    process.chdir(here);
  });

  test("has GPT-2's first 256 tokens, and says how often training saw each", async () => {
    const opened = await openModel("sample");
    expect(opened).toMatchObject({ name: "sample", revision: null, notes: [] });
    const first = [...opened.vocabulary].slice(0, 256);
    expect(first.slice(0, 3).map(({ text }) => text)).toEqual(["!", '"', "#"]);
    expect(first.map(({ bytes }) => bytes.length)).toEqual(Array(256).fill(1));
    expect(first[94]).toMatchObject({ display: "\\xA1", text: null });
    for (const { occurrences } of opened.vocabulary) expect(occurrences).toBeGreaterThanOrEqual(0);
    const X = await opened.rows({ rows: "0:100" });
    expect(X.shape).toEqual([100, opened.shape[1]]);
    expect(X.data.every((value) => Number.isFinite(value))).toBe(true);
  });

  test("gives way to a folder of its name only if that holds a model", async () => {
    process.chdir(await model("elsewhere", {}));
    await model("elsewhere/sample", {});
    expect((await openModel("sample")).shape[0]).toBeGreaterThan(100);
    await model("elsewhere/sample", { "counts.tsv": "1\t2\t3\n4\t5\t6\n", "notes.npy": "" });
    expect((await openModel("sample")).shape[0]).toBeGreaterThan(100);
    await model("elsewhere/sample", { "a.bin": "x", "b.bin": "x", "c.ckpt": "x" });
    expect((await openModel("sample")).shape[0]).toBeGreaterThan(100);
    await model("elsewhere/sample", { "model.safetensors": embedding });
    expect((await openModel("sample")).shape).toEqual([4, 3]);
    process.chdir(await model("other-name", {}));
    await model("other-name/sample", { "w.safetensors": embedding, "counts.tsv": "1\n" });
    expect((await openModel("sample")).shape).toEqual([4, 3]);
  });

  test("a folder with the name of a hub id wins over it", async () => {
    process.chdir(await model("hub", {}));
    await model("hub/gpt2", { "model.safetensors": embedding });
    expect((await openModel("gpt2")).shape).toEqual([4, 3]);
    await expect(openModel("gpt2", { revision: "main" })).rejects.toThrow(
      "a revision is for hub ids",
    );
  });
});

describe("options", () => {
  test("name no folder as the weights", async () => {
    const path = await model("parts", { "x.npy": "" });
    await model("parts/unet", { "u.safetensors": embedding });
    await expect(openModel(path, { weights: "unet" })).rejects.toThrow(
      'parts: there is no file "unet": it is a folder; in it are "unet/u.safetensors"',
    );
  });

  test("that can't be meant together are refused", async () => {
    const path = await model("options", { "x.npy": writeNpy({ data: values, shape: [4, 3] }) });
    const file = join(path, "x.npy");
    await expect(openModel("")).rejects.toThrow(TypeError);
    await expect(openModel(file, { tensor: "a" })).rejects.toThrow("a tensor can't be chosen");
    await expect(openModel(file, { labels: "a", metadata: "b" })).rejects.toThrow(
      "give one of them",
    );
    await expect(openModel(file, { labels: join(path, "no.txt") })).rejects.toThrow("no such file");
    await expect(openModel(file, { labels: path })).rejects.toThrow("it is a folder");
    await expect(openModel("/dev/null")).rejects.toThrow("/dev/null: expected a file or a folder");
  });
});

describe("a path that does not exist", () => {
  test.each(["./gpt2", "/nowhere/gpt2", "model.safetensors", "a/b/c", "x.npy", "~/gpt2"])(
    "%s is not asked of the hub",
    async (source) => {
      await expect(openModel(source)).rejects.toThrow(
        new RangeError(`${source}: there is no such file or folder`),
      );
    },
  );

  test.each([
    ["https://huggingface.co/me/st", "me/st"],
    ["https://huggingface.co/me/st/tree/v2", "me/st@v2"],
    ["https://huggingface.co/me/st/blob/main/a.gguf", "me/st --weights a.gguf (option weights)"],
    ["https://huggingface.co/me/st/blob/main/m-00001-of-00003.safetensors", "me/st"],
    ["https://huggingface.co/me/st/blob/main/$(x).gguf", "me/st"],
    ["hf://me/st", "me/st"],
    ["me/st/model.safetensors", "me/st --weights model.safetensors (option weights)"],
    ["me/st/", "me/st"],
  ])("%s: did you mean %s?", async (source, meant) => {
    await expect(openModel(source)).rejects.toThrow(
      new RangeError(`${source}: there is no such file or folder; did you mean ${meant}?`),
    );
  });

  test("is not taken for a model of the hub where its first folder is here", async () => {
    await expect(openModel("test/model/no.safetensors")).rejects.toThrow(/file or folder$/);
  });

  test("with a revision, where it exists without", async () => {
    const path = await model("revised", { "model.safetensors": embedding });
    const hint = `; there is a folder ${path} here, which has no revisions: leave out @main`;
    await expect(openModel(`${path}@main`)).rejects.toThrow(`no such file or folder${hint}`);
    const offline = { offline: true, cacheDir: join(folder, "cache") };
    await expect(openModel("src@main", offline)).rejects.toThrow(
      "; there is a folder src here, which has no revisions: leave out @main",
    );
  });
});

describe.skipIf(!existsSync(shared))("the shared models (needs ../shared)", () => {
  test("stories260K, rows and tokens", async () => {
    const path = join(shared, "models/stories260K");
    const opened = await openModel(path);
    expect(opened.tensor).toBe("model.embed_tokens.weight");
    const X = await opened.rows({ rows: [511, 7] });
    const file = await readFile(join(path, "model.safetensors"));
    const start = 8 + Number(file.readBigUInt64LE(0));
    for (let j = 0; j < 64; j++) {
      expect(X.data[j]).toBe(file.readFloatLE(start + (511 * 64 + j) * 4));
      expect(X.data[64 + j]).toBe(file.readFloatLE(start + (7 * 64 + j) * 4));
    }
    expect(opened.vocabulary.token(13).display).toBe("\\x0A");
    expect(opened.vocabulary.token(1)).toMatchObject({ text: "<s>", kind: "special" });
  });

  test("gpt2-positions, by tensor name", async () => {
    const path = join(shared, "models/gpt2-positions");
    await expect(openModel(path)).rejects.toThrow("wpe.weight (F32 1024 x 768)");
    const opened = await openModel(path, { tensor: "wpe.weight" });
    expect(opened.shape).toEqual([1024, 768]);
    expect(opened.vocabulary.token(5).display).toBe("#5");
  });

  test("a folder with only a tokenizer", async () => {
    await expect(openModel(join(shared, "models/gpt2-tokenizer"))).rejects.toThrow(
      'found "merges.txt", "tokenizer.json", "vocab.json"',
    );
  });
});
