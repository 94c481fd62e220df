import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { ggufTokens } from "../../../src/model/vocabulary/gguf-vocabulary.ts";
import { readTokenizerJson } from "../../../src/model/vocabulary/tokenizer-json.ts";
import { createVocabulary, type Token } from "../../../src/model/vocabulary/vocabulary.ts";
import type { GgufValue } from "../../../src/model/weights/gguf.ts";
import { hasShared, sharedPath } from "../../shared.ts";

type Metadata = readonly (readonly [string, GgufValue | null])[];

/** The metadata of a vocabulary. */
function metadata(
  model: GgufValue,
  tokens: GgufValue,
  types?: GgufValue,
  more: Metadata = [],
): Map<string, GgufValue | null> {
  return new Map<string, GgufValue | null>([
    ["tokenizer.ggml.model", model],
    ["tokenizer.ggml.tokens", tokens],
    ...(types === undefined ? [] : ([["tokenizer.ggml.token_type", types]] as const)),
    ...more,
  ]);
}

/** A header in which the key number n stands at byte 100 n. */
function header(given: ReadonlyMap<string, GgufValue | null>): Parameters<typeof ggufTokens>[0] {
  const keyOffsets = new Map(Array.from(given.keys(), (key, i) => [key, 100 * i] as const));
  return { metadata: given, keyOffsets };
}

function tokensOf(given: ReturnType<typeof metadata>): Token[] {
  const table = ggufTokens(header(given), "x.gguf")!;
  return [...createVocabulary((given.get("tokenizer.ggml.tokens") as string[]).length, table)];
}

const hex = ({ bytes }: Token) => Buffer.from(bytes).toString("hex");
const kinds = (tokens: readonly Token[]) => tokens.map(({ kind }) => kind);
const displays = (tokens: readonly Token[]) => tokens.map(({ display }) => display);

describe("tokenizers", () => {
  test("gpt2: the byte-level alphabet, added tokens as they are", () => {
    const tokens = tokensOf(
      metadata(
        "gpt2",
        ["Ġthe", "Ċ", "¡", "<|end|>", "  Ġ", "日本", "<0x0A>"],
        [1, 1, 1, 3, 4, 1, 1],
      ),
    );
    expect(tokens.map(hex)).toEqual([
      ...["20746865", "0a", "a1", "3c7c656e647c3e", "2020c4a0", "e697a5e69cac", "3c307830413e"],
    ]);
    expect(kinds(tokens)).toEqual([
      ...["normal", "normal", "normal", "special", "added", "normal", "normal"],
    ]);
  });

  test.each(["llama", "t5", "gemma4"])("%s: SentencePiece", (model) => {
    const texts = [
      "<unk>",
      "<s>",
      "<0x0A>",
      "▁the",
      "▁▁",
      "é",
      "▁▁▁",
      "<0xFF>",
      "[PAD8]",
      "<unused0>",
    ];
    const tokens = tokensOf(metadata(model, texts, [2, 3, 6, 1, 1, 0, 4, 1, 5, 5]));
    expect(tokens.map(hex).slice(2, 8)).toEqual([
      ...["0a", "20746865", "2020", "c3a9", "202020", "3c307846463e"],
    ]);
    expect(kinds(tokens)).toEqual([
      ...["special", "special", "byte", "normal", "normal", "normal", "added", "normal"],
      ...["padding", "special"],
    ]);
    expect(displays(tokens).slice(6)).toEqual(["···", "<0xFF>", "#8", "<unused0>"]);
  });

  test("bert: WordPiece, whose marks llama.cpp turned round", () => {
    const pieces = [
      "[PAD]",
      "[unused0]",
      "[CLS]",
      "the",
      "##ing",
      "#",
      "##",
      "é",
      "##é",
      "[",
      "##]",
    ];
    const isSpecial = [true, false, true];
    // as llama.cpp's converter does: words get a ▁, and what continues a word loses its ##
    const turned = pieces.map((piece, i) =>
      isSpecial[i] ? piece : piece.startsWith("##") ? piece.slice(2) : `▁${piece}`,
    );
    const types = pieces.map((_, i) => (isSpecial[i] ? 3 : 1));
    const tokens = tokensOf(metadata("bert", turned, types));
    expect(displays(tokens)).toEqual(pieces);
    expect(tokens.map(({ text }) => text)).toEqual([
      ...["[PAD]", "[unused0]", "[CLS]", "the", "ing", "#", "##", "é", "é", "[", "]"],
    ]);
    const early = turned.map((piece) => (piece === "▁[unused0]" ? "[unused0]" : piece));
    expect(displays(tokensOf(metadata("bert", early, types)))).toEqual(pieces);
    expect(displays(tokensOf(metadata("bert", pieces, types)))).toEqual(pieces);
  });

  test("bert: added tokens and fillers are turned round too", () => {
    const texts = ["[PAD]", "▁[unused0]", "▁the", "ing", "▁<new>", "▁[PAD5]", "▁[PAD6]", "</s>"];
    const types = [3, 1, 1, 1, 4, 5, 4, 2];
    const tokens = tokensOf(metadata("bert", texts, types));
    expect(displays(tokens)).toEqual([
      ...["[PAD]", "[unused0]", "the", "##ing", "<new>", "#5", "#6", "</s>"],
    ]);
    expect(kinds(tokens)).toEqual([
      ...["special", "normal", "normal", "normal", "added", "padding", "padding", "special"],
    ]);
    expect(tokens[4]!.text).toBe("<new>");
  });

  test("bert in an old file without types: words and what continues them", () => {
    const more = [["tokenizer.ggml.cls_token_id", 0]] as const;
    const tokens = tokensOf(metadata("bert", ["[CLS]", "▁the", "ing"], undefined, more));
    expect(displays(tokens)).toEqual(["[CLS]", "the", "##ing"]);
  });

  test("user-defined fillers of 2024 are padding, if they have their own number", () => {
    const texts = ["a", "[PAD1]", "[PAD1]", "[PAD]", "[PAD04]"];
    const tokens = tokensOf(metadata("gpt2", texts, [1, 4, 4, 4, 4]));
    expect(displays(tokens)).toEqual(["a", "#1", "[PAD1]", "[PAD]", "[PAD04]"]);
    expect(kinds(tokens)).toEqual(["normal", "padding", "added", "added", "added"]);
  });

  test("rwkv: bytes as Python writes them", () => {
    const texts = ["<s>", "\\x00", "it\\'s", "\\t\\n\\r", "\\\\", "\\xe2\\x96", "a b", "日", "\\"];
    const tokens = tokensOf(metadata("rwkv", texts, [3, 1, 1, 1, 1, 1, 1, 1, 1]));
    expect(tokens.map(hex)).toEqual([
      ...["3c733e", "00", "69742773", "090a0d", "5c", "e296", "612062", "e697a5", "5c"],
    ]);
    expect(tokens[5]!.text).toBeNull();
  });

  test("plamo2: plain text", () => {
    const tokens = tokensOf(
      metadata("plamo2", ["<|plamo:unk|>", "<0xE3>", "▁a", "b c"], [2, 6, 1, 1]),
    );
    expect(tokens.map(hex).slice(1)).toEqual(["e3", "e2968161", "622063"]);
  });

  test("names of Object.prototype are tokens as others are", () => {
    const tokens = tokensOf(metadata("llama", ["constructor", "__proto__", ""], [1, 1, 1]));
    expect(displays(tokens)).toEqual(["constructor", "__proto__", "\\u{}"]);
  });
});

