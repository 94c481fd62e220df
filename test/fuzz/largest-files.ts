/**
 * The largest files of each kind that are looked at, each made to take as much time or memory as it can. The test
 * command makes them a 500th as long.
 */
import { readJsonObject } from "../../src/model/bytes/json.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { readZip } from "../../src/model/bytes/zip.ts";
import { modelConfig } from "../../src/model/families/model-config.ts";
import { readLabels } from "../../src/model/labels.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { readSentencePiece } from "../../src/model/vocabulary/sentencepiece.ts";
import { readTiktoken } from "../../src/model/vocabulary/tiktoken.ts";
import { NO_NAMES } from "../../src/model/vocabulary/tokenizer-config.ts";
import { readTokenizerJson } from "../../src/model/vocabulary/tokenizer-json.ts";
import { readVocabJson } from "../../src/model/vocabulary/vocab-json.ts";
import { readVocabTxt } from "../../src/model/vocabulary/vocab-txt.ts";
import { createVocabulary } from "../../src/model/vocabulary/vocabulary.ts";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { npzPart } from "../../src/model/weights/npz.ts";
import { readPickle } from "../../src/model/weights/pickle.ts";
import { readSafetensorsHeader } from "../../src/model/weights/safetensors.ts";
import { torchPart } from "../../src/model/weights/torch-file.ts";
import { torchOwner } from "../../src/model/weights/torch-pickle.ts";
import { readMetadata, readVectors } from "../../src/model/weights/tsv.ts";
import { weightCandidates } from "../../src/model/weights/weight-files.ts";
import { writeZip } from "../model/bytes/write-zip.ts";
import * as w from "../model/weights/write-gguf.ts";
import { concat, safetensorsFile } from "../model/weights/write-safetensors.ts";

const SCALE = process.env.MODE === "fuzz" ? 1 : 1 / 500;
const MB100 = Math.floor(100e6 * SCALE);
const MIB64 = Math.floor(2 ** 26 * SCALE);
const many = (count: number): number => Math.ceil(count * SCALE);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
/** So many bytes of a text that is repeated whole, between a beginning and an end. */
function filled(length: number, text: string, before = "", after = ""): Uint8Array {
  const unit = Buffer.byteLength(text);
  const middle = Buffer.alloc(Math.floor(length / unit) * unit, text);
  return new Uint8Array(Buffer.concat([Buffer.from(before), middle, Buffer.from(after)]));
}
/** Members or lines that differ, up to so many bytes together. */
function numbered(length: number, line: (i: number) => string): string {
  const parts: string[] = [];
  for (let i = 0, size = 0; size < length; i++) {
    const text = line(i);
    size += text.length;
    parts.push(text);
  }
  return parts.join("");
}
const repeated = (count: number, ...codes: readonly number[]): Uint8Array =>
  new Uint8Array(Buffer.alloc(count * codes.length, Uint8Array.from(codes)));

type Read = (file: Uint8Array) => unknown;

const pickle: Read = (file) => readPickle(file, torchOwner, "x");
const header: Read = (file) => readSafetensorsHeader(bufferSource(file, "x"), "x");
const tokenizer: Read = (file) => show(readTokenizerJson(file, "x"));
const gguf: Read = async (file) => {
  const model = await openFiles(
    {
      ...{ name: "x", revision: null, fetched: null },
      open: async () => bufferSource(file, "x.gguf"),
      read: async () => undefined,
    },
    { weights: "x.gguf" },
  );
  for (const _ of model.vocabulary);
};
const listZip: Read = (file) => readZip(bufferSource(file, "x"), "x");

/** Looks at every token. */
function show(table: Parameters<typeof createVocabulary>[1]): void {
  for (const _ of createVocabulary(Math.min(table!.end, 3_000_000), table));
}

const SHARDS = 10_000;
const tensorName = (i: number): string =>
  `model.stage_x${i}.a.long.name.of.a.part.embed_tokens.weight`;
const shardName = (i: number): string => `model-${String(i).padStart(5, "0")}-of-10000.safetensors`;

/** A model of half a million tensors, each of which could be the embedding, in 10,000 shards. */
async function openIndex(index: Uint8Array, tensors: number): Promise<void> {
  const shard = (path: string): Uint8Array => {
    const members: string[] = [];
    for (let i = Number(path.slice(6, 11)); i < tensors; i += SHARDS) {
      members.push(`"${tensorName(i)}":{"dtype":"F32","shape":[0,1],"data_offsets":[0,0]}`);
    }
    return safetensorsFile(`{${members.join(",")}}`);
  };
  await openFiles({
    ...{ name: "m", revision: null, fetched: null },
    open: async (path) =>
      path.includes("-of-") ? bufferSource(shard(path), `m/${path}`) : undefined,
    read: async (path) => (path === "model.safetensors.index.json" ? index : undefined),
  });
}

