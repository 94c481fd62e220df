/** One model of every kind that is read, made by the project's own writers or taken from its fixtures. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { OpenFilesOptions } from "../../src/index.ts";
import { crc32 } from "../../src/model/bytes/crc32.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { readZip } from "../../src/model/bytes/zip.ts";
import { readEntry } from "../../src/model/bytes/zip-entry.ts";
import { type Packed, writeZip } from "../model/bytes/write-zip.ts";
import { floats, vocabulary, writeGguf } from "../model/weights/write-gguf.ts";
import { concat, writeSafetensors } from "../model/weights/write-safetensors.ts";

export interface ModelCase {
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly options: OpenFilesOptions;
}

const fixtures = new URL("../fixtures/", import.meta.url);
const fixture = (path: string) => Uint8Array.from(readFileSync(new URL(path, fixtures)));
const json = (path: string) => JSON.parse(readFileSync(new URL(path, fixtures), "utf8"));
const encode = (content: object | string) =>
  new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));

const oneFile = (
  file: string,
  bytes: Uint8Array,
  options: OpenFilesOptions = {},
  name: string = file,
): ModelCase => ({ name, files: { [file]: bytes }, options: { weights: file, ...options } });

/** Bytes that no packer makes shorter; as numbers of any type they are not all alike. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = Math.imul(state, 1664525) + 1013904223;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Rows of 16 finite numbers. */
const numbers = (rows: number): Float32Array =>
  Float32Array.from(noise(16 * rows), (byte, i) => (byte - 127.5) / (1 + (i % 99)));

const littleEndian = (values: Float32Array | Float64Array) => new Uint8Array(values.buffer);

/** All codes of the types of 8 and 16 bits, and numbers of the wider ones. */
const DTYPES: readonly (readonly [dtype: string, shape: [number, number], data: Uint8Array])[] = [
  ["F32", [40, 16], littleEndian(numbers(40))],
  ["F64", [40, 16], littleEndian(Float64Array.from(numbers(40), (value) => value / 3))],
  ...["F16", "BF16"].map((dtype) => [dtype, [256, 256] as [number, number], codes(16)] as const),
  ...["F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"].map(
    (dtype) => [dtype, [16, 16] as [number, number], codes(8)] as const,
  ),
];

function codes(bits: 8 | 16): Uint8Array {
  const count = 1 << bits;
  return bits === 8
    ? Uint8Array.from({ length: count }, (_, i) => i)
    : new Uint8Array(Uint16Array.from({ length: count }, (_, i) => i).buffer);
}

export function safetensorsCases(): ModelCase[] {
  const single = DTYPES.map(([dtype, shape, data]) => ({
    name: `safetensors ${dtype}`,
    files: {
      "config.json": encode({ model_type: "gpt2", vocab_size: shape[0] - 2 }),
      "tokenizer.json": fixture("vocabularies/wordlevel/tokenizer.json"),
      "model.safetensors": writeSafetensors({ "wte.weight": { dtype, shape, data } }),
    },
    options: {},
  }));
  const half = { shape: [120, 4], data: numbers(30) };
  const sharded: ModelCase = {
    name: "safetensors in shards",
    files: {
      "config.json": encode({ model_type: "llama", vocab_size: 120, tie_word_embeddings: false }),
      "tokenizer.json": fixture("vocabularies/wordlevel/tokenizer.json"),
      "model.safetensors.index.json": encode({
        weight_map: {
          "model.embed_tokens.weight": "model-00001-of-00002.safetensors",
          "lm_head.weight": "model-00002-of-00002.safetensors",
        },
      }),
      "model-00001-of-00002.safetensors": writeSafetensors({ "model.embed_tokens.weight": half }),
      "model-00002-of-00002.safetensors": writeSafetensors({
        "lm_head.weight": { shape: [4, 120], data: numbers(30) },
      }),
    },
    options: {},
  };
  const output = { ...sharded, name: "its output, turned", options: { matrix: "output" as const } };
  return [...single, sharded, output];
}

/** ggml's numbers of the types whose blocks are among the fixtures. */
const BLOCK_TYPES: Readonly<Record<string, number>> = {
  ...{ Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q2_K: 10, Q3_K: 11, Q4_K: 12 },
  ...{ Q5_K: 13, Q6_K: 14, IQ4_NL: 20, IQ4_XS: 23 },
};

