import { describe, expect, test } from "vitest";
import { Random } from "../src/random.ts";

const draws = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

test("the stream of a seed never changes", () => {
  // xoshiro128** on the state that SplitMix32 makes of the seed, computed independently
  const random = new Random(0);
  const first = draws(4, () => random.uint32());
  expect(first).toEqual(reference(0, 4));
  const other = new Random(4294967295);
  expect(draws(4, () => other.uint32())).toEqual(reference(4294967295, 4));
  expect(first).not.toEqual(reference(1, 4));
});

describe("distributions", () => {
  test("uniform: mean, variance and bounds", () => {
    const random = new Random(1);
    const values = draws(100_000, () => random.uniform());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  test("normal: moments and tails", () => {
    const random = new Random(2);
    const values = draws(100_000, () => random.normal());
    const moment = (p: number) => values.reduce((sum, x) => sum + x ** p, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.012);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
    const outside = values.filter((x) => Math.abs(x) > 1.96).length / values.length;
    expect(Math.abs(outside - 0.05)).toBeLessThan(0.004);
  });

  test("below: all values, equally often, for n that is no power of two", () => {
    const random = new Random(3);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
    for (const n of [0, -1, 1.5, 2 ** 33]) expect(() => random.below(n)).toThrow(RangeError);
  });

  test("shuffle keeps the items and moves them", () => {
    const items = draws(50, () => 0).map((_, i) => i);
    const shuffled = new Random(4).shuffle(items.slice());
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });
});

test.each([-1, 1.5, 2 ** 32, Number.NaN])("seed %d is refused", (seed) => {
  expect(() => new Random(seed)).toThrow(`expected a seed from 0 to 4294967295, got ${seed}`);
});

/** The generator written again with BigInt, straight from its papers. */
function reference(seed: number, count: number): number[] {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  let x = BigInt(seed);
  const s = draws(4, () => {
    x = (x + 0x9e3779b9n) & mask;
    let z = x;
    z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & mask;
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) & mask;
    return z ^ (z >> 15n);
  });
  return draws(count, () => {
    const result = (rotl((s[1]! * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11n);
    return Number(result);
  });
}
