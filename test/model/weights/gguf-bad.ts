import * as w from "./write-gguf.ts";
import { concat } from "./write-safetensors.ts";

const encoder = new TextEncoder();
const zeros = (length: number) => new Uint8Array(length);

/** A file of version 3 with these counts and these bytes after them. */
function raw(tensors: number | bigint, keys: number | bigint, ...parts: Uint8Array[]): Uint8Array {
  return concat([encoder.encode("GGUF"), w.int(3, 4), w.int(tensors, 8), w.int(keys, 8), ...parts]);
}

/** A file of one key with this value. */
function key(value: w.WrittenValue, name = "a"): Uint8Array {
  return w.writeGguf({ metadata: [[name, value]] });
}

/** A key's value by its raw bytes. */
function value(type: number, ...parts: Uint8Array[]): Uint8Array {
  return key({ type, bytes: () => concat(parts) });
}

interface Described {
  readonly name?: string | Uint8Array;
  /** Columns first, as the file has them. */
  readonly lengths?: readonly (number | bigint)[];
  readonly dimensions?: number;
  readonly type?: number;
  readonly offset?: number | bigint;
  readonly data?: number;
}

/** A file of one tensor described by these fields, and 64 bytes of data. */
function tensor({
  name = "t",
  lengths = [4],
  dimensions,
  type = 0,
  offset = 0,
  data = 64,
}: Described): Uint8Array {
  const shape = lengths.map((length) => w.int(length, 8));
  const info = [
    w.counted(name, 8),
    w.int(dimensions ?? lengths.length, 4),
    ...shape,
    w.int(type, 4),
    w.int(offset, 8),
  ];
  const head = raw(1, 0, ...info);
  return concat([head, zeros(-head.length & 31), zeros(data)]);
}

function alignment(given: w.WrittenValue): Uint8Array {
  return w.writeGguf({
    metadata: [["general.alignment", given]],
    tensors: [["t", w.floats([1], [1])]],
  });
}

const two = (first: number, second: number) => {
  const info = (name: string, offset: number) =>
    concat([w.counted(name, 8), w.int(1, 4), w.int(16, 8), w.int(0, 4), w.int(offset, 8)]);
  const head = raw(2, 0, info("a", first), info("b", second));
  return concat([head, zeros(-head.length & 31), zeros(256)]);
};

/** The longest array of bytes that is kept. */
const fourMillion = concat([w.int(0, 4), w.int(4_000_000, 8), zeros(4_000_000)]);

/**
 * Files that must be refused, each for one reason: what is wrong, the file, what the error must say, and which
 * byte it must name. The first key or tensor begins at byte 24.
 */
