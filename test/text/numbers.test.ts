import { expect, test } from "vitest";
import { groupDigits, hexBytes, plural, rounded } from "../../src/text/numbers.ts";

test("groupDigits", () => {
  expect([0, 12, 999, 1000, 50257, 1234567].map(groupDigits)).toEqual([
    "0",
    "12",
    "999",
    "1,000",
    "50,257",
    "1,234,567",
  ]);
});

test("plural", () => {
  expect([0, 1, 2].map((n) => plural(n, "group"))).toEqual(["0 groups", "1 group", "2 groups"]);
  expect(plural(50_257, "token")).toBe("50,257 tokens");
});

test("hexBytes", () => {
  expect(hexBytes(Uint8Array.of(0, 10, 255))).toBe("000aff");
});

test("rounded", () => {
  expect([0.647986, 1.23456, 0, 12345.6, 1.23456e-9].map((value) => rounded(value))).toEqual([
    0.648, 1.235, 0, 12350, 1.235e-9,
  ]);
  expect([1047.0208333333333, 50].map((value) => rounded(value, 6))).toEqual([1047.02, 50]);
});
