/** Vocabularies as an enemy would write them: real ones with bytes changed, cut, doubled and moved. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../src/errors.ts";
import { readRwkvVocabulary } from "../../src/model/rwkv-vocabulary.ts";
import { readSentencePiece } from "../../src/model/sentencepiece.ts";
import { readTekken } from "../../src/model/tekken.ts";
import { readTiktoken } from "../../src/model/tiktoken.ts";
import type { TokenTable } from "../../src/model/token-table.ts";
import { NO_NAMES } from "../../src/model/tokenizer-config.ts";
import { readTokenizerJson } from "../../src/model/tokenizer-json.ts";
import { readVocabJson } from "../../src/model/vocab-json.ts";
import { readVocabTxt } from "../../src/model/vocab-txt.ts";
import { createVocabulary } from "../../src/model/vocabulary.ts";

const folder = new URL("../fixtures/vocabularies/", import.meta.url);
const fixture = (path: string) => new Uint8Array(readFileSync(new URL(path, folder)));
const merges = { bytes: fixture("gpt1/merges.txt"), file: "merges.txt" };
const vocab = fixture("gpt1/vocab.json");

const readers: readonly [name: string, bytes: Uint8Array, read: (b: Uint8Array) => TokenTable][] = [
  ["BPE", fixture("bpe-byte-level/tokenizer.json"), (b) => readTokenizerJson(b, "f")],
  ["byte fallback", fixture("bpe-byte-fallback/tokenizer.json"), (b) => readTokenizerJson(b, "f")],
  ["Unigram", fixture("unigram-metaspace/tokenizer.json"), (b) => readTokenizerJson(b, "f")],
  ["WordPiece", fixture("wordpiece/tokenizer.json"), (b) => readTokenizerJson(b, "f")],
  ["vocab.json", vocab, (b) => readVocabJson(b, merges, "f", NO_NAMES)],
  ["merges.txt", merges.bytes, (b) => readVocabJson(vocab, { bytes: b, file: "f" }, "v", NO_NAMES)],
  [
    "tokenizer.model",
    fixture("sentencepiece-bpe/tokenizer.model"),
    (b) => readSentencePiece(b, "f", NO_NAMES),
  ],
  ["vocab.txt", fixture("vocab-txt/vocab.txt"), (b) => readVocabTxt(b, "f", NO_NAMES)],
  ["tekken", fixture("tekken/tekken.json"), (b) => readTekken(b, "f")],
  ["RWKV", fixture("rwkv/rwkv_vocab_v20230424.txt"), (b) => readRwkvVocabulary(b, "f", NO_NAMES)],
  ["tiktoken", fixture("tiktoken/qwen.tiktoken"), (b) => readTiktoken(b, "f", NO_NAMES)],
];

/** One change to a file: a few bytes written over, cut out, put in, or doubled; or the end cut off. */
const change = fc.record({
  kind: fc.constantFrom("write", "cut", "insert", "double", "end"),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      ...['"', "\\u", "[[[", "{", "}", ",", "\n", " ", "9999999999", "-", "null", "\ud800"].map(
        (text) => new TextEncoder().encode(text),
      ),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    ),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(file: Uint8Array, changes: readonly Change[]): Uint8Array {
  let bytes = file;
  for (const { kind, at, bytes: some } of changes) {
    const start = Math.floor(at * bytes.length);
    const rest = start + some.length;
    const parts: Record<string, readonly Uint8Array[]> = {
      write: [bytes.subarray(0, start), some, bytes.subarray(rest)],
      cut: [bytes.subarray(0, start), bytes.subarray(rest)],
      insert: [bytes.subarray(0, start), some, bytes.subarray(start)],
      double: [bytes.subarray(0, start + 40), bytes.subarray(start)],
      end: [bytes.subarray(0, start)],
    };
    bytes = new Uint8Array(Buffer.concat(parts[kind]!));
  }
  return bytes;
}

/** Reads and spells everything; true if the file was refused, in the way files are refused. */
function isRefused(read: (bytes: Uint8Array) => TokenTable, bytes: Uint8Array): boolean {
  let table: TokenTable;
  try {
    table = read(bytes);
  } catch (error) {
    if (error instanceof FormatError || error instanceof UnsupportedError) return true;
    throw error;
  }
  expect(table.entries.size).toBeLessThanOrEqual(bytes.length + vocab.length);
  const ids = [...table.entries.keys()].filter((id) => id < 10_000);
  const tokens = createVocabulary(10_000, table);
  for (const id of ids) {
    const { bytes: spelt, display } = tokens.token(id);
    expect(spelt.length).toBeLessThanOrEqual(bytes.length + vocab.length);
    expect(display).not.toBe("");
  }
  return false;
}

describe.each(readers)("%s", (_name, file, read) => {
  test("changed anywhere it is read, or refused with a FormatError", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        if (isRefused(read, changed(file, changes))) refused++;
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  test("any bytes at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        isRefused(read, bytes);
      }),
      { numRuns: 300 },
    );
  });
});

describe("too much", () => {
  test("of lines is refused before memory is full", () => {
    const lines = new Uint8Array(3_000_000).fill(0x0a);
    expect(() => readVocabTxt(lines, "vocab.txt", NO_NAMES)).toThrow("more than 2000000 tokens");
  });

  test("of pieces too", () => {
    const piece = Uint8Array.of(0x0a, 3, 0x0a, 1, 0x61);
    const pieces = new Uint8Array(2_000_001 * piece.length);
    for (let at = 0; at < pieces.length; at += piece.length) pieces.set(piece, at);
    expect(() => readSentencePiece(pieces, "f", NO_NAMES)).toThrow("more than 2000000 pieces");
  });
});
