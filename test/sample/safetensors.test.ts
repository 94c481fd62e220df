import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundToHalf, safetensors, toHalf } from "../../sample/safetensors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { decodeFloats } from "../../src/model/values/dtype.ts";
import { readSafetensorsHeader } from "../../src/model/weights/safetensors.ts";

function halfToNumber(bits: number): number {
  const out = new Float32Array(1);
  decodeFloats("F16", Uint8Array.of(bits & 255, bits >> 8), out);
  return out[0]!;
}

describe("toHalf", () => {
  it("has the known bits", () => {
    const known: [number, number][] = [
      [0, 0x0000],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [Number.NEGATIVE_INFINITY, 0xfc00],
      [2 ** -14, 0x0400],
      [2 ** -24, 0x0001],
      [2 ** -25, 0x0000],
      [1.0001 * 2 ** -25, 0x0001],
      [1 / 3, 0x3555],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
    ];
    for (const [x, bits] of known) expect([x, toHalf(x)]).toEqual([x, bits]);
    expect(toHalf(Number.NaN)).toBe(0x7e00);
  });

  it("gives every finite float16 its own bits back", () => {
    const all = Array.from({ length: 0x10000 }, (_, bits) => bits);
    const finite = all.filter((bits) => (bits & 0x7c00) !== 0x7c00);
    expect(finite.filter((bits) => toHalf(halfToNumber(bits)) !== bits)).toEqual([]);
  });

  it("finds the nearest", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 65504, noNaN: true }), (x) => {
        const bits = toHalf(x);
        const error = Math.abs(halfToNumber(bits) - x);
        if (bits > 0) expect(error).toBeLessThanOrEqual(Math.abs(halfToNumber(bits - 1) - x));
        expect(error).toBeLessThanOrEqual(Math.abs(halfToNumber(bits + 1) - x));
      }),
    );
  });

  it("rounds in place", () => {
    const numbers = Float64Array.of(1 / 3, -1e9);
    roundToHalf(numbers);
    expect([...numbers]).toEqual([0.333251953125, Number.NEGATIVE_INFINITY]);
  });
});

describe("safetensors", () => {
  it("writes a file that the reader of models understands", async () => {
    const file = safetensors([
      { name: "a", shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
      { name: "longer name", shape: [1], data: [-0.5] },
    ]);
    const header = await readSafetensorsHeader(bufferSource(file), "made");
    expect([...header.tensors.keys()]).toEqual(["a", "longer name"]);
    expect(header.tensors.get("a")).toMatchObject({ dtype: "F16", shape: [2, 3] });
    expect(header.tensors.get("longer name")).toMatchObject({ dtype: "F16", shape: [1] });
    const view = new DataView(file.buffer);
    const start = 8 + Number(view.getBigUint64(0, true));
    expect(start % 8).toBe(0);
    expect(file.length).toBe(start + 14);
    expect(halfToNumber(view.getUint16(start + 10, true))).toBe(6);
    expect(halfToNumber(view.getUint16(start + 12, true))).toBe(-0.5);
  });
});
