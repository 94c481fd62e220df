import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { jsonObject, readJson } from "../../../src/model/bytes/json.ts";
import { type Json, parseJson } from "../../../src/model/bytes/strict-json.ts";

/** The value that `JSON.parse` gives for the same text. */
function plain(value: Json): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
}

test("any JSON is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom("", " ", "\n\t\r "), (text, blank) => {
      fc.pre(JSON.parse(text) !== undefined && !/\\u[dD][89a-fA-F]/.test(text));
      expect(plain(parseJson(blank + text + blank, "f"))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test("any change of one character gives the same value as JSON.parse, or both refuse", () => {
  const text = '{"a":[1,-2.5e3,true],"b":{"c":"x\\n\\u00e9"},"d":null}';
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), (at, put) => {
      const changed = text.slice(0, at) + put + text.slice(at + 1);
      fc.pre(!/\\u[dD][89a-fA-F]/.test(changed)); // a lone surrogate, which only JSON.parse takes
      let expected: unknown;
      try {
        expected = JSON.parse(changed);
      } catch {
        expect(() => parseJson(changed, "f")).toThrow(FormatError);
        return;
      }
      const names = ["a", "b", "d", "c"].filter((name) => changed.split(`"${name}"`).length === 3);
      if (names.length === 0) expect(plain(parseJson(changed, "f"))).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

describe("parseJson", () => {
  test("tells whole numbers from others", () => {
    const numbers = parseJson("[0,-7,12345678901234567890,1.0,1e0,-0,123456789012345678901]", "f");
    expect(numbers).toEqual([0n, -7n, 12345678901234567890n, 1, 1, -0, 123456789012345680000]);
  });

  test("has no special names", () => {
    const object = parseJson('{"__proto__":{"x":1},"constructor":2}', "f") as Map<string, Json>;
    expect([...object.keys()]).toEqual(["__proto__", "constructor"]);
  });

  test("names the byte, counted from the start of the file", () => {
    expect(() => parseJson('["é💡",x]', "f.json", 100)).toThrow(
      new FormatError("f.json: byte 110: expected a JSON value", { file: "f.json", offset: 110 }),
    );
  });

  test("refuses lone surrogates and takes pairs", () => {
    expect(parseJson('"\\ud83d\\udca1"', "f")).toBe("💡");
    expect(() => parseJson('"\\ud83d"', "f")).toThrow("lone surrogate");
  });
});

describe("readJson", () => {
  const read = (text: string) => readJson(new TextEncoder().encode(text), "f.json");

  test("keeps __proto__ as a name of its own", () => {
    const object = jsonObject(read('{"__proto__":1,"a":2}'));
    expect(Object.entries(object!)).toEqual([
      ["__proto__", 1],
      ["a", 2],
    ]);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });

  test("passes over a byte order mark", () => {
    expect(read("\ufeff[1]")).toEqual([1]);
  });

  test("refuses more objects than memory should hold", () => {
    const bomb = `[${"{},".repeat(4_000_000)}0]`;
    expect(() => read(bomb)).toThrow(/^f.json: byte 1199\d+: more than 4000000 objects and arrays/);
    expect(() => parseJson(bomb, "f")).toThrow(/^f: byte 1199\d+: more than 4000000 objects/);
  });

  test("says where it is no longer JSON, and what it is instead", () => {
    expect(() => read('{"a":1,}')).toThrow("f.json: byte 7: expected a name in double quotes");
    expect(() => read('\ufeff{"a":}')).toThrow("f.json: byte 8: expected a JSON value");
    expect(() => read("<!doctype html>")).toThrow("f.json: not JSON: this is an HTML page");
    expect(() => read("version https://git-lfs.github.com/spec/v1")).toThrow("git lfs pull");
    expect(() => read("")).toThrow(FormatError);
    expect(() => readJson(Uint8Array.of(0x22, 0xff, 0x22), "f.json")).toThrow("not valid UTF-8");
  });
});
