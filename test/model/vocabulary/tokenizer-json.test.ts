import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { readTokenizerJson } from "../../../src/model/vocabulary/tokenizer-json.ts";
import { createVocabulary, type Vocabulary } from "../../../src/model/vocabulary/vocabulary.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const table = (json: unknown) => readTokenizerJson(encode(JSON.stringify(json)), "tokenizer.json");

function vocabulary(json: unknown, rows?: number): Vocabulary {
  const read = table(json);
  return createVocabulary(rows ?? read.end, read);
}

const ids = (...tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));
const displays = (tokens: Vocabulary) => [...tokens].map(({ display }) => display);
const texts = (tokens: Vocabulary) => [...tokens].map(({ text }) => text);
const kinds = (tokens: Vocabulary) => [...tokens].map(({ kind }) => kind);

const byteLevel = { type: "ByteLevel", add_prefix_space: false };

describe("byte-level BPE", () => {
  const bpe = { type: "BPE", merges: [] };

  test("every one of the 256 characters is its byte", () => {
    // the alphabet as GPT-2's encoder.py builds it: the printable ones, then the others in order
    const bytes: number[] = [];
    for (let b = 0x21; b <= 0x7e; b++) bytes.push(b);
    for (let b = 0xa1; b <= 0xac; b++) bytes.push(b);
    for (let b = 0xae; b <= 0xff; b++) bytes.push(b);
    const characters = [...bytes];
    for (let b = 0, n = 0; b < 256; b++) {
      if (bytes.includes(b)) continue;
      bytes.push(b);
      characters.push(256 + n++);
    }
    const pieces = characters.map((code) => String.fromCodePoint(code));
    const tokens = vocabulary({ model: { ...bpe, vocab: ids(...pieces) }, decoder: byteLevel });
    expect([...tokens].map((token) => [...token.bytes])).toEqual(bytes.map((byte) => [byte]));
    expect(displays(tokens).slice(94, 100)).toEqual([
      "\\xA1",
      "\\xA2",
      "\\xA3",
      "\\xA4",
      "\\xA5",
      "\\xA6",
    ]);
    expect(texts(tokens).filter((text) => text === null)).toHaveLength(128);
    expect(new Set(displays(tokens)).size).toBe(256);
  });

  test.each([
    ["the decoder", { decoder: byteLevel }],
    [
      "a sequence of decoders",
      { decoder: { type: "Sequence", decoders: [{ type: "Fuse" }, byteLevel] } },
    ],
    ["the pre-tokenizer", { pre_tokenizer: byteLevel }],
    [
      "a sequence in a sequence",
      {
        decoder: {
          type: "Sequence",
          decoders: [{ type: "Fuse" }, { type: "Sequence", decoders: [byteLevel] }],
        },
      },
    ],
    [
      "a sequence of pre-tokenizers",
      { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Split" }, byteLevel] } },
    ],
    ["the normalizer", { normalizer: byteLevel }],
  ])("is told by %s", (_where, parts) => {
    const tokens = vocabulary({ model: { ...bpe, vocab: ids("Ġthe", "Ċ", "Ã©", "âĤ") }, ...parts });
    expect(texts(tokens)).toEqual([" the", "\n", "é", null]);
    expect(displays(tokens)).toEqual(["·the", "↵", "é", "\\xE2\\x82"]);
  });

  test("added and special tokens stand for their content, holes are padding", () => {
    const tokens = vocabulary(
      {
        model: { ...bpe, vocab: { a: 0, "<|endoftext|>": 2 } },
        added_tokens: [
          { id: 2, content: "<|endoftext|>", special: true },
          { id: 4, content: "  é\n", special: false },
          { id: 5, content: "<｜begin▁of▁sentence｜>", special: true },
        ],
        decoder: byteLevel,
      },
      7,
    );
    expect(kinds(tokens)).toEqual([
      "normal",
      "padding",
      "special",
      "padding",
      "added",
      "special",
      "padding",
    ]);
    expect(displays(tokens).slice(1)).toEqual([
      "#1",
      "<|endoftext|>",
      "#3",
      "··é↵",
      "<｜begin▁of▁sentence｜>",
      "#6",
    ]);
    expect(tokens.token(6)).toEqual({
      id: 6,
      bytes: new Uint8Array(),
      text: null,
      display: "#6",
      kind: "padding",
    });
  });

  test("a piece with a character outside the alphabet is plain text", () => {
    const tokens = vocabulary({ model: { ...bpe, vocab: ids("▁", "Ġ") }, decoder: byteLevel });
    expect(texts(tokens)).toEqual(["▁", " "]);
  });

  test("names of Object.prototype are tokens like others", () => {
    const text =
      '{"model":{"type":"BPE","vocab":{"__proto__":0,"constructor":1,"toString":2,"7":3},"merges":[]}}';
    const read = readTokenizerJson(encode(text), "t");
    const tokens = createVocabulary(4, read);
    expect(texts(tokens)).toEqual(["__proto__", "constructor", "toString", "7"]);
    expect(tokens.find("__proto__")).toEqual([0]);
    expect(tokens.find("hasOwnProperty")).toEqual([]);
  });
});

describe("SentencePiece", () => {
  const replace = { type: "Replace", pattern: { String: "▁" }, content: " " };
  const llama = {
    model: {
      type: "BPE",
      byte_fallback: true,
      unk_token: "<unk>",
      vocab: ids("<unk>", "<s>", "<0x0A>", "<0xE2>", "<0x41>", "▁", "▁▁the", "A", "\n"),
      merges: [],
    },
    added_tokens: [{ id: 1, content: "<s>", special: true }],
    decoder: { type: "Sequence", decoders: [replace, { type: "ByteFallback" }, { type: "Fuse" }] },
  };

  test("blanks, byte tokens and pieces of the same byte", () => {
    const tokens = vocabulary(llama);
    expect(displays(tokens)).toEqual([
      "<unk>",
      "<s>",
      "\\x0A",
      "\\xE2",
      "\\x41",
      "·",
      "··the",
      "A",
      "↵",
    ]);
    expect(texts(tokens)).toEqual(["<unk>", "<s>", "\n", null, "A", " ", "  the", "A", "\n"]);
    expect(kinds(tokens).slice(0, 6)).toEqual([
      "special",
      "special",
      "byte",
      "byte",
      "byte",
      "normal",
    ]);
  });

  test("find prefers the token that shows as the text, and takes displays", () => {
    const tokens = vocabulary(llama);
    expect(tokens.find("A")).toEqual([7]);
    expect(tokens.find("\\x41")).toEqual([4]);
    expect(tokens.find("\n")).toEqual([2, 8]);
    expect(tokens.find("↵")).toEqual([8]);
    expect(tokens.find("··the")).toEqual([6]);
    expect(tokens.find("  the")).toEqual([6]);
    expect(tokens.find("b")).toEqual([]);
    tokens.find("\n").push(99);
    expect(tokens.find("\n")).toEqual([2, 8]);
  });

  test("Unigram with Metaspace: the place in the list is the id", () => {
    const tokens = vocabulary({
      model: {
        type: "Unigram",
        unk_id: 0,
        vocab: [
          ["<unk>", 0],
          ["▁a", -1.5],
          ["<0x0A>", -2],
        ],
      },
      added_tokens: [{ id: 3, content: "▁x", special: false }],
      decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
    });
    expect(texts(tokens)).toEqual(["<unk>", " a", "<0x0A>", " x"]);
    expect(kinds(tokens)).toEqual(["special", "normal", "normal", "added"]);
  });

  test("<0x..> is a byte where all 256 are there, though nothing says so", () => {
    const bytes = Array.from({ length: 256 }, (_, b) => {
      return [`<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`, 0];
    });
    const metaspace = { type: "Metaspace", replacement: "▁" };
    const tokens = vocabulary({
      model: { type: "Unigram", vocab: bytes },
      pre_tokenizer: metaspace,
    });
    expect([...tokens].map((token) => token.bytes[0])).toEqual([...Array(256).keys()]);
    expect(new Set(kinds(tokens))).toEqual(new Set(["byte"]));
  });

  test("the normalizer tells the sign where there is no decoder", () => {
    const normalizer = { type: "Replace", pattern: { String: " " }, content: "▁" };
    const model = { type: "BPE", vocab: ids("▁a"), merges: [] };
    expect(texts(vocabulary({ model, normalizer }))).toEqual([" a"]);
  });
});

describe("WordPiece and others", () => {
  test("## marks a piece that continues a word; it is shown and is no text", () => {
    const tokens = vocabulary({
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        vocab: ids("[UNK]", "ing", "##ing", "##", "#"),
      },
    });
    expect(texts(tokens)).toEqual(["[UNK]", "ing", "ing", "##", "#"]);
    expect(displays(tokens)).toEqual(["[UNK]", "ing", "##ing", "##", "#"]);
    expect(tokens.find("ing")).toEqual([1]);
    expect(tokens.find("##ing")).toEqual([2]);
  });

  test("another mark, and a mark at the end of words", () => {
    const model = {
      type: "BPE",
      continuing_subword_prefix: "@",
      end_of_word_suffix: "</w>",
      vocab: ids("the</w>", "@ing</w>", "a", "</w>"),
      merges: [],
    };
    const tokens = vocabulary({ model });
    expect(texts(tokens)).toEqual(["the", "ing", "a", "</w>"]);
    expect(displays(tokens)).toEqual(["the</w>", "@ing</w>", "a", "</w>"]);
  });

  test("a mark that can't be seen is escaped like text", () => {
    const model = { type: "WordPiece", continuing_subword_prefix: "\u202e", vocab: ids("\u202ea") };
    expect(displays(vocabulary({ model }))).toEqual(["\\u{202E}a"]);
  });

  test("WordLevel is plain, and early files do not name the model's type", () => {
    expect(texts(vocabulary({ model: { type: "WordLevel", vocab: ids("Ġ", "##x") } }))).toEqual([
      "Ġ",
      "##x",
    ]);
    const early = { vocab: ids("a", "##b"), max_input_chars_per_word: 100 };
    expect(displays(vocabulary({ model: early }))).toEqual(["a", "##b"]);
    expect(texts(vocabulary({ model: early }))).toEqual(["a", "b"]);
  });
});