export const BAD_FILES: readonly (readonly [string, Uint8Array, RegExp, number])[] = [
  ["an empty file", zeros(0), /the file is empty/, 0],
  ["three bytes", encoder.encode("GGU"), /expected "GGUF", got "GGU"/, 0],
  ["zeros", zeros(100), /begins with zeros only/, 0],
  ["another word", encoder.encode("GGUE and more"), /expected "GGUF", got "GGUE"/, 0],
  ["a file from before GGUF", encoder.encode("tjgg\u0003\0\0\0"), /from before GGUF/, 0],
  ["a page", encoder.encode("<!doctype html><p>Sign in"), /this is an HTML page/, 0],
  [
    "a Git LFS pointer",
    encoder.encode("version https://git-lfs.github.com/spec/v1\n"),
    /git lfs pull/,
    0,
  ],
  ["the magic alone", encoder.encode("GGUF"), /byte 4: 4 bytes are needed/, 4],
  ["version 0", concat([encoder.encode("GGUF"), zeros(20)]), /byte 4: expected version 1 to 3/, 4],
  ["no counts", concat([encoder.encode("GGUF"), w.int(3, 4)]), /byte 8: 16 bytes are needed/, 8],

  [
    "2^64 - 1 tensors",
    raw(2n ** 64n - 1n, 0),
    /number of tensors is given as 18446744073709551615/,
    8,
  ],
  ["2^63 keys", raw(0, 2n ** 63n), /the number of keys is given as 9223372036854775808/, 16],
  ["2^53 - 1 keys", raw(0, 2n ** 53n - 1n, zeros(100)), /9007199254740991 keys can't be/, 16],
  [
    "2^32 tensors",
    raw(2n ** 32n, 0, zeros(100)),
    /4294967296 tensors can't be in the 100 bytes/,
    8,
  ],
  ["a key more than there is", raw(0, 2, zeros(24)), /2 keys can't be in the 24 bytes/, 16],
  ["100,000 keys", raw(0, 100_000, zeros(2_000_000)), /100000 keys can't be/, 16],

  [
    "a key of 2^64 - 1 bytes",
    raw(0, 1, w.int(-1, 8), zeros(30)),
    /length of key 0 is given as/,
    24,
  ],
  ["a key of 65,536 bytes", key(w.u8(1), "a".repeat(65_536)), /given as 65536 bytes/, 24],
  [
    "a key longer than the file",
    raw(0, 1, w.int(500, 8), zeros(30)),
    /500 bytes are needed here/,
    32,
  ],
  ["an empty key", key(w.u8(1), ""), /key 0 is empty/, 24],
  [
    "a key that is not UTF-8",
    raw(0, 1, w.counted(Uint8Array.of(0x61, 0xff), 8), w.int(0, 4), zeros(9)),
    /byte 32: key 0 is not valid UTF-8/,
    32,
  ],
  ["a value of type 13", value(13, zeros(8)), /unknown type 13/, 33],
  ["a value of type 2^32 - 1", value(-1, zeros(8)), /unknown type 4294967295/, 33],
  ["a truth value of 2", key(w.bool(2)), /a truth value of 2/, 37],
  ["a text of 2^64 - 1 bytes", value(8, w.int(-1, 8)), /length of a text of the key "a"/, 37],
  ["a text of 2^40 bytes", value(8, w.int(2 ** 40, 8)), /given as 1099511627776 bytes/, 37],
  ["a text longer than the file", value(8, w.int(50, 8), zeros(5)), /50 bytes are needed/, 45],
  ["a text that is not UTF-8", key(w.text(Uint8Array.of(0xc0, 0xaf))), /not valid UTF-8/, 45],
  ["a surrogate in UTF-8", key(w.text(Uint8Array.of(0xed, 0xa0, 0x80))), /not valid UTF-8/, 45],
  ["an array of an unknown type", value(9, w.int(99, 4), zeros(16)), /unknown type 99/, 37],
  [
    "an array of 2^64 - 1",
    value(9, w.int(0, 4), w.int(-1, 8)),
    /number of values of the key "a"/,
    41,
  ],
  [
    "an array of 2^52",
    value(9, w.int(4, 4), w.int(2 ** 52, 8)),
    /should have 4503599627370496/,
    41,
  ],
  [
    "an array of 2^20 texts",
    value(9, w.int(8, 4), w.int(2 ** 20, 8), zeros(64)),
    /type STRING/,
    41,
  ],
  [
    "an array of 2^20 arrays",
    value(9, w.int(9, 4), w.int(2 ** 20, 8), zeros(64)),
    /type ARRAY/,
    41,
  ],
  [
    "an array one too long",
    value(9, w.int(4, 4), w.int(3, 8), zeros(11)),
    /only 11 bytes follow/,
    41,
  ],
  [
    "an array of too many values to keep",
    value(9, w.int(0, 4), w.int(4_000_001, 8), zeros(4_000_001)),
    /at most 4000000 are read/,
    41,
  ],
  [
    "arrays of too many values together",
    value(9, w.int(9, 4), w.int(2, 8), ...Array(2).fill(fourMillion)),
    /has 4000000 values, beyond the 8000000 of a file/,
    4_000_065,
  ],
  [
    "a text of an array past the end",
    value(9, w.int(8, 4), w.int(1, 8), w.int(9, 8)),
    /9 bytes are/,
    57,
  ],
  [
    "arrays 1000 deep",
    value(9, ...Array.from({ length: 1000 }, () => concat([w.int(9, 4), w.int(1, 8)])), zeros(64)),
    /deeper than 8 levels/,
    133,
  ],
  ["an alignment of 0", alignment(w.u32(0)), /power of two, got 0/, 24],
  ["an alignment of 48", alignment(w.u32(48)), /power of two, got 48/, 24],
  ["an alignment of 0.5", alignment(w.f32(0.5)), /power of two, got 0.5/, 24],
  ["an alignment of 2^40", alignment(w.u64(2 ** 40)), /power of two, got 1099511627776/, 24],
  ["an alignment as text", alignment(w.text("32")), /power of two, got a string/, 24],
  ["an alignment as array", alignment(w.array([w.u32(32)])), /power of two, got an array/, 24],
  ["an alignment beyond the file", alignment(w.u32(2 ** 31)), /should end at byte 2147483652/, 66],

  [
    "a name of 2^40 bytes",
    raw(1, 0, w.int(2 ** 40, 8), zeros(40)),
    /the name of tensor 0 is given as/,
    24,
  ],
  [
    "a name that is not UTF-8",
    tensor({ name: Uint8Array.of(0xff) }),
    /name of tensor 0 is not valid/,
    32,
  ],
  [
    "a tensor named twice",
    w.writeGguf({
      tensors: [
        ["t", w.floats([1], [1])],
        ["t", w.floats([1], [1])],
      ],
    }),
    /the tensor "t" is there twice/,
    57,
  ],
  ["five dimensions", tensor({ lengths: [1, 1, 1, 1, 1] }), /has 5 dimensions/, 33],
  ["2^32 - 1 dimensions", tensor({ dimensions: -1 }), /has 4294967295 dimensions/, 33],
  [
    "a length of 2^63",
    tensor({ lengths: [2n ** 63n] }),
    /dimension is given as 9223372036854775808/,
    37,
  ],
  [
    "a negative length",
    tensor({ lengths: [-4] }),
    /dimension is given as 18446744073709551612/,
    37,
  ],
  ["a shape of 2^64 values", tensor({ lengths: [2 ** 32, 2 ** 32] }), /is too large/, 33],
  [
    "a shape that wraps to 4",
    tensor({ lengths: [4194305, 4194305, 211106198978564] }),
    /too large/,
    33,
  ],
  ["bytes beyond 2^53", tensor({ lengths: [2 ** 52] }), /too large/, 33],
  ["a row that fills no block", tensor({ type: 8, lengths: [40] }), /whole blocks of 32/, 33],
  ["a row of half a K block", tensor({ type: 12, lengths: [128, 2] }), /whole blocks of 256/, 33],
  ["a type of 2^32 - 1", tensor({ type: -1 }), /there is no type 4294967295/, 45],
  ["an offset of 2^64 - 1", tensor({ offset: -1 }), /the offset is given as/, 49],
  ["an offset that is not aligned", tensor({ offset: 4 }), /offset 4 is not a multiple of 32/, 33],
  ["an offset beyond the file", tensor({ offset: 2 ** 40 }), /but the file ends at byte/, 33],
  ["data one byte short", tensor({ lengths: [16], data: 63 }), /is the file cut short/, 33],
  ["no data", tensor({ data: 0 }), /is the file cut short/, 33],
  ["tensors in one place", two(0, 0), /overlaps that of tensor "a"/, 66],
  ["tensors that overlap", two(32, 0), /tensor "a": its data overlaps that of tensor "b"/, 33],
];
