/** The kernels' exp against src/math.ts, bit by bit. */
import { describe, expect, test } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { withTeam } from "../../src/compute/team.ts";
import { exp } from "../../src/math.ts";
import { Random } from "../../src/random.ts";

async function inKernel(x: Float64Array, pairs: boolean): Promise<Float64Array> {
  const arena = new Arena();
  const at = arena.f64(x.length);
  const out = arena.f64(x.length);
  return withTeam({ bytes: arena.bytes, work: 1 }, async (team) => {
    team.f64(at).set(x);
    team.one("expCheck", at.at, out.at, x.length, pairs ? 1 : 0);
    return team.f64(out).slice();
  });
}

const bits = (x: Float64Array): BigUint64Array => new BigUint64Array(x.buffer);
const random = new Random(1);
const spread = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, () => low + (high - low) * random.uniform());

/** Where exp changes its way, and the numbers beside. */
const corners = [
  0, 1e-300, 1e-9, 0.34657359027997264, 1, 707, 707.7, 708.4, 709.4, 744.9, 745.13,
].flatMap((x) => [x, x * (1 - 2 ** -52), x * (1 + 2 ** -52)]);

describe("exp", () => {
  const negative = [
    ...[...corners, 745.1332191019411, 745.1332191019412, 746, 1e4, 1e300].map((x) => -x),
    ...[Number.NEGATIVE_INFINITY, Number.MIN_VALUE * -1, 0],
    ...spread(-1, 0, 30_000),
    ...spread(-100, 0, 30_000),
    ...spread(-760, -700, 30_000),
  ];

  test("has the bits of src/math.ts", async () => {
    const x = Float64Array.from([
      ...negative,
      ...corners,
      ...spread(0, 712, 30_000),
      ...[709.782712893384, 709.7827128933841, Number.POSITIVE_INFINITY],
    ]);
    expect(bits(await inKernel(x, false))).toEqual(bits(x.map(exp)));
    const [nothing] = await inKernel(Float64Array.of(Number.NaN), false);
    expect(nothing).toBeNaN();
  });

  test("two by two as well, in any pairing of small and large", async () => {
    const shuffled = random.shuffle(negative.slice());
    for (const x of [Float64Array.from(negative), Float64Array.from(shuffled)]) {
      const even = x.subarray(0, x.length & ~1).slice();
      expect(bits(await inKernel(even, true))).toEqual(bits(even.map(exp)));
    }
  });
});
