/** The built-in sample, real trained weights and a real vocabulary, converted into every format. */
import { readFileSync } from "node:fs";
import { openModel } from "../../src/index.ts";
import type { Token } from "../../src/model/vocabulary/vocabulary.ts";
import { writeZip } from "../model/bytes/write-zip.ts";
import * as w from "../model/weights/write-gguf.ts";
import { npyFile, npyHeader } from "../model/weights/write-npy.ts";
import * as numbers from "../model/weights/write-numbers.ts";
import { concat, writeSafetensors } from "../model/weights/write-safetensors.ts";
import { writeCheckpoint, writeLegacyCheckpoint } from "../model/weights/write-torch.ts";

/** The sample as it is converted. */
export interface Sample {
  readonly shape: readonly [rows: number, cols: number];
  readonly data: Float32Array;
  readonly tokens: readonly Token[];
  /** A token's spelling in GPT-2's byte-level alphabet, by id. */
  readonly spellings: readonly string[];
  /** Its own files, without the counts of tokens, which only some formats have room for. */
  readonly files: Files;
}

export type Files = Readonly<Record<string, Uint8Array | string>>;

/** One form of the sample: its files, which of them the command is given ("": their folder), and options beside it. */
export interface Form {
  readonly files: Files;
  readonly path: string;
  readonly args?: readonly string[];
  readonly tensor: string;
  readonly dtype: string;
}

export async function readSample(): Promise<Sample> {
  const model = await openModel("sample");
  const { data } = await model.rows({ rows: "all" });
  const own = (name: string) =>
    new Uint8Array(readFileSync(new URL(`../../sample/model/${name}`, import.meta.url)));
  const names = ["config.json", "tokenizer.json", "model.safetensors"];
  const files = Object.fromEntries(names.map((name) => [name, own(name)]));
  const { vocab } = JSON.parse(new TextDecoder().decode(files["tokenizer.json"])).model;
  const tokens = [...model.vocabulary];
  const spellings = tokens.map(({ text }) => text ?? "");
  for (const [spelling, id] of Object.entries<number>(vocab)) spellings[id] = spelling;
  return { shape: model.shape, data, tokens, spellings, files };
}

/** A tensor that stands before the embedding, as in real files. */
const other = { shape: [6, 96], data: Float32Array.from({ length: 576 }, (_, i) => i / 7) };

/** Every form that holds the very same numbers; the sample's own are half precision. */
export function exactForms(sample: Sample): Readonly<Record<string, Form>> {
  const { shape, data } = sample;
  const matrix = { shape, data };
  const both = { "context.positions": other, "wte.weight": matrix };
  const model = (files: Files): Form => {
    const { "config.json": config, "tokenizer.json": tokenizer } = sample.files;
    const all = { "config.json": config!, "tokenizer.json": tokenizer!, ...files };
    return { files: all, path: "", tensor: "wte.weight", dtype: "F32" };
  };
  const index = (shard: string) =>
    JSON.stringify({ weight_map: { "context.positions": "none", "wte.weight": shard } }).replace(
      '"none"',
      JSON.stringify(shard.replace("00002-of", "00001-of")),
    );
  const f32 = (values: Float32Array) => new Uint8Array(values.slice().buffer);
  const half = { type: 1, shape, data: numbers.floatBytes(data, numbers.F16) };
  const npz = (deflate: boolean) =>
    writeZip([
      { name: "positions.npy", data: npyFile(npyHeader("<i8", [6]), new Uint8Array(48)), deflate },
      { name: "wte.npy", data: npyFile(npyHeader("<f4", shape), f32(data)), deflate },
    ]);
  const columns = new Float32Array(data.length);
  data.forEach((value, i) => {
    columns[(i % shape[1]) * shape[0] + Math.floor(i / shape[1])] = value;
  });
  return {
    "safetensors in F32": model({ "model.safetensors": writeSafetensors(both) }),
    "safetensors in shards": model({
      "model.safetensors.index.json": index("model-00002-of-00002.safetensors"),
      "model-00001-of-00002.safetensors": writeSafetensors({ "context.positions": other }),
      "model-00002-of-00002.safetensors": writeSafetensors({ "wte.weight": matrix }),
    }),
    PyTorch: model({ "pytorch_model.bin": writeCheckpoint(both) }),
    "PyTorch before 1.6": model({ "pytorch_model.bin": writeLegacyCheckpoint(both) }),
    "PyTorch in shards": model({
      "pytorch_model.bin.index.json": index("pytorch_model-00002-of-00002.bin"),
      "pytorch_model-00001-of-00002.bin": writeCheckpoint({ "context.positions": other }),
      "pytorch_model-00002-of-00002.bin": writeCheckpoint({ "wte.weight": matrix }),
    }),
    "GGUF in F32": gguf(sample, { type: 0, shape, data: f32(data) }, "F32"),
    "GGUF in F16": gguf(sample, half, "F16"),
    ".npy": labelled(sample, "x.npy", npyFile(npyHeader("<f4", shape), f32(data))),
    ".npy in Fortran order": labelled(
      sample,
      "x.npy",
      npyFile(npyHeader("<f4", shape, true), f32(columns)),
    ),
    ".npz": { ...labelled(sample, "x.npz", npz(false)), tensor: "wte" },
    ".npz, compressed": { ...labelled(sample, "x.npz", npz(true)), tensor: "wte" },
    ".tsv with metadata": vectors(sample),
  };
}

