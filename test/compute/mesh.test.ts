import { describe, expect, test } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { layMesh, meshZ, widestSpacing, writeMesh } from "../../src/compute/mesh.ts";
import { withTeam } from "../../src/compute/team.ts";
import { repulsion, STRIDE } from "../../src/compute/twins/forces.ts";
import { meshRepulsion } from "../../src/compute/twins/mesh.ts";
import { Random } from "../../src/random.ts";

interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

interface Result {
  readonly fx: Float32Array;
  readonly fy: Float32Array;
  readonly Z: number;
  /** The widest spacing so far. */
  readonly widest: number;
}

/** Runs the kernel on maps of equal size, one after the other with one plan; what it says of each. */
async function kernel(maps: readonly Points[], threads = 1, spacing?: number): Promise<Result[]> {
  const n = maps[0]!.x.length;
  const arena = new Arena();
  const [X, Y, FX, FY] = [arena.f32(n), arena.f32(n), arena.f32(n), arena.f32(n)];
  const mesh = layMesh(arena, n, spacing);
  return withTeam({ bytes: arena.bytes, work: 1e12, threads }, async (team) => {
    writeMesh(team, mesh);
    const results: Result[] = [];
    for (const { x, y } of maps) {
      team.f32(X).set(x);
      team.f32(Y).set(y);
      await team.all("meshRepulsion", mesh.plan.at, X.at, Y.at, n, FX.at, FY.at);
      const [fx, fy] = [team.f32(FX).slice(), team.f32(FY).slice()];
      results.push({ fx, fy, Z: meshZ(team, mesh), widest: widestSpacing(team, mesh) });
    }
    return results;
  });
}

async function once(points: Points, threads = 1, spacing?: number): Promise<Result> {
  return (await kernel([points], threads, spacing))[0]!;
}

/** All pairs, in float64. */
function exact({ x, y }: Points): { fx: Float64Array; fy: Float64Array; Z: number } {
  const Y = new Float64Array(STRIDE * x.length);
  x.forEach((_, i) => {
    Y.set([x[i]!, y[i]!], STRIDE * i);
  });
  const out = new Float64Array(Y.length);
  const Z = repulsion(Y, out);
  const column = (c: number): Float64Array => Float64Array.from(x, (_, i) => out[STRIDE * i + c]!);
  return { fx: column(0), fy: column(1), Z };
}

/** The force on one point, by its pairs, in float64. */
function forceOn({ x, y }: Points, i: number): [fx: number, fy: number] {
  let [fx, fy] = [0, 0];
  for (let j = 0; j < x.length; j++) {
    const [dx, dy] = [x[i]! - x[j]!, y[i]! - y[j]!];
    const w = 1 / (1 + dx * dx + dy * dy);
    fx += w * w * dx;
    fy += w * w * dy;
  }
  return [fx, fy];
}

/** Clumps of different size and density, and a fifth of the points anywhere; a square of side `span`. */
function clumps(n: number, span: number, seed = 1): Points {
  const random = new Random(seed);
  const anywhere = (): number => (random.uniform() - 0.5) * span;
  const inside = (c: number): number => Math.min(Math.max(c, -span / 2), span / 2);
  const centres = Array.from({ length: 20 }, () => {
    return { x: anywhere(), y: anywhere(), width: (0.005 + 0.04 * random.uniform()) * span };
  });
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const clump = centres[random.uint32() % 25];
    x[i] = clump ? inside(clump.x + clump.width * random.normal()) : anywhere();
    y[i] = clump ? inside(clump.y + clump.width * random.normal()) : anywhere();
  }
  return { x, y };
}

/** Root mean square of the difference of forces, relative to that of the second's. */
function forceError(
  a: Pick<Result, "fx" | "fy">,
  b: { fx: ArrayLike<number>; fy: ArrayLike<number> },
): number {
  let off = 0;
  let size = 0;
  for (let i = 0; i < a.fx.length; i++) {
    off += (a.fx[i]! - b.fx[i]!) ** 2 + (a.fy[i]! - b.fy[i]!) ** 2;
    size += b.fx[i]! ** 2 + b.fy[i]! ** 2;
  }
  return Math.sqrt(off / size);
}

/** The twin's options for a map, as the kernel chooses: two grids where points may be beyond the reach. */
function options({ x, y }: Points, spacing: number): { spacing: number; reach: number } {
  const extent = (c: Float32Array): number => Math.max(...c) - Math.min(...c);
  const points = Math.floor((Math.max(extent(x), extent(y)) * 1.04) / spacing) + 6;
  return { spacing, reach: 2 * points + 15 > 64 ? 40 : Number.POSITIVE_INFINITY };
}

