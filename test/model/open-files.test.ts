import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../src/errors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../src/model/files.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { writeSafetensors } from "./weights/write-safetensors.ts";

/** A model in memory, which notes the files that it was asked for. */
function memory(
  files: Readonly<Record<string, Uint8Array | object>>,
): ModelFiles & { asked: string[] } {
  const asked: string[] = [];
  const find = (path: string) => {
    asked.push(path);
    const content = new Map(Object.entries(files)).get(path);
    if (content === undefined || content instanceof Uint8Array) return content;
    return new TextEncoder().encode(JSON.stringify(content));
  };
  return {
    asked,
    name: "acme/model",
    revision: "0123456789012345678901234567890123456789",
    fetched: "2026-11-23",
    open: async (path) => {
      const bytes = find(path);
      return bytes && bufferSource(bytes, path);
    },
    read: async (path) => find(path),
  };
}

const counting = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: Float32Array.from({ length: rows * cols }, (_, i) => i),
});
const bpe = (tokens: string[], added: object[] = []) => ({
  model: {
    type: "BPE",
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: [],
  },
  added_tokens: added,
});
const displays = (model: { vocabulary: Iterable<{ display: string }> }) =>
  [...model.vocabulary].map(({ display }) => display);

test("a model is opened with few questions, and keeps its revision", async () => {
  const files = memory({
    "model.safetensors": writeSafetensors({ "wte.weight": counting(3, 2) }),
    "tokenizer.json": bpe(["a", "b", "c"]),
    "token_occurrences.json": [5, 0, 7],
  });
  const model = await openFiles(files);
  expect(model).toMatchObject({
    name: "acme/model",
    revision: files.revision,
    fetched: "2026-11-23",
  });
  expect(model.vocabulary.source).toBe("acme/model/tokenizer.json");
  expect(model.vocabulary.token(1)).toMatchObject({ text: "b", occurrences: 0 });
  expect(new Set(files.asked)).toEqual(
    new Set(["config.json", "model.safetensors", "tokenizer.json", "token_occurrences.json"]),
  );
});

