import { describe, expect, test } from "vitest";
import { exp, log, powerOfTwo } from "../src/math.ts";

// fixed-point arithmetic in BigInt: 200 bits behind the point
const BITS = 200n;
const ONE = 1n << BITS;

/** A double as a fixed-point number; exact for |x| >= 2^-148. */
function fixed(x: number): bigint {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn) - 1075;
  const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
  const shift = BITS + BigInt(exponent);
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -magnitude : magnitude;
}

/** e^x by Taylor's series after halving x sixteen times. */
function exactExp(x: number): bigint {
  const small = fixed(x) >> 16n;
  let term = ONE;
  let sum = ONE;
  for (let i = 1n; term !== 0n && term !== -1n; i++) {
    term = (term * small) / (ONE * i);
    sum += term;
  }
  for (let i = 0; i < 16; i++) sum = (sum * sum) >> BITS;
  return sum;
}

function ulp(x: number): number {
  const bits = new BigUint64Array(new Float64Array([x]).buffer)[0]!;
  return 2 ** (Number((bits >> 52n) & 0x7ffn) - 1075);
}

/** Numbers spread over [low, high], the same at every run. */
function spread(low: number, high: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => low + (high - low) * ((i * 0.6180339887498949) % 1),
  );
}

describe("exp", () => {
  test("is within 0.9 ulp of exact arithmetic", () => {
    let worst = 0;
    for (const x of [...spread(-40, 40, 2000), ...spread(-1, 1, 1000), 1e-5, -1e-9, 0]) {
      const error = Number(fixed(exp(x)) - exactExp(x)) / Number(fixed(ulp(exp(x))));
      worst = Math.max(worst, Math.abs(error));
    }
    expect(worst).toBeLessThan(0.9);
    expect(worst).toBeGreaterThan(0.4); // a check that measures nothing would say 0
  });

  test("agrees with the host to 1e-15 over the whole range, subnormal results included", () => {
    for (const x of [...spread(-708, 709, 5000), 709.782712893384, 709.78, -708.5]) {
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
    }
    for (const x of [-710, -730, -744, -745.13]) {
      expect(Math.abs(exp(x) - Math.exp(x))).toBeLessThanOrEqual(Number.MIN_VALUE);
    }
  });

  test("has the limits of exp", () => {
    expect(exp(0)).toBe(1);
    expect(exp(-746)).toBe(0);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(709.79)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe("log", () => {
  test("is within 0.9 ulp of exact arithmetic", () => {
    let worst = 0;
    for (const x of [...spread(0.5, 2, 1500), ...spread(1e-12, 1e12, 500), 1 + 2 ** -50, 3e-9]) {
      // one Newton step from our value: e^y (1 + error) = x
      const y = log(x);
      const error = ((fixed(x) - exactExp(y)) * ONE) / exactExp(y);
      worst = Math.max(worst, Math.abs(Number(error) / Number(fixed(ulp(y)))));
    }
    expect(worst).toBeLessThan(0.9);
    expect(worst).toBeGreaterThan(0.4);
  });

  test("agrees with the host to 1e-15 from the smallest number to the largest", () => {
    for (const x of [Number.MIN_VALUE, 1e-310, 2.3e-308, 1e-30, 0.1, 10, 1e30, Number.MAX_VALUE]) {
      expect(Math.abs(log(x) / Math.log(x) - 1)).toBeLessThan(1e-15);
    }
  });

  test("has the limits of log", () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(log(Number.NaN)).toBeNaN();
  });
});

test("powerOfTwo is exact over the normal range", () => {
  for (let k = -1022; k <= 1023; k++) expect(powerOfTwo(k)).toBe(2 ** k);
});
