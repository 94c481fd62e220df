import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../src/errors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../src/model/files.ts";
import { openModel } from "../../src/model/open-fetched.ts";
import { openFiles } from "../../src/model/open-files.ts";
import * as w from "./weights/write-gguf.ts";

/** A model in memory, which notes the files that it was asked for. */
function memory(files: Readonly<Record<string, Uint8Array>>): ModelFiles & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    name: "acme/model",
    revision: null,
    fetched: null,
    open: async (path) => {
      asked.push(path);
      return Object.hasOwn(files, path) ? bufferSource(files[path]!, path) : undefined;
    },
    read: async () => undefined,
  };
}

const open = (file: Uint8Array, options = {}) =>
  openFiles(memory({ "x.gguf": file }), { weights: "x.gguf", ...options });
const counting = (rows: number, cols: number) =>
  w.floats(
    [rows, cols],
    Float32Array.from({ length: rows * cols }, (_, i) => i),
  );
const displays = (model: { vocabulary: Iterable<{ display: string }> }) =>
  [...model.vocabulary].map(({ display }) => display);
const FACTS = [
  ["general.architecture", w.text("llama")],
  ["general.name", w.text('Tiny "L"')],
  ["general.file_type", w.u32(15)],
] as const;

describe("a file", () => {
  const file = w.writeGguf({
    metadata: [...FACTS, ...w.vocabulary("llama", ["<s>", "▁a", "<0x0A>"], [3, 1, 6])],
    tensors: [
      ["blk.0.attn_norm.weight", w.floats([2], [1, 1])],
      ["token_embd.weight", counting(3, 2)],
      ["output.weight", counting(3, 4)],
      ["rope.weight", counting(2, 2)],
    ],
  });

  test("has two token matrices, or one that is both", async () => {
    const output = await open(file, { matrix: "output" });
    expect(output).toMatchObject({ tensor: "output.weight", matrix: "output", shape: [3, 4] });
    expect(output.matrices).toMatchObject({ architecture: "llama", tied: false });
    expect((await open(file, { tensor: "rope.weight" })).matrix).toBeNull();
    const one = w.writeGguf({ metadata: FACTS, tensors: [["token_embd.weight", counting(3, 2)]] });
    const tied = await open(one, { matrix: "output" });
    expect(tied).toMatchObject({ tensor: "token_embd.weight", matrix: "output" });
    expect(tied.matrices).toMatchObject({ output: null, tied: true });
    expect(tied.notes).toContain(
      "the output matrix is tied to the input (no output.weight is stored): these are the rows of token_embd.weight",
    );
    const encoder = w.writeGguf({
      metadata: [["general.architecture", w.text("nomic-bert")]],
      tensors: [["token_embd.weight", counting(3, 2)]],
    });
    await expect(open(encoder, { matrix: "output" })).rejects.toThrow(
      "acme/model/x.gguf: there is no output matrix to read: nomic-bert is an encoder, which gives no tokens",
    );
    expect((await open(encoder)).matrices).toMatchObject({ output: null, tied: null });
    await expect(open(file, { matrix: "output", tensor: "rope.weight" })).rejects.toThrow(
      "matrix and tensor both choose",
    );
  });

  test("without token matrices has none that could be tied", async () => {
    const block = w.writeGguf({
      metadata: FACTS,
      tensors: [["blk.0.attn_q.weight", counting(3, 2)]],
    });
    const { matrices } = await open(block, { tensor: "blk.0.attn_q.weight" });
    const reason = "no output.weight is stored, and no token_embd.weight either";
    expect(matrices).toMatchObject({ input: null, output: null, tied: null, reason });
    await expect(open(block, { matrix: "output" })).rejects.toThrow(
      `acme/model/x.gguf: there is no output matrix to read: ${reason}; choose one with --tensor (option tensor): blk.0.attn_q.weight (F32 3 x 2)`,
    );
  });

  test("gives rows, tokens, and what it says of itself", async () => {
    const model = await open(file);
    expect(model).toMatchObject({
      name: "acme/model",
      tensor: "token_embd.weight",
      dtype: "F32",
      shape: [3, 2],
      notes: ['GGUF, architecture llama, named "Tiny "L"", mostly Q4_K_M'],
    });
    expect(model.tensors).toEqual([
      { name: "blk.0.attn_norm.weight", dtype: "F32", shape: [2] },
      { name: "token_embd.weight", dtype: "F32", shape: [3, 2] },
      { name: "output.weight", dtype: "F32", shape: [3, 4] },
      { name: "rope.weight", dtype: "F32", shape: [2, 2] },
    ]);
    expect(displays(model)).toEqual(["<s>", "·a", "\\x0A"]);
    expect(model.vocabulary.source).toBe("acme/model/x.gguf");
    expect([...(await model.rows({ rows: "2,0" })).data]).toEqual([4, 5, 0, 1]);
  });

  test("is opened in a browser too, by its name among a model's files", async () => {
    const model = await openModel(memory({ "x.gguf": file }), { weights: "x.gguf" });
    expect(model.shape).toEqual([3, 2]);
  });

  test("other tensors are named if they have as many rows as there are tokens", async () => {
    const output = await open(file, { tensor: "output.weight" });
    expect(output.shape).toEqual([3, 4]);
    expect(displays(output)).toEqual(["<s>", "·a", "\\x0A"]);
    const other = await open(file, { tensor: "rope.weight" });
    expect(displays(other)).toEqual(["#0", "#1"]);
    expect(other.notes[1]).toBe(
      "acme/model/x.gguf: token ids go up to 2, tensor rope.weight has 2 rows: rows show as #id",
    );
    await expect(open(file, { tensor: "nothing" })).rejects.toThrow(RangeError);
    await expect(open(file, { tensor: "blk.0.attn_norm.weight" })).rejects.toThrow("shape (2)");
  });

  test("labels take the vocabulary's place", async () => {
    const labels = { names: ["x", "y", "z"], source: "l.txt" };
    expect(displays(await open(file, { labels }))).toEqual(["x", "y", "z"]);
    await expect(open(file, { labels: { ...labels, names: [] } })).rejects.toThrow(RangeError);
  });

  test("that is not there is said so", async () => {
    await expect(openFiles(memory({}), { weights: "x.gguf" })).rejects.toThrow(
      'acme/model: there is no file "x.gguf"',
    );
  });
});

