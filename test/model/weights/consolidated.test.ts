import { expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../../src/model/files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { writeSafetensors } from "./write-safetensors.ts";

const zeros = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: new Float32Array(rows * cols),
});

/** Meta's Llama 1 and 2 of 13B and more: the embedding is cut by columns, the output by rows. */
const half = writeSafetensors({
  "tok_embeddings.weight": zeros(10, 4),
  "output.weight": zeros(5, 8),
});
const whole = writeSafetensors({
  "tok_embeddings.weight": zeros(10, 8),
  "output.weight": zeros(10, 8),
});

function folder(files: Readonly<Record<string, Uint8Array | object>>): ModelFiles {
  const find = (path: string) => {
    const content = files[path];
    if (content === undefined || content instanceof Uint8Array) return content;
    return new TextEncoder().encode(JSON.stringify(content));
  };
  return {
    ...{ name: "llama", revision: null, fetched: null },
    open: async (path) => {
      const bytes = find(path);
      return bytes && bufferSource(bytes, path);
    },
    read: async (path) => find(path),
  };
}

const first = "consolidated.00.safetensors";
const second = "consolidated.01.safetensors";

test.each([
  [first, second],
  [second, first],
])("a part of a model is not taken for the whole: %s", async (named, other) => {
  const files = folder({ [first]: half, [second]: half });
  for (const matrix of ["input", "output"] as const) {
    const opened = openFiles(files, { weights: named, matrix });
    await expect(opened).rejects.toThrow(UnsupportedError);
    await expect(opened).rejects.toThrow(
      `${named}: this is one of several parts of a model (${other} is another), in which matrices are cut; Tokenscape does not join them: take the model in Hugging Face's format`,
    );
  }
});

test("a tensor of a part that is named is read, with a note", async () => {
  const files = folder({ [first]: half, [second]: half });
  const model = await openFiles(files, { weights: first, tensor: "tok_embeddings.weight" });
  expect(model.shape).toEqual([10, 4]);
  expect(model.notes.join()).toContain(`one of several parts of a model (${second} is another)`);
});

test("a part without the others does not fit params.json", async () => {
  // Llama 2 leaves the vocabulary to the tokenizer
  const params = { dim: 8, vocab_size: -1 };
  const opened = openFiles(folder({ [first]: half, "params.json": params }), { weights: first });
  await expect(opened).rejects.toThrow(
    `${first}: params.json asks for a token embedding of any x 8, which none has; choose one with --tensor (option tensor): tok_embeddings.weight (F32 10 x 4)`,
  );
});

test("a model of one part is read as it is", async () => {
  const params = { dim: 8, vocab_size: 10 };
  for (const weights of [first, "consolidated.safetensors"]) {
    const files = folder({ [weights]: whole, "params.json": params });
    const model = await openFiles(files, { weights });
    expect(model).toMatchObject({ tensor: "tok_embeddings.weight", shape: [10, 8] });
    expect(model.matrices).toMatchObject({ output: "output.weight", vocabSize: 10 });
  }
});

test("config.json comes before params.json, which is checked where it is read", async () => {
  const config = { vocab_size: 10, hidden_size: 8 };
  const text = new TextEncoder().encode("[1]");
  const files = { [first]: whole, "params.json": text };
  await openFiles(folder({ ...files, "config.json": config }), { weights: first });
  await expect(openFiles(folder(files), { weights: first })).rejects.toThrow(FormatError);
  await openFiles(folder({ "other.safetensors": whole, "params.json": text }), {
    weights: "other.safetensors",
  });
});
