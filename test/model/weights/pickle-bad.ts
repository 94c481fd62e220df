/** Pickles that must be refused: what is wrong, the bytes, what the error says. */
import { type Call, writePickle } from "./write-pickle.ts";
import { concat } from "./write-safetensors.ts";

const call = (name: string): Call => ({ name });
const bytes = (...parts: (number | string)[]) =>
  concat(
    parts.map((part) =>
      typeof part === "number" ? Uint8Array.of(part) : new TextEncoder().encode(part),
    ),
  );
const repeated = (count: number, ...codes: number[]) =>
  Uint8Array.from({ length: count * codes.length }, (_, i) => codes[i % codes.length]!);

const DICTIONARY = "ccollections\nOrderedDict\n";
const TENSOR = "ctorch._utils\n_rebuild_tensor_v2\n";
const TOO_MANY = /more than 4000000 values/;

/** Calls with a list of so many items, all of them one and the same; of tensors it is the shape. */
function calledOften(times: number, callee: string, items: number): Uint8Array {
  const isTensor = callee === TENSOR;
  const item = isTensor ? bytes("K", 1) : bytes("KaKb", 0x86);
  const list = concat([item, bytes(0x94, "0("), repeated(items, 0x68, 0), bytes("l", 0x94, "0")]);
  const storage = writePickle({
    persistent: ["storage", call("torch FloatStorage"), "0", "cpu", 4],
  }).slice(2, -1);
  // kept: 0 the item, 1 the list, 2 the arguments
  const given = isTensor ? concat([storage, bytes("K\0h\x01h\x01", 0x74)]) : bytes("h\x01", 0x74);
  const kept = concat([bytes("("), given, bytes(0x94, "0", callee, 0x94, "0")]);
  return concat([list, kept, repeated(times, 0x68, 3, 0x68, 2, 0x52, 0x30), bytes("N.")]);
}

