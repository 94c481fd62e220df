/** Vocabularies as an enemy would write them. The seeds are those that are held against the reference libraries. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { readRwkvVocabulary } from "../../src/model/vocabulary/rwkv-vocabulary.ts";
import { readSentencePiece } from "../../src/model/vocabulary/sentencepiece.ts";
import { readTekken } from "../../src/model/vocabulary/tekken.ts";
import { readTiktoken } from "../../src/model/vocabulary/tiktoken.ts";
import type { TokenTable } from "../../src/model/vocabulary/token-table.ts";
import {
  NO_NAMES,
  readTokenNames,
  type TokenNames,
} from "../../src/model/vocabulary/tokenizer-config.ts";
import { readTokenizerJson } from "../../src/model/vocabulary/tokenizer-json.ts";
import { readVocabJson } from "../../src/model/vocabulary/vocab-json.ts";
import { readVocabTxt } from "../../src/model/vocabulary/vocab-txt.ts";
import { createVocabulary } from "../../src/model/vocabulary/vocabulary.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = new URL("../fixtures/vocabularies/", import.meta.url);
const fixture = (path: string) => new Uint8Array(readFileSync(new URL(path, folder)));
const bad = (text: string, place: number | string, message?: RegExp): MalformedFile => ({
  what: JSON.stringify(text.slice(0, 60)),
  file: encode(text),
  place,
  ...(message === undefined ? {} : { message }),
});
const bytes = (what: string, file: readonly number[], place: number): MalformedFile => ({
  what,
  file: Uint8Array.from(file),
  place,
});

/** Spells every token, which must not make more of a file than is in it. */
function spell(table: TokenTable, length: number): void {
  expect(table.entries.size).toBeLessThanOrEqual(length + 500);
  const tokens = createVocabulary(2 ** 31 - 1, table);
  for (const id of table.entries.keys()) {
    const token = tokens.token(id);
    // one `expect` takes longer than a token
    if (token.bytes.length > length + 100 || token.display === "") {
      expect.fail(`token ${id}: ${token.bytes.length} bytes from a file of ${length}`);
    }
  }
}

const WORDS = ["model", "vocab", "▁", "Ġ", "##", "</w>", "<0x0A>", "[[", "{}", "-1", "1e9", "null"];

fuzzParser({
  name: "tokenizer.json",
  seeds: [
    ...["bpe-byte-level", "bpe-byte-fallback", "unigram-metaspace", "wordpiece", "wordlevel"],
    "bpe-suffix",
  ].map((name) => fixture(`${name}/tokenizer.json`)),
  tokens: [...WORDS, '"type":"Sequence"', '"decoder":{}', '"Regex"', '"type":"Strip"'],
  malformed: [
    bad("[]", 0),
    bad('{"model":[]}', 0),
    bad('{"model":{"vocab":7}}', "7}"),
    bad('{"model":{"vocab":{"a":0,"a":1}}}', '"a":1'),
    bad('{"model":{"vocab":{"\\ud800":0}}}', '"\\ud800"'),
    bad('{"model":{"vocab":{"a":1e999}}}', "1e999"),
    // objects that can't be made texts
    bad('{"model":{"type":"Unigram","vocab":[[{"toString":1,"valueOf":1},0]]}}', '[{"toString"'),
    bad(
      '{"model":{"vocab":{},"byte_fallback":true},"added_tokens":[{"id":1,"content":{"toString":1,"valueOf":1}}]}',
      '{"id":1',
    ),
    bad('{"model":{"vocab":{"a":0,"b":0}}}', "0}}}", /share the id 0/),
    bad('{"model":{"vocab":{"a":"0"}}}', '"0"'),
    bad('{"model":{"vocab":{"a":-1}}}', "-1"),
    bad('{"model":{"vocab":{"a":0.5}}}', "0.5"),
    bad('{"model":{"vocab":{"a":2147483647}}}', "2147483647"),
    bad('{"model":{"type":"Unigram","vocab":[["a",0],[7,0]]}}', "[7,0]"),
    bad('{"model":{"vocab":{}},"added_tokens":[{"id":0}]}', '{"id":0}'),
    bad(
      '{"model":{"vocab":{}},"added_tokens":[{"id":0,"content":"a"},{"content":"a"}]}',
      '{"content"',
    ),
    bad(`{"model":{"vocab":{}},"decoder":${'{"type":"Sequence","decoders":['.repeat(200)}`, 1581),
  ],
  parse: (file) => spell(readTokenizerJson(file, "tokenizer.json"), file.length),
});

const merges = { bytes: fixture("gpt1/merges.txt"), file: "merges.txt" };
const vocab = fixture("gpt1/vocab.json");

fuzzParser({
  name: "vocab.json",
  seeds: [vocab, fixture("vocab-merges/vocab.json"), fixture("clip/vocab.json")],
  tokens: WORDS,
  malformed: [
    bad("[]", 0),
    bad('{"a":0,"b":0}', "0}"),
    bad('{"a":{"b":0}}', '{"b"'),
    bad('{"a":null}', "null"),
  ],
  parse: (file) => spell(readVocabJson(file, merges, "vocab.json", NO_NAMES), file.length),
});

