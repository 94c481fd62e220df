import { concat, safetensorsFile } from "./write-safetensors.ts";

const encoder = new TextEncoder();
const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const zeros = (length: number) => new Uint8Array(length);

/** A file with a length field of our choice. */
function prefixed(length: bigint, rest: string | Uint8Array): Uint8Array {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, length, true);
  return concat([prefix, typeof rest === "string" ? encoder.encode(rest) : rest]);
}

/** A file of one tensor `a` whose entry has these fields; by default 4 bytes, valid. */
function entry(fields: Readonly<Record<string, unknown>>, data = 4): Uint8Array {
  const value = { dtype: "F32", shape: [1], data_offsets: [0, 4], ...fields };
  return safetensorsFile(JSON.stringify({ a: value }), zeros(data));
}

/** A file with this text as the header and so many bytes of data. */
function header(text: string, data = 4): Uint8Array {
  return safetensorsFile(text, zeros(data));
}

/** Tensors of U8 with these offsets. */
function offsets(...pairs: readonly (readonly [number, number])[]): Uint8Array {
  const tensors = pairs.map(([start, end], i) => [
    `t${i}`,
    { dtype: "U8", shape: [end - start], data_offsets: [start, end] },
  ]);
  return safetensorsFile(JSON.stringify(Object.fromEntries(tensors)), zeros(8));
}

const A = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const GOOD = `{${A}}`;

