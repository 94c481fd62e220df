/** Which file of a model is read: one that is named, or the one that a rule finds. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../src/errors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../src/model/files.ts";
import type { ModelHeaders } from "../../src/model/model.ts";
import { openModel } from "../../src/model/open-fetched.ts";
import { type OpenFilesOptions, openFiles } from "../../src/model/open-files.ts";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { writeZip } from "./bytes/write-zip.ts";
import * as w from "./weights/write-gguf.ts";
import { writeSafetensors } from "./weights/write-safetensors.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A model in memory that can list its files, and notes those it was asked for. */
function memory(files: Readonly<Record<string, Uint8Array>>): ModelFiles & { asked: string[] } {
  const asked: string[] = [];
  const find = (path: string) => {
    asked.push(path);
    return Object.hasOwn(files, path) ? files[path] : undefined;
  };
  return {
    ...{ asked, name: "acme/model", revision: null, fetched: null },
    open: async (path) => {
      const bytes = find(path);
      return bytes && bufferSource(bytes, path);
    },
    read: async (path) => find(path),
    list: async () => Object.keys(files),
  };
}

const matrix = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
const tokenizer = (...tokens: string[]) =>
  encode(
    JSON.stringify({
      model: {
        type: "BPE",
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: [],
      },
    }),
  );
const safetensors = writeSafetensors({ "wte.weight": matrix });
const gguf = w.writeGguf({
  metadata: w.vocabulary("gpt2", ["a", "b"]),
  tensors: [["token_embd.weight", w.floats(matrix.shape, matrix.data)]],
});
const torch = new Uint8Array(
  readFileSync(new URL("../fixtures/torch/state-dict.pt", import.meta.url)),
);
const npy = writeNpy({ data: matrix.data, shape: [2, 3] });
const npz = (deflate: boolean) => writeZip([{ name: "vectors.npy", data: npy, deflate }]);
const tsv = encode("1\t2\t3\n4\t5\t6\n");