fuzzParser({
  name: "merges.txt",
  seeds: [merges.bytes, fixture("clip/merges.txt")],
  tokens: ["#version", " ", "\r", "</w>", "Ġ"],
  malformed: [
    bad("#version: 0.2\na b\nc\n", "c\n"),
    bad("a b\n\na b c\n", "a b c"),
    bad("a  b\n", 0),
    bad(" a\n", 0),
    bytes("what is not UTF-8", [0x61, 0x20, 0x62, 0x0a, 0x63, 0xff, 0x20, 0x64], 5),
  ],
  parse: (file) => {
    spell(readVocabJson(vocab, { bytes: file, file: "merges.txt" }, "vocab.json"), vocab.length);
  },
});

const manyPieces = new Uint8Array(2_000_001 * 5);
for (let at = 0; at < manyPieces.length; at += 5) manyPieces.set([0x0a, 3, 0x0a, 1, 0x61], at);

fuzzParser({
  name: "tokenizer.model",
  seeds: [
    fixture("sentencepiece-bpe/tokenizer.model"),
    fixture("sentencepiece-unigram/spiece.model"),
    fixture("sentencepiece-ids/unk-first.model"),
  ],
  tokens: ["\n", "\n\u0003\n\u0001a", "\u0018\u0006", "▁", "<0x0A>"],
  malformed: [
    bytes("an empty file", [], 0),
    bytes("a length beyond the file", [0x0a, 200, 1], 0),
    bytes("a length beyond the piece", [0x0a, 2, 0x0a, 1], 2),
    bytes("a length of 2^63", [0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 127], 0),
    bytes("a number that does not end", [0x0a, 0x80], 1),
    bytes("a number of eleven bytes", [0x08, ...Array<number>(11).fill(0x80), 0], 1),
    bytes("a piece without text", [0x0a, 0], 2),
    bytes("a group", [0x0b, 0x0c], 0),
    bytes("field 0", [0x02, 0], 0),
    bytes("a text that is not UTF-8", [0x0a, 3, 0x0a, 1, 0xff], 4),
    bytes("an unknown type", [0x0a, 5, 0x0a, 1, 0x61, 0x18, 7], 2),
    bytes("a byte that is none", [0x0a, 5, 0x0a, 1, 0x61, 0x18, 6], 2),
    bytes("only fields that are not read", [0x12, 0, 0x15, 0, 0, 0, 0], 0),
    { what: "two million pieces", file: manyPieces, place: 10_000_002 },
    bad("version https://git-lfs.github.com/spec/v1\n", 0, /a Git LFS pointer/),
  ],
  parse: (file) => spell(readSentencePiece(file, "tokenizer.model", NO_NAMES), file.length),
});

fuzzParser({
  name: "vocab.txt",
  seeds: [fixture("vocab-txt/vocab.txt"), encode("và 20\nho@@ 7\nđ 1\n")],
  tokens: ["\n", "\r\n", "##", " 7"],
  malformed: [
    bytes("what is not UTF-8", [0x61, 0x0a, 0xc3, 0x0a], 2),
    bad(`${"\n".repeat(3_000_000)}a`, 2_000_000),
    bad("a 1\n".repeat(2_000_000), 4 * 1_999_996),
    bad(`a\n${"b".repeat(2 ** 20 + 1)}\n`, 2, /a token of 1048577 characters/),
  ],
  parse: (file) => spell(readVocabTxt(file, "vocab.txt", NO_NAMES), file.length),
});

const qwen: TokenNames = { ...NO_NAMES, tokenizerClass: "QWenTokenizer" };

fuzzParser({
  name: "qwen.tiktoken",
  seeds: [fixture("tiktoken/qwen.tiktoken"), encode("YQ== 0\n\nYg== 7\r\n")],
  tokens: ["\n", " ", "=", "==", "2147483647"],
  malformed: [
    bad("YQ== 0\nYQ==\n", "YQ==\n"),
    bad("YQ== 0\nY 1\n", "Y 1"),
    bad("YQ== 0\nYg== 0\n", "Yg=="),
    bad("YQ== -1\n", 0),
    bad("YQ== 2147483647\n", 0),
    bad(`YQ== 0\n${"YWFh".repeat(2 ** 18)}YWFh 1\n`, 7),
    bad("YQ== 0\nYg== 2147483600\n", "Yg=="),
    bad("YQ==  0\n", 0),
    bad("version https://git-lfs.github.com/spec/v1\n", 0, /a Git LFS pointer/),
    bytes("what is not UTF-8", [0x59, 0x51, 0xff], 2),
  ],
  parse: (file) => spell(readTiktoken(file, "qwen.tiktoken", qwen), file.length),
});