describe("tokens and rows", () => {
  const weights = (rows: number, name = "wte.weight") => ({
    "model.safetensors": writeSafetensors({ [name]: counting(rows, 2) }),
  });

  test("rows beyond the vocabulary are padding", async () => {
    const model = await openFiles(memory({ ...weights(4), "tokenizer.json": bpe(["a", "b"]) }));
    expect(displays(model)).toEqual(["a", "b", "#2", "#3"]);
    expect(model.notes).toEqual([]);
  });

  test("added tokens beyond the rows are left out, and that is said", async () => {
    const added = [
      { id: 2, content: "<pad>", special: true },
      { id: 3, content: "<new>", special: false },
    ];
    const model = await openFiles(
      memory({ ...weights(2), "tokenizer.json": bpe(["a", "b"], added) }),
    );
    expect(displays(model)).toEqual(["a", "b"]);
    expect(model.notes).toEqual([
      "2 added tokens of acme/model/tokenizer.json have no row and are left out",
    ]);
  });

  test("with other tokens beyond the rows it is another's vocabulary: none is shown", async () => {
    const files = memory({ ...weights(2), "tokenizer.json": bpe(["a", "b", "c"]) });
    const model = await openFiles(files);
    expect(displays(model)).toEqual(["#0", "#1"]);
    expect(model.vocabulary.source).toBeNull();
    expect(model.notes).toEqual([
      "acme/model/tokenizer.json: token ids go up to 2, but tensor wte.weight has 2 rows: rows show as #id",
    ]);
  });

  test.each([
    [1, ["#0"]],
    [2, ["a", "b"]],
    [3, ["#0", "#1", "#2"]],
  ])("a tensor of %i rows, asked for by name", async (rows, shown) => {
    const files = memory({ ...weights(rows, "wpe.weight"), "tokenizer.json": bpe(["a", "b"]) });
    const model = await openFiles(files, { tensor: "wpe.weight" });
    expect(displays(model)).toEqual(shown);
    const note = `acme/model/tokenizer.json: token ids go up to 1, tensor wpe.weight has ${rows} rows: rows show as #id`;
    expect(model.notes).toEqual(rows === 2 ? [] : [note]);
  });

  describe("of a Marian model that writes other tokens than it reads", () => {
    const config = {
      ...{ model_type: "marian", d_model: 2, vocab_size: 3, decoder_vocab_size: 4 },
      ...{ share_encoder_decoder_embeddings: false, tie_word_embeddings: false },
    };
    const files = {
      "config.json": config,
      "model.safetensors": writeSafetensors({
        "model.encoder.embed_tokens.weight": counting(3, 2),
        "model.decoder.embed_tokens.weight": counting(4, 2),
        "lm_head.weight": counting(4, 2),
      }),
      "vocab.json": { "</s>": 0, "▁in": 1, "<pad>": 2 },
      "added_tokens.json": { "<new>": 1 },
      "special_tokens_map.json": { eos_token: "</s>", pad_token: "<pad>" },
    };
    const target = { "</s>": 0, "▁aus": 1, "▁bei": 2, "<pad>": 3 };
    const written = ["</s>", "·aus", "·bei", "<pad>"];
    const decoder = "model.decoder.embed_tokens.weight";

    test.each([
      [{}, ["</s>", "<new>", "<pad>"]],
      [{ matrix: "output" }, written],
      [{ tensor: decoder }, written],
    ] as const)("%j", async (choice, shown) => {
      const model = await openFiles(memory({ ...files, "target_vocab.json": target }), choice);
      expect(displays(model)).toEqual(shown);
      expect(model.notes).toEqual([]);
      expect(model.vocabulary.token(0).kind).toBe("special");
    });

    test("without its target_vocab.json, rows are not named after what it reads", async () => {
      const model = await openFiles(memory(files), { matrix: "output" });
      expect(displays(model)).toEqual(["#0", "#1", "#2", "#3"]);
      expect(model.notes).toEqual([
        "no target_vocab.json, and the decoder has tokens of its own: rows show as #id",
      ]);
    });

    test("one that shares them names both after one file", async () => {
      const shared = { ...config, share_encoder_decoder_embeddings: true, vocab_size: 4 };
      const model = await openFiles(
        memory({ ...files, "config.json": shared, "target_vocab.json": target }),
        { tensor: decoder },
      );
      expect(model.vocabulary.source).toBe("acme/model/vocab.json");
    });
  });

  test("labels take the vocabulary's place, which is not even read", async () => {
    const files = memory({ ...weights(2), "tokenizer.json": new TextEncoder().encode("broken") });
    const labels = { names: ["x", "y"], source: "l.txt" };
    expect(displays(await openFiles(files, { labels }))).toEqual(["x", "y"]);
    await expect(openFiles(files, { labels: { ...labels, names: ["x"] } })).rejects.toThrow(
      new RangeError("l.txt: expected one label for each of 2 rows, got 1"),
    );
    const model = await openFiles(files);
    expect(displays(model)).toEqual(["#0", "#1"]);
    expect(model.notes).toEqual([
      "acme/model/tokenizer.json: byte 0: expected a JSON value: rows show as #id",
    ]);
  });

  test.each([[[1]], [[1, -1]], [[1, 0.5]], [{ 0: 1, 1: 2 }], [["1", "2"]]])(
    "occurrences %j are refused",
    async (counts) => {
      const files = memory({
        ...weights(2),
        "tokenizer.json": bpe(["a", "b"]),
        "token_occurrences.json": counts,
      });
      await expect(openFiles(files)).rejects.toThrow("expected a JSON array of 2 counts");
    },
  );
});