describe("without types, as in old files", () => {
  test("bytes are told by their spelling, special ones by the keys that name them", () => {
    const more = [
      ["tokenizer.ggml.bos_token_id", 1],
      ["tokenizer.ggml.unknown_token_id", 0],
      ["tokenizer.ggml.add_bos_token", true],
    ] as const;
    const texts = ["<unk>", "<s>", "</s>", "<0x0A>", "▁a"];
    expect(kinds(tokensOf(metadata("llama", texts, undefined, more)))).toEqual([
      ...["special", "special", "normal", "byte", "normal"],
    ]);
    expect(kinds(tokensOf(metadata("gpt2", ["<0x0A>"])))).toEqual(["normal"]);
  });
});

describe("what can't be right", () => {
  test.each([
    ["tokens that are a text", metadata("llama", "abc"), /byte 100: \S+tokens is not an array/],
    ["a token that is a number", metadata("llama", ["a", 1]), /tokens is not an array of texts/],
    ["a token that is an array", metadata("bert", [["▁a"]]), /tokens is not an array of texts/],
    ["a lone surrogate", metadata("llama", ["\ud800"]), /byte 100: the token .* lone surrogate/],
    [
      "too few types",
      metadata("llama", ["a", "b"], [1]),
      /byte 200: .*token_type to have 2 values/,
    ],
    ["types that are a number", metadata("llama", ["a"], 1), /token_type to have 1 values/],
    ["a type of 7", metadata("llama", ["a"], [7]), /byte 200: token 0 has the type 7/],
    ["types of texts", metadata("llama", ["a"], ["1"]), /the type a text; there are 0 to 6/],
    ["types of arrays", metadata("llama", ["a"], [[1]]), /the type an array; there are 0 to 6/],
  ])("%s", (_what, given, message) => {
    expect(() => ggufTokens(header(given), "x.gguf")).toThrow(FormatError);
    expect(() => ggufTokens(header(given), "x.gguf")).toThrow(message);
  });

  test("a tokenizer that is not known", () => {
    expect(() => ggufTokens(header(metadata("future", ["a"])), "x.gguf")).toThrow(UnsupportedError);
    expect(() => ggufTokens(header(metadata(7, ["a"])), "x.gguf")).toThrow(/got unknown/);
  });

  test("no vocabulary at all", () => {
    expect(ggufTokens(header(new Map()), "x.gguf")).toBeNull();
    expect(ggufTokens(header(metadata("none", [])), "x.gguf")).toBeNull();
    expect(ggufTokens(header(metadata("no_vocab", [])), "x.gguf")).toBeNull();
  });
});

describe.skipIf(!hasShared)("the shared vocabularies, converted (needs ../shared)", () => {
  /** As llama.cpp's converter does: the tokens by id, added ones as special or user-defined. */
  function converted(path: string, model: string, byteTokens: boolean) {
    const bytes = Uint8Array.from(readFileSync(sharedPath(path)));
    const { model: inner, added_tokens: added } = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const texts: string[] = [];
    for (const [content, id] of Object.entries(inner.vocab)) texts[id as number] = content;
    const types: number[] = texts.map((content) =>
      byteTokens && /^<0x[0-9A-F]{2}>$/.test(content) ? 6 : 1,
    );
    for (const { id, content, special } of added) {
      texts[id] = content;
      types[id] = special ? 3 : 4;
    }
    const theirs = createVocabulary(texts.length, readTokenizerJson(bytes, path));
    return { ours: tokensOf(metadata(model, texts, types)), theirs: [...theirs] };
  }

  test.each([
    ["data/models/gpt2-tokenizer/tokenizer.json", "gpt2", false, 50_257],
    ["data/models/stories260K/tokenizer.json", "llama", true, 512],
  ] as const)("%s: every token is the same", (path, model, byteTokens, size) => {
    const { ours, theirs } = converted(path, model, byteTokens);
    expect(ours.length).toBe(size);
    expect(ours).toEqual(theirs);
  });
});
