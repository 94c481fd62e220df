import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonOffset } from "../../../src/model/bytes/json-place.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("the place of a value, counted in bytes", () => {
  const text = '\ufeff { "é" : [ 1, {"a\\u0062": -2.5e3 } , "x" ] , "b":null}';
  const at = (...path: (string | number)[]) => jsonOffset(encode(text), path);
  const expected = (part: string) => encode(text.slice(0, text.indexOf(part))).length;
  expect(at()).toBe(expected("{"));
  expect(at("é")).toBe(expected("["));
  expect(at("é", 0)).toBe(expected("1,"));
  expect(at("é", 1)).toBe(expected('{"a'));
  expect(at("é", 1, "ab")).toBe(expected("-2.5e3"));
  expect(at("é", 2)).toBe(expected('"x"'));
  expect(at("b")).toBe(expected("null"));
});

test("a path that ends early leads to where it ends", () => {
  const bytes = encode('{"a":[10,20]}');
  expect(jsonOffset(bytes, ["b"])).toBe(0);
  expect(jsonOffset(bytes, ["a", 2])).toBe(5);
  expect(jsonOffset(bytes, ["a", 1, "x"])).toBe(9);
  expect(jsonOffset(bytes, [0])).toBe(0);
});

test("of a name that occurs twice the last", () => {
  expect(jsonOffset(encode('{"a":1,"a":2}'), ["a"])).toBe(11);
});

test("leads to the value itself in any JSON", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, fc.integer({ min: 0, max: 3 }), (value, space) => {
      const bytes = encode(JSON.stringify(value, null, space));
      for (const path of paths(value)) {
        const start = jsonOffset(bytes, path);
        const text = new TextDecoder().decode(bytes.subarray(start));
        const target = path.reduce<unknown>((at, step) => (at as never)[step], value);
        const [first] = JSON.stringify(target);
        expect(text[0]).toBe(first);
      }
    }),
    { numRuns: 300 },
  );
});

function* paths(value: unknown): Generator<(string | number)[]> {
  yield [];
  if (typeof value !== "object" || value === null) return;
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const step of steps) {
    for (const rest of paths((value as never)[step])) yield [step, ...rest];
  }
}
