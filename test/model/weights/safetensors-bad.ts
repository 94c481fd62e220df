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

/** Files that are not safetensors, each for one reason: class, what is wrong, the file, what the error must say, and the byte it must name (or what stands there). */
export const BAD_FILES: readonly (readonly [
  string,
  string,
  Uint8Array,
  RegExp,
  number | string,
])[] = [
  ["prefix", "empty file", zeros(0), /the file is empty/, ""],
  ["prefix", "one byte", zeros(1), /has only 1 bytes/, ""],
  ["prefix", "seven bytes", zeros(7), /has only 7 bytes/, ""],
  ["prefix", "eight zeros", zeros(8), /begins with zeros only/, 0],
  [
    "prefix",
    "a length and nothing else",
    prefixed(2n, ""),
    /should end at byte 10, but .* byte 8/,
    0,
  ],

  ["length", "0, with a header after it", prefixed(0n, GOOD), /given as 0 bytes/, 0],
  ["length", "1", prefixed(1n, "{}"), /given as 1 bytes/, 0],
  ["length", "2^64 - 1", prefixed(2n ** 64n - 1n, GOOD), /18446744073709551615 bytes/, 0],
  ["length", "2^63", prefixed(2n ** 63n, GOOD), /9223372036854775808 bytes/, 0],
  ["length", "2^53 + 1", prefixed(2n ** 53n + 1n, GOOD), /9007199254740993 bytes/, 0],
  ["length", "100,000,001", prefixed(100_000_001n, GOOD), /at most 100000000/, 0],
  ["length", "100,000,000 in a short file", prefixed(100_000_000n, GOOD), /should end at byte/, 0],
  ["length", "one too long", prefixed(3n, "{}"), /should end at byte 11/, 0],
  ["length", "one too short", prefixed(2n, "{ }"), /expected a name|JSON/, "}"],
  [
    "length",
    "big-endian",
    concat([bytes(0, 0, 0, 0, 0, 0, 0, 2), encoder.encode("{}")]),
    /given as/,
    0,
  ],

  ["data", "one byte missing", entry({}, 3), /should end at byte .* cut short/, 58],
  ["data", "no data", entry({}, 0), /cut short/, "4]}}"],
  ["data", "one byte too many", entry({}, 5), /1 bytes after the last tensor/, 66],
  ["data", "data without tensors", header("{}", 8), /8 bytes after the last tensor/, 10],
  [
    "data",
    "a ZIP archive appended",
    safetensorsFile(GOOD, zeros(4), encoder.encode("PK\x03\x04zip")),
    /7 bytes after/,
    66,
  ],
  [
    "data",
    "a PDF appended",
    safetensorsFile(GOOD, zeros(4), encoder.encode("%PDF-1.7")),
    /8 bytes after/,
    "%PDF-1.7",
  ],

  ["layout", "a hole at the start", offsets([1, 8]), /hole of 1 bytes before tensor "t0"/, 62],
  ["layout", "a hole between", offsets([0, 3], [4, 8]), /hole of 1 bytes before tensor "t1"/, 118],
  ["layout", "overlap", offsets([0, 5], [4, 8]), /overlaps the data of tensor "t1"/, 119],
  ["layout", "the same range twice", offsets([0, 8], [0, 8]), /overlaps/, 115],
  ["layout", "one inside another", offsets([0, 8], [2, 4]), /overlaps/, 117],
  ["layout", "reversed offsets", entry({ data_offsets: [4, 0] }), /data_offsets give 4 to 0/, 55],

  [
    "offsets",
    "missing",
    header('{"a":{"dtype":"F32","shape":[1]}}'),
    /data_offsets of two/,
    '{"dtype":"F32"',
  ],
  ["offsets", "null", entry({ data_offsets: null }), /data_offsets of two/, 55],
  ["offsets", "one number", entry({ data_offsets: [0] }), /data_offsets of two/, 55],
  ["offsets", "three numbers", entry({ data_offsets: [0, 4, 8] }), /data_offsets of two/, 55],
  ["offsets", "texts", entry({ data_offsets: ["0", "4"] }), /data_offsets of two/, 55],
  ["offsets", "negative", entry({ data_offsets: [-4, 0] }), /data_offsets of two/, 55],
  ["offsets", "a fraction", entry({ data_offsets: [0, 4.5] }), /data_offsets of two/, 55],
  [
    "offsets",
    "4.0",
    header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}'),
    /of two/,
    55,
  ],
  [
    "offsets",
    "4e0",
    header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}}'),
    /of two/,
    55,
  ],
  [
    "offsets",
    "-0",
    header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}'),
    /of two/,
    55,
  ],
  [
    "offsets",
    "2^53",
    header('{"a":{"dtype":"U8","shape":[0],"data_offsets":[9007199254740992,9007199254740992]}}'),
    /of two/,
    "[9007199254740",
  ],
  [
    "offsets",
    "an object",
    entry({ data_offsets: { 0: 0, 1: 4 } }),
    /data_offsets of two/,
    '{"0":0,"1":4}}',
  ],
  [
    "offsets",
    "far past the end",
    entry({ shape: [2 ** 40], data_offsets: [0, 2 ** 42] }),
    /cut short/,
    "4398046511104]",
  ],

  ["size", "shape too small", entry({ shape: [0] }), /needs 0 bytes/, 55],
  ["size", "shape too large", entry({ shape: [2] }), /needs 8 bytes/, 55],
  ["size", "[2, 2] in 4 bytes", entry({ shape: [2, 2] }), /F32 of shape 2 x 2 needs 16 bytes/, 57],
  [
    "size",
    "rank 0 in no bytes",
    entry({ shape: [], data_offsets: [0, 0] }, 0),
    /shape \(\) needs 4/,
    "[0,0]}}",
  ],
  [
    "size",
    "2^64 values",
    header('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}'),
    /too large/,
    "[4294967296,42",
  ],
  [
    "size",
    "product that wraps to 2^0",
    header('{"a":{"dtype":"U8","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}}'),
    /too large/,
    "[4194305,41943",
  ],
  [
    "size",
    "bytes past 2^53",
    header('{"a":{"dtype":"F64","shape":[9007199254740991],"data_offsets":[0,4]}}'),
    /too large/,
    "[9007199254740",
  ],

  [
    "shape",
    "missing",
    header('{"a":{"dtype":"F32","data_offsets":[0,4]}}'),
    /expected a shape/,
    '{"dtype":"F32"',
  ],
  ["shape", "null", entry({ shape: null }), /expected a shape/, 'null,"data_off'],
  ["shape", "a number", entry({ shape: 1 }), /expected a shape/, '1,"data_offset'],
  ["shape", "a text", entry({ shape: "1" }), /expected a shape/, '"1","data_offs'],
  ["shape", "an object", entry({ shape: { 0: 1 } }), /expected a shape/, '{"0":1},"data_'],
  ["shape", "negative", entry({ shape: [-1, -1] }), /expected a shape/, '[-1,-1],"data_'],
  ["shape", "a fraction", entry({ shape: [0.5, 2] }), /expected a shape/, '[0.5,2],"data_'],
  ["shape", "true", entry({ shape: [true] }), /expected a shape/, '[true],"data_o'],
  ["shape", "nested", entry({ shape: [[1]] }), /expected a shape/, '[[1]],"data_of'],
  [
    "shape",
    "2^64 + 1",
    header('{"a":{"dtype":"U8","shape":[18446744073709551617],"data_offsets":[0,4]}}'),
    /expected a shape/,
    "[1844674407370",
  ],

  [
    "dtype",
    "missing",
    header('{"a":{"shape":[1],"data_offsets":[0,4]}}'),
    /expected a dtype .* got none/,
    '{"shape":[1],"',
  ],
  ["dtype", "null", entry({ dtype: null }), /expected a dtype/, 'null,"shape":['],
  ["dtype", "a number", entry({ dtype: 32 }), /expected a dtype/, '32,"shape":[1]'],
  ["dtype", "lower case", entry({ dtype: "f32" }), /got "f32"/, '"f32","shape":'],
  ["dtype", "unknown", entry({ dtype: "F31" }), /got "F31"/, '"F31","shape":'],
  ["dtype", "empty", entry({ dtype: "" }), /got ""/, '"","shape":[1]'],
  [
    "dtype",
    "a name of Object.prototype",
    entry({ dtype: "constructor" }),
    /got "constructor"/,
    '"constructor",',
  ],
  [
    "sub-byte",
    "one F4",
    entry({ dtype: "F4", data_offsets: [0, 1] }, 1),
    /do not fill whole bytes/,
    '[1],"data_offs',
  ],
  [
    "sub-byte",
    "two F6",
    entry({ dtype: "F6_E2M3", shape: [2], data_offsets: [0, 2] }, 2),
    /whole bytes/,
    '[2],"data_offs',
  ],

  ["duplicate", "tensor", header(`{${A},${A}}`), /the name "a" occurs twice/, '"a":{"dtype":"'],
  [
    "duplicate",
    "tensor, once escaped",
    header(`{${A},${A.replace('"a"', '"\\u0061"')}}`),
    /"a" occurs twice/,
    '"\\u0061":{"dty',
  ],
  [
    "duplicate",
    "dtype",
    header('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
    /"dtype" occurs twice/,
    '"dtype":"F32",',
  ],
  [
    "duplicate",
    "shape",
    header('{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}'),
    /"shape" occurs/,
    '"shape":[1],"d',
  ],
  [
    "duplicate",
    "data_offsets",
    header('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}'),
    /occurs twice/,
    '"data_offsets"',
  ],
  [
    "duplicate",
    "__metadata__",
    header(`{"__metadata__":{},"__metadata__":{},${A}}`),
    /occurs twice/,
    '"__metadata__"',
  ],
  [
    "duplicate",
    "key of __metadata__",
    header(`{"__metadata__":{"k":"1","k":"2"},${A}}`),
    /"k" occurs twice/,
    '"k":"2"},"a":{',
  ],
  [
    "duplicate",
    "__proto__",
    header('{"__proto__":{},"__proto__":{}}', 0),
    /"__proto__" occurs twice/,
    '"__proto__":{}',
  ],

  [
    "metadata",
    "null",
    header(`{"__metadata__":null,${A}}`),
    /__metadata__ is not a JSON object/,
    'null,"a":{"dty',
  ],
  [
    "metadata",
    "a text",
    header(`{"__metadata__":"pt",${A}}`),
    /__metadata__ is not/,
    '"pt","a":{"dty',
  ],
  [
    "metadata",
    "an array",
    header(`{"__metadata__":[],${A}}`),
    /__metadata__ is not/,
    '[],"a":{"dtype',
  ],
  [
    "metadata",
    "a number inside",
    header(`{"__metadata__":{"n":1},${A}}`),
    /holds "n", which is not/,
    '1},"a":{"dtype',
  ],
  [
    "metadata",
    "null inside",
    header(`{"__metadata__":{"n":null},${A}}`),
    /holds "n"/,
    'null},"a":{"dt',
  ],
  [
    "metadata",
    "an object inside",
    header(`{"__metadata__":{"n":{}},${A}}`),
    /holds "n"/,
    '{}},"a":{"dtyp',
  ],

  ["root", "an array", header("[]"), /does not begin with \{|JSON/, 8],
  ["root", "a number", header("12"), /does not begin with \{/, 8],
  ["root", "a text", header('"{}"'), /does not begin with \{/, 8],
  ["root", "null", header("null"), /does not begin with \{/, 8],
  ["root", "blanks only", header("        "), /does not begin with \{/, 8],

  ["entry", "null", header('{"a":null}'), /tensor "a": expected a JSON object/, 13],
  [
    "entry",
    "an array",
    header('{"a":["F32",[1],[0,4]]}'),
    /expected a JSON object/,
    '["F32",[1],[0,',
  ],
  ["entry", "a text", header('{"a":"F32"}'), /expected a JSON object/, 13],
  ["entry", "empty", header('{"a":{}}'), /expected a dtype/, 13],
  ["entry", "an unknown field", entry({ strides: [1] }), /unknown field "strides"/, 71],
  [
    "entry",
    "a field in other case",
    header('{"a":{"Dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
    /unknown field "Dtype"/,
    '"F32","shape":',
  ],

  [
    "text",
    "a byte that is not UTF-8",
    safetensorsFile(bytes(0x7b, 0xff, 0x7d)),
    /not valid UTF-8/,
    9,
  ],
  [
    "text",
    "an overlong form",
    safetensorsFile(concat([encoder.encode('{"'), bytes(0xc0, 0xaf), encoder.encode('":1}')])),
    /UTF-8/,
    10,
  ],
  [
    "text",
    "a surrogate in UTF-8",
    safetensorsFile(
      concat([encoder.encode('{"'), bytes(0xed, 0xa0, 0x80), encoder.encode('":1}')]),
    ),
    /UTF-8/,
    10,
  ],
  [
    "text",
    "UTF-8 cut short",
    safetensorsFile(bytes(0x7b, 0x22, 0xe2, 0x96)),
    /not valid UTF-8/,
    10,
  ],
  ["text", "a byte order mark", header(`\ufeff${GOOD}`), /does not begin with \{/, 8],
  ["text", "UTF-16", safetensorsFile(bytes(0x7b, 0, 0x7d, 0)), /expected a name|JSON/, 9],
  [
    "text",
    "a lone surrogate",
    header(GOOD.replace('"a"', '"\\ud800"')),
    /lone surrogate/,
    '"\\ud800":{"dty',
  ],
  [
    "text",
    "surrogates the wrong way round",
    header(GOOD.replace('"a"', '"\\udc00\\ud800"')),
    /lone surrogate/,
    '"\\udc00\\ud800"',
  ],

  ["JSON", "not closed", header("{ ", 0), /byte 10: expected a name/, ""],
  ["JSON", "a comma at the end", header(`{${A},}`), /expected a name/, 62],
  ["JSON", "a comma at the start", header(`{,${A}}`), /expected a name/, ',"a":{"dtype":'],
  ["JSON", "no comma", header(`{${A} "b":1}`), /expected "," or "\}"/, 62],
  ["JSON", "no colon", header('{"a" 1}'), /expected ":"/, 13],
  ["JSON", "single quotes", header("{'a':1}"), /expected a name/, 9],
  ["JSON", "a name without quotes", header("{a:1}"), /expected a name/, 9],
  ["JSON", "a comment", header(`{/**/${A}}`), /expected a name/, '/**/"a":{"dtyp'],
  ["JSON", "NaN", header('{"a":NaN}'), /expected a JSON value/, 13],
  [
    "JSON",
    "a leading zero",
    header('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}'),
    /expected "," or "\]"/,
    '1],"data_offse',
  ],
  [
    "JSON",
    "a plus sign",
    header('{"a":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}'),
    /expected a JSON value/,
    '+1],"data_offs',
  ],
  [
    "JSON",
    "hexadecimal",
    header('{"a":{"dtype":"F32","shape":[0x1],"data_offsets":[0,4]}}'),
    /expected "," or "\]"/,
    'x1],"data_offs',
  ],
  [
    "JSON",
    "an unknown escape",
    header(GOOD.replace('"a"', '"\\x61"')),
    /escape that JSON allows/,
    '\\x61":{"dtype"',
  ],
  ["JSON", "a newline in a text", header(GOOD.replace('"a"', '"a\n"')), /character or escape/, 11],
  ["JSON", "a text not closed", header('{"a'), /character or escape/, 11],
  [
    "JSON",
    "two values",
    header(`${GOOD}${GOOD}`),
    /expected the end of the JSON text/,
    '{"a":{"dtype":',
  ],
  ["JSON", "NUL after the header", header(`${GOOD}\0`), /expected the end/, 62],

  [
    "bomb",
    "100,000 levels deep",
    header(`{"a":${"[".repeat(100_000)}`),
    /deeper than 100 levels/,
    "[[[[[[[[[[[[[[",
  ],
  [
    "bomb",
    "20,000 objects in each other",
    header('{"a":'.repeat(20_000)),
    /deeper than 100 levels/,
    '{"a":{"a":{"a"',
  ],
  [
    "bomb",
    "a name of 5 MB",
    header(`{"${"a".repeat(5_000_000)}":1}`),
    /tensor "a{80}…": expected/,
    5000012,
  ],
  [
    "bomb",
    "a number of a million digits",
    header(`{"a":${"1".repeat(1_000_000)}}`),
    /the number .* is too large/,
    "11111111111111",
  ],

  [
    "kind",
    "an HTML page",
    encoder.encode("<!DOCTYPE html><html><title>Sign in</title>"),
    /this is an HTML page/,
    0,
  ],
  [
    "kind",
    "an HTML page after blanks",
    encoder.encode("\n\n  <html lang=en>"),
    /this is an HTML page/,
    0,
  ],
  [
    "kind",
    "a Git LFS pointer",
    encoder.encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    /this is a Git LFS pointer.*git lfs pull/,
    0,
  ],
  [
    "kind",
    "a ZIP archive",
    concat([encoder.encode("PK\x03\x04"), zeros(40)]),
    /this is a ZIP archive/,
    0,
  ],
  [
    "kind",
    "a pickle",
    concat([bytes(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20), zeros(9)]),
    /this is a Python pickle/,
    0,
  ],
  [
    "kind",
    "GGUF",
    concat([encoder.encode("GGUF"), bytes(3, 0, 0, 0), zeros(40)]),
    /this is a GGUF file/,
    0,
  ],
  [
    "kind",
    "NumPy",
    concat([bytes(0x93), encoder.encode("NUMPY\x01\x00v\x00{}")]),
    /this is a NumPy/,
    0,
  ],
  [
    "kind",
    "HDF5",
    concat([bytes(0x89), encoder.encode("HDF\r\n\x1a\n"), zeros(8)]),
    /this is an HDF5 file/,
    0,
  ],
  ["kind", "JSON", encoder.encode('{"error":"Repository not found"}'), /this is JSON text/, 0],
  ["kind", "zeros", zeros(4096), /begins with zeros only/, 0],
  ["kind", "ones", new Uint8Array(64).fill(0xff), /header's length/, 0],
];