fuzzParser({
  name: "tekken.json",
  seeds: [fixture("tekken/tekken.json")],
  tokens: [...WORDS, "rank", "token_bytes", "special_tokens"],
  malformed: [
    bad(
      `{"vocab":[{"rank":0,"token_bytes":"${"YWFh".repeat(2 ** 18)}YWFh"}],"config":{"default_num_special_tokens":20,"default_vocab_size":21}}`,
      '{"rank"',
    ),
    bad("[]", 0),
    bad('{"vocab":{}}', "{}"),
    bad('{"vocab":[],"config":{"default_num_special_tokens":-1}}', "-1"),
    bad('{"vocab":[],"config":{"default_num_special_tokens":1,"default_vocab_size":0}}', "0}}"),
    bad(
      '{"vocab":[],"config":{"default_num_special_tokens":0,"default_vocab_size":0}}',
      "0,",
      /0 special tokens, where 20/,
    ),
    bad(
      '{"vocab":[{"rank":0,"token_bytes":""}],"config":{"default_num_special_tokens":20,"default_vocab_size":21}}',
      '{"rank"',
    ),
  ],
  parse: (file) => spell(readTekken(file, "tekken.json"), file.length + 20 * 20),
});

fuzzParser({
  name: "rwkv.txt",
  seeds: [fixture("rwkv/rwkv_vocab_v20230424.txt")],
  tokens: ["\n", " ", "'", '"', "\\", "b'", "\\x00", "\\ud800", "\\U0010ffff"],
  malformed: [
    bad("1 'a' 1\n2 'b' 2\n", "2 'b'"),
    bad("1 'a' 1\n\n", 8),
    bad("1 a 1\n", 0),
    bad("1 'a\n", 0),
    bad("1 '\\q' 1\n", 0),
    bad("1 '\\ud800' 3\n", 0),
    bad("1 '\\U00110000' 4\n", 0),
    bad("1 b'é' 1\n", 0),
    bad("1 '' 1\n", 0),
    bad(`1 '${"\\".repeat(100_001)} 1\n`, 0),
    bad(`1 '${"a".repeat(20_000_000)}' 1\n`, 0),
  ],
  parse: (file) => spell(readRwkvVocabulary(file, "rwkv.txt", NO_NAMES), file.length),
});

/** Reads the names beside a vocabulary from one file, and adds them to it. */
async function readNames(path: string, file: Uint8Array): Promise<void> {
  const names = await readTokenNames(
    {
      name: "m",
      revision: null,
      fetched: null,
      open: async () => undefined,
      read: async (asked) => (asked === path ? file : undefined),
    },
    { label: (asked) => asked, config: undefined },
  );
  spell(readVocabTxt(encode("a\nb\n"), "vocab.txt", names), file.length);
}

fuzzParser({
  name: "tokenizer_config.json",
  seeds: [
    encode(
      '{"added_tokens_decoder":{"0":{"content":"<unk>","special":true},"7":{"content":"é"}},"unk_token":{"content":"<unk>"},"additional_special_tokens":["<a>",{"content":"b"}],"tokenizer_class":"T5Tokenizer"}',
    ),
    encode('{"tokenizer_class":null,"bos_token":"a","extra_ids":3}'),
  ],
  tokens: WORDS,
  malformed: [
    bad('{"added_tokens_decoder":{"x":{"content":"a"}}}', '{"content"'),
    bad('{"added_tokens_decoder":{"1":{}}}', "{}}}"),
    bad('{"added_tokens_decoder":{"1":null}}', "null"),
    bad('{"added_tokens_decoder":{"1":{"content":{"toString":1,"valueOf":1}}}}', '{"content"'),
    bad('{"added_tokens_decoder":{"9999999999":{"content":"a"}}}', '{"content"'),
  ],
  parse: (file) => readNames("tokenizer_config.json", file),
});

fuzzParser({
  name: "added_tokens.json",
  seeds: [encode('{"<mask>": 2, "é": 7}'), concat([encode("\ufeff"), encode("{}")])],
  tokens: WORDS,
  malformed: [bad('{"a":-1}', "-1"), bad('{"a":"1"}', '"1"'), bad('{"a":[]}', "[]")],
  parse: (file) => readNames("added_tokens.json", file),
});

fuzzParser({
  name: "special_tokens_map.json",
  seeds: [
    encode('{"unk_token":"<unk>","pad_token":{"content":"a","lstrip":false}}'),
    encode('{"additional_special_tokens":["<a>",{"content":"b"}]}'),
  ],
  tokens: [...WORDS, '"unk_token":"b"', '"content"', '"additional_special_tokens"'],
  malformed: [
    bad('{"unk_token":"a","unk_token":"b"}', '"unk_token":"b"'),
    bad('{"unk_token":"\\ud800"}', '"\\ud800"'),
    bad(`{"a":${"[".repeat(200)}`, 104),
  ],
  parse: (file) => readNames("special_tokens_map.json", file),
});
