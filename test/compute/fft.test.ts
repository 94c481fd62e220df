import { describe, expect, test } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { type Team, withTeam } from "../../src/compute/team.ts";
import { Random } from "../../src/random.ts";

/** Runs `body` with the kernels and room for transforms of up to `length`. */
function withPlan<T>(
  length: number,
  body: (team: Team, run: (direction: "forward" | "inverse", x: Float32Array) => Float32Array) => T,
): Promise<{ result: T; order: Uint32Array }> {
  const arena = new Arena();
  const plan = arena.u8(80);
  const twiddles = arena.f32(2 * length);
  const frequency = arena.u32(length);
  const data = arena.f32(8 * length);
  return withTeam({ bytes: arena.bytes, work: 1 }, async (team) => {
    team.one("planFft", plan.at, length, twiddles.at, frequency.at);
    const result = body(team, (direction, x) => {
      team.f32(data).set(x);
      team.one(direction === "forward" ? "forwardFft" : "inverseFft", plan.at, data.at);
      return team.f32(data).slice();
    });
    return { result, order: team.u32(frequency).slice() };
  });
}

/** Four complex sequences, as the kernel has them: [entry][real, imaginary][sequence]. */
function noise(length: number): Float32Array {
  const random = new Random(length);
  return Float32Array.from({ length: 8 * length }, () => random.uniform() - 0.5);
}

/** The definition, in float64. */
function naive(x: Float32Array, length: number, sign: number): Float64Array {
  const cos = Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sin = Array.from({ length }, (_, i) => sign * Math.sin((2 * Math.PI * i) / length));
  const out = new Float64Array(8 * length);
  for (let k = 0; k < length; k++) {
    for (let i = 0; i < length; i++) {
      const c = cos[(i * k) % length]!;
      const s = sin[(i * k) % length]!;
      for (let lane = 0; lane < 4; lane++) {
        const re = x[8 * i + lane]!;
        const im = x[8 * i + 4 + lane]!;
        out[8 * k + lane]! += re * c - im * s;
        out[8 * k + 4 + lane]! += re * s + im * c;
      }
    }
  }
  return out;
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

// one of every radix, all pairs, powers, and mixtures
const LENGTHS = [
  ...[1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 24, 25, 27, 30, 32, 36, 40, 45, 48, 60, 64],
  ...[72, 75, 80, 81, 90, 100, 120, 125, 128, 144, 160, 225, 240, 288, 320, 360, 400, 480, 640],
];

describe("transforms are the definition's, to rounding", () => {
  test.each(LENGTHS)("length %i", async (length) => {
    const x = noise(length);
    const { result, order } = await withPlan(length, (_, run) => {
      const forward = run("forward", x);
      return { forward, back: run("inverse", forward) };
    });
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from(order, (_, i) => i));
    const expected = naive(x, length, -1);
    const sorted = new Float64Array(8 * length);
    order.forEach((k, place) => {
      sorted.set(result.forward.subarray(8 * place, 8 * place + 8), 8 * k);
    });
    // entries of the result are of the size of sqrt(length)
    expect(worst(sorted, expected)).toBeLessThan(
      6e-7 * Math.sqrt(length) * (1 + Math.log2(length)),
    );
    expect(
      worst(
        result.back,
        x.map((v) => v * length),
      ),
    ).toBeLessThan(6e-7 * length * (1 + Math.log2(length)));
  });

  test.each([30, 64])("inverse of arbitrary spectra, length %i", async (length) => {
    const x = noise(length);
    const { result, order } = await withPlan(length, (_, run) => run("inverse", x));
    const natural = new Float32Array(8 * length);
    order.forEach((k, place) => {
      natural.set(x.subarray(8 * place, 8 * place + 8), 8 * k);
    });
    expect(worst(result, naive(natural, length, 1))).toBeLessThan(1e-5);
  });
});

test("cosines and sines of fractions of a turn are right to the last bit of float32", async () => {
  await withPlan(1, (team) => {
    for (const b of [1, 2, 3, 4, 5, 7, 8, 12, 97, 360, 1200, 4096, 8192]) {
      for (let a = 0; a < b; a++) {
        const angle = (2 * Math.PI * a) / b;
        const [cos, sin] = [team.one("cosTurn", a, b), team.one("sinTurn", a, b)];
        expect(Math.abs(cos - Math.cos(angle))).toBeLessThan(1e-15);
        expect(Math.abs(sin - Math.sin(angle))).toBeLessThan(1e-15);
        expect(Math.abs(cos * cos + sin * sin - 1)).toBeLessThan(5e-16);
      }
    }
    // where they are known
    expect([team.one("cosTurn", 0, 9), team.one("cosTurn", 3, 6)]).toEqual([1, -1]);
    expect(Math.abs(team.one("cosTurn", 2, 8))).toBe(0);
    expect(team.one("sinTurn", 1, 4)).toBe(1);
    expect(Math.fround(team.one("sinTurn", 1, 12))).toBe(0.5);
  });
});
