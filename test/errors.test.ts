import { expect, test } from "vitest";
import { FormatError, isInputError, rangeError, typeError } from "../src/errors.ts";

/** What an expression throws. */
function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("errors about what was given are the plain classes, with message and cause", () => {
  const cause = new Error("inner");
  const error = rangeError("rows: expected some", { cause });
  expect(error).toBeInstanceOf(RangeError);
  expect([error.name, error.message, error.cause]).toEqual([
    "RangeError",
    "rows: expected some",
    cause,
  ]);
  expect(typeError("rows: expected text")).toBeInstanceOf(TypeError);
  expect(Object.keys(error)).toEqual([]);
});

test("they are told from the engine's, whatever these say", () => {
  expect(isInputError(rangeError("no colon"))).toBe(true);
  expect(isInputError(typeError("Invalid: text"))).toBe(true);
  for (const error of [
    new RangeError("rows: expected some, got none"),
    new TypeError("rows: expected text"),
    thrown(() => new Uint8Array(-1)),
    thrown(() => (undefined as unknown as string).length),
    new FormatError("x.npy: not a .npy file"),
    "a text",
    undefined,
  ]) {
    expect(isInputError(error)).toBe(false);
  }
});