/** Every form that rounds, with the most that a value may be off, by the values of its block. */
export function roundedForms(
  sample: Sample,
): Readonly<Record<string, Form & { most(value: number, block: Float32Array): number }>> {
  const { shape, data } = sample;
  const { "config.json": config, "tokenizer.json": tokenizer } = sample.files;
  const floats = (dtype: "BF16" | "F8_E4M3" | "F8_E5M2") => {
    const layout = { BF16: numbers.BF16, F8_E4M3: numbers.F8_E4M3, F8_E5M2: numbers.F8_E5M2 }[
      dtype
    ];
    const tensor = { dtype, shape, data: numbers.floatBytes(data, layout) };
    const weights = writeSafetensors({ "wte.weight": tensor });
    const files = {
      "model.safetensors": weights,
      "config.json": config!,
      "tokenizer.json": tokenizer!,
    };
    const form = { files, path: "", tensor: "wte.weight", dtype };
    return { ...form, most: (value: number) => numbers.floatStep(value, layout) / 2 };
  };
  const blocks = (dtype: string, type: number, size: 32 | 256, pack: numbers.PackBlock) => {
    // ggml's large blocks don't fit 96 columns: zeros fill them up
    const cols = Math.ceil(shape[1] / size) * size;
    const wide = new Float32Array(shape[0] * cols);
    for (let r = 0; r < shape[0]; r++) {
      wide.set(data.subarray(r * shape[1], (r + 1) * shape[1]), r * cols);
    }
    const packed = numbers.packBlocks(wide, size, pack);
    return gguf(sample, { type, shape: [shape[0], cols], data: packed }, dtype);
  };
  const top = (block: Float32Array) => block.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // the scale itself is rounded to half precision, by 2^-11 of it
  const off = (steps: number, of: number) => (_: number, block: Float32Array) =>
    (steps / of + 2 ** -10) * top(block);
  return {
    "safetensors in BF16": floats("BF16"),
    "safetensors in F8_E4M3": floats("F8_E4M3"),
    "safetensors in F8_E5M2": floats("F8_E5M2"),
    "GGUF in BF16": {
      ...gguf(sample, { type: 30, shape, data: numbers.floatBytes(data, numbers.BF16) }, "BF16"),
      most: (value: number) => numbers.floatStep(value, numbers.BF16) / 2,
    },
    "GGUF in Q8_0": { ...blocks("Q8_0", 8, 32, numbers.packQ8_0), most: off(0.5, 127) },
    // the value opposite to the largest is cut off by a whole step
    "GGUF in Q4_0": { ...blocks("Q4_0", 2, 32, numbers.packQ4_0), most: off(1, 8) },
    "GGUF in Q6_K": { ...blocks("Q6_K", 14, 256, numbers.packQ6_K), most: off(0.6, 31) },
  };
}

function gguf({ spellings, tokens }: Sample, tensor: w.WrittenTensor, dtype: string): Form {
  const kinds = tokens.map(({ kind }) => (kind === "special" ? 3 : 1));
  const file = w.writeGguf({
    metadata: [
      ["general.architecture", w.text("gpt2")],
      ...w.vocabulary("gpt2", spellings, kinds),
      ["tokenizer.ggml.eos_token_id", w.u32(tokens.length - 1)],
    ],
    tensors: [
      ["position_embd.weight", w.floats(other.shape, other.data)],
      ["token_embd.weight", tensor],
    ],
  });
  return { files: { "x.gguf": file }, path: "x.gguf", tensor: "token_embd.weight", dtype };
}