describe("every format", () => {
  test.each([
    ["x.safetensors", safetensors],
    ["x.GGUF", gguf],
    ["x.npy", npy],
    ["stored.npz", npz(false)],
    ["packed.npz", npz(true)],
    ["vectors.tsv", tsv],
  ])("%s is opened by its extension, named or alone", async (path, bytes) => {
    const named = await openModel(memory({ [path]: bytes, "y.gguf": gguf }), { weights: path });
    expect(named).toMatchObject({ name: "acme/model", weights: path, shape: [2, 3] });
    expect([...(await named.rows({ rows: [1] })).data]).toEqual([4, 5, 6]);
    const found = await openModel(memory({ [path]: bytes, "README.md": encode("#") }));
    expect(found).toMatchObject({ weights: path, tensor: named.tensor });
    expect(found.notes[0]).toBe(`weights: ${path}, the only file here that could hold them`);
    expect(found.notes.slice(1)).toEqual(named.notes);
  });

  test.each(["x.bin", "x.pt", "x.pth", "x.CKPT"])("%s is a checkpoint of PyTorch", async (path) => {
    const model = await openFiles(memory({ [path]: torch }));
    expect(model).toMatchObject({ weights: path, tensor: "wte.weight", shape: [11, 5] });
  });

  test("a GGUF file without an extension is known by its first bytes", async () => {
    const files = memory({ "blobs/sha256-6a07": gguf, "blobs/sha256-0000": npy });
    expect((await openFiles(files, { weights: "blobs/sha256-6a07" })).shape).toEqual([2, 3]);
    const other = openFiles(files, { weights: "blobs/sha256-0000" });
    await expect(other).rejects.toThrow(UnsupportedError);
    await expect(openFiles(files, { weights: "x.onnx" })).rejects.toThrow(
      "acme/model/x.onnx: expected a .safetensors, .gguf, .bin, .pt, .pth, .ckpt, .npy, .npz or .tsv file",
    );
  });

  test("keeps the model's revision", async () => {
    const revision = "a".repeat(40);
    const files = { ...memory({ "x.npy": npy }), revision, fetched: "2026-11-23" };
    expect(await openFiles(files)).toMatchObject({ revision, fetched: "2026-11-23" });
  });

  test.each([["x.npy", npy] as const, ["x.npz", npz(false)] as const, ["x.tsv", tsv] as const])(
    "%s holds a matrix, no model: it has no input and output",
    async (path, bytes) => {
      for (const which of ["input", "output"] as const) {
        const opening = openFiles(memory({ [path]: bytes }), { matrix: which });
        await expect(opening).rejects.toThrow(
          new RangeError(
            `acme/model/${path}: --matrix (option matrix) is for models, and the file is not one`,
          ),
        );
      }
      const labels = { names: ["x", "y"], source: "l.txt" };
      const model = await openFiles(memory({ [path]: bytes }), { labels, weights: path });
      expect([...model.vocabulary].map(({ text }) => text)).toEqual(["x", "y"]);
      expect(model).toMatchObject({ matrix: null, matrices: null, notes: [] });
    },
  );

  test("without names for the rows says what may name them", async () => {
    const nameless = async (files: Record<string, Uint8Array>) =>
      (await openFiles(memory(files), { weights: "v/x.npy" })).notes;
    const text = "may name them with --labels (option labels)";
    expect(await nameless({ "v/x.npy": npy })).toEqual([
      "rows show as #id; a file with their names can be given with --labels (option labels)",
    ]);
    const two = encode("one\ntwo\n");
    for (const [name, bytes] of [
      ["x.txt", two],
      ["x.json", encode('["one", "two"]')],
      ["x.tsv", encode("label\tn\none\t1\ntwo\t2\n")],
      ["labels.txt", two],
      ["labels.json", encode('["one", "two"]')],
      ["metadata.tsv", two],
      ["labels.txt", new Uint8Array(5_000_000).fill(0x61)],
    ] as const) {
      const notes = await nameless({ "v/x.npy": npy, [`v/${name}`]: bytes, "y.txt": two });
      expect(notes).toEqual([`rows show as #id; ${name}, which lies beside it, ${text}`]);
    }
  });

  test("of several files names the one that has a name for every row", async () => {
    const { notes } = await openFiles(
      memory({
        "x.npy": npy,
        "x.txt": encode("one\n"),
        "labels.json": encode("{}"),
        "labels.tsv": encode("one\ntwo\n"),
        "metadata.tsv": encode("one\ntwo\nthree\n"),
      }),
      { weights: "x.npy" },
    );
    expect(notes[0]).toContain("; labels.tsv, which lies beside it, may name them");
    const none = memory({ "x.npy": npy, "metadata.tsv": encode("a\nb\nc\n") });
    const { notes: nothing } = await openFiles(none, { weights: "x.npy" });
    expect(nothing[0]).toContain("; a file with their names can be given");
  });

  test("is opened where its folder can't be listed", async () => {
    const list = async () => {
      throw new FormatError("v: can't be read: permission denied", { file: "v" });
    };
    const files = { "x.npy": npy, "x.txt": encode("one\ntwo\n") };
    const { notes } = await openFiles({ ...memory(files), list }, { weights: "x.npy" });
    expect(notes[0]).toContain("; x.txt, which lies beside it, may name them");
    const closed = { ...memory({ "x.npy": npy }), list };
    expect((await openFiles(closed, { weights: "x.npy" })).shape).toEqual([2, 3]);
  });

  test("on the hub fetches nothing for the note", async () => {
    const files = memory({ "x.npy": npy, "x.txt": encode("one\n") });
    const { notes } = await openFiles({ ...files, revision: "a".repeat(40) });
    expect(notes[1]).toContain("; x.txt, which lies beside it, may name them");
    expect(files.asked).not.toContain("x.txt");
  });
});