describe("the kernel is the twin, to rounding in float32", () => {
  test.each([
    [1, 3, 0.25],
    [3, 3, 0.25],
    [4, 0.01, 0.25],
    [5, 5, 0.25],
    [8, 20, 0.375],
    [17, 5, 0.25],
    [17, 20, 0.25],
    [300, 6, 0.5],
    [1000, 24, 0.375],
  ])("n = %i, span %d, spacing %d", async (n, span, spacing) => {
    const points = clumps(n, span);
    const expected = meshRepulsion(points.x, points.y, options(points, spacing));
    for (const threads of [1, 3]) {
      const got = await once(points, threads, spacing);
      expect(Math.abs(got.Z - expected.Z)).toBeLessThanOrEqual(1e-5 * expected.Z + 3e-6 * n);
      const largest = Math.max(...expected.fx.map(Math.abs), ...expected.fy.map(Math.abs));
      for (let i = 0; i < n; i++) {
        expect(Math.abs(got.fx[i]! - expected.fx[i]!)).toBeLessThan(1e-5 * largest + 3e-6);
        expect(Math.abs(got.fy[i]! - expected.fy[i]!)).toBeLessThan(1e-5 * largest + 3e-6);
      }
    }
  });

  test("a map wider than high", async () => {
    const { x, y } = clumps(200, 24);
    const points = { x, y: y.map((c) => c / 20) };
    const expected = meshRepulsion(points.x, points.y, options(points, 0.25));
    const got = await once(points, 2);
    expect(forceError(got, expected)).toBeLessThan(1e-5);
    expect(Math.abs(got.Z / expected.Z - 1)).toBeLessThan(1e-6);
  });
});

describe("how far from all pairs", () => {
  test.each([
    [1000, 5, 0.25, 0.002],
    [1000, 40, 0.25, 0.002],
    [2500, 60, 0.25, 0.0015],
    [5000, 150, 0.25, 0.0015],
    [20000, 120, 0.25, 0.0015],
    [20000, 120, 0.35, 0.0055],
  ])("n = %i, span %d, spacing %d: forces within %d", async (n, span, spacing, tolerance) => {
    const points = clumps(n, span);
    const expected = exact(points);
    const got = await once(points, 2, spacing);
    expect(forceError(got, expected)).toBeLessThan(tolerance);
    expect(Math.abs(got.Z / expected.Z - 1)).toBeLessThan(tolerance / 10);
  });

  test("a large map, of more than 4096 grid points across: some points, of 66,000", async () => {
    const { x, y } = clumps(66_000, 1200);
    const points = { x, y: y.map((c) => c / 2) };
    const got = await once(points, 2);
    const some = Array.from({ length: 300 }, (_, s) => 219 * s);
    const expected = some.map((i) => forceOn(points, i));
    const error = forceError(
      {
        fx: Float32Array.from(some, (i) => got.fx[i]!),
        fy: Float32Array.from(some, (i) => got.fy[i]!),
      },
      { fx: expected.map(([fx]) => fx), fy: expected.map(([, fy]) => fy) },
    );
    expect(error).toBeLessThan(0.0015);
  });

  test("two points, at any distance and place in their cells", async () => {
    const random = new Random(3);
    const maps = Array.from({ length: 200 }, (_, i) => {
      const distance = 10 ** (i / 40 - 3);
      const angle = 7 * random.uniform();
      return {
        x: Float32Array.of(1, 1 + distance * Math.cos(angle)),
        y: Float32Array.of(-2, -2 + distance * Math.sin(angle)),
      };
    });
    for (const [i, got] of (await kernel(maps, 2)).entries()) {
      const expected = exact(maps[i]!);
      // Z is twice the field, which is 1 at distance 0; the greatest force of two points is 0.325
      expect(Math.abs(got.Z - expected.Z)).toBeLessThan(0.005);
      expect(Math.abs(got.fx[0]! - expected.fx[0]!)).toBeLessThan(0.006);
      expect(Math.abs(got.fy[1]! - expected.fy[1]!)).toBeLessThan(0.006);
    }
  });
});

