import { describe, expect, test } from "vitest";
import { UnsupportedError } from "../../../src/errors.ts";
import type { Dtype } from "../../../src/model/model.ts";
import { checkDtype, decodeFloats } from "../../../src/model/values/dtype.ts";

/** All 65,536 codes as bytes. */
function codes(littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * 65_536);
  const view = new DataView(bytes.buffer);
  for (let code = 0; code < 65_536; code++) view.setUint16(2 * code, code, littleEndian);
  return bytes;
}

/** A binary float by its definition: sign, exponent and mantissa of these widths. */
function byDefinition(code: number, exponentBits: number, mantissaBits: number): number {
  const sign = code >> (exponentBits + mantissaBits) === 0 ? 1 : -1;
  const exponent = (code >> mantissaBits) & (2 ** exponentBits - 1);
  const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign / 0 : Number.NaN;
  if (exponent === 0) return sign * 2 ** (1 - bias) * fraction;
  return sign * 2 ** (exponent - bias) * (1 + fraction);
}

function decode(dtype: Dtype, bytes: Uint8Array, count: number, littleEndian = true): Float32Array {
  const out = new Float32Array(count);
  decodeFloats(dtype, bytes, out, littleEndian);
  return out;
}

describe.each([true, false])("all codes, little-endian %s", (littleEndian) => {
  test.each([
    ["F16", 5, 10],
    ["BF16", 8, 7],
  ] as const)("%s is exact", (dtype, exponentBits, mantissaBits) => {
    const values = decode(dtype, codes(littleEndian), 65_536, littleEndian);
    let wrong = 0;
    for (let code = 0; code < 65_536; code++) {
      if (!Object.is(values[code], byDefinition(code, exponentBits, mantissaBits))) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

test("known halves and bfloats", () => {
  const halves = Uint8Array.of(0x00, 0x3c, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc, 0x00, 0x80);
  expect([...decode("F16", halves, 5)]).toEqual([1, 65504, 2 ** -24, Number.NEGATIVE_INFINITY, -0]);
  const bfloats = Uint8Array.of(0x80, 0x3f, 0x49, 0x40, 0x01, 0x00);
  expect([...decode("BF16", bfloats, 3)]).toEqual([1, 3.140625, 2 ** -133]);
});

test("F64 is rounded to nearest, ties to even", () => {
  const ulp = 2 ** -23;
  const doubles = [1 + ulp / 2, 1 + ulp * 1.5, 1 + ulp * 0.51, 1e-50, 2 ** -149 * 1.5, 0.1];
  const bytes = new Uint8Array(new Float64Array(doubles).buffer);
  const nearest = [1, 1 + 2 * ulp, 1 + ulp, 0, 2 ** -148, Math.fround(0.1)];
  expect([...decode("F64", bytes, doubles.length)]).toEqual(nearest);
});

test("F64 beyond float32 is refused, infinity is infinity", () => {
  const decoded = (value: number) =>
    decode("F64", new Uint8Array(Float64Array.of(value).buffer), 1);
  expect([...decoded(3.4e38)]).toEqual([Math.fround(3.4e38)]);
  expect([...decoded(Number.NEGATIVE_INFINITY)]).toEqual([Number.NEGATIVE_INFINITY]);
  for (const value of [1e39, -1e39, 3.4028236e38]) {
    expect(() => decoded(value)).toThrow(UnsupportedError);
    expect(() => decoded(value)).toThrow(`${value} is beyond float32`);
  }
});

test("bytes may lie at any alignment and in either order", () => {
  const padded = new Uint8Array(1 + 24);
  const view = new DataView(padded.buffer);
  view.setFloat32(1, -1.5, false);
  view.setFloat32(5, 3e-40, false);
  expect([...decode("F32", padded.subarray(1, 9), 2, false)]).toEqual([-1.5, Math.fround(3e-40)]);
  view.setFloat64(1, 0.25, false);
  expect([...decode("F64", padded.subarray(1, 9), 1, false)]).toEqual([0.25]);
});

test("a view into a longer array is filled and nothing beside it", () => {
  const out = new Float32Array(4).fill(9);
  decodeFloats("BF16", Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), out.subarray(1, 3));
  expect([...out]).toEqual([9, 1, -2, 9]);
});

test("what does not fit is refused", () => {
  expect(() => decode("F32", new Uint8Array(7), 2)).toThrow(
    new RangeError("decodeFloats: expected 8 bytes for 2 F32 values, got 7"),
  );
  expect(() => checkDtype("I8", "x: tensor w")).toThrow(
    "x: tensor w has dtype I8; rows are read from F64, F32, F16, BF16 and F8; if the model is quantized",
  );
  expect(() => checkDtype("C64", "w")).toThrow(/^w has dtype C64; rows are read from .* and F8$/);
  expect(() => checkDtype("constructor", "w")).toThrow(UnsupportedError);
});