describe("a file that is named", () => {
  const config = (vocab_size: number) => encode(JSON.stringify({ vocab_size }));

  test("has the configuration and the vocabulary that lie beside it", async () => {
    const files = memory({
      "model.safetensors": writeSafetensors({
        "wte.weight": { shape: [1, 1], data: Float32Array.of(7) },
      }),
      "config.json": config(1),
      "tokenizer.json": tokenizer("top"),
      "text/x.safetensors": safetensors,
      "text/config.json": config(2),
      "text/tokenizer.json": tokenizer("a", "b"),
    });
    const below = await openFiles(files, { weights: "text/x.safetensors" });
    expect(below).toMatchObject({ weights: "text/x.safetensors", shape: [2, 3], notes: [] });
    expect(below.matrices).toMatchObject({ vocabSize: 2 });
    expect(below.vocabulary.source).toBe("acme/model/text/tokenizer.json");
    expect(files.asked.every((path) => path.startsWith("text/"))).toBe(true);
    const top = await openFiles(files);
    expect(top).toMatchObject({ weights: null, shape: [1, 1] });
    expect(top.vocabulary.token(0).text).toBe("top");
  });

  test("may be an index, whose shards lie beside it", async () => {
    const index = { weight_map: { "wte.weight": "b.safetensors", "h.weight": "a.safetensors" } };
    const files = memory({
      "text/x.safetensors.index.json": encode(JSON.stringify(index)),
      "text/b.safetensors": safetensors,
    });
    const model = await openFiles(files, { weights: "text/x.safetensors.index.json" });
    expect(model).toMatchObject({ tensor: "wte.weight", weights: "text/x.safetensors.index.json" });
    await expect(
      openFiles(files, { weights: "text/x.safetensors.index.json", tensor: "h.weight" }),
    ).rejects.toThrow(
      'acme/model/text/x.safetensors.index.json: byte 55: the shard "a.safetensors" is missing',
    );
  });

  test("may be any part of a GGUF model in a folder", async () => {
    const split = [["split.count", w.u16(2)]] as const;
    const name = (part: number) => `Q8_0/m-0000${part}-of-00002.gguf`;
    const first = w.writeGguf({ metadata: [...split, ...w.vocabulary("gpt2", ["a", "b"])] });
    const second = w.writeGguf({
      metadata: split,
      tensors: [["token_embd.weight", w.floats(matrix.shape, matrix.data)]],
    });
    const files = { [name(1)]: first, [name(2)]: second };
    for (const part of [1, 2]) {
      const model = await openFiles(memory(files), { weights: name(part) });
      expect(model.vocabulary.token(1).text).toBe("b");
      expect(model.vocabulary.source).toBe(`acme/model/${name(1)}`);
    }
    await expect(openFiles(memory({ [name(1)]: first }), { weights: name(1) })).rejects.toThrow(
      `acme/model/${name(1)}: byte 24: the part "m-00002-of-00002.gguf" of the model is missing`,
    );
  });

  test("and is not there: what is there is said", async () => {
    const files = memory({ "a/x.gguf": gguf, "y.npy": npy, "optimizer.pt": npy, "b.md": npy });
    const missing = (weights: string, from: ModelFiles = files) =>
      openFiles(from, { weights }).then(String, ({ message }: Error) => message);
    const fault = (name: string) => `acme/model: there is no file "${name}"`;
    expect(await missing("z.gguf")).toBe(`${fault("z.gguf")}; there are "a/x.gguf", "y.npy"`);
    const fetched = { ...files, fetched: "2026-11-23" };
    expect(await missing("z.gguf", fetched)).toContain('"z.gguf" (as of 2026-11-23); there are');
    for (const part of ["x.gguf", "X", "a/x"]) {
      expect(await missing(part)).toBe(`${fault(part)}; did you mean "a/x.gguf"?`);
    }
    expect(await missing("a")).toBe(`${fault("a")}: it is a folder; in it are "a/x.gguf"`);
    await expect(openFiles(memory({}), { weights: "x.safetensors.index.json" })).rejects.toThrow(
      'acme/model: there is no file "x.safetensors.index.json"',
    );
  });

  test.each([
    "../x.gguf",
    "/etc/x.gguf",
    "a\\x.gguf",
    "a//x.gguf",
    "./x.gguf",
    "C:x.gguf",
    "",
    "\0",
  ])("%j leads out of the model, or nowhere", async (weights) => {
    const files = memory({ "x.gguf": gguf });
    await expect(openFiles(files, { weights })).rejects.toThrow(RangeError);
    await expect(openModel(files, { weights })).rejects.toThrow(
      `weights: expected the path of a file within the model, such as "model.safetensors" or "folder/model.gguf", got ${JSON.stringify(weights)}`,
    );
    expect(files.asked).toEqual([]);
  });
});