export function ggufCases(): ModelCase[] {
  const golden: Record<string, { blocks: string; values: string }> =
    json("gguf-blocks-golden.json").types;
  const file = (type: number, shape: readonly number[], data: Uint8Array) => {
    const tokens = Array.from({ length: shape[0]! - 1 }, (_, i) => `▁token${i}`);
    return writeGguf({
      metadata: vocabulary("llama", ["<s>", ...tokens], [3, ...tokens.map(() => 1)]),
      tensors: [["token_embd.weight", { type, shape, data }]],
    });
  };
  const blocks = Object.entries(golden).map(([name, { blocks, values }]) => {
    const count = Buffer.from(values, "base64").length / 4;
    const data = Uint8Array.from(Buffer.from(blocks, "base64"));
    const cols = count % 256 === 0 && count > 512 ? 256 : 32;
    return oneFile("model.gguf", file(BLOCK_TYPES[name]!, [count / cols, cols], data), {}, name);
  });
  const plain = DTYPES.flatMap(([dtype, shape, data]) => {
    const type = { F32: 0, F16: 1, F64: 28, BF16: 30 }[dtype];
    return type === undefined ? [] : [oneFile("model.gguf", file(type, shape, data), {}, dtype)];
  });
  const part = (name: string, number: number, rows: number) =>
    writeGguf({
      metadata: [
        ["split.count", { type: 2, bytes: () => Uint8Array.of(2, 0) }],
        ...(number === 1 ? vocabulary("gpt2", ["a", "Ġb", "ĠĊ"]) : []),
      ],
      tensors: [[name, floats([rows, 2], numbers(1).slice(0, 2 * rows))]],
    });
  const parts: ModelCase = {
    name: "in parts",
    files: {
      "m-00001-of-00002.gguf": part("token_embd.weight", 1, 3),
      "m-00002-of-00002.gguf": part("output.weight", 2, 3),
    },
    options: { weights: "m-00002-of-00002.gguf", matrix: "output" },
  };
  const own = oneFile("gguf-py.gguf", fixture("gguf-py.gguf"));
  return [...blocks, ...plain, own, parts].map((one) => ({ ...one, name: `gguf ${one.name}` }));
}

export async function torchCases(): Promise<ModelCase[]> {
  const golden: Record<string, Record<string, object>> = json("torch/golden.json");
  const files = Object.keys(golden).filter((file) => file.endsWith(".pt"));
  const cases: ModelCase[] = [];
  for (const file of files) {
    const bytes = fixture(`torch/${file}`);
    const isZip = bytes[0] === 0x50;
    const deflated = isZip ? await deflatedAgain(bytes) : undefined;
    for (const tensor of Object.keys(golden[file]!)) {
      cases.push(oneFile(file, bytes, { tensor }, `torch ${file} ${tensor}`));
      if (deflated === undefined) continue;
      cases.push(oneFile(file, deflated, { tensor }, `torch ${file}, deflated, ${tensor}`));
    }
  }
  return cases;
}

/** The same archive with all its entries deflated. */
async function deflatedAgain(bytes: Uint8Array): Promise<Uint8Array> {
  const source = bufferSource(bytes);
  const packed: Packed[] = [];
  for (const entry of (await readZip(source, "x")).values()) {
    const { bytes: data } = await readEntry(source, entry, 1 << 20, "x");
    packed.push({ name: entry.name, data, deflate: true });
  }
  return writeZip(packed);
}

function npy(
  descr: string,
  shape: string,
  data: Uint8Array,
  fortran: "True" | "False",
): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = encode(`${text.padEnd(117)}\n`);
  return concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0), header, data]);
}

/** Rows of the large arrays: their bytes take more than one piece of the readers, packed or not. */
const LARGE: readonly [number, number] = [6000, 64];
const large = (): Uint8Array => {
  const values = Float32Array.from(
    noise(LARGE[0] * LARGE[1]),
    (byte, i) => byte / (1 + (i % 7919)),
  );
  return npy("<f4", `(${LARGE.join(", ")})`, littleEndian(values), "False");
};