/** A matrix alone, its rows named by a JSON array; tokens that are no text by their display. */
function labelled({ tokens }: Sample, path: string, bytes: Uint8Array): Form {
  const names = JSON.stringify(tokens.map(({ text, display }) => text ?? display));
  const files = { [path]: bytes, "names.json": names };
  return { files, path, args: ["--labels", "names.json"], tensor: "matrix", dtype: "F32" };
}

/** The Embedding Projector's two files. Its metadata has no way to write a tab or a line's end. */
function vectors({ shape, data, tokens }: Sample): Form {
  const rows = Array.from({ length: shape[0] }, (_, r) =>
    data.subarray(r * shape[1], (r + 1) * shape[1]).join("\t"),
  );
  const names = tokens.map(({ text, display }) =>
    text === null || /[\t\r\n]/.test(text) ? display : text,
  );
  const files = { "x.tsv": `${rows.join("\n")}\n`, "metadata.tsv": `${names.join("\n")}\n` };
  const args = ["--metadata", "metadata.tsv"];
  return { files, path: "x.tsv", args, tensor: "matrix", dtype: "F32" };
}

/** Every form of the vocabulary that keeps ids, beside the weights: the tokens' files by the form's name. */
export function vocabularyForms({ spellings, tokens, files }: Sample): Record<string, Files> {
  const end = tokens.length - 1;
  const special = JSON.stringify({ eos_token: tokens[end]!.text });
  const vocab = Object.fromEntries(spellings.map((spelling, id) => [spelling, id]));
  const { merges } = JSON.parse(
    new TextDecoder().decode(files["tokenizer.json"] as Uint8Array),
  ).model;
  const lines = merges.map((pair: string | string[]) =>
    typeof pair === "string" ? pair : pair.join(" "),
  );
  const base64 = (id: number) => Buffer.from(tokens[id]!.bytes).toString("base64");
  const ranks = tokens.slice(0, end).map(({ id }) => `${base64(id)} ${id}\n`);
  return {
    "tokenizer.json": { "tokenizer.json": files["tokenizer.json"]! },
    "vocab.json and merges.txt": {
      "vocab.json": JSON.stringify(vocab),
      "merges.txt": `#version: 0.2\n${lines.join("\n")}\n`,
      "special_tokens_map.json": special,
    },
    tiktoken: {
      "tokenizer.tiktoken": ranks.join(""),
      "added_tokens.json": JSON.stringify({ [tokens[end]!.text!]: end }),
      "special_tokens_map.json": special,
    },
  };
}

/** Mistral's form, in which special tokens come first: the sample's last token has the id 0 there. */
export function tekken({ tokens }: Sample): string {
  const end = tokens.length - 1;
  const vocab = tokens
    .slice(0, end)
    .map(({ bytes }, rank) => ({ rank, token_bytes: Buffer.from(bytes).toString("base64") }));
  return JSON.stringify({
    config: { default_vocab_size: tokens.length, default_num_special_tokens: 1, version: "v11" },
    vocab,
    special_tokens: [{ rank: 0, token_str: tokens[end]!.text, is_control: true }],
  });
}

/** A protobuf of pieces; a byte that is no text is a piece of type byte. */
export function sentencePiece(tokens: readonly Token[]): Uint8Array {
  const field = (number: number, bytes: Uint8Array) => {
    const length =
      bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
    return concat([Uint8Array.of(number * 8 + 2, ...length), bytes]);
  };
  const pieces = tokens.map(({ text, bytes, kind }) => {
    const hex = bytes[0]!.toString(16).toUpperCase().padStart(2, "0");
    const piece = text?.replaceAll(" ", "▁") ?? `<0x${hex}>`;
    const type = kind === "special" ? 3 : text === null ? 6 : 1;
    const score = Uint8Array.of(2 * 8 + 5, 0, 0, 0, 0);
    const parts = [field(1, new TextEncoder().encode(piece)), score, Uint8Array.of(3 * 8, type)];
    return field(1, concat(parts));
  });
  return concat(pieces);
}
