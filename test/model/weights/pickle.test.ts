import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { readPickle } from "../../../src/model/weights/pickle.ts";
import {
  PickleDict,
  PickleList,
  PickleName,
  PickleObject,
  type PickleValue,
} from "../../../src/model/weights/pickle-values.ts";
import { torchOwner } from "../../../src/model/weights/torch-pickle.ts";
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
  readFileSync(new URL("../../fixtures/pickle-golden.json", import.meta.url), "utf8"),
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
    "types FunctionType",
    "types CodeType",
    "code InteractiveInterpreter.runsource",
    "profile run",
    "test.support.script_helper assert_python_ok",
    "commands getoutput",
    "torch os.system",
    "code sys.modules",
  ])("%s is refused, called or not, with its place", (name) => {
    for (const written of [call(name), call(name, ["id"]), [1, [call(name)]] as Written]) {
      const bytes = writePickle(written);
      expect(() => read(bytes)).toThrow(FormatError);
      expect(() => read(bytes)).toThrow(/^x\.pkl: byte \d+: pickle: it names .*nothing was run/);
    }
  });

  test.each([
    "types SimpleNamespace",
    "code Net",
    "code.models Net",
    "test.models Net.Config",
    "profile Settings",
    "trace.model Net",
    "site Config",
    "commands Config",
  ])("%s is a model's own, and no harm", (name) => {
    const value = read(writePickle({ name, args: [], state: { dict: [["lr", 2]] } }));
    expect(plain(value)).toEqual(["object", name.replace(" ", "."), ["dict", [["lr", 2]]]]);
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

  test("what is made of arguments that hold themselves is not made", () => {
    const name = new TextEncoder().encode("ctorch._tensor\n_rebuild_from_type\n");
    // a list of the name, None, and the list itself, with which the name is called
    const bytes = concat([
      ...[name, Uint8Array.of(0x94, 0x5d, 0x94, 0x28, 0x68, 0, 0x4e, 0x68, 1, 0x65)],
      Uint8Array.of(0x52, 0x2e),
    ]);
    expect(plain(read(bytes))).toEqual(["object", "torch._tensor._rebuild_from_type", null]);
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

describe("malformed pickles", () => {
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