describe("hostile maps", () => {
  test("none, and one point", async () => {
    expect(await once({ x: new Float32Array(0), y: new Float32Array(0) }, 2)).toMatchObject({
      Z: 0,
    });
    const one = await once({ x: Float32Array.of(5), y: Float32Array.of(-3) });
    expect(Math.hypot(one.fx[0]!, one.fy[0]!, one.Z)).toBeLessThan(1e-5);
  });

  test("all points equal", async () => {
    const n = 700;
    const equal = { x: new Float32Array(n).fill(-7.3), y: new Float32Array(n).fill(1e-20) };
    const { fx, fy, Z } = await once(equal, 2);
    expect(Math.abs(Z / (n * (n - 1)) - 1)).toBeLessThan(0.006);
    for (let i = 0; i < n; i++) expect(Math.hypot(fx[i]!, fy[i]!)).toBeLessThan(1e-4 * n);
  });

  test("two points far apart", async () => {
    const { fx, fy, Z } = await once({ x: Float32Array.of(0, 1e4), y: Float32Array.of(0, 1e4) }, 2);
    expect(Math.hypot(...fx, ...fy, Z)).toBeLessThan(1e-3);
  });

  test.each([1e3, 1e6, 1e30])(
    "an outlier at %d: finite, and the spacing comes back",
    async (away) => {
      const points = clumps(500, 20);
      const spread = { x: points.x.slice(), y: points.y.slice() };
      spread.x[17] = away;
      const [first, , again] = await kernel([points, spread, points], 2);
      const [, wide] = await kernel([points, spread], 2);
      expect([...wide!.fx, ...wide!.fy, wide!.Z].every(Number.isFinite)).toBe(true);
      expect({ ...again!, widest: 0.25 }).toEqual(first);
      expect(again!.widest).toBe(wide!.widest);
      expect(wide!.widest * 4096).toBeGreaterThan(Math.min(away, 1e6));
    },
  );

  test("a map far from the origin, where coordinates are whole numbers", async () => {
    const { x, y } = clumps(400, 30);
    const whole = { x: x.map(Math.round), y: y.map(Math.round) };
    const away = { x: whole.x.map((c) => c + 1e7), y: whole.y.map((c) => c - 1e7) };
    const [here, there] = await kernel([whole, away], 2);
    expect(there).toEqual(here);
    expect(forceError(here!, exact(whole))).toBeLessThan(0.002);
  });

  test("duplicates, and points on the lines of the grid", async () => {
    const x = Float32Array.from({ length: 600 }, (_, i) => 0.35 * (i % 10));
    const y = Float32Array.from({ length: 600 }, (_, i) => 0.35 * Math.floor((i % 60) / 10));
    const got = await once({ x, y }, 2);
    expect(forceError(got, exact({ x, y }))).toBeLessThan(0.005);
  });
});

test("the same bytes for any number of threads, while the map grows and shrinks", async () => {
  const maps = [1e-4, 1, 8, 30, 33, 90, 150, 60, 5].map((span, i) => clumps(6000, span, i));
  const [alone, ...others] = await Promise.all(
    [1, 2, 4, 7].map((threads) => kernel(maps, threads)),
  );
  for (const other of others) expect(other).toEqual(alone);
});

test("where the map lies makes little difference", async () => {
  const points = clumps(3000, 60);
  const moved = { x: points.x.map((c) => c + 37.17), y: points.y.map((c) => c - 11.9) };
  const [here, there] = await kernel([points, moved], 2);
  expect(forceError(there!, here!)).toBeLessThan(2e-5);
  expect(Math.abs(there!.Z / here!.Z - 1)).toBeLessThan(1e-6);
});

test("how long it takes is foreseen: more with more points, and a wider spacing is less welcome", async () => {
  const arena = new Arena();
  const mesh = layMesh(arena, 1000);
  await withTeam({ bytes: arena.bytes, work: 1 }, async (team) => {
    writeMesh(team, mesh);
    const cost = (n: number, x: number, y: number): number =>
      team.one("meshCost", mesh.plan.at, n, x, y);
    expect(cost(1000, 50, 50)).toBeGreaterThan(cost(500, 50, 50));
    expect(cost(1000, 50, 50)).toBeGreaterThan(cost(1000, 50, 10));
    expect(cost(1000, 70, 70)).toBeLessThan(1e7);
    // with the spacing asked for, a map twice as wide has four times as many grid points at most
    expect(cost(1000, 150, 150)).toBeGreaterThan(16 * cost(1000, 75, 75));
    expect(cost(1000, 500, 500)).toBeLessThan(16 * 4 * cost(1000, 75, 75));
    expect(cost(1000, 1e30, 0)).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