describe("a file that is found", () => {
  /** What is taken of a model with files of these names; each holds what its extension says. */
  const taken = async (...paths: string[]) => {
    const content = (path: string) =>
      /gguf$/i.test(path)
        ? gguf
        : /npy$/.test(path)
          ? npy
          : /\.(?:bin|pt)/.test(path)
            ? torch
            : safetensors;
    return openFiles(memory(Object.fromEntries(paths.map((path) => [path, content(path)]))));
  };

  test.each([
    [["model.safetensors", "x.gguf", "y.safetensors"], null],
    [["pytorch_model.bin", "x.gguf", "consolidated.safetensors"], null],
    [["x.gguf", "text/model.safetensors", "tokenizer.json.bak"], "x.gguf"],
    [["x.gguf", "mmproj-x-F16.gguf", "x-mmproj-f16.gguf", "imatrix_unsloth.gguf"], "x.gguf"],
    [["x-00001-of-00003.gguf", "x-00002-of-00003.gguf"], "x-00001-of-00003.gguf"],
    [["x.pt", "training_args.bin", "optimizer.pt", "optimizer_1.bin", "scheduler.pt"], "x.pt"],
    [["x.bin", "rng_state.pth", "rng_state_3.pth", "scaler.pt", "sampler.bin"], "x.bin"],
    [["x.gguf", "adapter_model.safetensors", "adapter_model.bin"], "x.gguf"],
    [["x.gguf", "mean.npy", "results.tsv"], "x.gguf"],
    [["mean.npy", "metadata.tsv"], "mean.npy"],
    [["x.gguf", "._x.gguf", ".safetensors"], "x.gguf"],
  ])("of %j is %s", async (paths, weights) => {
    expect((await taken(...paths)).weights).toBe(weights);
  });

  test.each([
    ["x-00001-of-00003.gguf", "the first part of the only weights here"],
    ["x-00001-of-00001.gguf", "the only file here that could hold them"],
  ])("%s is called %s", async (path, why) => {
    const { notes } = await taken(path, path.replace("-00001-of-00003", "-00002-of-00003"));
    expect(notes[0]).toBe(`weights: ${path}, ${why}`);
  });

  test("of an index and its shards is the index", async () => {
    const index = { weight_map: { "wte.weight": "x-00002-of-00002.safetensors" } };
    const files = memory({
      "x.safetensors.index.json": encode(JSON.stringify(index)),
      "x-00001-of-00002.safetensors": encode("not asked for"),
      "x-00002-of-00002.safetensors": safetensors,
    });
    const { weights, notes } = await openFiles(files);
    expect(weights).toBe("x.safetensors.index.json");
    expect(notes[0]).toBe(`weights: ${weights}, the index of the only weights here`);
  });

  test.each([
    [["x.Q8_0.gguf", "x.Q4_0.gguf"], '"x.Q4_0.gguf", "x.Q8_0.gguf"'],
    [["x.gguf", "x.safetensors"], '"x.gguf", "x.safetensors"'],
    [["flux.pt", "ae.pt", "text/model.pt"], '"ae.pt", "flux.pt", "text/model.pt"'],
    [["a.npy", "b.tsv"], '"a.npy", "b.tsv"'],
    [
      Array.from({ length: 12 }, (_, i) => `${String.fromCharCode(97 + i)}.pt`),
      `${[..."abcdefghij"].map((letter) => `"${letter}.pt"`).join(", ")} and 2 more`,
    ],
  ])("of %j is none: one must be named", async (paths, list) => {
    await expect(taken(...paths)).rejects.toThrow(
      new RangeError(
        `acme/model: there are several files of weights; name one with --weights (option weights): ${list}`,
      ),
    );
  });

  test("in the top folder only; others are listed", async () => {
    const paths = ["text/model.safetensors", "unet/x.safetensors", "run/optimizer.pt", "x.md"];
    await expect(taken(...paths)).rejects.toThrow(
      new RangeError(
        'acme/model: there are no weights in its top folder; name one with --weights (option weights): "text/model.safetensors", "unet/x.safetensors"',
      ),
    );
  });

  test("in other folders is listed by the same rule, folder by folder", async () => {
    const index = "text/model.safetensors.index.json";
    const shards = [1, 2].map((part) => `text/model-0000${part}-of-00002.safetensors`);
    const paths = [...shards, index, "eval/scores.npy", "eval/model.gguf", "data/train.tsv"];
    await expect(taken(...paths)).rejects.toThrow(
      `name one with --weights (option weights): "eval/model.gguf", "${index}"`,
    );
    await expect(taken("a.gguf", "b.gguf", ...paths)).rejects.toThrow(
      `(option weights): "a.gguf", "b.gguf", "eval/model.gguf", "${index}"`,
    );
    const files = memory(Object.fromEntries(paths.map((path) => [path, safetensors])));
    await expect(openFiles(files, { weights: "text" })).rejects.toThrow(
      `there is no file "text": it is a folder; in it are "${index}"`,
    );
    await expect(openFiles(files, { weights: "z.gguf" })).rejects.toThrow(
      `there are "data/train.tsv", "eval/model.gguf", "${index}"`,
    );
    await expect(openFiles(files, { weights: "scores" })).rejects.toThrow(
      'did you mean "eval/scores.npy"?',
    );
    await expect(taken("data/train.tsv", "eval/mean.npy")).rejects.toThrow(
      'no weights in its top folder; name one with --weights (option weights): "data/train.tsv", "eval/mean.npy"',
    );
  });

  test("is none where no weights are read, whatever arrays lie below", async () => {
    await expect(taken("adapter_model.safetensors", "eval/predictions.npy")).rejects.toThrow(
      "adapter_model.safetensors is the difference to another model",
    );
    await expect(taken("tf_model.h5", "data/train.tsv")).rejects.toThrow('only "tf_model.h5"');
  });

  test("is none where no weights are read", async () => {
    await expect(taken("tf_model.h5", "onnx/model.onnx", "labels.tsv")).rejects.toThrow(
      new UnsupportedError(
        'acme/model: there is no model.safetensors, only "onnx/model.onnx", "tf_model.h5", which Tokenscape does not read; convert it to safetensors',
        { feature: "onnx/model.onnx" },
      ),
    );
    await expect(taken("README.md", "optimizer.pt")).rejects.toThrow(
      new FormatError(
        'acme/model: expected model.safetensors, pytorch_model.bin or one other .safetensors, .gguf, .bin, .pt, .pth, .ckpt, .npy, .npz or .tsv file, found "README.md", "optimizer.pt"',
        { file: "acme/model" },
      ),
    );
    await expect(taken("adapter_model.safetensors")).rejects.toThrow(
      new UnsupportedError(
        "acme/model: adapter_model.safetensors is the difference to another model, and no model: open that model",
        { feature: "adapter" },
      ),
    );
  });
});