describe("quantized rows", () => {
  const golden = JSON.parse(
    readFileSync(new URL("../fixtures/gguf-blocks-golden.json", import.meta.url), "utf8"),
  ).types as Record<string, { blocks: string; values: string }>;

  test("are ranges of whole blocks, and that they are quantized is said", async () => {
    const bytes = Uint8Array.from(Buffer.from(golden.Q6_K!.blocks, "base64"));
    const rows = bytes.length / 210;
    const model = await open(
      w.writeGguf({
        tensors: [["token_embd.weight", { type: 14, shape: [rows, 256], data: bytes }]],
      }),
    );
    expect(model.dtype).toBe("Q6_K");
    expect(model.notes).toEqual([
      "GGUF",
      "the rows are quantized (Q6_K): near those of the trained model, not equal to them",
      "the file has no vocabulary: rows show as #id",
    ]);
    const X = await model.rows({ rows: [rows - 1, 1] });
    const values = Buffer.from(golden.Q6_K!.values, "base64");
    const expected = [rows - 1, 1].flatMap((row) => [
      ...values.subarray(1024 * row, 1024 * row + 1024),
    ]);
    expect([...new Uint8Array(X.data.buffer)]).toEqual(expected);
  });

  test.each([
    [16, 66, "IQ2_XXS"],
    [35, 66, "TQ2_0"],
    [777, 66, "type 777"],
  ])("of type %i are refused, naming the types that are read", async (type, size, name) => {
    const data = new Uint8Array(2 * size);
    const file = w.writeGguf({ tensors: [["token_embd.weight", { type, shape: [2, 256], data }]] });
    await expect(open(file)).rejects.toThrow(UnsupportedError);
    await expect(open(file)).rejects.toThrow(
      `x.gguf: tensor "token_embd.weight" is of ggml's ${name}; rows are read from F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, F64, BF16`,
    );
  });
});

