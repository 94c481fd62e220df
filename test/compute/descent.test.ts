/** The kernels of t-SNE's descent against their twins in plain TypeScript. */
import { describe, expect, test } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { type Descent, type DescentInput, openDescent } from "../../src/compute/descent.ts";
import { mortonOrder } from "../../src/compute/morton.ts";
import type { SparseRows } from "../../src/compute/sparse-rows.ts";
import { withTeam } from "../../src/compute/team.ts";
import { Descent as Twin } from "../../src/compute/twins/descent.ts";
import { STRIDE } from "../../src/compute/twins/forces.ts";
import { exactObjective } from "../../src/compute/twins/objective.ts";
import { log } from "../../src/math.ts";
import { Random } from "../../src/random.ts";

type Axes = 1 | 2 | 3;

const SIZES = [2, 3, 4, 5, 8, 17, 33, 100, 517, 1100];
const THREADS = [1, 2, 4];
/** So many that every team gets its threads. */
const MANY = 1e12;

/** A symmetric graph of about eight entries in each row, and one row that is everyone's neighbour; sum 1. */
function graph(n: number, seed = 1): SparseRows {
  const random = new Random(seed);
  const rows = Array.from({ length: n }, () => new Map<number, number>());
  const add = (i: number, j: number, p: number) => void (i !== j && rows[i]!.set(j, p));
  const pair = (i: number, j: number, p: number) => [add(i, j, p), add(j, i, p)];
  for (let i = 0; i < n; i++) {
    pair(0, i, random.uniform());
    for (let k = 0; k < 4; k++) pair(i, random.below(n), random.uniform());
  }
  const sum = rows.reduce((all, row) => [...row.values()].reduce((a, b) => a + b, all), 0);
  const indptr = new Int32Array(n + 1);
  const entries: [number, number][] = [];
  rows.forEach((row, i) => {
    entries.push(...[...row].sort((a, b) => a[0] - b[0]));
    indptr[i + 1] = entries.length;
  });
  const values = Float32Array.from(entries, ([, p]) => p / sum);
  return { indptr, indices: Int32Array.from(entries, ([j]) => j), values };
}

function normal(length: number, scale: number, seed = 2): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => scale * random.normal());
}

/** Three float64 for every point, as the twins have them. */
function widened(Y: ArrayLike<number>, axes: Axes): Float64Array {
  const n = Y.length / axes;
  const wide = new Float64Array(n * STRIDE);
  for (let e = 0; e < Y.length; e++) wide[Math.floor(e / axes) * STRIDE + (e % axes)] = Y[e]!;
  return wide;
}

const narrowed = (wide: Float64Array, axes: Axes): Float64Array =>
  wide.filter((_, e) => e % STRIDE < axes);

async function withDescent<T>(
  input: Omit<DescentInput, "iterations" | "breath">,
  body: (descent: Descent) => Promise<T>,
): Promise<T> {
  const { descent, close } = await openDescent({ iterations: MANY, breath: noBreath, ...input });
  try {
    return await body(descent);
  } finally {
    await close();
  }
}

const noBreath = () => undefined;
const STEP = { exaggeration: 12, momentum: 0.5, learningRate: 50 };

