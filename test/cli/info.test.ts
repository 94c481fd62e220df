import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { writeZip } from "../model/bytes/write-zip.ts";
import { vocabulary, writeGguf } from "../model/weights/write-gguf.ts";
import { safetensorsFile, writeSafetensors } from "../model/weights/write-safetensors.ts";
import { sampleSize } from "./inputs.ts";
import { useProgram } from "./program.ts";

const program = useProgram();

describe("tokenscape info", () => {
  it("describes the sample", async () => {
    const { vocab, dim } = sampleSize();
    const { code, stdout, stderr } = await program.run(["info"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { stdout: json } = await program.run(["info", "--json"]);
    const { model, parameters, tensors, vocabulary } = JSON.parse(json);
    expect(model).toMatchObject({ name: "sample", tensor: "wte.weight", shape: [vocab, dim] });
    const total = tensors.reduce(
      (sum: number, { shape }: { shape: number[] }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(parameters).toBe(total);
    expect(vocabulary).toMatchObject({ size: vocab });
    const kinds = Object.values(vocabulary.kinds as Record<string, number>);
    expect(kinds.reduce((a, b) => a + b)).toBe(vocab);
    // the single bytes from 0x80 on, and perhaps tokens of several
    expect(vocabulary.notUtf8).toBeGreaterThanOrEqual(128);
    expect(stdout).toContain(`F16  ${vocab} x ${dim}  <- the rows\n`);
    expect(stdout).toContain(`${vocabulary.neverSeen} never seen in training`);
  });

  it("tells the token matrices, tied or untied, and other matrices with as many rows", async () => {
    const folder = join(program.folder, "untied");
    mkdirSync(folder);
    const matrices = (...names: string[]) =>
      Object.fromEntries(
        names.map((name) => [name, { shape: [9, 4], data: new Float32Array(36) }]),
      );
    const weights = matrices("model.embed_tokens.weight", "lm_head.weight", "model.ngrams");
    writeFileSync(join(folder, "model.safetensors"), writeSafetensors(weights));
    const config = { architectures: ["LlamaForCausalLM"], model_type: "llama", vocab_size: 7 };
    const write = (tie_word_embeddings: boolean) =>
      writeFileSync(
        join(folder, "config.json"),
        JSON.stringify({ ...config, hidden_size: 4, tie_word_embeddings }),
      );
    write(false);
    const { stdout } = await program.run(["info", folder]);
    const facts = [
      "  model       LlamaForCausalLM, tensors named as in LLaMA\n",
      "  input       model.embed_tokens.weight, 9 x 4, F32\n",
      "  output      lm_head.weight, 9 x 4, F32; untied (config.json says so)\n",
      "  size        7 tokens by config.json, 9 rows, 2 of them padding\n",
      "  same rows   model.ngrams, 9 x 4, F32\n",
    ];
    for (const fact of facts) expect(stdout).toContain(fact);
    write(true);
    const { stdout: json } = await program.run(["info", folder, "--matrix", "output", "--json"]);
    const head = { name: "lm_head.weight", dtype: "F32", shape: [9, 4] };
    expect(JSON.parse(json)).toMatchObject({
      model: { tensor: "lm_head.weight", matrix: "output", tied: true },
      matrices: {
        ...{ architecture: "LlamaForCausalLM", family: "LLaMA", guessed: false, vocabSize: 7 },
        ...{ input: { ...head, name: "model.embed_tokens.weight" }, output: head },
        ...{
          tied: true,
          reason: "config.json says so",
          sameRows: [{ ...head, name: "model.ngrams" }],
        },
      },
    });
    const { code, stderr } = await program.run(["info", folder, "--matrix", "both"]);
    expect([code, stderr]).toEqual([
      2,
      "tokenscape: --matrix: expected input or output, got 'both'\n",
    ]);
  });

  it("claims nothing of matrices that it does not know", async () => {
    const path = join(program.folder, "layer.safetensors");
    const weight = { shape: [20, 8], data: new Float32Array(160) };
    writeFileSync(path, writeSafetensors({ weight, other: weight }));
    const { stdout } = await program.run(["info", path, "--tensor", "weight"]);
    const facts = [
      "  input       can't be told\n",
      "  output      none: no output matrix is stored, and the input can't be told\n",
      "  rows of     weight, 20 x 8, F32\n",
      "  same rows   other, 20 x 8, F32\n",
    ];
    for (const fact of facts) expect(stdout).toContain(fact);
  });

  it("reads nothing of the weights: works where they are a hole of 16 GiB", async () => {
    const folder = join(program.folder, "hole");
    mkdirSync(folder);
    const shape = [2 ** 20, 4096];
    const size = 2 ** 34;
    const header = { "wte.weight": { dtype: "F32", shape, data_offsets: [0, size] } };
    const head = safetensorsFile(JSON.stringify(header));
    const path = join(folder, "model.safetensors");
    writeFileSync(path, head);
    truncateSync(path, head.length + size);
    const { code, stdout } = await program.run(["info", folder]);
    expect(code).toBe(0);
    expect(stdout).toContain("4,294,967,296 in 1 tensor\n");
    expect(stdout).toContain("1048576 x 4096");
    expect(stdout).toContain("vocabulary  none; 1,048,576 rows shown as #id\n");
  });

  describe("describes what it can read no rows of", () => {
    const floats = (...shape: number[]) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b)),
    });
    const npy = writeNpy({ data: new Float32Array(6), shape: [2, 3] });
    const cube = npy.slice();
    cube.set(
      new TextEncoder().encode("(1, 2, 3), }"),
      new TextDecoder("latin1").decode(npy).indexOf("(2, 3)"),
    );
    const choose = "choose one with --tensor (option tensor): ";
    const unknown = `no tensor is known to be the token embedding; ${choose}`;
    const cases: [string, Uint8Array, string[], string][] = [
      [
        "positions.safetensors",
        writeSafetensors({ "wpe.weight": floats(8, 4), norm: floats(4) }),
        ["wpe.weight  F32  8 x 4", "norm        F32  4"],
        `${unknown}wpe.weight (F32 8 x 4)`,
      ],
      [
        "middle.safetensors",
        writeSafetensors({ a: floats(4), b: floats(2, 2, 2) }),
        ["a  F32  4", "b  F32  2 x 2 x 2"],
        "no tensor is known to be the token embedding; there is no matrix to choose",
      ],
      [
        "two.npz",
        writeZip([
          { name: "one.npy", data: npy },
          { name: "two.npy", data: npy },
        ]),
        ["one  F32  2 x 3", "two  F32  2 x 3"],
        `${unknown}one (F32 2 x 3), two (F32 2 x 3)`,
      ],
      [
        "cube.npy",
        cube,
        ["matrix  F32  1 x 2 x 3"],
        "the array has 3 dimensions, shape (1, 2, 3); expected rows and columns",
      ],
      [
        "x.gguf",
        writeGguf({
          metadata: vocabulary("gpt2", ["a", "b"]),
          tensors: [["token_embd.weight", { type: 39, shape: [2, 32], data: new Uint8Array(34) }]],
        }),
        ["token_embd.weight  MXFP4  2 x 32"],
        'tensor "token_embd.weight" is of ggml\'s MXFP4; rows are read from ',
      ],
    ];
    it.each(cases)("%s", async (name, bytes, tensors, reason) => {
      mkdirSync(join(program.folder, "rowless"), { recursive: true });
      const path = join(program.folder, "rowless", name);
      writeFileSync(path, bytes);
      const { code, stdout, stderr } = await program.run(["info", path]);
      expect([code, stderr]).toEqual([0, ""]);
      for (const tensor of tensors) expect(stdout).toContain(`  ${tensor}\n`);
      expect(stdout.replaceAll(/\n +(?=\S)/g, " ")).toContain(
        `no rows are read: ${name}: ${reason}`,
      );
      expect(stdout).not.toContain("  vocabulary ");
      const json = JSON.parse((await program.run(["info", path, "--json"])).stdout);
      expect(json).toMatchObject({
        model: { name, tensor: null, matrix: null, tied: null, dtype: null, shape: null },
        vocabulary: null,
      });
      expect(json.tensors).toHaveLength(tensors.length);
      expect(json.notes.at(-1)).toContain(`no rows are read: ${name}: ${reason}`);
      const near = await program.run(["near", path, "#0"]);
      expect([near.code, near.stdout]).toEqual([1, ""]);
      expect(near.stderr).toContain(`tokenscape: ${name}: ${reason}`);
    });

    it("but not where what was asked for is not there", async () => {
      const path = join(program.folder, "asked.safetensors");
      writeFileSync(path, writeSafetensors({ a: floats(2, 2), b: floats(2, 2) }));
      for (const args of [
        ["--matrix", "output"],
        ["--tensor", "c"],
      ]) {
        expect((await program.run(["info", path, ...args])).code).toBe(1);
      }
      writeFileSync(path, writeSafetensors({ a: floats(2, 2) }).subarray(0, -1));
      expect((await program.run(["info", path])).code).toBe(1);
    });
  });
});
