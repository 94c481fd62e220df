/** Files and models for the fake hub. */
import { createHash } from "node:crypto";
import type { FakeModel } from "./fake-hub.ts";

/** A file that the fake hub has. */
export interface FakeFile {
  readonly byteLength: number;
  /** git's blob hash; of large files the sha256. */
  readonly etag: string;
  /** Large files lie in the storage, behind a redirect to another origin. */
  readonly isLarge: boolean;
  read(start: number, end: number): Uint8Array;
}

/** A file that the hub itself sends. */
export function smallFile(content: string | Uint8Array): FakeFile {
  const bytes = Buffer.from(content);
  const etag = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  return fileOf(bytes, etag, false);
}

/** A file in the storage. */
export function largeFile(content: string | Uint8Array): FakeFile {
  const bytes = Buffer.from(content);
  return fileOf(bytes, createHash("sha256").update(bytes).digest("hex"), true);
}

function fileOf(bytes: Uint8Array, etag: string, isLarge: boolean): FakeFile {
  const read = (start: number, end: number): Uint8Array => bytes.slice(start, end);
  return { byteLength: bytes.length, etag, isLarge, read };
}

/** The shape of GPT-2's token embedding, and of its tensor of positions. */
export const GPT2_SHAPE: readonly [number, number] = [50257, 768];
const POSITIONS = 1024;

/**
 * A model.safetensors of GPT-2's shape, 157 MB that are computed as they are asked for: entry (i, j)
 * of `wte.weight` is `gpt2Value(i, j)`. As nobody has ever seen it whole, its ETag is no true sha256.
 */
export function gpt2Weights(): FakeFile {
  const [rows, cols] = GPT2_SHAPE;
  const position = POSITIONS * cols * 4;
  const total = position + rows * cols * 4;
  const header = new TextEncoder().encode(
    JSON.stringify({
      "wpe.weight": { dtype: "F32", shape: [POSITIONS, cols], data_offsets: [0, position] },
      "wte.weight": { dtype: "F32", shape: [rows, cols], data_offsets: [position, total] },
    }),
  );
  const head = new Uint8Array(8 + header.length);
  new DataView(head.buffer).setUint32(0, header.length, true);
  head.set(header, 8);
  const first = head.length + position;

  return {
    byteLength: head.length + total,
    etag: createHash("sha256").update("weights of GPT-2's shape").digest("hex"),
    isLarge: true,
    read: (start, end) => {
      const bytes = new Uint8Array(end - start);
      if (start < head.length) bytes.set(head.subarray(start, end));
      if (end > first)
        bytes.set(
          embeddingBytes(Math.max(start, first) - first, end - first),
          Math.max(first - start, 0),
        );
      return bytes;
    },
  };
}

// bytes [start, end) of the embedding, counted from its own beginning
function embeddingBytes(start: number, end: number): Uint8Array {
  const from = Math.floor(start / 4);
  const values = new Float32Array(Math.ceil(end / 4) - from);
  for (let i = 0; i < values.length; i++) {
    const index = from + i;
    values[i] = gpt2Value(Math.floor(index / GPT2_SHAPE[1]), index % GPT2_SHAPE[1]);
  }
  return new Uint8Array(values.buffer).subarray(start - from * 4, end - from * 4);
}

/** Some number in [-0.5, 0.5) that float32 holds exactly. */
export function gpt2Value(row: number, column: number): number {
  const mixed = Math.imul(row * 768 + column + 1, 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 12) / 2 ** 20 - 0.5;
}

/** The commit that `main` of `fakeGpt2()` names. */
export const GPT2_COMMIT: string = "607a30d783dfa663caf39e06633721c8d4cfcd7e";

/** A model like openai-community/gpt2, with the 256 single bytes as its vocabulary. */
export function fakeGpt2(changes: Partial<FakeModel> = {}): FakeModel {
  const files = new Map([
    ["config.json", smallFile(JSON.stringify({ model_type: "gpt2", vocab_size: GPT2_SHAPE[0] }))],
    ["vocab.json", smallFile(JSON.stringify(byteVocabulary()))],
    ["merges.txt", smallFile("#version: 0.2\n")],
    ["model.safetensors", gpt2Weights()],
    ["README.md", smallFile("# A model of GPT-2's shape\n")],
  ]);
  return {
    id: "openai-community/gpt2",
    aliases: ["gpt2"],
    revisions: new Map([["main", GPT2_COMMIT]]),
    commits: new Map([[GPT2_COMMIT, files]]),
    ...changes,
  };
}

// GPT-2's alphabet of bytes: the printable ones stand for themselves, the rest for U+0100 and on
function byteVocabulary(): Record<string, number> {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const printable = bytes.filter((b) => (b > 32 && b < 127) || (b > 160 && b !== 173));
  const others = bytes.filter((b) => !printable.includes(b));
  const characters = [
    ...printable.map((byte) => String.fromCharCode(byte)),
    ...others.map((_, i) => String.fromCharCode(256 + i)),
  ];
  return Object.fromEntries(characters.map((character, id) => [character, id]));
}

/** A model with one commit, whose small files hold nothing but their own paths. */
export function oneCommit(id: string, paths: readonly string[]): FakeModel {
  const files = new Map(paths.map((path) => [path, smallFile(path)]));
  const commit = "1".repeat(40);
  return { id, revisions: new Map([["main", commit]]), commits: new Map([[commit, files]]) };
}
