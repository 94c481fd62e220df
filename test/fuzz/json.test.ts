import { readJson } from "../../src/model/bytes/json.ts";
import { parseJson } from "../../src/model/bytes/strict-json.ts";
import { decodeUtf8 } from "../../src/model/bytes/utf8.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bad = (text: string, place: number | string): MalformedFile => ({
  what: JSON.stringify(text.slice(0, 60)),
  file: encode(text),
  place,
});
const bytes = (what: string, before: string, ...rest: readonly number[]): MalformedFile => ({
  what,
  file: concat([encode(before), Uint8Array.from(rest)]),
  place: encode(before).length,
});

/** What RFC 8259 forbids: the text and where it stops being JSON. */
const NOT_JSON: readonly MalformedFile[] = [
  bad("", 0),
  bad("   ", 3),
  bad("\n\n", 2),
  ...[
    "x",
    "nul",
    "True",
    "NaN",
    "Infinity",
    "-Infinity",
    "undefined",
    "'a'",
    "+1",
    ".5",
    "-",
    "--1",
  ].map((text) => bad(text, 0)),
  ...["01", "1.", "1.e1", "1e", "1e+", "0x1", "1_0", "1a"].map((text) => bad(`[${text}]`, 2)),
  ...["-01", "1 2", "1,", "{}}"].map((text) => bad(`[${text}]`, 3)),
  bad("[1e1.5]", ".5"),
  bad("[[]]]", 4),
  bad("[nullx]", "x]"),
  bad("[", ""),
  bad("]", 0),
  bad("{", ""),
  bad("}", 0),
  bad("[1", ""),
  bad("[1,", ""),
  bad("[,1]", ",1"),
  bad("[1,,2]", ",2"),
  bad("[1}", "}"),
  bad("[1:2]", ":2"),
  bad("[1;2]", ";2"),
  bad('["a" "b"]', '"b"'),
  bad("[/**/]", "/**/"),
  bad("[1]//x", "//x"),
  bad("[1] [2]", "[2]"),
  bad("[1]\0", "\0"),
  bad("\u00a0[1]", 0),
  bad("\u2028[1]", 0),
  bad("\f[1]", 0),
  bad("\ufeff\ufeff[1]", 3),
  bad('{"a"}', "}"),
  bad('{"a":}', "}"),
  bad('{"a":1,}', "}"),
  bad("{,}", ",}"),
  bad('{"a":1 "b":2}', '"b"'),
  bad('{"a"::1}', ":1"),
  bad('{"a",1}', ",1"),
  bad("{a:1}", "a:"),
  bad("{1:1}", "1:"),
  bad("{null:1}", "null"),
  bad("{'a':1}", "'a'"),
  bad('{"a":1', ""),
  bad('{"a', ""),
  bad('["a', ""),
  bad('["a\\', "\\"),
  bad('["\\x"]', "\\x"),
  bad('["\\u00"]', "\\u00"),
  bad('["\\u00g0"]', "\\u00g0"),
  bad('["\\U0041"]', "\\U"),
  bad('["\\\'"]', "\\'"),
  bad('["\\\n"]', "\\\n"),
  bad('["a\nb"]', "\n"),
  bad('["a\tb"]', "\t"),
  bad('["a\0b"]', "\0"),
  bad('["\u001f"]', "\u001f"),
  bad('["é","💡",x]', "x]"),
  bytes("a byte that is not UTF-8", '["', 0xff, 0x22, 0x5d),
  bytes("an overlong form", '["é', 0xc0, 0xaf, 0x22, 0x5d),
  bytes("an overlong form of 4 bytes", '["', 0xf0, 0x80, 0x80, 0xaf, 0x22, 0x5d),
  bytes("a surrogate in UTF-8", '["', 0xed, 0xa0, 0x80, 0x22, 0x5d),
  bytes("a character beyond Unicode", '["', 0xf4, 0x90, 0x80, 0x80, 0x22, 0x5d),
  bytes("a character cut short", '["', 0xe2, 0x96),
  bytes("a stray byte of a character", '["💡', 0xa1, 0x22, 0x5d),
];

/** What is JSON, but read differently by different readers, or would fill memory or the stack. */
const AMBIGUOUS: readonly MalformedFile[] = [
  bad('{"a":1,"a":2}', '"a":2'),
  bad('{"a":1,"a":1}', '"a":1}'),
  bad('{"a":1,"\\u0061":2}', '"\\u0061"'),
  bad('{"":1,"b":{"c":[{"d":1,"d":2}]}}', '"d":2'),
  bad('{"__proto__":1,"__proto__":2}', '"__proto__":2'),
  bad('{"1":1,"0":0,"1":2}', '"1":2'),
  bad('["\\ud800"]', '"\\ud800"'),
  bad('["a\\uDBFFb"]', '"a'),
  bad('["\\udc00\\ud800"]', '"\\udc00'),
  bad('["\\ud83d\\u0041"]', '"\\ud83d'),
  bad('{"\\udfff":1}', '"\\udfff"'),
  bad('["x\\\\\\ud800"]', '"x'),
  bad("[1e309]", "1e309"),
  bad("[0,-1e999]", "-1e999"),
  bad(`[${"9".repeat(400)}]`, "999"),
  bad("[".repeat(100_000), 100),
  bad('{"a":'.repeat(100_000), 500),
  bad(`${"[".repeat(101)}${"]".repeat(101)}`, 100),
  bad(`[${"{},".repeat(4_000_000)}0]`, 1 + 3 * 3_999_999),
  bad(`[${"0,".repeat(8_000_001)}0]`, 2 + 2 * 8_000_000),
];

const SEEDS = [
  encode('{"a":[1,-2.5e3,true],"b":{"c":"x\\n\\u00e9"},"d":null}'),
  encode(
    ' [ 0 , -0, 1e-7, 12345678901234567890, "\\ud83d\\udca1", {"__proto__": {}, "constructor": []} ] ',
  ),
  encode(
    '{"model_type":"gpt2","vocab_size":50257,"architectures":["GPT2LMHeadModel"],"x":{"y":{"z":[[],{}]}}}\n',
  ),
  encode(`${"[".repeat(100)}${"]".repeat(100)}`),
  encode('"é💡"'),
  // as many pieces as a text can be made of
  encode(`["${"\\n".repeat(1000)}","${"\\u00e9x".repeat(300)}"]`),
];
const TOKENS = ['"a":', "\\ud83d", "\\u0000", "1e999", "/*", "//", "'"];

fuzzParser({
  name: "json",
  file: "x.json",
  seeds: [...SEEDS, encode("\ufeff[1]")],
  malformed: [
    ...NOT_JSON,
    ...AMBIGUOUS,
    bad("<!doctype html>", 0),
    bad("version https://git-lfs.github.com/spec/v1", 0),
  ],
  parse: (file) => readJson(file, "x.json"),
  tokens: TOKENS,
});

fuzzParser({
  name: "strict json",
  file: "x.json",
  seeds: SEEDS,
  malformed: [...NOT_JSON, ...AMBIGUOUS].filter(({ file }) => file[0] !== 0xef),
  parse: (file) => parseJson(decodeUtf8(file, "x.json", { keepMark: true }), "x.json"),
  tokens: TOKENS,
});
