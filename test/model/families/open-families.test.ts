/** Models whose layout is their family's own, opened with their vocabulary. */
import { describe, expect, test } from "vitest";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../../src/model/files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";

function folder(files: Readonly<Record<string, Uint8Array | string | object>>): ModelFiles {
  const find = (path: string) => {
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    if (content === undefined || content instanceof Uint8Array) return content;
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return new TextEncoder().encode(text);
  };
  return {
    ...{ name: "acme/model", revision: null, fetched: null },
    open: async (path) => {
      const bytes = find(path);
      return bytes && bufferSource(bytes, path);
    },
    read: async (path) => find(path),
    list: async () => Object.keys(files),
  };
}

const zeros = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: new Float32Array(rows * cols),
});
const tokenizer = (...tokens: string[]) => ({
  model: {
    type: "BPE",
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: [],
  },
});
const displays = (model: { vocabulary: Iterable<{ display: string }> }) =>
  [...model.vocabulary].map(({ display }) => display);

describe("RWKV's own file, with padded rows", () => {
  const files = folder({
    "RWKV-x060-World-1B6.safetensors": writeSafetensors({
      "emb.weight": zeros(4, 2),
      "blocks.0.att.key.weight": zeros(2, 2),
      "head.weight": zeros(4, 2),
    }),
    "rwkv_vocab_v20230424.txt": "1 'a' 1\n2 b'\\xe4' 1\n",
  });

  test.each([
    ["the input", {}, "emb.weight", "input"],
    ["the output", { matrix: "output" }, "head.weight", "output"],
    ["the input by its name", { tensor: "emb.weight" }, "emb.weight", "input"],
  ] as const)("%s has tokens", async (_, options, tensor, matrix) => {
    const model = await openFiles(files, options);
    expect(model).toMatchObject({ tensor, matrix });
    expect(model.matrices).toMatchObject({ family: "RWKV", tied: false });
    expect(displays(model)).toEqual(["#0", "a", "\\xE4", "#3"]);
  });
});

test("Model2Vec's vectors have tokens, and no output", async () => {
  const files = folder({
    "model.safetensors": writeSafetensors({
      embeddings: zeros(2, 3),
      weights: { shape: [2], data: new Float32Array(2) },
    }),
    "config.json": { model_type: "model2vec", architectures: ["StaticModel"], hidden_dim: 3 },
    "tokenizer.json": tokenizer("a", "b"),
  });
  const model = await openFiles(files);
  expect(model).toMatchObject({ tensor: "embeddings", matrix: "input" });
  expect(displays(model)).toEqual(["a", "b"]);
  await expect(openFiles(files, { matrix: "output" })).rejects.toThrow(
    "Model2Vec has no output matrix",
  );
});

test("the only matrix of a model without sizes is taken, whatever its name", async () => {
  const weights = writeSafetensors({ "embedding.weight": zeros(2, 3) });
  const files = { "model.safetensors": weights, "tokenizer.json": tokenizer("a", "b") };
  const model = await openFiles(folder(files));
  expect(model).toMatchObject({ tensor: "embedding.weight", matrix: null });
  expect(displays(model)).toEqual(["a", "b"]);
  // what is stated must fit
  const config = { vocab_size: 5, hidden_size: 3 };
  await expect(openFiles(folder({ ...files, "config.json": config }))).rejects.toThrow(
    "no tensor is known to be the token embedding",
  );
});

test("a scale that lies in a shard that was not opened is told of", async () => {
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const name = "model.embed_tokens.weight";
  const files = folder({
    "model.safetensors.index.json": { weight_map: { [name]: first, [`${name}_scale`]: second } },
    "config.json": { model_type: "llama", vocab_size: 2, hidden_size: 3 },
    [first!]: writeSafetensors({
      [name]: { dtype: "F8_E4M3", shape: [2, 3], data: new Uint8Array(6) },
    }),
  });
  const { notes } = await openFiles(files);
  expect(notes).toContain(`${name} as it is stored: ${name}_scale is not applied`);
});

test("an adapter names the model that it belongs to, unless it holds a token matrix", async () => {
  const lora = { "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight": zeros(1, 3) };
  const trained = { ...lora, "base_model.model.model.embed_tokens.weight": zeros(2, 3) };
  const files = (tensors: typeof lora) =>
    folder({
      "adapter_model.safetensors": writeSafetensors(tensors),
      "adapter_config.json": { base_model_name_or_path: "acme/base", peft_type: "LORA" },
    });
  const reason = 'is the difference to another model, and no model: open "acme/base"';
  await expect(openFiles(files(lora))).rejects.toThrow(
    `acme/model: adapter_model.safetensors ${reason}`,
  );
  const weights = "adapter_model.safetensors";
  await expect(openFiles(files(lora), { weights })).rejects.toThrow(`${weights} ${reason}`);
  const model = await openFiles(files(trained), { weights });
  expect(model).toMatchObject({ matrix: "input", shape: [2, 3] });
});
