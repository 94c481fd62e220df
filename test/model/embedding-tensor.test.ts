import { describe, expect, test } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { configSize, findEmbedding, namedTensor } from "../../src/model/embedding-tensor.ts";
import type { TensorInfo } from "../../src/model/model.ts";

const tensor = (name: string, ...shape: number[]): TensorInfo => ({ name, dtype: "F32", shape });
const anySize = configSize(undefined);
const find = (tensors: TensorInfo[], size = anySize) => findEmbedding(tensors, size, "m").name;

test.each([
  "wte.weight",
  "transformer.wte.weight",
  "model.embed_tokens.weight",
  "language_model.model.embed_tokens.weight",
  "model.language_model.embed_tokens.weight",
  "model.decoder.embed_tokens.weight",
  "gpt_neox.embed_in.weight",
  "embed_in.weight",
  "embeddings.word_embeddings.weight",
  "bert.embeddings.word_embeddings.weight",
  "roberta.embeddings.word_embeddings.weight",
])("%s is known", (name) => {
  const others = [
    tensor("wpe.weight", 8, 4),
    tensor("lm_head.weight", 9, 4),
    tensor("wte.bias", 4),
  ];
  expect(find([...others, tensor(name, 9, 4)])).toBe(name);
});

test("a name that only ends like a known one is not", () => {
  expect(() => find([tensor("my_wte.weight", 9, 4)])).toThrow(UnsupportedError);
  expect(() => find([tensor("wte.weight", 36)])).toThrow("there is no matrix");
});

describe("the configuration", () => {
  test("decides between several", () => {
    const tensors = [
      tensor("model.embed_tokens.weight", 512, 64),
      tensor("vision.embed_tokens.weight", 16, 64),
      tensor("audio.embed_tokens.weight", 512, 32),
    ];
    const size = configSize({ vocab_size: 512, hidden_size: 64 });
    expect(find(tensors, size)).toBe("model.embed_tokens.weight");
    expect(() => find(tensors)).toThrow(
      "m: several tensors could be the token embedding; choose one with --tensor (option tensor): " +
        "model.embed_tokens.weight (F32 512 x 64), audio.embed_tokens.weight (F32 512 x 32), " +
        "vision.embed_tokens.weight (F32 16 x 64)",
    );
  });

  test("is also found in text_config, and rows may be padded", () => {
    const size = configSize({ hidden_size: 7, text_config: { vocab_size: 500, hidden_size: 64 } });
    expect(size).toEqual({ vocab: 500, widths: [64] });
    expect(find([tensor("wte.weight", 512, 64)], size)).toBe("wte.weight");
  });

  test("takes an embedding narrower than the model", () => {
    const albert = configSize({ vocab_size: 30, hidden_size: 768, embedding_size: 128 });
    expect(find([tensor("embeddings.word_embeddings.weight", 30, 128)], albert)).toContain("word");
  });

  test("that does not fit is an error that names both sizes", () => {
    const size = configSize({ vocab_size: 50_257, n_embd: 1024 });
    expect(() => find([tensor("wte.weight", 50_257, 768)], size)).toThrow(
      "config.json asks for a token embedding of 50257 x 1024, which none has",
    );
    expect(() => find([tensor("wte.weight", 50_256, 1024)], size)).toThrow(
      "wte.weight (F32 50256 x 1024)",
    );
  });

  test.each([null, "512", -1, 0, 1.5, {}])("with %j as a size says nothing", (value) => {
    expect(configSize({ vocab_size: value, hidden_size: value })).toEqual({
      vocab: undefined,
      widths: [],
    });
  });
});

describe("a tensor by name", () => {
  const tensors = [tensor("a", 2, 3), tensor("b", 6), tensor("c\u001b", 9, 1)];

  test("is taken as it is", () => {
    expect(namedTensor(tensors, "a", "m")).toBe(tensors[0]);
  });

  test("must be there and be a matrix", () => {
    expect(() => namedTensor(tensors, "x", "m")).toThrow(
      new RangeError(
        'm: no tensor is named "x"; to choose from: c\\x1B (F32 9 x 1), a (F32 2 x 3)',
      ),
    );
    expect(() => namedTensor(tensors, "b", "m")).toThrow('tensor "b" has shape (6), expected rows');
  });

  test("a long list is cut", () => {
    const many = Array.from({ length: 200 }, (_, i) => tensor(`layer.${i}`, 10, 10));
    expect(() => namedTensor(many, "x", "m")).toThrow(/layer\.11 \(F32 10 x 10\) and 188 more$/);
  });
});