export const BAD_PICKLES: readonly (readonly [
  what: string,
  pickle: Uint8Array,
  message: RegExp,
])[] = [
  ["nothing", bytes(), /byte 0: the pickle is cut short/],
  ["no end", bytes(0x80, 2, 0x4e), /byte 3: the pickle is cut short/],
  ["protocol 6", bytes(0x80, 6, 0x4e, 0x2e), /protocol 6, expected 2 to 5/],
  ["an unknown operation", bytes(0x80, 2, 0xff), /byte 2: pickle: operation 0xff is unknown/],
  ["a registered extension", bytes(0x82, 1, 0x2e), /operation 0x82/],
  ["an out-of-band buffer", bytes(0x97, 0x2e), /operation 0x97/],
  ["an instance of protocol 0", bytes(0x28, "ios\nsystem\n", 0x2e), /operation 0x69/],
  ["an end with nothing on the stack", bytes(0x2e), /the stack is empty/],
  ["a tuple of too few", bytes(0x4e, 0x86, 0x2e), /the stack is empty/],
  ["taking from below a mark", bytes(0x4e, 0x28, 0x30, 0x2e), /the stack is empty/],
  ["a tuple without a mark", bytes(0x74, 0x2e), /there is no mark/],
  ["a value that was never kept", bytes(0x68, 7, 0x2e), /nothing is kept as 7/],
  ["items of no list", bytes(0x4e, 0x4e, 0x61, 0x2e), /expected a list or tuple, got None/],
  [
    "items of no dictionary",
    bytes(0x5d, 0x4e, 0x4e, 0x73, 0x2e),
    /expected a dictionary, got a list/,
  ],
  ["a key without a value", bytes(0x7d, 0x28, 0x4e, 0x75, 0x2e), /last key has no value/],
  ["a call of a number", bytes(0x4b, 1, 0x29, 0x52, 0x2e), /a number can't be called/],
  [
    "arguments that are none",
    bytes("ca\nB\n", 0x4e, 0x52, 0x2e),
    /expected a list or tuple, got None/,
  ],
  ["a name of numbers", bytes(0x4e, 0x4e, 0x93, 0x2e), /a name is not text/],
  ["a name without end", bytes("c", "a".repeat(5000)), /a line is too long/],
  ["a text that is no UTF-8", bytes(0x8c, 1, 0xff, 0x2e), /a text is not valid UTF-8/],
  [
    "a text longer than the file",
    bytes(0x58, 0xff, 0xff, 0xff, 0xff, 0x2e),
    /cut short: it needs 4294967295/,
  ],
  ["a text of 2^64 bytes", concat([bytes(0x8d), repeated(8, 255), bytes(0x2e)]), /cut short/],
  ["a number longer than the file", bytes(0x8b, 0xff, 0, 0, 0, 0x2e), /cut short/],
  ["a number of 2 GB", bytes(0x8b, 0xff, 0xff, 0xff, 0x7f, 0x2e), /a number has 2147483647 bytes/],
  ["a number of letters", bytes("Iabc\n", 0x2e), /expected a whole number/],
  ["a frame longer than the file", bytes(0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e), /cut short/],
  ["many marks", repeated(20_000, 0x28), /more than 10000 open marks/],
  ["many empty dictionaries", repeated(1_100_000, 0x7d, 0x30), /more than 1000000 objects/],
  ["many values", repeated(4_100_000, 0x4e), /more than 4000000 values/],
  [
    "many kept values",
    concat([bytes(0x4e), repeated(2_100_000, 0x94)]),
    /more than 2000000 kept values/,
  ],
  ["a persistent id of nothing", bytes(0x4e, 0x51, 0x2e), /persistent id of a storage, got None/],
  [
    "a storage of an unknown type",
    writePickle({ persistent: ["storage", call("torch X"), "0", "cpu", 1] }),
    /got the name torch.X/,
  ],
  [
    "a storage of another module",
    writePickle({ persistent: ["storage", call("acme FloatStorage"), "0", "cpu", 1] }),
    /got the name acme/,
  ],
  [
    "a storage without a key",
    writePickle({ persistent: ["storage", call("torch FloatStorage"), 5, "cpu", 1] }),
    /storage's key, got a number/,
  ],
  [
    "a storage of a negative length",
    writePickle({ persistent: ["storage", call("torch FloatStorage"), "0", "cpu", -1] }),
    /whole numbers from 0, got -1/,
  ],
  [
    "a storage with a key of megabytes",
    writePickle({
      persistent: ["storage", call("torch FloatStorage"), "7".repeat(2e6), "cpu", 1],
    }),
    /storage's key has 2000000 characters/,
  ],
  [
    "a storage of 2^52 numbers of 8 bytes",
    writePickle({ persistent: ["storage", call("torch DoubleStorage"), "0", "cpu", 2 ** 52] }),
    /a storage's length is too large/,
  ],
  [
    "a view beyond its storage",
    writePickle({
      persistent: ["storage", call("torch FloatStorage"), "0", "cpu", 4, ["1", 3, 2]],
    }),
    /a view reaches beyond its storage of 4 values/,
  ],
  [
    "a shape of 100,000 dimensions",
    calledOften(1, TENSOR, 100_000),
    /a shape of 100000 dimensions/,
  ],
  // a few bytes that have a long list gone through, again and again
  ["a dictionary made 50 times of 100,000 pairs", calledOften(50, DICTIONARY, 100_000), TOO_MANY],
  ["a counter made 50 times", calledOften(50, "ccollections\nCounter\n", 100_000), TOO_MANY],
  ["100,000 shapes of 64 dimensions", calledOften(100_000, TENSOR, 64), TOO_MANY],
  [
    "a name of megabytes, called again and again",
    concat([
      bytes(0x80, 4, 0x58, 0x80, 0x84, 0x1e, 0),
      new Uint8Array(2_000_000).fill(0x61),
      bytes(0x8c, 1, "b", 0x93, 0x94),
      repeated(1000, 0x68, 0, 0x29, 0x52, 0x30),
      bytes(0x2e),
    ]),
    /a name has more than 1000 characters/,
  ],
  [
    "a tuple of a list that holds itself, as a name",
    bytes("]", 0x94, "h\0ah\0", 0x93, 0x2e),
    /a name is not text/,
  ],
  [
    "a list appended to a text",
    bytes(0x8c, 1, "a", "]a", 0x2e),
    /expected a list or tuple, got a string/,
  ],
  ["a state for nothing", bytes("Nb", 0x2e), /the stack is empty/],
  ["arguments by name without a callee", bytes(")}", 0x92, 0x2e), /the stack is empty/],
  [
    "a number kept under 2^32 - 1 and asked for under 0",
    bytes("Nr", 255, 255, 255, 255, "h\0."),
    /kept as 0/,
  ],
];
