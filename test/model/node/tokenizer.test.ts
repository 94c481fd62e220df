import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { openModel } from "../../../src/model/node/open.ts";
import { writeNpy } from "../../../src/model/weights/npy.ts";
import { largeFile, smallFile } from "../hub/fake-files.ts";
import * as w from "../weights/write-gguf.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";
import { HubHome } from "./hub-home.ts";

const values = Float32Array.from({ length: 12 }, (_, i) => i / 8);
const embedding = writeSafetensors({ "wte.weight": { shape: [4, 3], data: values } });
const matrix = writeNpy({ data: values, shape: [4, 3] });
const tokenizer = tokenizerJson({ a: 0, Ġb: 1, Ċ: 2 });

function tokenizerJson(vocab: Record<string, number>): string {
  return JSON.stringify({
    model: { type: "BPE", vocab, merges: [] },
    decoder: { type: "ByteLevel" },
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-tokenizer-"));
  await files({
    "tok/tokenizer.json": tokenizer,
    // the one rule: not read of the folder, but if it is named itself
    "tok/vocab.json": '{"x":0,"y":1,"z":2,"<s>":3}',
    "tok/special_tokens_map.json": '{"bos_token":"<s>"}',
    "tok/merges.txt": "#version: 0.2\n",
    "bare/x.npy": matrix,
    "bare/vectors.tsv": "1\t2\n3\t4\n5\t6\n",
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function files(contents: Record<string, Uint8Array | string>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const at = (path: string) => join(folder, path);
const open = (path: string, tokenizer: string) => openModel(at(path), { tokenizer: at(tokenizer) });
const displays = ({ vocabulary }: Awaited<ReturnType<typeof openModel>>) =>
  [...vocabulary].map(({ display }) => display);

describe("a tokenizer that lies elsewhere names the rows", () => {
  test("of a matrix, by its folder", async () => {
    const model = await open("bare/x.npy", "tok");
    expect(displays(model)).toEqual(["a", "·b", "↵", "#3"]);
    expect(model.vocabulary.source).toBe(at("tok/tokenizer.json"));
    expect(model.notes).toEqual([
      `tokens from ${at("tok/tokenizer.json")}, whose ids go up to 2: rows from 3 show as #id`,
    ]);
    expect(displays(await open("bare/vectors.tsv", "tok"))).toEqual(["a", "·b", "↵"]);
  });

  test("by its file, with what belongs to that", async () => {
    const model = await open("bare/x.npy", "tok/vocab.json");
    expect(displays(model)).toEqual(["x", "y", "z", "<s>"]);
    expect(model.vocabulary.token(3).kind).toBe("special");
    expect(model.notes).toEqual([`tokens from ${at("tok/vocab.json")}`]);
  });

  test("under any name that ends in .tiktoken", async () => {
    await files({ "own.tiktoken": "YQ== 0\nIGI= 1\n" });
    const model = await open("bare/x.npy", "own.tiktoken");
    expect(displays(model)).toEqual(["a", "·b", "#2", "#3"]);
    expect(model.vocabulary.source).toBe(at("own.tiktoken"));
  });

  test("in place of what lies beside the weights, and of a GGUF file's own", async () => {
    const gguf = w.writeGguf({
      metadata: w.vocabulary("gpt2", ["p", "Ġq", "r"]),
      tensors: [["token_embd.weight", w.floats([3, 4], values)]],
    });
    await files({
      "model/model.safetensors": embedding,
      "model/vocab.txt": "[PAD]\none\ntwo\nthree\n",
      "model/x.gguf": gguf,
    });
    expect(displays(await openModel(at("model/model.safetensors")))).toEqual([
      ...["[PAD]", "one", "two", "three"],
    ]);
    expect(displays(await open("model/model.safetensors", "tok"))).toEqual(["a", "·b", "↵", "#3"]);
    const own = await openModel(at("model/x.gguf"));
    expect(displays(own)).toEqual(["p", "·q", "r"]);
    expect(displays(await open("model/x.gguf", "tok"))).toEqual(["a", "·b", "↵"]);
    expect(displays(await open("bare/x.npy", "model/x.gguf"))).toEqual(["p", "·q", "r", "#3"]);
  });

  test("of a checkpoint whose tensor has any name", async () => {
    const torch = new URL("../../fixtures/torch/alone.pt", import.meta.url);
    await files({ "emb/embedding.pt": await readFile(torch) });
    const model = await open("emb/embedding.pt", "tok");
    expect(displays(model).slice(0, 4)).toEqual(["a", "·b", "↵", "#3"]);
  });

  test("and leaves out added tokens that have no row", async () => {
    await files({
      "added/vocab.json": '{"a":0,"b":1,"c":2,"d":3}',
      "added/added_tokens.json": '{"<pad>":4}',
    });
    const model = await open("bare/x.npy", "added");
    expect(displays(model)).toEqual(["a", "b", "c", "d"]);
    const source = at("added/vocab.json");
    expect(model.notes).toEqual([
      `tokens from ${source}`,
      `1 added tokens of ${source} have no row and are left out`,
    ]);
  });

  test("of one folder within a model", async () => {
    await files({
      "pipe/text_encoder/model.safetensors": embedding,
      "pipe/tokenizer/vocab.json": '{"q":0,"r":1}',
    });
    const weights = "text_encoder/model.safetensors";
    const model = await openModel(at("pipe"), { weights, tokenizer: "tokenizer" });
    expect(displays(model)).toEqual(["q", "r", "#2", "#3"]);
    for (const [source, options] of [
      ["pipe", { weights }],
      ["pipe/text_encoder", {}],
      [`pipe/${weights}`, {}],
    ] as const) {
      const bare = await openModel(at(source), options);
      const path = at("pipe/tokenizer");
      expect(bare.notes.at(-1)).toBe(
        `a vocabulary lies in ${path}: it may name the rows by --tokenizer ${path} (option tokenizer)`,
      );
    }
  });
});

describe("of a model on the hub", () => {
  const at = new HubHome();
  const commit = "c".repeat(40);
  const files = {
    "text_encoder/model.safetensors": largeFile(embedding),
    "tokenizer/tokenizer.json": smallFile(tokenizer),
  };
  beforeEach(() => {
    vi.stubEnv("HF_HOME", at.home);
    vi.stubEnv("HF_HUB_CACHE", undefined);
    at.models.push({
      id: "org/pipe",
      revisions: new Map([["main", commit]]),
      commits: new Map([[commit, new Map(Object.entries(files))]]),
    });
  });
  afterEach(() => vi.unstubAllEnvs());
  const open = (tokenizer?: string) => {
    const { url } = at.hub;
    const weights = "text_encoder/model.safetensors";
    return openModel("org/pipe", {
      ...{ weights, tokenizer, endpoint: url, cacheDir: at.own(), offline: false },
    });
  };

  test("it is a path within that", async () => {
    for (const path of ["tokenizer", "tokenizer/", "tokenizer/tokenizer.json"]) {
      const model = await open(path);
      expect(displays(model)).toEqual(["a", "·b", "↵", "#3"]);
      expect(model.vocabulary.source).toBe("org/pipe/tokenizer/tokenizer.json");
    }
    expect((await open()).notes.at(-1)).toContain("by --tokenizer tokenizer (option");
    await expect(open("token")).rejects.toThrow(
      "tokenizer: token: there is no such file or folder, nor is there one in the model",
    );
  });

  test("or one on this machine", async () => {
    const model = await open(join(folder, "tok/vocab.json"));
    expect(displays(model)).toEqual(["x", "y", "z", "<s>"]);
  });
});

describe("is an error where it", () => {
  test.each([
    ["is not there", "no", RangeError, "there is no such file or folder"],
    ["is a folder without a vocabulary", "bare", FormatError, "no file here names tokens"],
    [
      "has a name that says nothing",
      "bare/x.npy",
      UnsupportedError,
      "expected a vocabulary by its",
    ],
  ] as const)("%s", async (_, path, kind, message) => {
    const error = await open("bare/x.npy", path).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toContain(at(path));
  });

  test("is broken, or has tokens beyond the rows", async () => {
    await files({
      "broken/tokenizer.json": '{"model":',
      "none/vocab.json": "{}",
      "large/tokenizer.json": tokenizerJson({ a: 0, b: 4 }),
    });
    await expect(open("bare/x.npy", "broken")).rejects.toThrow(FormatError);
    await expect(open("bare/x.npy", "none")).rejects.toThrow("vocab.json: there are no tokens");
    await expect(open("bare/x.npy", "large")).rejects.toThrow(
      `${at("large/tokenizer.json")}: token ids go up to 4, but tensor "matrix" has 4 rows`,
    );
  });

  test("comes with labels or metadata", async () => {
    for (const other of ["labels", "metadata"]) {
      const options = { tokenizer: at("tok"), [other]: at("tok/merges.txt") };
      await expect(openModel(at("bare/x.npy"), options)).rejects.toThrow(
        `openModel: ${other} and tokenizer both name the rows; give one of them`,
      );
    }
  });

  test.each(["tok/tokenizer.json", "tok/vocab.json"])("is given as labels: %s", async (path) => {
    await expect(openModel(at("bare/x.npy"), { labels: at(path) })).rejects.toThrow(
      "the file is a tokenizer's, which --tokenizer (option tokenizer) reads",
    );
  });
});