describe("decoders", () => {
  const read = (decoder: object, ...tokens: string[]) =>
    texts(vocabulary({ model: { type: "BPE", vocab: ids(...tokens), merges: [] }, decoder }));
  const sequence = (...decoders: object[]) => ({ type: "Sequence", decoders });
  const replace = (from: object, content: string) => ({ type: "Replace", pattern: from, content });

  test("Replace works in its place in the sequence", () => {
    const first = sequence(replace({ String: "▁" }, " "), replace({ String: " x" }, "y"));
    expect(read(first, "▁xa", "$&▁")).toEqual(["ya", "$& "]);
    const last = sequence(replace({ String: " x" }, "y"), replace({ String: "▁" }, " "));
    expect(read(last, "▁xa", "a x")).toEqual([" xa", "ay"]);
    expect(read(replace({ String: "a" }, "$&"), "bab")).toEqual(["b$&b"]);
    expect(read(replace({ String: "" }, "x"), "ab")).toEqual(["ab"]);
  });

  test("Replace of a regular expression that is plain text", () => {
    expect(read(replace({ Regex: "▁" }, " "), "▁a")).toEqual([" a"]);
    expect(() => read(replace({ Regex: "[▁]" }, " "), "▁a")).toThrow(UnsupportedError);
    expect(() => read(replace({}, " "), "▁a")).toThrow(UnsupportedError);
  });

  test("Strip cuts each token, but behind Fuse only the text's start", () => {
    const strip = { type: "Strip", content: "_", start: 1, stop: 2 };
    expect(read(strip, "__a___", "_", "___", "a")).toEqual(["_a_", "", "", "a"]);
    expect(read(sequence({ type: "Fuse" }, strip), "__a___")).toEqual(["__a___"]);
  });

  test("marks of a WordPiece decoder and a BPEDecoder win over the model's", () => {
    const model = { type: "BPE", vocab: ids("@a", "##a", "b~"), merges: [] };
    const own = { ...model, continuing_subword_prefix: "##", end_of_word_suffix: "</w>" };
    const wordPiece = { type: "WordPiece", prefix: "@", cleanup: true };
    expect(displays(vocabulary({ model: own, decoder: wordPiece }))).toEqual(["@a", "##a", "b~"]);
    expect(texts(vocabulary({ model: own, decoder: wordPiece }))).toEqual(["a", "##a", "b~"]);
    const bpe = { type: "BPEDecoder", suffix: "~" };
    expect(texts(vocabulary({ model: own, decoder: bpe }))).toEqual(["@a", "a", "b"]);
  });

  test("CTC has a sign for a blank", () => {
    const ctc = { type: "CTC", pad_token: "<pad>", word_delimiter_token: "|", cleanup: true };
    expect(read(ctc, "a", "|")).toEqual(["a", " "]);
  });

  test("a normalizer that makes a blank of another sign says nothing about tokens", () => {
    const normalizer = {
      type: "Sequence",
      normalizers: [
        { type: "Replace", pattern: { String: "\u00a0" }, content: " " },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    };
    const model = { type: "BPE", vocab: ids("▁a"), merges: [] };
    expect(texts(vocabulary({ model, normalizer }))).toEqual([" a"]);
  });

  test("one that is not known", () => {
    expect(() => read({ type: "Rot13" }, "a")).toThrow('the decoder "Rot13" is not known');
    expect(() => read({}, "a")).toThrow("the decoder without a type is not known");
  });
});

describe("what is refused", () => {
  const bpe = (vocab: unknown) => ({ model: { type: "BPE", vocab, merges: [] } });

  test.each([
    [[], 'expected a JSON object with a "model"'],
    [{}, 'expected a JSON object with a "model"'],
    [{ model: [] }, 'expected a JSON object with a "model"'],
    [bpe(undefined), "model.vocab is not an object"],
    [bpe({ a: "0" }), 'token "a": expected a whole number as id, got a string'],
    [bpe({ a: -1 }), 'token "a": expected a whole number as id, got -1'],
    [bpe({ a: 0.5 }), "got 0.5"],
    [bpe({ a: 1e12 }), "got 1000000000000"],
    [bpe({ a: 3, b: 3 }), 'the tokens "a" and "b" share the id 3'],
    [bpe({ "\ud800": 3 }), "lone surrogate"],
    [{ model: { type: "Unigram", vocab: [[1, 2]] } }, "the token with the id 0 is not a text"],
    [{ ...bpe({ a: 0 }), added_tokens: [null] }, "the token with the id nothing is not a text"],
    [{ ...bpe({ a: 0 }), added_tokens: [{ content: "b" }] }, "got nothing"],
  ])("%j", (json, message) => {
    expect(() => table(json)).toThrow(FormatError);
    expect(() => table(json)).toThrow(message);
    expect(() => table(json)).toThrow("tokenizer.json: ");
  });

  test("the byte at which the fault stands is named", () => {
    const offset = (json: string): number | undefined => {
      try {
        readTokenizerJson(encode(json), "t");
      } catch (error) {
        if (error instanceof FormatError) return error.offset;
      }
      return undefined;
    };
    expect(offset('{"model":{"vocab":{"a":0,"é":0.5}}}')).toBe(30);
    expect(offset('{"model":{"vocab":[["a",0],7]}}')).toBe(27);
    expect(offset('{"model":{"vocab":7}}')).toBe(18);
    expect(offset('{"added_tokens":[{"id":0,"content":"a"}, {}],"model":{"vocab":{}}}')).toBe(41);
  });

  test("a model that is not known", () => {
    expect(() => table({ model: { type: "Magic", vocab: {} } })).toThrow(UnsupportedError);
  });

  test("an id that is not there", () => {
    const tokens = vocabulary(bpe({ a: 0 }), 3);
    for (const id of [-1, 3, 0.5, Number.NaN]) expect(() => tokens.token(id)).toThrow(RangeError);
  });
});

test("a decoder that makes tokens longer and longer is not followed", () => {
  const double = { type: "Replace", pattern: { String: "a" }, content: "aa" };
  const decoder = { type: "Sequence", decoders: Array(40).fill(double) };
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  expect(() => table({ model, decoder })).toThrow(UnsupportedError);
  expect(() => table({ model, decoder })).toThrow("makes tokens more than 64 times longer");
  const two = { type: "Sequence", decoders: [double, double] };
  expect(texts(vocabulary({ model, decoder: two }))).toEqual(["aaaa"]);
});

test("a decoder of more steps than any has is refused: each token would go through all of them", () => {
  const model = { type: "WordLevel", vocab: { a: 0 } };
  const step = { type: "Replace", pattern: { String: "x" }, content: "y" };
  const decoder = (steps: number) => ({ type: "Sequence", decoders: Array(steps).fill(step) });
  expect(table({ model, decoder: decoder(64) }).entries.size).toBe(1);
  expect(() => table({ model, decoder: decoder(65) })).toThrow(UnsupportedError);
  expect(() => table({ model, decoder: decoder(65) })).toThrow(/has 65 steps, at most 64/);
});

test("padding is found by its number, in a matrix of more rows than a Map holds", () => {
  const { entries, ...rest } = table({ model: { type: "WordLevel", vocab: { a: 0, "#5": 1 } } });
  const tokens = createVocabulary(2 ** 31 - 1, { ...rest, entries });
  expect(tokens.find("#5")).toEqual([1]);
  expect(tokens.find("#6")).toEqual([6]);
  expect(tokens.find("#2147483646")).toEqual([2147483646]);
  expect(tokens.find("#2147483647")).toEqual([]);
  expect(tokens.find("#06")).toEqual([]);
  expect(tokens.find("a")).toEqual([0]);
});