describe("the two token matrices", () => {
  const llama = { model_type: "llama", vocab_size: 3, hidden_size: 2, tie_word_embeddings: false };
  const turned = Float32Array.of(0, 10, 20, 30, 1, 11, 21, 31);
  const untied = {
    "config.json": llama,
    "tokenizer.json": bpe(["a", "b", "c"]),
    "model.safetensors": writeSafetensors({
      "model.embed_tokens.weight": counting(4, 2),
      "lm_head.weight": { shape: [2, 4], data: turned },
      "wpe.weight": counting(5, 2),
    }),
  };

  test("the input by default, and what is known of both", async () => {
    const model = await openFiles(memory(untied));
    expect(model).toMatchObject({ tensor: "model.embed_tokens.weight", matrix: "input" });
    expect(model.matrices).toEqual({
      ...{ architecture: null, family: "LLaMA", guessed: false, vocabSize: 3 },
      ...{ input: "model.embed_tokens.weight", output: "lm_head.weight", tied: false },
      reason: "config.json says so",
    });
  });

  test("the output, here with tokens as columns", async () => {
    const model = await openFiles(memory(untied), { matrix: "output" });
    expect(model).toMatchObject({ tensor: "lm_head.weight", matrix: "output", shape: [4, 2] });
    expect(displays(model)).toEqual(["a", "b", "c", "#3"]);
    expect(model.notes).toContain("lm_head.weight holds tokens as columns: all of it is read");
    expect([...(await model.rows({ rows: "3,0:2" })).data]).toEqual([30, 31, 0, 1, 10, 11]);
    expect((await model.rows({ rows: "all" })).shape).toEqual([4, 2]);
  });

  test("a tensor by name is known for what it is", async () => {
    const kinds = ["lm_head.weight", "model.embed_tokens.weight", "wpe.weight"].map(
      async (tensor) => (await openFiles(memory(untied), { tensor })).matrix,
    );
    expect(await Promise.all(kinds)).toEqual(["output", "input", null]);
    const both = openFiles(memory(untied), { tensor: "wpe.weight", matrix: "input" });
    await expect(both).rejects.toThrow("matrix and tensor both choose what to read rows of");
    const other = openFiles(memory(untied), { matrix: "both" as "input" });
    await expect(other).rejects.toThrow('expected the matrix "input" or "output", got both');
  });

  test("of shards, only the one asked for is opened, or all headers", async () => {
    const shards = {
      "config.json": llama,
      "model.safetensors.index.json": {
        weight_map: {
          "model.embed_tokens.weight": "a.safetensors",
          "model.layers.0.embed_tokens.weight": "c.safetensors",
          "lm_head.weight": "b.safetensors",
        },
      },
      "a.safetensors": writeSafetensors({ "model.embed_tokens.weight": counting(4, 2) }),
      "b.safetensors": writeSafetensors({ "lm_head.weight": counting(3, 2) }),
      "c.safetensors": writeSafetensors({ "model.layers.0.embed_tokens.weight": counting(4, 2) }),
    };
    const opened = async (options: object) => {
      const files = memory(shards);
      const { tensor, matrices } = await openFiles(files, options);
      expect(matrices).toMatchObject({ output: "lm_head.weight", tied: false });
      return [
        tensor,
        ...files.asked.filter((path) => path.startsWith("a.s") || /^[bc]\./.test(path)),
      ];
    };
    expect(await opened({})).toEqual(["model.embed_tokens.weight", "a.safetensors"]);
    expect(await opened({ matrix: "output" })).toEqual(["lm_head.weight", "b.safetensors"]);
    const every = await opened({ everyHeader: true });
    expect(every).toEqual([
      "model.embed_tokens.weight",
      ...["a.safetensors", "c.safetensors", "b.safetensors"],
    ]);
  });

  test.each([
    [{ vocab_size: 100, tie_word_embeddings: true }, "model.embed_tokens.weight"],
    [
      { vocab_size: 100 },
      /vision\.head\.weight has shape \(10, 8\), without a row for every token/,
    ],
    [{}, /vision\.head\.weight has shape \(10, 8\), without a row for every token/],
  ])("of shards and of one file is the same where another head is stored: %j", async (says, is) => {
    const config = { model_type: "unheard-of", hidden_size: 8, ...says };
    const input = { "model.embed_tokens.weight": counting(100, 8) };
    const other = { "vision.head.weight": counting(10, 8) };
    const whole = { "model.safetensors": writeSafetensors({ ...input, ...other }) };
    const sharded = {
      "model.safetensors.index.json": {
        weight_map: {
          "model.embed_tokens.weight": "a.safetensors",
          "vision.head.weight": "b.safetensors",
        },
      },
      "a.safetensors": writeSafetensors(input),
      "b.safetensors": writeSafetensors(other),
    };
    for (const weights of [whole, sharded]) {
      const opened = openFiles(memory({ "config.json": config, ...weights }), { matrix: "output" });
      if (typeof is === "string") expect((await opened).tensor).toBe(is);
      else await expect(opened).rejects.toThrow(is);
    }
  });
});