describe("a matrix that is alone in its file", () => {
  const lone = (name: string) =>
    memory({
      "x.safetensors": writeSafetensors({ [name]: matrix }),
      "tokenizer.json": tokenizer("a", "b"),
    });
  const weights = "x.safetensors";

  test("and is known as the output is read with a note, and never as the input", async () => {
    const files = lone("lm_head.weight");
    expect(await openFiles(files, { weights })).toMatchObject({
      ...{ tensor: "lm_head.weight", matrix: "output" },
      notes: [
        "the file holds no input matrix: these are the rows of the output matrix lm_head.weight",
      ],
    });
    const output = await openFiles(files, { weights, matrix: "output" });
    expect(output).toMatchObject({ tensor: "lm_head.weight", matrix: "output", notes: [] });
    await expect(openFiles(files, { weights, matrix: "input" })).rejects.toThrow(
      new UnsupportedError(
        "acme/model/x.safetensors: there is no input matrix to read: the file holds the output matrix alone; --matrix output (option matrix) reads lm_head.weight",
        { feature: "input matrix" },
      ),
    );
  });

  test("and is not known is read as itself, and as neither token matrix", async () => {
    const files = lone("weight");
    expect(await openFiles(files, { weights })).toMatchObject({ tensor: "weight", matrix: null });
    for (const matrix of ["input", "output"] as const) {
      await expect(openFiles(files, { weights, matrix })).rejects.toThrow(
        "; choose one with --tensor (option tensor): weight (F32 2 x 3)",
      );
    }
  });
});

