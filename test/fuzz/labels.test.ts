import { labelTable, readLabels } from "../../src/model/labels.ts";
import { createVocabulary } from "../../src/model/vocabulary/vocabulary.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bad = (text: string, place: number | string): MalformedFile => ({
  what: JSON.stringify(text.slice(0, 60)),
  file: encode(text),
  place,
});

/** Reads the labels and shows each. */
function show(bytes: Uint8Array, file: string): string[] {
  const names = readLabels(bytes, file);
  return Array.from(
    createVocabulary(names.length, labelTable(names, names.length, file)),
    (token) => token.display,
  );
}

fuzzParser({
  name: "labels.txt",
  file: "l.txt",
  seeds: [
    encode("a\nb\r\n\n d \n"),
    encode('["a", "\\n", "é"]'),
    encode("\ufeffa\n[1]\n"),
    encode("[\n]"),
  ],
  malformed: [
    bad("\n".repeat(4_000_001), 4_000_000),
    { what: "a byte that is not UTF-8", file: Uint8Array.of(0x61, 0x0a, 0xe9), place: 2 },
    { what: "UTF-16", file: Uint8Array.of(0xff, 0xfe, 0x61, 0x00), place: 0 },
    {
      what: "UTF-8 cut short",
      file: concat([encode("aé\n"), Uint8Array.of(0xe2, 0x96)]),
      place: 4,
    },
  ],
  parse: (file) => show(file, "l.txt"),
});

fuzzParser({
  name: "labels.json",
  file: "l.json",
  seeds: [encode('["a", "b"]'), encode("[]"), encode('\ufeff["\\u00e9\\ud83d\\udca1",""]\n')],
  malformed: [
    bad("", 0),
    bad("a\nb\n", "a"),
    bad("{}", "{}"),
    bad('{"a":"b"}', "{"),
    bad('"a"', '"a"'),
    bad("null", "null"),
    bad('["a",1]', "1]"),
    bad('[ "a" , null]', "null"),
    bad('["a",["b"]]', '["b"]'),
    bad('\ufeff["é",{}]', "{}"),
    bad('["a","\\ud800"]', '"\\ud800"'),
    bad('["a","b",]', "]"),
    bad('["a" "b"]', '"b"'),
    bad('["a"', ""),
    bad("[".repeat(1_000_000), 100),
    bad("<!DOCTYPE html><html>", 0),
  ],
  parse: (file) => show(file, "l.json"),
});