/** Files that are not safetensors, each for one reason: class, what is wrong, the file, what the error must say. */
export const BAD_FILES: readonly (readonly [string, string, Uint8Array, RegExp])[] = [
  ["prefix", "empty file", zeros(0), /the file is empty/],
  ["prefix", "one byte", zeros(1), /has only 1 bytes/],
  ["prefix", "seven bytes", zeros(7), /has only 7 bytes/],
  ["prefix", "eight zeros", zeros(8), /begins with zeros only/],
  ["prefix", "a length and nothing else", prefixed(2n, ""), /should end at byte 10, but .* byte 8/],

  ["length", "0, with a header after it", prefixed(0n, GOOD), /given as 0 bytes/],
  ["length", "1", prefixed(1n, "{}"), /given as 1 bytes/],
  ["length", "2^64 - 1", prefixed(2n ** 64n - 1n, GOOD), /18446744073709551615 bytes/],
  ["length", "2^63", prefixed(2n ** 63n, GOOD), /9223372036854775808 bytes/],
  ["length", "2^53 + 1", prefixed(2n ** 53n + 1n, GOOD), /9007199254740993 bytes/],
  ["length", "100,000,001", prefixed(100_000_001n, GOOD), /at most 100000000/],
  ["length", "100,000,000 in a short file", prefixed(100_000_000n, GOOD), /should end at byte/],
  ["length", "one too long", prefixed(3n, "{}"), /should end at byte 11/],
  ["length", "one too short", prefixed(2n, "{ }"), /expected a name|JSON/],
  [
    "length",
    "big-endian",
    concat([bytes(0, 0, 0, 0, 0, 0, 0, 2), encoder.encode("{}")]),
    /given as/,
  ],

  ["data", "one byte missing", entry({}, 3), /should end at byte .* cut short/],
  ["data", "no data", entry({}, 0), /cut short/],
  ["data", "one byte too many", entry({}, 5), /1 bytes after the last tensor/],
  ["data", "data without tensors", header("{}", 8), /8 bytes after the last tensor/],
  [
    "data",
    "a ZIP archive appended",
    safetensorsFile(GOOD, zeros(4), encoder.encode("PK\x03\x04zip")),
    /7 bytes after/,
  ],
  [
    "data",
    "a PDF appended",
    safetensorsFile(GOOD, zeros(4), encoder.encode("%PDF-1.7")),
    /8 bytes after/,
  ],

  ["layout", "a hole at the start", offsets([1, 8]), /hole of 1 bytes before tensor "t0"/],
  ["layout", "a hole between", offsets([0, 3], [4, 8]), /hole of 1 bytes before tensor "t1"/],
  ["layout", "overlap", offsets([0, 5], [4, 8]), /overlaps the data of tensor "t1"/],
  ["layout", "the same range twice", offsets([0, 8], [0, 8]), /overlaps/],
  ["layout", "one inside another", offsets([0, 8], [2, 4]), /overlaps/],
  ["layout", "reversed offsets", entry({ data_offsets: [4, 0] }), /data_offsets give 4 to 0/],

  ["offsets", "missing", header('{"a":{"dtype":"F32","shape":[1]}}'), /data_offsets of two/],
  ["offsets", "null", entry({ data_offsets: null }), /data_offsets of two/],
  ["offsets", "one number", entry({ data_offsets: [0] }), /data_offsets of two/],
  ["offsets", "three numbers", entry({ data_offsets: [0, 4, 8] }), /data_offsets of two/],
  ["offsets", "texts", entry({ data_offsets: ["0", "4"] }), /data_offsets of two/],
  ["offsets", "negative", entry({ data_offsets: [-4, 0] }), /data_offsets of two/],
  ["offsets", "a fraction", entry({ data_offsets: [0, 4.5] }), /data_offsets of two/],
  ["offsets", "4.0", header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}'), /of two/],
  ["offsets", "4e0", header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}}'), /of two/],
  ["offsets", "-0", header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}'), /of two/],
  [
    "offsets",
    "2^53",
    header('{"a":{"dtype":"U8","shape":[0],"data_offsets":[9007199254740992,9007199254740992]}}'),
    /of two/,
  ],
  ["offsets", "an object", entry({ data_offsets: { 0: 0, 1: 4 } }), /data_offsets of two/],
  [
    "offsets",
    "far past the end",
    entry({ shape: [2 ** 40], data_offsets: [0, 2 ** 42] }),
    /cut short/,
  ],

  ["size", "shape too small", entry({ shape: [0] }), /needs 0 bytes/],
  ["size", "shape too large", entry({ shape: [2] }), /needs 8 bytes/],
  ["size", "[2, 2] in 4 bytes", entry({ shape: [2, 2] }), /F32 of shape 2 x 2 needs 16 bytes/],
  [
    "size",
    "rank 0 in no bytes",
    entry({ shape: [], data_offsets: [0, 0] }, 0),
    /shape \(\) needs 4/,
  ],
  [
    "size",
    "2^64 values",
    header('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}'),
    /too large/,
  ],
  [
    "size",
    "product that wraps to 2^0",
    header('{"a":{"dtype":"U8","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}}'),
    /too large/,
  ],
  [
    "size",
    "bytes past 2^53",
    header('{"a":{"dtype":"F64","shape":[9007199254740991],"data_offsets":[0,4]}}'),
    /too large/,
  ],

  ["shape", "missing", header('{"a":{"dtype":"F32","data_offsets":[0,4]}}'), /expected a shape/],
  ["shape", "null", entry({ shape: null }), /expected a shape/],
  ["shape", "a number", entry({ shape: 1 }), /expected a shape/],
  ["shape", "a text", entry({ shape: "1" }), /expected a shape/],
  ["shape", "an object", entry({ shape: { 0: 1 } }), /expected a shape/],
  ["shape", "negative", entry({ shape: [-1, -1] }), /expected a shape/],
  ["shape", "a fraction", entry({ shape: [0.5, 2] }), /expected a shape/],
  ["shape", "true", entry({ shape: [true] }), /expected a shape/],
  ["shape", "nested", entry({ shape: [[1]] }), /expected a shape/],
  [
    "shape",
    "2^64 + 1",
    header('{"a":{"dtype":"U8","shape":[18446744073709551617],"data_offsets":[0,4]}}'),
    /expected a shape/,
  ],

  [
    "dtype",
    "missing",
    header('{"a":{"shape":[1],"data_offsets":[0,4]}}'),
    /expected a dtype .* got none/,
  ],
  ["dtype", "null", entry({ dtype: null }), /expected a dtype/],
  ["dtype", "a number", entry({ dtype: 32 }), /expected a dtype/],
  ["dtype", "lower case", entry({ dtype: "f32" }), /got "f32"/],
  ["dtype", "unknown", entry({ dtype: "F31" }), /got "F31"/],
  ["dtype", "empty", entry({ dtype: "" }), /got ""/],
  ["dtype", "a name of Object.prototype", entry({ dtype: "constructor" }), /got "constructor"/],
  [
    "sub-byte",
    "one F4",
    entry({ dtype: "F4", data_offsets: [0, 1] }, 1),
    /do not fill whole bytes/,
  ],
  [
    "sub-byte",
    "two F6",
    entry({ dtype: "F6_E2M3", shape: [2], data_offsets: [0, 2] }, 2),
    /whole bytes/,
  ],

  ["duplicate", "tensor", header(`{${A},${A}}`), /the name "a" occurs twice/],
  [
    "duplicate",
    "tensor, once escaped",
    header(`{${A},${A.replace('"a"', '"\\u0061"')}}`),
    /"a" occurs twice/,
  ],
  [
    "duplicate",
    "dtype",
    header('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
    /"dtype" occurs twice/,
  ],
  [
    "duplicate",
    "shape",
    header('{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}'),
    /"shape" occurs/,
  ],
  [
    "duplicate",
    "data_offsets",
    header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}'),
    /occurs twice/,
  ],
  [
    "duplicate",
    "__metadata__",
    header(`{"__metadata__":{},"__metadata__":{},${A}}`),
    /occurs twice/,
  ],
  [
    "duplicate",
    "key of __metadata__",
    header(`{"__metadata__":{"k":"1","k":"2"},${A}}`),
    /"k" occurs twice/,
  ],
  [
    "duplicate",
    "__proto__",
    header('{"__proto__":{},"__proto__":{}}', 0),
    /"__proto__" occurs twice/,
  ],

  ["metadata", "null", header(`{"__metadata__":null,${A}}`), /__metadata__ is not a JSON object/],
  ["metadata", "a text", header(`{"__metadata__":"pt",${A}}`), /__metadata__ is not/],
  ["metadata", "an array", header(`{"__metadata__":[],${A}}`), /__metadata__ is not/],
  [
    "metadata",
    "a number inside",
    header(`{"__metadata__":{"n":1},${A}}`),
    /holds "n", which is not/,
  ],
  ["metadata", "null inside", header(`{"__metadata__":{"n":null},${A}}`), /holds "n"/],
  ["metadata", "an object inside", header(`{"__metadata__":{"n":{}},${A}}`), /holds "n"/],

  ["root", "an array", header("[]"), /does not begin with \{|JSON/],
  ["root", "a number", header("12"), /does not begin with \{/],
  ["root", "a text", header('"{}"'), /does not begin with \{/],
  ["root", "null", header("null"), /does not begin with \{/],
  ["root", "blanks only", header("        "), /does not begin with \{/],

  ["entry", "null", header('{"a":null}'), /tensor "a": expected a JSON object/],
  ["entry", "an array", header('{"a":["F32",[1],[0,4]]}'), /expected a JSON object/],
  ["entry", "a text", header('{"a":"F32"}'), /expected a JSON object/],
  ["entry", "empty", header('{"a":{}}'), /expected a dtype/],
  ["entry", "an unknown field", entry({ strides: [1] }), /unknown field "strides"/],
  [
    "entry",
    "a field in other case",
    header('{"a":{"Dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
    /unknown field "Dtype"/,
  ],

  ["text", "a byte that is not UTF-8", safetensorsFile(bytes(0x7b, 0xff, 0x7d)), /not valid UTF-8/],
  [
    "text",
    "an overlong form",
    safetensorsFile(concat([encoder.encode('{"'), bytes(0xc0, 0xaf), encoder.encode('":1}')])),
    /UTF-8/,
  ],
  [
    "text",
    "a surrogate in UTF-8",
    safetensorsFile(
      concat([encoder.encode('{"'), bytes(0xed, 0xa0, 0x80), encoder.encode('":1}')]),
    ),
    /UTF-8/,
  ],
  ["text", "UTF-8 cut short", safetensorsFile(bytes(0x7b, 0x22, 0xe2, 0x96)), /not valid UTF-8/],
  ["text", "a byte order mark", header(`\ufeff${GOOD}`), /does not begin with \{/],
  ["text", "UTF-16", safetensorsFile(bytes(0x7b, 0, 0x7d, 0)), /expected a name|JSON/],
  ["text", "a lone surrogate", header(GOOD.replace('"a"', '"\\ud800"')), /lone surrogate/],
  [
    "text",
    "surrogates the wrong way round",
    header(GOOD.replace('"a"', '"\\udc00\\ud800"')),
    /lone surrogate/,
  ],

  ["JSON", "not closed", header("{ ", 0), /byte 10: expected a name/],
  ["JSON", "a comma at the end", header(`{${A},}`), /expected a name/],
  ["JSON", "a comma at the start", header(`{,${A}}`), /expected a name/],
  ["JSON", "no comma", header(`{${A} "b":1}`), /expected "," or "\}"/],
  ["JSON", "no colon", header('{"a" 1}'), /expected ":"/],
  ["JSON", "single quotes", header("{'a':1}"), /expected a name/],
  ["JSON", "a name without quotes", header("{a:1}"), /expected a name/],
  ["JSON", "a comment", header(`{/**/${A}}`), /expected a name/],
  ["JSON", "NaN", header('{"a":NaN}'), /expected a JSON value/],
  [
    "JSON",
    "a leading zero",
    header('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}'),
    /expected "," or "\]"/,
  ],
  [
    "JSON",
    "a plus sign",
    header('{"a":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}'),
    /expected a JSON value/,
  ],
  [
    "JSON",
    "hexadecimal",
    header('{"a":{"dtype":"F32","shape":[0x1],"data_offsets":[0,4]}}'),
    /expected "," or "\]"/,
  ],
  ["JSON", "an unknown escape", header(GOOD.replace('"a"', '"\\x61"')), /escape that JSON allows/],
  ["JSON", "a newline in a text", header(GOOD.replace('"a"', '"a\n"')), /character or escape/],
  ["JSON", "a text not closed", header('{"a'), /character or escape/],
  ["JSON", "two values", header(`${GOOD}${GOOD}`), /expected the end of the JSON text/],
  ["JSON", "NUL after the header", header(`${GOOD}\0`), /expected the end/],

  ["bomb", "100,000 levels deep", header(`{"a":${"[".repeat(100_000)}`), /deeper than 100 levels/],
  [
    "bomb",
    "20,000 objects in each other",
    header('{"a":'.repeat(20_000)),
    /deeper than 100 levels/,
  ],
  ["bomb", "a name of 5 MB", header(`{"${"a".repeat(5_000_000)}":1}`), /tensor "a{80}…": expected/],
  [
    "bomb",
    "a number of a million digits",
    header(`{"a":${"1".repeat(1_000_000)}}`),
    /expected a JSON object/,
  ],

  [
    "kind",
    "an HTML page",
    encoder.encode("<!DOCTYPE html><html><title>Sign in</title>"),
    /this is an HTML page/,
  ],
  [
    "kind",
    "an HTML page after blanks",
    encoder.encode("\n\n  <html lang=en>"),
    /this is an HTML page/,
  ],
  [
    "kind",
    "a Git LFS pointer",
    encoder.encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    /this is a Git LFS pointer.*git lfs pull/,
  ],
  [
    "kind",
    "a ZIP archive",
    concat([encoder.encode("PK\x03\x04"), zeros(40)]),
    /this is a ZIP archive/,
  ],
  [
    "kind",
    "a pickle",
    concat([bytes(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20), zeros(9)]),
    /this is a Python pickle/,
  ],
  [
    "kind",
    "GGUF",
    concat([encoder.encode("GGUF"), bytes(3, 0, 0, 0), zeros(40)]),
    /this is a GGUF file/,
  ],
  [
    "kind",
    "NumPy",
    concat([bytes(0x93), encoder.encode("NUMPY\x01\x00v\x00{}")]),
    /this is a NumPy/,
  ],
  [
    "kind",
    "HDF5",
    concat([bytes(0x89), encoder.encode("HDF\r\n\x1a\n"), zeros(8)]),
    /this is an HDF5 file/,
  ],
  ["kind", "JSON", encoder.encode('{"error":"Repository not found"}'), /this is JSON text/],
  ["kind", "zeros", zeros(4096), /begins with zeros only/],
  ["kind", "ones", new Uint8Array(64).fill(0xff), /header's length/],
];
