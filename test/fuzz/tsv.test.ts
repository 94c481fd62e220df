import { bufferSource } from "../../src/model/bytes/source.ts";
import { readMetadata, readVectors } from "../../src/model/weights/tsv.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bad = (text: string, place: number | string): MalformedFile => ({
  what: JSON.stringify(text.slice(0, 60)),
  file: encode(text),
  place,
});
const notUtf8 = (before: string, ...bytes: readonly number[]): MalformedFile => ({
  what: `bytes ${bytes.join(" ")} that are not UTF-8`,
  file: concat([encode(before), Uint8Array.from(bytes), encode("\n")]),
  place: encode(before).length,
});

const NOT_NUMBERS = [
  ..."a NaN nan inf -inf Infinity 1e39 -1e39 1e309 0x10 0b1 1_0 1,5 1.2.3 1e 1e+ .e1 . + - -- +-1 1- e5".split(
    " ",
  ),
  ...[
    "1 ",
    " 1",
    "\u00a01",
    "1\u2009",
    "１",
    "١",
    "−1",
    '"1"',
    "'1'",
    "1f",
    "1L",
    "None",
    "null",
    "true",
    "#1",
  ],
  ...["\u001b[31m", "\0", "1\0", "<script>", "\u202e1", "%s", "=1+1", "[1]", "(1)", "1/2", "1;2"],
];

fuzzParser({
  name: "vectors.tsv",
  file: "v.tsv",
  seeds: [
    encode("1\t2\n3\t4\n"),
    encode("+1\t2.\t-0\r\n3e0\t.4e+1\t1e-46\r\n"),
    encode("\ufeff1\n-2.5E-3\n3"),
    encode(Array.from({ length: 40 }, (_, i) => `${i}\t${i / 7}\t-${i}e-5`).join("\n")),
  ],
  malformed: [
    bad("", 0),
    bad("\n", 0),
    bad("\r\n", 0),
    bad("\ufeff", 0),
    ...NOT_NUMBERS.map((cell) => bad(`1\t2\n3\t${cell}\n`, 6)),
    bad("a\tb\n1\t2\n", "a\tb"),
    bad("\ufeffx\t1\n", "x"),
    bad("\ufeff\ufeff1\n", 3),
    bad("1\t2\n\ufeff3\t4\n", 4),
    bad("1\t2\n3\n", "3\n"),
    bad("1\t2\n3\t4\t5\n", "3\t4\t5"),
    bad("1\t2\n\n3\t4\n", "\n3\t4"),
    bad("1\t2\n3\t4\n\n", "\n"),
    bad("1\t2\n3\t4\n ", " "),
    bad("1\t2\t\n", "\n"),
    bad("\t1\n", 0),
    bad("1\t\t2\n", "\t2"),
    bad("1\r2\r", 0),
    bad("1\r\r\n", 0),
    bad("1\u20282\n", 0),
    bad(`${"1\t2\n".repeat(1_100_000)}3\n`, "3\n"),
    bad(`${"1\n".repeat(2_200_000)}x`, "x"),
    bad(`${"1".repeat(1_000_000)}x\n`, 0),
    bad(`${"1".repeat(1_000_000)}\n`, 0),
    bad(`1\n${"1\t".repeat(1_100_000)}1\n`, 2),
    bad("1\t".repeat(1_100_000), 0),
    bad("\t".repeat(5_000_000), 0),
    notUtf8("1\n", 0xff),
    notUtf8("1\t2\n3\té", 0xe2, 0x82),
    notUtf8("", 0xff, 0xfe, 0x31, 0x00),
  ],
  parse: (file) => readVectors(bufferSource(file, "v.tsv"), "v.tsv"),
  tokens: ["1e38", "3.5e38", "\t", "\n", "\r\n", "1\t2\n", "nan"],
});

fuzzParser({
  name: "metadata.tsv",
  file: "m.tsv",
  seeds: [
    encode("word\nking\n\nqueen\n"),
    encode("count\tLabel\r\n1\ta\r\n2\tb"),
    encode('\ufeffname\tcount\n"a\t1\nb"\t2\n'),
  ],
  malformed: [
    bad("a\tb\nc\n", "c\n"),
    bad("a\tb\nc\td\te\n", "c\td"),
    bad("a\tb\n\nc\td\n", "\nc"),
    bad("a\tb\nc\td\n\n", "\n"),
    bad("a\nb\tc\n", "b\tc"),
    bad("\ufeffa\tb\nc\n", "c\n"),
    bad('a\tb\n"c\tc"\td\n', '"c\tc'),
    bad("\n".repeat(4_000_001), 4_000_000),
    bad("\t".repeat(2 ** 20), 0),
    notUtf8("label\n", 0xff),
    notUtf8("a\tb\né\t", 0xed, 0xa0, 0x80),
  ],
  parse: (file) => readMetadata(file, "m.tsv"),
  tokens: ["label", "word", "\t", "\n", "\r\n"],
});
