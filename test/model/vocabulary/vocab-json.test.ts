import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { readVocabJson, spellingOf } from "../../../src/model/vocabulary/vocab-json.ts";
import { createVocabulary } from "../../../src/model/vocabulary/vocabulary.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function tokens(vocab: string, merges?: string) {
  const file = merges === undefined ? undefined : { bytes: encode(merges), file: "merges.txt" };
  const table = readVocabJson(encode(vocab), file, "vocab.json");
  return [...createVocabulary(table.end, table)];
}

describe("vocab.json and merges.txt", () => {
  test("give byte-level tokens; what no merge makes is special", () => {
    const read = tokens(
      '{"t":0,"h":1,"Ġ":2,"th":3,"Ġth":4,"<|endoftext|>":5,"ł":6,"#version":7}',
      "#version: 0.2\nt h\nĠ th\n#v ersion\n",
    );
    expect(read.map(({ text }) => text)).toEqual([
      "t",
      "h",
      " ",
      "th",
      " th",
      "<|endoftext|>",
      null,
      "#version",
    ]);
    expect(read.map(({ kind }) => kind).indexOf("special")).toBe(5);
    expect(read.filter(({ kind }) => kind === "special")).toHaveLength(1);
    expect(read[6]!.display).toBe("\\xA0");
  });

  test("merges may begin with a piece that looks like a comment, and end with a count", () => {
    const read = tokens('{"#":0,"##":1,"##3":2}', "#version: 0.2\r\n# #\r\n## 3 57\r\n");
    expect(read.map(({ kind }) => kind)).toEqual(["normal", "normal", "normal"]);
  });

  test("of CTRL's kind name the ends of words otherwise than the vocabulary does", () => {
    const read = tokens(
      '{"<unk>":0,"t@@":1,"th@@":2,"the":3,"a":4,"an":5,"Links":6,"ab@@":7}',
      "#version: 0.2\nt h\nth e</w>\na n</w>\na b</w>\n",
    );
    expect(read.map(({ display, kind }) => [display, kind])).toEqual([
      ["<unk>", "special"],
      ["t@@", "normal"],
      ["th@@", "normal"],
      ["the", "normal"],
      ["a", "normal"],
      ["an", "normal"],
      ["Links", "special"],
      ["ab@@", "special"],
    ]);
    expect(read.slice(1, 4).map(({ text }) => text)).toEqual(["t", "th", "the"]);
  });

  test("without merges no token is known to be special", () => {
    const read = tokens('{"<unk>":0,"▁the":1,"<0x0A>":2}');
    expect(read.map(({ text, kind }) => [text, kind])).toEqual([
      ["<unk>", "normal"],
      [" the", "normal"],
      ["<0x0A>", "normal"],
    ]);
  });

  test.each([
    ["[]", "", "vocab.json: byte 0: expected a JSON object of tokens"],
    ['{"a":0}', "t h\na b c\n", "merges.txt: byte 4: expected two pieces"],
    ['{"a":0}', "a\n", "merges.txt: byte 0: expected two pieces"],
    ['{"a":0, "b":0}', "", 'vocab.json: byte 12: the tokens "a" and "b" share the id 0'],
    ['{"a":0, "b":"1"}', "", 'vocab.json: byte 12: token "b": expected a whole number'],
    ['{"a":0', "", "vocab.json: byte 6: expected"],
  ])("%s with %j is refused", (vocab, merges, message) => {
    expect(() => tokens(vocab, merges)).toThrow(FormatError);
    expect(() => tokens(vocab, merges)).toThrow(message);
  });
});

describe("how tokens are spelt is told by", () => {
  const plain = { byteLevel: false, blank: null, byteTokens: false, prefix: "", suffix: "" };

  test.each([
    ["Ġ", ["a", "Ġa"], { byteLevel: true }],
    ["▁", ["a", "▁a"], { blank: "▁" }],
    ["</w>, as GPT-1's", ["a", "a</w>", "–</w>"], { suffix: "</w>" }],
    ["Ġ and </w>", ["Ġa", "a</w>"], { byteLevel: true, suffix: "</w>" }],
    ["@@, as CTRL's", ["a@@", "b"], { suffix: "@@" }],
    ["##", ["a", "##b"], { prefix: "##" }],
    ["nothing", ["a", "b", "</w>", "##", "@@"], {}],
    ["no token", [], {}],
    ["one in many is no mark", ["▁a", "Ġb", "c</w>", ..."abcdefghijklmnopqrstuvwxyz+-/:"], {}],
  ])("%s", (_what, pieces, expected) => {
    expect(spellingOf(pieces)).toEqual({ ...plain, ...expected });
  });
});
