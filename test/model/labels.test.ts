import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { labelTable, readLabels } from "../../src/model/labels.ts";
import { readMetadata } from "../../src/model/weights/tsv.ts";

const encode = (text: string) => new TextEncoder().encode(text);

describe("labels", () => {
  const read = (text: string, file = "l.txt") => readLabels(encode(text), file);

  test.each([
    ["a\nb\n", ["a", "b"]],
    ["a\nb", ["a", "b"]],
    ["a\r\n b \r\n", ["a", " b "]],
    ["a\n\n", ["a", ""]],
    ["", []],
    ["[\n]\n", ["[", "]"]],
    ["[1, 2]", ["[1, 2]"]],
    ['["a", "\\n"]', ["a", "\n"]],
    ["\ufeffa\n", ["a"]],
  ])("%j", (text, labels) => {
    expect(read(text)).toEqual(labels);
  });

  test("in a .json file are an array of texts or an error", () => {
    expect(read('["a",""]', "l.JSON")).toEqual(["a", ""]);
    expect(() => read('["a",1]', "l.json")).toThrow(
      "l.json: byte 5: expected a JSON array of texts",
    );
    expect(() => read("a\nb", "l.json")).toThrow(FormatError);
    expect(() => readLabels(Uint8Array.of(0x61, 0xe9), "l.txt")).toThrow("not valid UTF-8");
  });

  test.each([
    ["version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "a Git LFS pointer"],
    ["<!DOCTYPE html>\n<html>\n", "an HTML page"],
    ['<html lang="en">\n', "an HTML page"],
  ])("are no lists: %j", (text, kind) => {
    expect(() => read(text)).toThrow(`l.txt: byte 0: no list of names: this is ${kind}`);
    const metadata = () => readMetadata(encode(text), "m.tsv");
    expect(metadata).toThrow(`m.tsv: byte 0: no list of names: this is ${kind}`);
  });

  test("may begin as other files do", () => {
    const names = ["<html>", "GGUF", "%PDF", "{"];
    expect(read(names.join("\n"))).toEqual(names);
  });

  test("must be as many as the rows", () => {
    expect(() => labelTable(["a", "b"], 3, "l.txt")).toThrow(
      new RangeError("l.txt: expected one label for each of 3 rows, got 2"),
    );
  });
});
