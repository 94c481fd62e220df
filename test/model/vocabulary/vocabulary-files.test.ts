import { describe, expect, test } from "vitest";
import type { ModelFiles } from "../../../src/model/files.ts";
import { createVocabulary } from "../../../src/model/vocabulary/vocabulary.ts";
import { readTokens } from "../../../src/model/vocabulary/vocabulary-files.ts";

type Content = string | Uint8Array | object;

const encode = (text: string) => new TextEncoder().encode(text);

/** A model's files in memory, which notes those that it was asked for and has. */
function memory(files: Readonly<Record<string, Content>>): ModelFiles & { read_: string[] } {
  const read_: string[] = [];
  return {
    read_,
    name: "m",
    revision: null,
    fetched: null,
    open: async () => undefined,
    read: async (path) => {
      const content = new Map(Object.entries(files)).get(path);
      if (content === undefined) return undefined;
      read_.push(path);
      if (content instanceof Uint8Array) return content;
      return encode(typeof content === "string" ? content : JSON.stringify(content));
    },
  };
}

const read = (files: Readonly<Record<string, Content>>, config?: object) =>
  readTokens(memory(files), {
    label: (path) => path,
    config: config as Readonly<Record<string, unknown>> | undefined,
  });

async function shown(files: Readonly<Record<string, Content>>, config?: object): Promise<string[]> {
  const { table, note } = await read(files, config);
  expect(note).toBeUndefined();
  return [...createVocabulary(table!.end, table)].map(
    ({ display, kind }) => `${display} ${kind[0]}`,
  );
}

/** A SentencePiece model of pieces and their types, as protobuf writes it. */
function sentencePiece(...pieces: (readonly [text: string, type?: number])[]): Uint8Array {
  const messages = pieces.flatMap(([text, type]) => {
    const bytes = encode(text);
    const score = [0x15, 0, 0, 0x80, 0xbf]; // field 2, float -1
    const kind = type === undefined ? [] : [0x18, type];
    const body = [0x0a, bytes.length, ...bytes, ...score, ...kind];
    return [0x0a, body.length, ...body];
  });
  return Uint8Array.from([...messages, 0x12, 2, 0x18, 1]); // trainer_spec
}

/** A tekken.json of two tokens, of which the second may be spelt wrongly. */
const tekken = (
  default_vocab_size: number,
  default_num_special_tokens: number,
  special_tokens: readonly object[] = [{ rank: 0, token_str: "<s>" }],
  second = btoa("b"),
) => ({
  config: { default_vocab_size, default_num_special_tokens },
  vocab: [
    { rank: 0, token_bytes: btoa("a"), token_str: "a" },
    { rank: 1, token_bytes: second, token_str: null },
  ],
  special_tokens,
});

const ranks = `${btoa("a")} 0\n${btoa("\xff\xfe")} 1\n`;
const all = {
  "tokenizer.json": { model: { type: "WordLevel", vocab: { json: 0 } } },
  "vocab.json": { vocab: 0 },
  "tekken.json": tekken(2, 1),
  "vocab.txt": "txt\n",
  "rwkv_vocab_v20230424.txt": "0 'rwkv' 4\n",
  "tokenizer.model": sentencePiece(["model"]),
  "spiece.model": sentencePiece(["spiece"]),
  "qwen.tiktoken": ranks,
};

describe("which file names the tokens", () => {
  test.each([
    [Object.keys(all), "json n"],
    [["vocab.json", "vocab.txt", "tokenizer.model"], "vocab n"],
    [["qwen.tiktoken", "spiece.model", "vocab.txt", "tokenizer.model"], "txt n"],
    [["vocab.txt", "tekken.json", "tokenizer.model"], "<s> s"],
    [["rwkv_vocab_v20230424.txt", "tokenizer.model"], "rwkv n"],
    [["qwen.tiktoken", "spiece.model", "tokenizer.model"], "model n"],
    [["qwen.tiktoken", "spiece.model"], "spiece n"],
    [["qwen.tiktoken"], "a n"],
  ])("of %j", async (names, first) => {
    const files = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    expect((await shown(files))[0]).toBe(first);
  });

  test("tokenizer.json is whole in itself: nothing else is read", async () => {
    const files = memory({ ...all, "tokenizer_config.json": "broken" });
    await readTokens(files, { label: (path) => path, config: undefined });
    expect(files.read_).toEqual(["tokenizer.json"]);
  });

  test("none: that is said", async () => {
    expect(await read({ "merges.txt": "" })).toEqual({
      table: null,
      note: "no file that names tokens (tokenizer.json and others): rows show as #id",
    });
  });

  test("a tokenizer.model of lines is tiktoken's", async () => {
    expect(await shown({ "tokenizer.model": ranks })).toEqual(["a n", "\\xFF\\xFE n"]);
  });
});

