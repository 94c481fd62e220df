/** Files of gigabytes that take no room: holes but for their headers and the last values, which are 1. */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { crc32 } from "../../../src/model/bytes/crc32.ts";
import * as w from "../weights/write-gguf.ts";
import { npyFile, npyHeader } from "../weights/write-npy.ts";
import { writePickle } from "../weights/write-pickle.ts";
import { concat, safetensorsFile } from "../weights/write-safetensors.ts";

export type Shape = readonly [rows: number, cols: number];

/** Bytes of a file, the rest of which is a hole. */
export interface Sparse {
  readonly byteLength: number;
  readonly pieces: readonly (readonly [at: number, bytes: Uint8Array])[];
}

export function writeSparse(path: string, { byteLength, pieces }: Sparse): string {
  const file = openSync(path, "w");
  ftruncateSync(file, byteLength);
  for (const [at, bytes] of pieces) writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
  return path;
}

/** A header, a hole, and the end of the data. */
function headed(head: Uint8Array, dataBytes: number, last: Uint8Array): Sparse {
  const byteLength = head.length + dataBytes;
  const end = [byteLength - last.length, last] as const;
  return { byteLength, pieces: [[0, head], end] };
}

const HALF_ONE = Uint8Array.of(0x00, 0x3c);
const BFLOAT_ONE = Uint8Array.of(0x80, 0x3f);

export function largeSafetensors([rows, cols]: Shape): Sparse {
  const size = rows * cols * 2;
  const entry = { dtype: "BF16", shape: [rows, cols], data_offsets: [0, size] };
  const header = JSON.stringify({ "model.embed_tokens.weight": entry });
  return headed(safetensorsFile(header), size, BFLOAT_ONE);
}

/** A GGUF file with a vocabulary of Gemma's size and kinds: as many tokens as rows, with scores, types and merges. */
export function largeGguf([rows, cols]: Shape, type: "F16" | "Q8_0"): Sparse {
  const tokens = Array.from({ length: rows }, (_, id) => `▁token${id}`);
  const merges = Array.from({ length: 2 * rows }, (_, i) => `▁to ken${i}`);
  const metadata = [
    ["general.architecture", w.text("gemma3")],
    ["tokenizer.ggml.model", w.text("llama")],
    ["tokenizer.ggml.tokens", w.texts(tokens)],
    ["tokenizer.ggml.scores", w.floatArray(new Float32Array(rows))],
    ["tokenizer.ggml.token_type", w.int32Array(new Int32Array(rows).fill(1))],
    ["tokenizer.ggml.merges", w.texts(merges)],
  ] as const;
  const data = new Uint8Array();
  const tensor = { type: type === "F16" ? 1 : 8, shape: [rows, cols], data };
  const head = w.writeGguf({ metadata, tensors: [["token_embd.weight", tensor]] });
  if (type === "F16") return headed(head, rows * cols * 2, HALF_ONE);
  // a block is its scale and 32 numbers of 8 bits
  const block = concat([HALF_ONE, new Uint8Array(31), Uint8Array.of(1)]);
  return headed(head, (rows * cols * 34) / 32, block);
}

export function largeNpy(shape: Shape, fortran = false): Sparse {
  const head = npyFile(npyHeader("<f2", shape, fortran), new Uint8Array());
  return headed(head, shape[0] * shape[1] * 2, HALF_ONE);
}

/** What `numpy.savez` writes. */
export function largeNpz(shape: Shape): Sparse {
  return storedZip([["embedding.npy", largeNpy(shape)]]);
}

/** What `torch.save` writes of a state dict. */
export function largeCheckpoint([rows, cols]: Shape): Sparse {
  const storage = ["storage", { name: "torch BFloat16Storage" }, "0", "cpu", rows * cols];
  const hooks = { name: "collections OrderedDict", args: [] };
  const args = [{ persistent: storage }, 0, [rows, cols], [cols, 1], false, hooks];
  const tensor = { name: "torch._utils _rebuild_tensor_v2", args };
  const pickle = writePickle({ dict: [["model.embed_tokens.weight", tensor]] });
  return storedZip([
    ["m/data.pkl", headed(pickle, 0, new Uint8Array())],
    ["m/data/0", headed(new Uint8Array(), rows * cols * 2, BFLOAT_ONE)],
  ]);
}

/** Little-endian numbers of these many bytes, one after the other. */
function fields(...pairs: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  return concat(pairs.map(([bytes, value]) => w.int(value, bytes)));
}

/** An archive of stored files with every length in ZIP64's fields, as NumPy and PyTorch write large ones. */
function storedZip(files: readonly (readonly [name: string, content: Sparse])[]): Sparse {
  const pieces: (readonly [number, Uint8Array])[] = [];
  const directory: Uint8Array[] = [];
  const wide = 0xffffffff;
  let at = 0;
  for (const [name, { byteLength, pieces: inner }] of files) {
    // of the first piece alone: a wrong sum but for the pickle, and rows in place are not summed up
    const crc = crc32(inner[0]![1]);
    const sizes = fields([8, byteLength], [8, byteLength]);
    const common = fields([2, 45], [2, 0x800], [2, 0], [4, 0], [4, crc], [4, wide], [4, wide]);
    const lengths = fields([2, name.length], [2, 20]);
    const text = new TextEncoder().encode(name);
    const record = [fields([4, 0x04034b50]), common, lengths, text, fields([2, 1], [2, 16]), sizes];
    const head = concat(record);
    pieces.push([at, head]);
    for (const [from, bytes] of inner) pieces.push([at + head.length + from, bytes]);
    directory.push(
      ...[fields([4, 0x02014b50], [2, 45]), common, fields([2, name.length], [2, 28])],
      ...[fields([2, 0], [2, 0], [2, 0], [4, 0], [4, wide]), text],
      ...[fields([2, 1], [2, 24]), sizes, fields([8, at])],
    );
    at += head.length + byteLength;
  }
  const list = concat(directory);
  const count = files.length;
  const end = concat([
    ...[list, fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0])],
    fields([8, count], [8, count], [8, list.length], [8, at]),
    fields([4, 0x07064b50], [4, 0], [8, at + list.length], [4, 1]),
    fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, wide], [4, wide], [2, 0]),
  ]);
  pieces.push([at, end]);
  return { byteLength: at + end.length, pieces };
}