test("no choice is offered where there is no matrix", async () => {
  const vector = { shape: [3], data: Float32Array.of(1, 2, 3) };
  const files = memory({ "x.safetensors": writeSafetensors({ norm: vector }) });
  const reasons = [
    [{}, "no tensor is known to be the token embedding; there is no matrix to choose"],
    [{ tensor: "wte" }, 'no tensor is named "wte"; there is no matrix to choose'],
  ] as const;
  for (const [options, reason] of reasons) {
    await expect(openFiles(files, options)).rejects.toThrow(`acme/model/x.safetensors: ${reason}`);
  }
});

describe("headers are told before rows are chosen", () => {
  const told = async (files: ModelFiles, options: OpenFilesOptions = {}) => {
    const all: ModelHeaders[] = [];
    const opened = openFiles(files, { ...options, onHeaders: (headers) => all.push(headers) });
    const error = await opened.then(
      () => null,
      (error: unknown) => error,
    );
    return { all, error };
  };

  test("of a model that is opened, once", async () => {
    const { all, error } = await told(memory({ "x.gguf": gguf }));
    expect([all.length, error]).toEqual([1, null]);
    expect(all[0]).toEqual({
      ...{ name: "acme/model", revision: null, fetched: null, weights: "x.gguf" },
      tensors: [{ name: "token_embd.weight", dtype: "F32", shape: [2, 3] }],
      matrices: expect.objectContaining({ input: "token_embd.weight" }),
      notes: ["weights: x.gguf, the only file here that could hold them", expect.any(String)],
    });
  });

  test("and of one that is refused", async () => {
    const wpe = writeSafetensors({ "wpe.weight": matrix });
    const positions = { "model.safetensors": wpe, "config.json": encode('{"vocab_size": 2}') };
    const { all, error } = await told(memory(positions));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(all).toMatchObject([
      {
        tensors: [{ name: "wpe.weight", dtype: "F32", shape: [2, 3] }],
        ...{ matrices: { input: null, vocabSize: 2 }, weights: null, notes: [] },
      },
    ]);
    const broken = { "model.safetensors": wpe.subarray(0, -1) };
    expect((await told(memory(broken))).all).toEqual([]);
  });
});