describe("without what is needed", () => {
  test.each([
    [[], "x.gguf: the file has no tensors"],
    [
      [["v.blk.weight", counting(2, 2)]],
      "no matrix is named token_embd.weight; choose one with --tensor (option tensor): v.blk.weight (F32 2 x 2)",
    ],
    [[["token_embd.weight", w.floats([4], [1, 2, 3, 4])]], "no matrix is named token_embd.weight"],
  ] as const)("%#: no embedding", async (tensors, message) => {
    const file = w.writeGguf({ tensors });
    await expect(open(file)).rejects.toThrow(UnsupportedError);
    await expect(open(file)).rejects.toThrow(message);
  });

  test("an empty embedding is refused", async () => {
    const tensors = [["token_embd.weight", w.floats([0, 8], [])]] as const;
    await expect(open(w.writeGguf({ tensors }))).rejects.toThrow(FormatError);
  });

  test.each([
    [w.vocabulary("future", ["a", "b"]), /tokenizer.ggml.model to be one of .*, got "future"/],
    [w.vocabulary("llama", ["a", "b"], [1]), /token_type to have 2 values/],
    [w.vocabulary("llama", ["a", "b", "c"]), /ids go up to 2, but tensor token_embd.weight has 2 /],
    [w.vocabulary("none", []), /the file has no vocabulary/],
  ])("%#: a vocabulary that can't be used still shows ids, and why", async (metadata, note) => {
    const tensors = [["token_embd.weight", counting(2, 2)]] as const;
    const model = await open(w.writeGguf({ metadata, tensors }));
    expect(displays(model)).toEqual(["#0", "#1"]);
    expect(model.notes[1]).toMatch(note);
    expect(model.notes[1]).toMatch(/: rows show as #id$/);
  });

  test("a vocabulary padded with fillers names the rows of both matrices, and of others", async () => {
    const metadata = w.vocabulary(
      "gpt2",
      ["a", "Ġb", "[PAD2]", "<|end|>", "[PAD4]"],
      [1, 1, 5, 3, 5],
    );
    const file = w.writeGguf({
      metadata,
      tensors: [
        ["token_embd.weight", counting(5, 2)],
        ["output.weight", counting(5, 4)],
        ["per_layer.weight", counting(5, 1)],
        ["rope.weight", counting(4, 1)],
      ],
    });
    const shown = ["a", "·b", "#2", "<|end|>", "#4"];
    for (const choice of [{}, { matrix: "output" }, { tensor: "per_layer.weight" }]) {
      const model = await open(file, choice);
      expect(displays(model)).toEqual(shown);
      expect(model.notes).toEqual(["GGUF"]);
    }
    const other = await open(file, { tensor: "rope.weight" });
    expect(displays(other)).toEqual(["#0", "#1", "#2", "#3"]);
    expect(other.notes[1]).toBe(
      "acme/model/x.gguf: token ids go up to 4, tensor rope.weight has 4 rows: rows show as #id",
    );
  });

  test("an output matrix with more rows than the vocabulary is padded too", async () => {
    const metadata = w.vocabulary("llama", ["a", "b"]);
    const tensors = [["output.weight", counting(3, 2)]] as const;
    const model = await open(w.writeGguf({ metadata, tensors }), { matrix: "output" });
    expect(displays(model)).toEqual(["a", "b", "#2"]);
  });

  test("rows beyond the vocabulary are padding", async () => {
    const metadata = w.vocabulary("llama", ["a", "b"]);
    const tensors = [["token_embd.weight", counting(3, 2)]] as const;
    expect(displays(await open(w.writeGguf({ metadata, tensors })))).toEqual(["a", "b", "#2"]);
  });
});

describe("a model in parts", () => {
  const name = (i: number) => `big-0000${i}-of-00003.gguf`;
  const split = (i: number) =>
    [
      ["split.no", w.u16(i)],
      ["split.count", w.u16(3)],
    ] as const;
  const parts = {
    [name(1)]: w.writeGguf({ metadata: [...split(0), ...w.vocabulary("llama", ["a", "b"])] }),
    [name(2)]: w.writeGguf({
      metadata: split(1),
      tensors: [["token_embd.weight", counting(2, 2)]],
    }),
    [name(3)]: w.writeGguf({ metadata: split(2), tensors: [["output.weight", counting(2, 3)]] }),
  };

  test.each([1, 2, 3])("is opened by part %i, up to the one with the tensor", async (i) => {
    const files = memory(parts);
    const model = await openFiles(files, { weights: name(i) });
    expect(model.shape).toEqual([2, 2]);
    expect(displays(model)).toEqual(["a", "b"]);
    expect([...(await model.rows({ rows: [1] })).data]).toEqual([2, 3]);
    expect(files.asked.includes(name(3))).toBe(i === 3);
  });

  test("all parts are looked through for a tensor that was asked for", async () => {
    const model = await openFiles(memory(parts), { weights: name(1), tensor: "output.weight" });
    expect(model.shape).toEqual([2, 3]);
    expect(displays(model)).toEqual(["a", "b"]);
    const none = openFiles(memory(parts), { weights: name(1), tensor: "x" });
    await expect(none).rejects.toThrow("token_embd.weight");
  });

  test("a part that is missing is named", async () => {
    const { [name(2)]: _, ...rest } = parts;
    await expect(openFiles(memory(rest), { weights: name(1) })).rejects.toThrow(
      `${name(1)}: byte 46: the part "${name(2)}" of the model is missing`,
    );
  });
});