test("opening reads headers alone, of all shards too", async () => {
  const names = ["model.embed_tokens.weight", "lm_head.weight"];
  const shards = new Map(
    names.map((name, i) => [`${i}.safetensors`, writeSafetensors({ [name]: counting(50, 20) })]),
  );
  const weight_map = Object.fromEntries(names.map((name, i) => [name, `${i}.safetensors`]));
  const files = memory({ "model.safetensors.index.json": { weight_map } });
  let furthest = 0;
  const open = async (path: string) => {
    const bytes = shards.get(path);
    if (bytes === undefined) return undefined;
    const source = bufferSource(bytes);
    return {
      byteLength: source.byteLength,
      slice: async (start: number, end: number) => {
        furthest = Math.max(furthest, end);
        return source.slice(start, end);
      },
    };
  };
  const model = await openFiles({ ...files, open }, { everyHeader: true });
  expect(model.tensors.map(({ name }) => name)).toEqual(names);
  expect(furthest).toBe(shards.get("0.safetensors")!.length - 50 * 20 * 4);
  await model.rows({ rows: "49" });
  expect(furthest).toBe(shards.get("0.safetensors")!.length);
});

describe("what can't be read", () => {
  test.each([
    ["I8", new Uint8Array(4), [2, 2]],
    ["C64", new Uint8Array(32), [2, 2]],
    ["F4", new Uint8Array(2), [2, 2]],
    ["BOOL", new Uint8Array(4), [2, 2]],
  ])("a tensor of %s", async (dtype, data, shape) => {
    const files = memory({
      "model.safetensors": writeSafetensors({ "wte.weight": { dtype, shape, data } }),
    });
    await expect(openFiles(files)).rejects.toThrow(
      `acme/model/model.safetensors: tensor wte.weight has dtype ${dtype}; rows are read from`,
    );
    await expect(openFiles(files)).rejects.toThrow(UnsupportedError);
  });

  test("nothing but F8 without its scale, which a note says", async () => {
    const data = Uint8Array.of(0x38, 0xc0, 0x7e, 0x01);
    const weight = { dtype: "F8_E4M3", shape: [2, 2], data };
    const scale = { shape: [1], data: Float32Array.of(0.5) };
    const scaled = writeSafetensors({ "wte.weight": weight, "wte.weight_scale_inv": scale });
    const model = await openFiles(memory({ "model.safetensors": scaled }));
    expect(model.dtype).toBe("F8_E4M3");
    expect([...(await model.rows({ rows: "all" })).data]).toEqual([1, -2, 448, 2 ** -9]);
    expect(model.notes[0]).toBe("wte.weight as it is stored: wte.weight_scale_inv is not applied");
    const plain = memory({ "model.safetensors": writeSafetensors({ "wte.weight": weight }) });
    expect((await openFiles(plain)).notes.join()).not.toContain("as it is stored");
  });

  test("an empty embedding", async () => {
    const files = memory({
      "model.safetensors": writeSafetensors({ "wte.weight": counting(0, 4) }),
    });
    await expect(openFiles(files)).rejects.toThrow("tensor wte.weight is empty: 0 x 4");
  });

  test("weights of another kind", async () => {
    const files = memory({ "tf_model.h5": new Uint8Array(4) });
    await expect(openFiles(files)).rejects.toThrow(
      "acme/model: there is no model.safetensors, only tf_model.h5, which Tokenscape does not read",
    );
  });

  test("nothing", async () => {
    await expect(openFiles(memory({}))).rejects.toThrow(
      new FormatError("acme/model: there is no model.safetensors", {
        file: "acme/model/model.safetensors",
      }),
    );
  });

  test("a configuration that is not JSON", async () => {
    const files = memory({ "config.json": new TextEncoder().encode("<html>") });
    await expect(openFiles(files)).rejects.toThrow(
      "acme/model/config.json: not JSON: this is an HTML page",
    );
  });
});