describe("a broken vocabulary gives no token, and no other file takes its place; a note says where it broke", () => {
  test.each([
    ["tokenizer.json", "{", "tokenizer.json: byte 1: expected"],
    ["tokenizer.json", '{"model":{"vocab":{"a":0,"b":0}}}', "tokenizer.json: byte 29: the tokens"],
    ["tokenizer.json", { model: { type: "Magic" } }, 'got "Magic"'],
    [
      "tokenizer.json",
      { model: { type: "BPE", vocab: {} }, decoder: { type: "Rot13" } },
      'the decoder "Rot13" is not known',
    ],
    [
      "tokenizer.json",
      {
        model: { type: "BPE", vocab: {} },
        decoder: { type: "Replace", pattern: { Regex: "a+" }, content: "" },
      },
      "replaces by a regular expression",
    ],
    ["vocab.json", '{"a":-1}', "vocab.json: byte 5: token"],
    [
      "vocab.txt",
      Uint8Array.of(0x61, 0x0a, 0xff, 0x0a),
      "vocab.txt: byte 2: the line is not valid",
    ],
    [
      "tokenizer.model",
      Uint8Array.of(0x0a, 200, 1),
      "tokenizer.model: byte 0: a field of 200 bytes",
    ],
    ["tokenizer.model", Uint8Array.of(0x0a, 3, 0x0a, 1), "byte 0: a field of 3 bytes, where 2"],
    ["tokenizer.model", Uint8Array.of(0x0a, 0x80), "byte 1: a number that does not end"],
    ["tokenizer.model", Uint8Array.of(0x0a, 0), "byte 2: a piece without text"],
    ["tokenizer.model", Uint8Array.of(0x0b), "byte 0: a field of the unknown kind 3"],
    ["tokenizer.model", Uint8Array.of(0x02, 0), "byte 0: a field with the number 0"],
    ["tokenizer.model", new Uint8Array(), "got no pieces"],
    ["tokenizer.model", sentencePiece(["a", 7]), 'byte 2: piece "a": unknown type 7'],
    ["tokenizer.model", sentencePiece(["a", 6]), 'expected a byte such as "<0x0A>", got "a"'],
    ["tokenizer.model", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"],
    ["tekken.json", '{"config":{}}', 'tekken.json: byte 0: expected an array "vocab"'],
    ["tekken.json", '{"config":{},"vocab":[]}', "byte 10: expected a whole number"],
    ["tekken.json", tekken(5, 2), "5 tokens can't be made of 2 special ones and 2 of the vocab"],
    ["tekken.json", tekken(1, 2), "1 tokens can't be made of 2 special ones and 2 of the vocab"],
    ["tekken.json", tekken(2, 0), "0 special tokens, where 1 are named"],
    ["tekken.json", tekken(1e6, 1e6), "1000000 special tokens, where 1 are named"],
    ["tekken.json", tekken(4, 2, [{ rank: 1, token_str: "x" }]), "the special token of rank 0"],
    ["tekken.json", tekken(4, 2, [], "?"), "expected the token of rank 1, its bytes in base64"],
    ["rwkv_vocab_v20230424.txt", "1 'a' 1\n2 'b' 2\n", "byte 8: expected an id, a token as Python"],
    ["rwkv_vocab_v20230424.txt", "1 a 1\n", "byte 0: expected an id, a token as Python"],
    ["rwkv_vocab_v20230424.txt", "1 '\\q' 1\n", "byte 0: expected"],
    ["rwkv_vocab_v20230424.txt", "1 b'\\u0061' 1\n", "byte 0: expected"],
    ["rwkv_vocab_v20230424.txt", "1 b'é' 1\n", "byte 0: expected"],
    ["rwkv_vocab_v20230424.txt", "1 '\\ud800' 3\n", "byte 0: expected"],
    ["rwkv_vocab_v20230424.txt", "1 '\\U00110000' 4\n", "byte 0: expected"],
    ["vocab.txt", "1 'a' 1\n1 'b' 1\n", 'vocab.txt: byte 8: the tokens "a" and "b" share the id 1'],
    ["qwen.tiktoken", "YQ== 0\nYQ==\n", "qwen.tiktoken: byte 7: expected a token in base64"],
    ["qwen.tiktoken", "YQ 0\n", "qwen.tiktoken: byte 0: expected a token in base64"],
    ["qwen.tiktoken", "YQ== 0\nYg== 0\n", 'qwen.tiktoken: byte 7: the tokens "a" and "b" share'],
    ["qwen.tiktoken", "version https://git-lfs.github.com/spec/v1\n", "this is a Git LFS pointer"],
  ])("%s %j", async (name, content, message) => {
    const { table, note } = await read({ [name]: content, "r50k_base.tiktoken": ranks });
    expect(table).toBeNull();
    expect(note).toContain(message);
    expect(note).toMatch(/: rows show as #id$/);
  });

  test.each([
    ["added_tokens.json", '{"<a>": -1}', "added_tokens.json: byte 8: token"],
    [
      "tokenizer_config.json",
      '{"added_tokens_decoder":{"x":{"content":"a"}}}',
      'tokenizer_config.json: byte 29: token "a": expected a whole number as id, got a string',
    ],
    ["special_tokens_map.json", "[", "special_tokens_map.json: byte 1: expected"],
  ])("so does a broken %s", async (name, content, message) => {
    const { table, note } = await read({ "vocab.txt": "a\n", [name]: content });
    expect(table).toBeNull();
    expect(note).toContain(message);
  });
});

describe("tokens beside a vocabulary", () => {
  test("added_tokens.json, over it added_tokens_decoder, and which are special", async () => {
    const files = {
      "vocab.json": { "<unk>": 0, a: 1, b: 2 },
      "added_tokens.json": { "<old>": 3, "<new>": 5 },
      "tokenizer_config.json": {
        unk_token: { content: "<unk>" },
        added_tokens_decoder: { 3: { content: "<mask>", special: true } },
      },
      "special_tokens_map.json": { additional_special_tokens: ["<x>", { content: "b" }] },
    };
    expect(await shown(files)).toEqual(["<unk> s", "a n", "b s", "<mask> s", "#4 p", "<new> a"]);
  });

  test("BERT's special tokens where no file names any", async () => {
    const text = "[PAD]\r\n[unused0]\r\n[UNK]\r\nthe\r\n##ing";
    const tokens = ["[PAD] s", "[unused0] n", "[UNK] s", "the n", "##ing n"];
    expect(await shown({ "vocab.txt": text })).toEqual(tokens);
  });

  test.each(["", "\n", "\n\n\n", "\r\n\r\n"])(
    "empty lines at the end are no tokens: %j",
    async (end) => {
      expect(await shown({ "vocab.txt": `[PAD]\n\nthe${end}` })).toEqual([
        "[PAD] s",
        "\\u{} n",
        "the n",
      ]);
      expect(await shown({ "vocab.txt": `và 20\nho@@ 7${end}` })).toHaveLength(7);
    },
  );

  test("SentencePiece's pieces as lines: ▁ is a blank if a tenth begin with it", async () => {
    const words = [..."abcdefghi"];
    expect(await shown({ "vocab.txt": ["▁안녕", ...words].join("\n") })).toEqual([
      ...["·안녕 n", ...words.map((word) => `${word} n`)],
    ]);
    expect(
      (await shown({ "vocab.txt": ["▁안녕", "##j", ...words].join("\n") })).slice(0, 2),
    ).toEqual([...["▁안녕 n", "##j n"]]);
  });

  test("a dictionary of fairseq begins at 4", async () => {
    expect(await shown({ "vocab.txt": "và 20\nho@@ 7\n" })).toEqual([
      ...["<s> s", "<pad> s", "</s> s", "<unk> s", "và n", "ho@@ n", "<mask> s"],
    ]);
  });

  test("Qwen's first tokenizer numbers its special tokens after the ranks", async () => {
    const files = { "qwen.tiktoken": ranks };
    const tokens = await shown({
      ...files,
      "tokenizer_config.json": { tokenizer_class: "QWenTokenizer" },
    });
    expect(tokens.slice(2, 6)).toEqual([
      ...["<|endoftext|> s", "<|im_start|> s", "<|im_end|> s", "<|extra_0|> s"],
    ]);
    expect(tokens).toHaveLength(2 + 208);
    expect(await shown(files)).toHaveLength(2);
  });

  test("and so does Hunyuan's, which has others", async () => {
    const tokens = await shown({
      "hy.tiktoken": ranks,
      "tokenizer_config.json": { tokenizer_class: "HYTokenizer" },
    });
    expect(tokens.slice(2, 8)).toEqual([
      ...["<|endoftext|> s", "<|startoftext|> s", "<|bos|> s", "<|eos|> s", "<|pad|> s"],
      "<|extra_0|> s",
    ]);
    expect(tokens).toHaveLength(2 + 210);
  });
});

test("Mistral's early files leave out the names of special tokens", async () => {
  const { special_tokens: _, ...early } = tekken(24, 23);
  const tokens = await shown({ "tekken.json": early });
  expect(tokens.slice(0, 4)).toEqual(["<unk> s", "<s> s", "</s> s", "[INST] s"]);
  expect(tokens.slice(18)).toEqual([
    ...["[/SYSTEM_PROMPT] s", "[TOOL_CONTENT] s"],
    ...["<SPECIAL_20> s", "<SPECIAL_21> s", "<SPECIAL_22> s", "a n"],
  ]);
});

describe("SentencePiece", () => {
  test("types and blanks", async () => {
    const model = sentencePiece(
      ["<unk>", 2],
      ["<s>", 3],
      ["▁▁", 4],
      ["▁the", 1],
      ["x"],
      ["<0x0A>", 6],
      ["gone", 5],
      ["<0x0A>"],
    );
    expect(await shown({ "tokenizer.model": model })).toEqual([
      ...["<unk> s", "<s> s", "·· n", "·the n", "x n", "\\x0A b", "gone n", "<0x0A> n"],
    ]);
  });

  const pieces = sentencePiece(["<unk>", 2], ["<s>", 3], ["</s>", 3], ["▁a"]);

  test("its ids are those of the class, which config.json may tell by the model's type", async () => {
    const files = { "sentencepiece.bpe.model": pieces };
    expect(await shown(files, { model_type: "xlm-roberta" })).toEqual([
      ...["<s> s", "<pad> s", "</s> s", "<unk> s", "·a n", "<mask> s"],
    ]);
    const fast = { "tokenizer_config.json": { tokenizer_class: "CamembertTokenizerFast" } };
    expect((await shown({ ...files, ...fast })).slice(4)).toEqual([
      ...["<unk>NOTUSED s", "<s> s", "</s> s", "·a n", "<mask> s"],
    ]);
    const barthez = { "tokenizer_config.json": { tokenizer_class: "BarthezTokenizer" } };
    expect(await shown({ ...files, ...barthez })).toEqual(["<unk> s", "<s> s", "</s> s", "·a n"]);
  });

  test.each([[{}], [{ tokenizer_class: "BartphoTokenizer" }]])(
    "where the class is unknown and the file one of fairseq's, no id is guessed: %j",
    async (settings) => {
      const { table, note } = await read({
        "sentencepiece.bpe.model": pieces,
        "tokenizer_config.json": settings,
      });
      expect(table).toBeNull();
      expect(note).toContain("its pieces are numbered by a tokenizer class");
    },
  );

  test("Pegasus's own tokens, of which BigBird-Pegasus has two", async () => {
    const pegasus = (settings: object) => ({
      "spiece.model": sentencePiece(["<pad>", 3], ["</s>", 3], ["<s>", 3], ["▁a"]),
      "tokenizer_config.json": { tokenizer_class: "PegasusTokenizer", ...settings },
    });
    const own = await shown(pegasus({}));
    expect(own.slice(0, 5)).toEqual([
      ...["<pad> s", "</s> s", "<mask_1> s", "<mask_2> s", "<unk_2> s"],
    ]);
    expect(own.slice(104)).toEqual(["<unk_102> s", "<s> s", "·a n"]);
    const bigBird = { offset: 0, mask_token_sent: null, mask_token: "[MASK]" };
    expect(await shown(pegasus(bigBird))).toEqual(["<pad> s", "</s> s", "<s> s", "·a n"]);
    const renamed = { offset: 4, mask_token: { content: "<m>" }, mask_token_sent: "<s1>" };
    expect((await shown(pegasus(renamed))).slice(2)).toEqual([
      ...["<s1> s", "<m> s", "<unk_2> s", "<unk_3> s", "<s> s", "·a n"],
    ]);
    expect(await shown(pegasus({ offset: 1e12 }))).toEqual(own);
  });

  test("T5's sentinels: as many as are given, and none where pieces are", async () => {
    const t5 = (extra_ids?: unknown) => ({
      "tokenizer_config.json": { tokenizer_class: "T5Tokenizer", extra_ids },
      "spiece.model": pieces,
    });
    expect((await shown(t5(2))).slice(3)).toEqual(["·a n", "<extra_id_1> s", "<extra_id_0> s"]);
    expect(await shown(t5())).toHaveLength(104);
    expect(await shown(t5(-1))).toHaveLength(104);
    expect(await shown(t5(1e12))).toHaveLength(104);
    const own = { ...t5(), "spiece.model": sentencePiece(["▁a"], ["▁<extra_id_0>"]) };
    expect(await shown(own)).toHaveLength(2);
  });
});
