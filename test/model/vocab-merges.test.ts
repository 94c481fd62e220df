import { describe, expect, test } from "vitest";
import { readVocabMerges } from "../../src/model/vocab-merges.ts";
import { createVocabulary } from "../../src/model/vocabulary.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function tokens(vocab: string, merges: string) {
  const table = readVocabMerges(encode(vocab), encode(merges), "vocab.json");
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

  test("merges may begin with a piece that looks like a comment", () => {
    const read = tokens('{"#":0,"##":1}', "#version: 0.2\r\n# #\r\n");
    expect(read.map(({ kind }) => kind)).toEqual(["normal", "normal"]);
  });

  test("broken ones are refused", () => {
    expect(() => tokens("[]", "")).toThrow("vocab.json: expected a JSON object of tokens");
    expect(() => tokens('{"a":0}', "a b c\n")).toThrow("a line that is not two pieces");
    expect(() => tokens('{"a":0,"b":0}', "")).toThrow("share the id 0");
  });
});
