import fc from "fast-check";
import { expect, test } from "vitest";
import { symmetrized } from "../../src/compute/twins/symmetrize.ts";
import { Random } from "../../src/random.ts";
import { symmetrizeSparse } from "../../src/tsne/symmetrize.ts";

/** n rows of k different columns, none their own, in no order; some values are 0. */
function conditional(n: number, k: number, seed: number): [Int32Array, Float64Array] {
  const random = new Random(seed);
  const columns = Array.from({ length: n }, (_, i) => {
    const others = Array.from({ length: n - 1 }, (_, j) => (j < i ? j : j + 1));
    // low columns are everybody's neighbours, as hubs are
    if (random.uniform() < 0.5) return random.shuffle(others.slice(0, k));
    return random.shuffle(others).slice(0, k);
  });
  const values = Float64Array.from({ length: n * k }, () => Math.max(0, random.uniform() - 0.1));
  return [Int32Array.from(columns.flat()), values];
}

test("equals the sum entry by entry, bit for bit", async () => {
  const sizes = fc
    .integer({ min: 2, max: 40 })
    .chain((n) =>
      fc.record({ n: fc.constant(n), k: fc.integer({ min: 1, max: n - 1 }), seed: fc.nat() }),
    );
  await fc.assert(
    fc.asyncProperty(sizes, async ({ n, k, seed }) => {
      const [indices, values] = conditional(n, k, seed);
      const expected = symmetrized(indices, values, n, k);
      expect(await symmetrizeSparse(indices, values, k, {})).toEqual(expected);
    }),
  );
});

test("many rows, over more than one slice: ascending columns, symmetric, sum 1", async () => {
  const n = 9000;
  const k = 40;
  const random = new Random(1);
  const indices = new Int32Array(n * k);
  for (let e = 0; e < n * k; e++) {
    const i = Math.floor(e / k);
    indices[e] = (i + 1 + (e % k) * 7 + (i % 3) * ((e % k) + 100)) % n;
  }
  const values = Float64Array.from(indices, () => random.uniform());
  const expected = symmetrized(indices, values, n, k);
  const P = await symmetrizeSparse(indices, values, k, {});
  expect(P).toEqual(expected);
  expect(Float64Array.from(P.values).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
});