export function numpyCases(): ModelCase[] {
  const golden: Record<string, Record<string, object>> = json("torch/golden.json");
  const npz = Object.keys(golden)
    .filter((file) => file.endsWith(".npz"))
    .flatMap((file) =>
      Object.keys(golden[file]!).map((tensor) =>
        oneFile(file, fixture(`torch/${file}`), { tensor }, `npz ${file} ${tensor}`),
      ),
    );
  const values = numbers(20);
  const big = littleEndian(values).slice();
  for (let at = 0; at < big.length; at += 4) big.subarray(at, at + 4).reverse();
  const order = (fortran: "True" | "False") =>
    npy("<f4", "(20, 16)", littleEndian(values), fortran);
  return [
    ...npz,
    oneFile("large.npz", writeZip([{ name: "X.npy", data: large() }])),
    oneFile("large-packed.npz", writeZip([{ name: "X.npy", data: large(), deflate: true }])),
    oneFile("latin.npz", writeZip([{ name: "caf\u00e9.npy", data: order("False") }])),
    oneFile("codepage.npz", writeZip([oldName("caf\u0092.npy", order("False"))])),
    oneFile("c.npy", order("False")),
    oneFile("fortran.npy", order("True")),
    oneFile("big.npy", npy(">f4", "(20, 16)", big, "False")),
    oneFile("vectors.tsv", encode("1\t-2.5\n3e-7\t4\n0.1\t1e38\n")),
  ];
}

/** A name as old archives have it: bytes of some code page, not marked as UTF-8. */
const oldName = (name: string, data: Uint8Array): Packed => ({
  ...{ name: Uint8Array.from(name, (c) => c.charCodeAt(0)), data },
  ...{ lies: { flags: 0 }, own: { flags: 0 } },
});

const content: Uint8Array = large();
const body: Uint8Array = Uint8Array.from(deflateRawSync(content));

/** An archive of an array, with these bytes as what it was packed to. */
function packed(bytes: Uint8Array, lies: { size?: number; crc?: number } = {}): Uint8Array {
  const truth = { method: 8, size: content.length, crc: crc32(content), ...lies };
  return writeZip([{ name: "X.npy", data: bytes, lies: truth, own: truth }]);
}

/** Bytes behind the end of what was packed. */
export function trailingCases(): ModelCase[] {
  const byte = packed(concat([body, Uint8Array.of(0)]));
  return [
    oneFile("bad.npz", byte, {}, "a byte"),
    oneFile("bad.npz", packed(concat([body, body])), {}, "the same again"),
  ];
}

/** Archives whose packed content is not what they say. */
export function brokenCases(): ModelCase[] {
  const flipped = (at: number) => {
    const bytes = body.slice();
    bytes.fill(0xff, at, at + 300);
    return bytes;
  };
  const zeros = new Uint8Array(20_000_000);
  const bomb = Uint8Array.from(deflateRawSync(concat([content.slice(0, 128), zeros])));
  const archives: Record<string, Uint8Array> = {
    "a bomb": packed(bomb),
    "a bomb by its own word": packed(body.slice(0, 1000), { size: 4e9 }),
    "broken at once": packed(Uint8Array.of(0xff, 0xff, 0xff, ...noise(2000))),
    "broken within its first piece": packed(flipped(100_000)),
    "broken within a later piece": packed(flipped(600_000)),
    "broken at its end": packed(flipped(body.length - 300)),
    "cut short": packed(body.slice(0, -1)),
    "cut short by a piece": packed(body.slice(0, 300_000)),
    "longer than it should be": packed(body, { size: content.length - 4 }),
    "shorter than it should be": packed(body, { size: content.length + 4 }),
    "with another CRC": packed(body, { crc: 1 }),
    empty: packed(new Uint8Array(), { size: 4 }),
  };
  return Object.entries(archives).map(([name, bytes]) => oneFile("bad.npz", bytes, {}, name));
}

interface Golden {
  readonly files: Readonly<Record<string, string | object>>;
  readonly tokens?: readonly unknown[];
  readonly pieces?: readonly unknown[];
  readonly bytes?: readonly unknown[];
}

/** Every vocabulary of the fixtures, each with a row for every token and two more. */
export function vocabularyCases(): ModelCase[] {
  const cases: Record<string, Golden> = json("vocabularies/golden.json").cases;
  return Object.entries(cases).map(([name, golden]) => {
    const rows = (golden.tokens ?? golden.pieces ?? golden.bytes)!.length + 2;
    const files = Object.entries(golden.files).map(([file, content]) => [
      file,
      typeof content === "string" ? fixture(`vocabularies/${content}`) : encode(content),
    ]);
    const weight = { shape: [rows, 1], data: new Float32Array(rows) };
    const weights = writeSafetensors({ "model.embed_tokens.weight": weight });
    return {
      name,
      files: { ...Object.fromEntries(files), "model.safetensors": weights },
      options: {},
    };
  });
}
