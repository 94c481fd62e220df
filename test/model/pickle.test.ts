import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readPickle } from "../../src/model/pickle.ts";
import {
  PickleDict,
  PickleList,
  PickleName,
  PickleObject,
  type PickleValue,
} from "../../src/model/pickle-values.ts";
import { torchOwner } from "../../src/model/torch-pickle.ts";
import { type Written, writePickle } from "./write-pickle.ts";
import { concat } from "./write-safetensors.ts";

const read = (bytes: Uint8Array) => readPickle(bytes, torchOwner, "x.pkl").value;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** A value in the form of the golden file. */
function plain(value: PickleValue): unknown {
  if (typeof value === "bigint") return ["big", String(value)];
  if (value instanceof Uint8Array) return ["bytes", hex(value)];
  if (value instanceof PickleName) return ["name", value.text];
  if (value instanceof PickleList) return ["list", value.items.map(plain)];
  if (value instanceof PickleObject) {
    return ["object", (value.made as PickleName).text, plain(value.state)];
  }
  if (value instanceof PickleDict) {
    return ["dict", [...value.entries].map(([key, inner]) => [plain(key), plain(inner)])];
  }
  return value;
}

interface Golden {
  readonly name: string;
  readonly protocol: number;
  readonly hex: string;
  readonly value: unknown;
}
const GOLDEN: readonly Golden[] = JSON.parse(
  readFileSync(new URL("../fixtures/pickle-golden.json", import.meta.url), "utf8"),
);

describe("what Python writes", () => {
  test.each(GOLDEN)("$name, protocol $protocol", ({ hex: bytes, value }) => {
    const pickle = Buffer.from(bytes, "hex");
    expect(plain(read(pickle))).toEqual(value);
    expect(readPickle(concat([pickle, pickle]), torchOwner, "x").end).toBe(pickle.length);
  });

  test("texts and long numbers of Python 2", () => {
    const bytes = Buffer.concat([
      Buffer.from([0x80, 2, 0x28, 0x55, 2]),
      Buffer.from("hi"),
      Buffer.from([0x55, 1, 0xff]),
      Buffer.from("I9007199254740993\nL-12L\n"),
      Buffer.from([0x74, 0x2e]),
    ]);
    expect(plain(read(bytes))).toEqual([
      "list",
      ["hi", ["bytes", "ff"], ["big", "9007199254740993"], -12],
    ]);
  });
});

const call = (name: string, args?: Written[]): Written => ({ name, ...(args && { args }) });

describe("names", () => {
  test.each([
    "os system",
    "posix system",
    "nt system",
    "subprocess Popen",
    "builtins eval",
    "builtins exec",
    "__builtin__ eval",
    "builtins __import__",
    "importlib import_module",
    "runpy _run_code",
    "urllib.request urlopen",
    "os.path join",
    "pickle loads",
    "socket create_connection",
  ])("%s is refused, called or not, with its place", (name) => {
    for (const written of [call(name), call(name, ["id"]), [1, [call(name)]] as Written]) {
      const bytes = writePickle(written);
      expect(() => read(bytes)).toThrow(FormatError);
      expect(() => read(bytes)).toThrow(/^x\.pkl: byte \d+: pickle: it names .*nothing was run/);
    }
  });

  test("a harmful name put together on the stack", () => {
    const bytes = concat([
      Uint8Array.of(0x80, 4, 0x8c, 2),
      new TextEncoder().encode("os"),
      Uint8Array.of(0x8c, 6),
      new TextEncoder().encode("system"),
      Uint8Array.of(0x93, 0x2e),
    ]);
    expect(() => read(bytes)).toThrow("it names os.system");
  });

  test("what is unknown is kept as what it says, and nothing more", () => {
    const value = read(
      writePickle({ name: "acme.train Config", args: [1, "a"], state: { dict: [["lr", 2]] } }),
    );
    expect(value).toBeInstanceOf(PickleObject);
    expect(plain(value)).toEqual(["object", "acme.train.Config", ["dict", [["lr", 2]]]]);
    expect(plain((value as PickleObject).args)).toEqual(["list", [1, "a"]]);
  });
});

const bytes = (...parts: (number | string)[]) =>
  concat(
    parts.map((part) =>
      typeof part === "number" ? Uint8Array.of(part) : new TextEncoder().encode(part),
    ),
  );
const repeated = (count: number, ...codes: number[]) =>
  Uint8Array.from({ length: count * codes.length }, (_, i) => codes[i % codes.length]!);

const BAD: readonly (readonly [what: string, pickle: Uint8Array, message: RegExp])[] = [
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
];

describe("malformed pickles", () => {
  test.each(BAD)("%s", (_, pickle, message) => {
    expect(() => read(pickle)).toThrow(FormatError);
    expect(() => read(pickle)).toThrow(message);
  });

  test("every beginning of a valid one is cut short", () => {
    const whole = Buffer.from(GOLDEN.find(({ name }) => name === "OrderedDict")!.hex, "hex");
    for (let length = 0; length < whole.length; length++) {
      expect(() => read(whole.subarray(0, length))).toThrow(FormatError);
    }
  });
});

describe("fuzz", () => {
  const parses = (pickle: Uint8Array) => {
    try {
      read(pickle);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  };

  test("any operations in any order", () => {
    const codes = [...Array(256).keys()].filter((code) => {
      try {
        read(Uint8Array.of(code));
        return true;
      } catch (error) {
        return !String(error).includes("unknown");
      }
    });
    const known = fc.constantFrom(...codes);
    const argument = fc.integer({ min: 0, max: 12 });
    const code = fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: argument });
    fc.assert(
      fc.property(fc.array(code, { maxLength: 60 }), (list) => parses(Uint8Array.from(list))),
      { numRuns: 10_000 },
    );
  });

  test("changed bytes in what Python writes", () => {
    const pickles = GOLDEN.map((golden) => Buffer.from(golden.hex, "hex"));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...pickles), edits, (pickle, list) => {
        const changed = Uint8Array.from(pickle);
        for (const [at, byte] of list) changed[at % changed.length] = byte;
        parses(changed);
      }),
      { numRuns: 10_000 },
    );
  });
});
