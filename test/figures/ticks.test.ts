import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMIT_TICKS } from "../../src/figures/limits.ts";
import { textWidth } from "../../src/figures/text.ts";
import { fitTicks, formatValues, roundLimits } from "../../src/figures/ticks.ts";

describe("formatValues", () => {
  test("gives all values the same decimals", () => {
    expect(formatValues([-0.2, -0.1, 0, 0.1])).toEqual(["−0.2", "−0.1", "0.0", "0.1"]);
    expect(formatValues([0, 20, 40])).toEqual(["0", "20", "40"]);
    expect(formatValues([1.25, 1.3])).toEqual(["1.25", "1.30"]);
    expect(formatValues([0])).toEqual(["0"]);
  });

  test("writes very large and very small axes with one exponent", () => {
    expect(formatValues([0, 5e29, 1e30])).toEqual(["0", "0.5e30", "1.0e30"]);
    expect(formatValues([-4e-21, 0, 4e-21, 8e-21, 1.2e-20])).toEqual([
      "−0.4e−20",
      "0",
      "0.4e−20",
      "0.8e−20",
      "1.2e−20",
    ]);
    expect(formatValues([1e8, 1e8 + 20])).toEqual(["1.0000000e8", "1.0000002e8"]);
  });
});

describe("fitTicks", () => {
  const space = { length: 250, direction: "horizontal", size: 10.5 } as const;

  test("labels rows and columns with whole numbers", () => {
    const labels = (count: number): string[] =>
      fitTicks({ ...space, low: -0.5, high: count - 0.5, whole: true }).map(({ label }) => label);
    expect(labels(1)).toEqual(["0"]);
    expect(labels(3)).toEqual(["0", "1", "2"]);
    expect(labels(768)).toEqual(["0", "100", "200", "300", "400", "500", "600", "700"]);
  });

  test("leaves room between labels, inside the limits, for any limits in float32", () => {
    const limit = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(limit, limit, fc.integer({ min: 60, max: 700 }), (a, b, length) => {
        fc.pre(Math.abs(a - b) > 1e-7 * Math.max(Math.abs(a), Math.abs(b)));
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ticks = fitTicks({ ...space, low, high, length });
        ticks.forEach(({ value, label }, i) => {
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
          if (i === 0) return;
          const before = ticks[i - 1]!;
          const distance = ((value - before.value) / (high - low)) * length;
          const widths = (textWidth(label, 10.5) + textWidth(before.label, 10.5)) / 2;
          expect(distance).toBeGreaterThan(widths);
          expect(label).not.toBe(before.label);
        });
      }),
    );
  });
});

test("a colour bar has a tick at each of its limits", () => {
  const value = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      fc.pre(Math.abs(a - b) > 1e-6 * Math.max(Math.abs(a), Math.abs(b)));
      const [low, high] = roundLimits(Math.min(a, b), Math.max(a, b), LIMIT_TICKS);
      const bar = { low, high, length: 234, direction: "vertical", size: 10.5 } as const;
      const ticks = fitTicks({ ...bar, most: LIMIT_TICKS });
      expect([ticks[0]!.value, ticks.at(-1)!.value]).toEqual([low, high]);
    }),
  );
});

test("roundLimits widens to round values", () => {
  expect(roundLimits(1.87, 6.93, 6)).toEqual([1, 7]);
  expect(roundLimits(-0.193, 0.193, 6)).toEqual([-0.2, 0.2]);
});