describe("shards", () => {
  const one = "model-00001-of-00002.safetensors";
  const two = "model-00002-of-00002.safetensors";
  const index = (weight_map: unknown) => ({
    "model.safetensors.index.json": { metadata: {}, weight_map },
  });
  const shards = {
    [one]: writeSafetensors({ "h.0.weight": counting(4, 4) }),
    [two]: writeSafetensors({
      "h.1.weight": counting(2, 2),
      "model.embed_tokens.weight": counting(3, 2),
    }),
  };
  const map = { "h.0.weight": one, "h.1.weight": two, "model.embed_tokens.weight": two };

  test("only the shard with the embedding is opened", async () => {
    const files = memory({ ...index(map), ...shards });
    const model = await openFiles(files);
    expect(model.tensor).toBe("model.embed_tokens.weight");
    expect([...(await model.rows({ rows: "2" })).data]).toEqual([4, 5]);
    expect(files.asked).not.toContain(one);
  });

  test("of PyTorch, when there are no safetensors", async () => {
    const [first, second] = [
      "pytorch_model-00001-of-00002.bin",
      "pytorch_model-00002-of-00002.bin",
    ];
    const checkpoint = readFileSync(new URL("../fixtures/torch/state-dict.pt", import.meta.url));
    const weight_map = { "h.0.weight": first, "wte.weight": second };
    const files = memory({
      "pytorch_model.bin.index.json": { metadata: {}, weight_map },
      [first]: new Uint8Array(9),
      [second]: new Uint8Array(checkpoint),
    });
    expect((await openFiles(files)).tensor).toBe("wte.weight");
    expect(files.asked).not.toContain(first);
    await expect(openFiles(files, { tensor: "h.0.weight" })).rejects.toThrow(
      `acme/model/${first}: byte 0: not a PyTorch checkpoint`,
    );
  });

  test("a tensor by name, and the list of all where there is none", async () => {
    const files = memory({ ...index(map), ...shards });
    expect((await openFiles(files, { tensor: "h.0.weight" })).shape).toEqual([4, 4]);
    await expect(openFiles(files, { tensor: "x" })).rejects.toThrow(
      'no tensor is named "x"; to choose from: h.0.weight (F32 4 x 4), model.embed_tokens.weight',
    );
  });

  test.each([
    [{ ...map, "wte.weight": "../secret.safetensors" }, 'got "../secret.safetensors"'],
    [{ "wte.weight": "/etc/passwd" }, 'got "/etc/passwd"'],
    [{ "wte.weight": "a/b.safetensors" }, "expected the name of a .safetensors file"],
    [{ "wte.weight": "..safetensors" }, "expected the name of a .safetensors file"],
    [{ "wte.weight": 1 }, "got number"],
    [{ "wte.weight": "gone.safetensors" }, 'the shard "gone.safetensors" is missing'],
    [{ "wte.weight": one }, `the tensor "wte.weight" is not in "${one}"`],
    [[], 'expected a "weight_map"'],
    [undefined, 'expected a "weight_map"'],
  ])("an index of %j is refused", async (weightMap, message) => {
    const files = memory({ ...index(weightMap), ...shards });
    await expect(openFiles(files)).rejects.toThrow(FormatError);
    await expect(openFiles(files)).rejects.toThrow(message);
  });
});