describe.each([1, 2, 3] as const)("maps of %d dimensions", (nComponents) => {
  test.each(SIZES)("gradient and divergence of %d points are the twin's", async (n) => {
    const P = graph(n);
    const objective = exactObjective(P);
    for (const scale of [1e-4, 1, 30]) {
      const start = normal(n * nComponents, scale);
      const wide = widened(start, nComponents);
      const expected = new Float64Array(wide.length);
      const Z = objective.gradient(wide, 3, expected);
      const theirs = narrowed(expected, nComponents);
      const largest = theirs.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      const results = [];
      for (const threads of THREADS) {
        const found = await withDescent({ P, nComponents, start, threads }, async (descent) => ({
          ...(await descent.gradient(3)),
          kl: await descent.klDivergence(noBreath),
        }));
        results.push(found);
        expect(Math.abs(found.Z - Z)).toBeLessThanOrEqual(1e-6 * Z);
        theirs.forEach((g, e) => {
          expect(Math.abs(found.gradient[e]! - g)).toBeLessThanOrEqual(2e-6 * largest);
        });
        if (n > 1) expect(found.kl).toBeCloseTo(objective.klDivergence(wide, Z), 6);
      }
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    }
  });

  test.each([0, 1])("%d points feel nothing", async (n) => {
    const input = { P: graph(n), nComponents, start: normal(n * nComponents, 1) };
    await withDescent(input, async (descent) => {
      expect(await descent.iterate(2, STEP)).toMatchObject({ gradNorm: 0 });
      expect(descent.map()).toEqual(input.start);
      expect(await descent.gradient(1)).toEqual({ gradient: input.start.fill(0), Z: 0 });
    });
  });

  test.each([2, 3, 5, 8, 17, 100, 900])("a step of %d points is the twin's", async (n) => {
    const P = graph(n);
    const objective = exactObjective(P);
    const start = normal(n * nComponents, 5);
    const Y = widened(start, nComponents);
    const gradient = new Float64Array(Y.length);
    const twin = new Twin(Y.length);
    const params = { ...STEP, learningRate: n / 500 };
    await withDescent({ P, nComponents, start }, async (descent) => {
      for (let step = 0; step < 3; step++) {
        const before = objective.klDivergence(
          Y,
          objective.gradient(Y, STEP.exaggeration, gradient),
        );
        const norm = twin.step(Y, gradient, params.momentum, params.learningRate);
        const found = await descent.iterate(1, params, { divergence: true });
        expect(found.klDivergence).toBeCloseTo(before, 6);
        expect(Math.abs(found.gradNorm / norm - 1)).toBeLessThan(1e-5);
        const moved = Math.max(...Y.map(Math.abs));
        const map = descent.map();
        narrowed(Y, nComponents).forEach((y, e) => {
          expect(Math.abs(map[e]! - y)).toBeLessThan(1e-6 * moved);
        });
      }
    });
  });

  test("the same bytes by 1, 2 and 4 threads, in slices of any length", async () => {
    const n = 700;
    const P = graph(n);
    const start = normal(n * nComponents, 1e-4);
    const run = (threads: number, slices: number[]) =>
      withDescent({ P, nComponents, start, threads }, async (descent) => {
        for (const count of slices) await descent.iterate(count, STEP);
        descent.restart();
        const later = { ...STEP, exaggeration: 1, momentum: 0.8 };
        const { klDivergence, gradNorm } = await descent.iterate(20, later, { divergence: true });
        return { map: descent.map(), klDivergence, gradNorm };
      });
    const first = await run(1, [60]);
    expect(await run(2, [60])).toEqual(first);
    expect(await run(4, [60])).toEqual(first);
    expect(await run(2, [1, 1, 2, 39, 17])).toEqual(first);
    expect(first.map.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["all points at one place", () => 3],
    ["two places", (e: number) => (e < 20 ? 0 : 1)],
    ["an outlier", (e: number) => (e === 0 ? 1e18 : e % 7)],
    ["all far apart", (e: number) => 1e12 * e],
  ])("%s: nothing but numbers", async (_, place) => {
    const n = 40;
    const P = graph(n);
    const start = Float32Array.from({ length: n * nComponents }, (_, e) => place(e));
    await withDescent({ P, nComponents, start }, async (descent) => {
      const { klDivergence, gradNorm } = await descent.iterate(3, STEP, { divergence: true });
      expect([klDivergence, gradNorm].every(Number.isFinite)).toBe(true);
      expect(descent.map().every(Number.isFinite)).toBe(true);
      expect(await descent.klDivergence(noBreath)).toBeGreaterThan(-1e-6);
    });
  });
});

describe("the mesh", () => {
  const n = 3000;
  const P = graph(n);

  test("is taken where it is faster than all pairs, and gives nearly their step", async () => {
    const objective = exactObjective(P);
    for (const scale of [1e-4, 1, 6]) {
      const start = normal(2 * n, scale);
      const Y = widened(start, 2);
      const gradient = new Float64Array(Y.length);
      const kl = objective.klDivergence(Y, objective.gradient(Y, 1, gradient));
      const step = { exaggeration: 1, momentum: 0, learningRate: 1 };
      await withDescent({ P, nComponents: 2, start }, async (descent) => {
        const found = await descent.iterate(1, step, { divergence: true });
        expect(descent.meshIterations).toBe(1);
        // points all at one place share their place within the mesh, and its error
        expect(Math.abs(found.klDivergence - kl)).toBeLessThan(scale < 1 ? 0.01 : 1e-4);
        new Twin(Y.length).step(Y, gradient, 0, 1);
        const longest = Math.max(...gradient.map(Math.abs));
        const map = descent.map();
        narrowed(Y, 2).forEach((y, e) => {
          expect(Math.abs(map[e]! - y)).toBeLessThan(0.01 * longest);
        });
      });
    }
  });

  test("is not taken where the map is wide, or has an outlier", async () => {
    const wide = normal(2 * n, 300);
    const outlier = normal(2 * n, 1);
    outlier[17] = 1e9;
    for (const start of [wide, outlier]) {
      await withDescent({ P, nComponents: 2, start }, async (descent) => {
        await descent.iterate(2, { exaggeration: 1, momentum: 0, learningRate: 1e-3 });
        expect(descent.meshIterations).toBe(0);
      });
    }
  });

  test("the same bytes by 1, 2 and 4 threads, in slices of any length", async () => {
    const start = normal(2 * n, 1e-4);
    const run = (threads: number, slices: number[]) =>
      withDescent({ P, nComponents: 2, start, threads }, async (descent) => {
        for (const count of slices) await descent.iterate(count, STEP);
        const { klDivergence } = await descent.iterate(1, STEP, { divergence: true });
        return { map: descent.map(), klDivergence, meshed: descent.meshIterations };
      });
    const first = await run(1, [50]);
    expect(first.meshed).toBeGreaterThan(40);
    expect(await run(2, [50])).toEqual(first);
    expect(await run(4, [1, 2, 30, 17])).toEqual(first);
  });
});

describe("a map so large that its points are put in another order in memory", () => {
  const n = 4200;
  const P = graph(n);

  test.each([2, 3] as const)(
    "has the twin's steps, order after order, in %d dimensions",
    async (nComponents) => {
      const objective = exactObjective(P);
      const start = normal(n * nComponents, 300);
      const Y = widened(start, nComponents);
      const gradient = new Float64Array(Y.length);
      const params = { exaggeration: 4, momentum: 0.5, learningRate: 100 };
      await withDescent({ P, nComponents, start }, async (descent) => {
        expect(descent.map()).toEqual(start);
        const twin = new Twin(Y.length);
        for (let order = 0; order < 3; order++) {
          await descent.arrange(noBreath);
          for (let step = 0; step < 2; step++) {
            objective.gradient(Y, params.exaggeration, gradient);
            twin.step(Y, gradient, params.momentum, params.learningRate);
            await descent.iterate(1, params);
          }
          const largest = Math.max(...Y.map(Math.abs));
          const map = descent.map();
          narrowed(Y, nComponents).forEach((y, e) => {
            expect(Math.abs(map[e]! - y)).toBeLessThan(1e-5 * largest);
          });
        }
        const Z = objective.gradient(Y, 1, gradient);
        expect(await descent.klDivergence(noBreath)).toBeCloseTo(objective.klDivergence(Y, Z), 5);
      });
    },
  );

  test("Morton's curve", () => {
    // a square of four by four places, x by x
    const x = Float32Array.from({ length: 16 }, (_, i) => i >> 2);
    const y = Float32Array.from({ length: 16 }, (_, i) => i & 3);
    const order = mortonOrder(Float32Array.of(...x, ...y), 16, 16);
    expect(Array.from(order)).toEqual([0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15]);
    expect(Array.from(mortonOrder(new Float32Array(8).fill(3), 4, 3))).toEqual([0, 1, 2]);
    expect(mortonOrder(new Float32Array(0), 0, 0).length).toBe(0);
  });
});

test("steps longer than the limit keep their direction, and have the limit's length", async () => {
  const P = graph(30);
  const start = normal(60, 5);
  const moved = (maxStepNorm?: number) =>
    withDescent({ P, nComponents: 2, start }, async (descent) => {
      await descent.iterate(1, { ...STEP, maxStepNorm });
      return descent.map().map((y, e) => y - start[e]!);
    });
  const [free, limited] = [await moved(), await moved(2)];
  let longer = 0;
  for (let i = 0; i < 30; i++) {
    const length = Math.sqrt(free[2 * i]! ** 2 + free[2 * i + 1]! ** 2);
    const scale = length > 2 ? 2 / length : 1;
    if (length > 2) longer++;
    for (const e of [2 * i, 2 * i + 1]) expect(limited[e]).toBeCloseTo(scale * free[e]!, 4);
  }
  expect(longer).toBeGreaterThan(3);
  expect(longer).toBeLessThan(27);
});

test("a signal ends a call of the kernels that would run for minutes", async () => {
  const controller = new AbortController();
  const input = { P: graph(2000), nComponents: 2, start: normal(4000, 1), threads: 2 } as const;
  await withDescent({ ...input, signal: controller.signal }, async (descent) => {
    setTimeout(() => controller.abort(), 20);
    const findings = await descent.iterate(1e6, STEP);
    expect(findings.gradNorm).toBe(0); // not found out
  });
});

test("the kernels' log has the bits of src/math.ts", async () => {
  const random = new Random(3);
  const above = Array.from({ length: 5000 }, () => 1 + 10 ** (40 * random.uniform() - 12));
  const numbers = [1, 1.5, Math.SQRT2, 2, 1 + 2 ** -52, 1 + 2 ** -30, 4, 1e300, ...above];
  const any = [0, -1, 5e-324, 1e-310, 2.3e-308, 0.1, 1e-30, Number.POSITIVE_INFINITY, Number.NaN];
  const arena = new Arena();
  const x = arena.f64(numbers.length);
  const out = arena.f64(numbers.length);
  await withTeam({ bytes: arena.bytes, work: 0 }, async (team) => {
    const logs = (of: number[], pairs: number) => {
      team.f64(x).set(of);
      team.one("logCheck", x.at, out.at, of.length, pairs);
      return team.f64(out).slice(0, of.length);
    };
    for (const pairs of [0, 1])
      expect(logs(numbers, pairs)).toEqual(Float64Array.from(numbers, log));
    expect(logs(any, 0)).toEqual(Float64Array.from(any, log));
  });
});