const members = (length: number): string => numbered(length, (i) => `,"t${i.toString(36)}":{}`);
const TENSORS = many(500_000);

export const LARGEST_FILES: readonly (readonly [
  what: string,
  make: () => Uint8Array,
  read: Read,
])[] = [
  [
    "index: 500,000 tensors, each one a likely embedding, in 10,000 shards",
    () =>
      encode(
        `{"weight_map":{${Array.from({ length: TENSORS }, (_, i) => `"${tensorName(i)}":"${shardName(i % SHARDS)}"`).join(",")}}}`,
      ),
    (file) => openIndex(file, TENSORS),
  ],
  [
    "index: the shard of the last tensor is missing",
    () =>
      encode(
        `{"weight_map":{"a":"a.safetensors"${numbered(MB100 * 0.9, (i) => `,"${tensorName(i)}":"b.safetensors"`)}}}`,
      ),
    (file) => openIndex(file, 0),
  ],
  [
    "safetensors: 1.5 million tensors",
    () =>
      safetensorsFile(
        `{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}${numbered(MB100 - 100, (i) => `,"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`)}}`,
      ),
    header,
  ],
  [
    "safetensors: 780,000 tensors",
    () => {
      const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
      const name = (i: number) => `${i}`.padStart(70, "x");
      const members = Array.from({ length: many(780_000) }, (_, i) => `"${name(i)}":${entry}`);
      return safetensorsFile(`{${members.join(",")}}`);
    },
    header,
  ],
  [
    "safetensors: a shape of 50 million dimensions",
    () =>
      safetensorsFile(
        filled(MB100 - 100, "0,", '{"a":{"dtype":"F32","shape":[', '0],"data_offsets":[0,0]}}'),
      ),
    header,
  ],
  [
    "safetensors: a name of 50 million escapes",
    () =>
      safetensorsFile(
        filled(MB100 - 100, "\\n", '{"', '":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      ),
    header,
  ],
  ["safetensors: nested lists", () => safetensorsFile(filled(MB100, "[", '{"a":')), header],
  [
    "safetensors: empty lists",
    () => safetensorsFile(filled(MB100 - 100, "[],", '{"a":[', "0]}")),
    header,
  ],
  [
    "safetensors: metadata of millions of names",
    () =>
      safetensorsFile(
        `{"__metadata__":{"a":""${numbered(MB100 - 100, (i) => `,"${i.toString(36)}":""`)}}}`,
      ),
    header,
  ],
  [
    "config.json: 3.9 million objects",
    () => encode(`{"a":{}${members(many(3.9e6 * 11))}}`),
    (file) => readJsonObject(file, "x"),
  ],
  [
    "config.json: millions of objects",
    () => encode(`{"a":{}${members(MB100 - 100)}}`),
    (file) => readJsonObject(file, "x"),
  ],
  [
    "config.json: nested lists",
    () => filled(MB100, "[", '{"a":'),
    (file) => readJsonObject(file, "x"),
  ],
  [
    "config.json: numbers",
    () => filled(MB100 - 100, "0.5,", '{"a":[', "0]}"),
    (file) => readJsonObject(file, "x"),
  ],
  [
    "config.json: a class of 100 million letters",
    () => filled(MB100 - 100, "aForB", '{"architectures":["', '"]}'),
    (file) => modelConfig(readJsonObject(file, "x")),
  ],
  [
    "config.json: one text of escapes",
    () => filled(MB100 - 100, "\\ud83d\\ude00", '{"a":"', '"}'),
    (file) => readJsonObject(file, "x"),
  ],
  ["tokenizer.json: nested lists", () => filled(MB100, "[", '{"model":'), tokenizer],
  [
    "tokenizer.json: lists of lists",
    () => filled(MB100 - 100, "[[]],", '{"model":{"type":"Unigram","vocab":[', '["a",0]]}}'),
    tokenizer,
  ],
  [
    "tokenizer.json: 1.9 million tokens",
    () => {
      const pieces = Array.from({ length: many(1.9e6) }, (_, i) => `"${i.toString(36)}":${i}`);
      return encode(`{"model":{"type":"BPE","merges":[],"vocab":{${pieces.join(",")}}}}`);
    },
    tokenizer,
  ],
  [
    "tokenizer.json: as many tokens as fit",
    () =>
      encode(
        `{"model":{"type":"BPE","merges":[],"vocab":{"":0${numbered(MB100 - 200, (i) => `,"${i.toString(36)}":${i + 1}`)}}}}`,
      ),
    tokenizer,
  ],
  [
    "tokenizer.json: one long token",
    () => filled(MB100 - 100, "\u202e", '{"model":{"type":"BPE","vocab":{"', '":0},"merges":[]}}'),
    tokenizer,
  ],
  [
    "tokenizer.json: a decoder of a million steps",
    () =>
      filled(
        MB100 - 200,
        '{"type":"Replace","pattern":{"String":"a"},"content":"b"},',
        '{"model":{"type":"WordLevel","vocab":{"aaa":0}},"decoder":{"type":"Sequence","decoders":[',
        '{"type":"Fuse"}]}}',
      ),
    tokenizer,
  ],
  [
    "vocab.json with 1.9 million merges",
    () => encode(Array.from({ length: many(1.9e6) }, (_, i) => `${i.toString(36)} x\n`).join("")),
    (file) => show(readVocabJson(encode('{"a":0}'), { bytes: file, file: "x" }, "x")),
  ],
  [
    "vocab.json with as many merges as fit",
    () => encode(numbered(MB100, (i) => `${i.toString(36)} x\n`)),
    (file) => show(readVocabJson(encode('{"a":0}'), { bytes: file, file: "x" }, "x")),
  ],
  [
    "vocab.txt: a dictionary of short lines",
    () => filled(MB100, "a 1\n"),
    (file) => show(readVocabTxt(file, "x", NO_NAMES)),
  ],
  [
    "vocab.txt: empty lines",
    () => filled(MB100, "\n"),
    (file) => show(readVocabTxt(file, "x", NO_NAMES)),
  ],
  [
    "vocab.txt: one line",
    () => filled(MB100, "é"),
    (file) => show(readVocabTxt(file, "x", NO_NAMES)),
  ],
  [
    "tiktoken: as many tokens as fit",
    () => encode(numbered(MB100, (i) => `${btoa(`${i}`)} ${i}\n`)),
    (file) => show(readTiktoken(file, "x", NO_NAMES)),
  ],
  [
    "tiktoken: one long token",
    () => filled(MB100 - 100, "YWFh", "", " 0\n"),
    (file) => show(readTiktoken(file, "x", NO_NAMES)),
  ],
  [
    "SentencePiece: pieces of one letter",
    () => repeated(MB100 / 5, 0x0a, 3, 0x0a, 1, 0x61),
    (file) => show(readSentencePiece(file, "x", NO_NAMES)),
  ],
  [
    "SentencePiece: fields that nobody reads",
    () => repeated(MB100 / 2, 0x10, 0),
    (file) => show(readSentencePiece(file, "x", NO_NAMES)),
  ],
  [
    "labels: lines that begin as JSON",
    () => filled(MB100, "[\n"),
    (file) => readLabels(file, "x.txt"),
  ],
  [
    "labels.json: empty texts",
    () => filled(MB100 - 10, '"",', "[", '""]'),
    (file) => readLabels(file, "x.json"),
  ],
  ["metadata.tsv: empty cells", () => filled(MB100, "\t"), (file) => readMetadata(file, "x.tsv")],
  [
    "vectors.tsv: numbers of one digit",
    () => filled(MB100, "1\t1\n"),
    (file) => readVectors(bufferSource(file, "x"), "x"),
  ],
  [
    "hub: a file whose name is 64 million letters",
    () => filled(MIB64 - 10, "mmproj"),
    (file) => weightCandidates([new TextDecoder().decode(file)]),
  ],
  [
    "GGUF: 262,144 tensors",
    () =>
      w.writeGguf({
        tensors: Array.from({ length: many(262_144) }, (_, i) => [
          `blk.${i}.a_long_name_of_a_tensor.weight`,
          { type: 0, shape: [0], data: new Uint8Array() },
        ]),
      }),
    gguf,
  ],
  [
    "GGUF: 21 million empty arrays in one that nobody needs",
    () =>
      ggufArray(
        "a",
        9,
        many(21_000_000),
        repeated(many(21_000_000), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      ),
    gguf,
  ],
  [
    "GGUF: 32 million empty merges",
    () => ggufArray("tokenizer.ggml.merges", 8, many(32e6), new Uint8Array(8 * many(32e6))),
    gguf,
  ],
  [
    "GGUF: 4 million empty tokens",
    () => ggufArray("tokenizer.ggml.tokens", 8, many(4e6), new Uint8Array(8 * many(4e6))),
    gguf,
  ],
  [
    "GGUF: tokens that are 64 arrays of 4 million numbers",
    () => {
      const one = concat([w.int(0, 4), w.int(many(3.9e6), 8), new Uint8Array(many(3.9e6))]);
      return ggufArray("tokenizer.ggml.tokens", 9, 64, concat(Array(64).fill(one)));
    },
    gguf,
  ],
  ["ZIP: 499,000 entries", () => zipDirectory(many(499_000)), listZip],
  ["ZIP: a directory of 64 MiB", () => zipDirectory(Math.floor(MIB64 / 50)), listZip],
  [
    "npz: 10,000 compressed arrays",
    () => {
      const data = writeNpy({ data: new Float32Array(5000), shape: [100, 50] });
      return writeZip(
        Array.from({ length: many(10_000) }, (_, i) => ({ name: `${i}.npy`, data, deflate: true })),
      );
    },
    async (file) => {
      const part = await npzPart(bufferSource(file, "x"), "x");
      return part.matrix("0");
    },
  ],
  [
    "a checkpoint whose pickle is a bomb of a thousand to one",
    () => writeZip([{ name: "m/data.pkl", data: new Uint8Array(MIB64), deflate: true }]),
    (file) => torchPart(bufferSource(file, "x"), "x"),
  ],
  [
    "a checkpoint whose pickle unpacks to more than it says",
    () =>
      writeZip([
        {
          name: "m/data.pkl",
          data: new Uint8Array(4 * MIB64),
          deflate: true,
          lies: { size: 1000 },
          own: { size: 1000 },
        },
      ]),
    (file) => torchPart(bufferSource(file, "x"), "x"),
  ],
  ["pickle: None taken and dropped", () => repeated(MIB64 / 2, 0x4e, 0x30), pickle],
  ["pickle: marks", () => repeated(MIB64 / 2, 0x28, 0x31), pickle],
  ["pickle: protocols and frames", () => repeated(MIB64 / 9, 0x95, 0, 0, 0, 0, 0, 0, 0, 0), pickle],
  ["pickle: empty texts", () => repeated(MIB64 / 3, 0x8c, 0, 0x30), pickle],
  [
    "pickle: numbers of 255 bytes",
    () =>
      concat(
        Array<Uint8Array>(Math.floor(MIB64 / 258)).fill(
          concat([Uint8Array.of(0x8a, 255), new Uint8Array(255).fill(0x7f), Uint8Array.of(0x30)]),
        ),
      ),
    pickle,
  ],
  ["pickle: numbers of 100 digits", () => filled(MIB64, `I${"9".repeat(100)}\n0`), pickle],
  [
    "pickle: a list appended to itself",
    () => concat([Uint8Array.of(0x5d, 0x94), repeated(MIB64 / 3, 0x68, 0, 0x61)]),
    pickle,
  ],
  [
    "pickle: lists of all values before",
    () => concat([Uint8Array.of(0x28), repeated(MIB64 / 2, 0x32, 0x94)]),
    pickle,
  ],
  [
    "pickle: dictionaries of one entry",
    () => repeated(MIB64 / 6, 0x7d, 0x4b, 1, 0x4e, 0x73, 0x30),
    pickle,
  ],
  [
    "pickle: 300,000 objects that are kept",
    () =>
      concat([
        encode("ca\nb\n"),
        ...[Uint8Array.of(0x94, 0x5d, 0x28), repeated(many(300_000), 0x68, 0, 0x29, 0x52, 0x94)],
        Uint8Array.of(0x65, 0x2e),
      ]),
    pickle,
  ],
  [
    "pickle: unknown objects",
    () =>
      concat([
        encode("ca\nb\n"),
        Uint8Array.of(0x94),
        repeated(MIB64 / 5, 0x68, 0, 0x29, 0x52, 0x30),
      ]),
    pickle,
  ],
];

/** A file of one key, an array of so many values of this type. */
function ggufArray(name: string, type: number, count: number, values: Uint8Array): Uint8Array {
  const value = concat([w.int(type, 4), w.int(count, 8), values]);
  const metadata = [[name, { type: 9, bytes: () => value }]] as const;
  const more = name.endsWith("tokens")
    ? ([["tokenizer.ggml.model", w.text("llama")]] as const)
    : [];
  const tensors = [["token_embd.weight", w.floats([1, 1], [1])]] as const;
  return w.writeGguf({ metadata: [...more, ...metadata], tensors });
}

/** An archive of so many empty entries with names of 4 letters, in records of their own. */
function zipDirectory(count: number): Uint8Array {
  const one = writeZip([{ name: "0000", data: "" }]);
  const record = one.slice(0, 34);
  const entry = one.slice(34, 84);
  const bytes = new Uint8Array(count * 84);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const name = encode(i.toString(36).padStart(4, "0"));
    const at = count * 34 + i * 50;
    bytes.set(record, i * 34);
    bytes.set(name, i * 34 + 30);
    bytes.set(entry, at);
    bytes.set(name, at + 46);
    view.setUint32(at + 42, i * 34, true);
  }
  const end = writeZip([], {
    zip64: { count, size: count * 50, start: count * 34, at: count * 84 },
  });
  return concat([bytes, end]);
}
