import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { GGUF_SEEDS as seeds } from "./gguf-seeds.ts";
import * as w from "./write-gguf.ts";

/** Reads all that there is to read: header, tokens, a row. True if the file was taken. */
async function readAll(file: Uint8Array): Promise<boolean> {
  const files = {
    ...{ name: "x", revision: null, fetched: null },
    open: async () => bufferSource(file, "x.gguf"),
    read: async () => undefined,
  };
  try {
    const model = await openFiles(files, { weights: "x.gguf" });
    for (const { bytes } of model.vocabulary) expect(bytes.length).toBeLessThanOrEqual(file.length);
    const X = await model.rows({ rows: [model.shape[0] - 1] });
    expect(X.data.length).toBe(model.shape[1]);
    return true;
  } catch (error) {
    if (error instanceof UnsupportedError) return false;
    expect(error).toBeInstanceOf(FormatError);
    const { file: name, message, offset = 0 } = error as FormatError;
    expect(name).toBe("x/x.gguf");
    expect(message.length).toBeLessThan(600);
    expect(offset).toBeLessThanOrEqual(file.length);
    return false;
  }
}

/** Whole numbers at which readers go wrong. */
const extreme = fc.constantFrom(
  ...[0n, 1n, 2n, 7n, 255n, 256n, 65_535n, 2n ** 20n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n],
  ...[2n ** 52n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
);
const place = fc.nat({ max: 1_000_000 });
const change = fc.oneof(
  fc.record({ at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
  fc.record({
    at: place,
    bytes: fc
      .tuple(extreme, fc.constantFrom(4 as const, 8 as const))
      .map(([n, size]) => w.int(n, size)),
  }),
);

describe("whatever is done to a file, it is read or refused with a FormatError", () => {
  test("bytes and whole numbers put anywhere, mostly into the header", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (seed, changes, isHeader) => {
          const file = seed.slice();
          for (const { at, bytes } of changes) {
            const end = isHeader ? Math.min(file.length, 1200) : file.length;
            file.set(bytes.subarray(0, file.length - (at % end)), at % end);
          }
          if (await readAll(file)) taken++;
        },
      ),
      { numRuns: 4000, seed: 20261123 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test("pieces cut out, doubled or moved", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        ...([place, fc.nat({ max: 64 }), fc.nat({ max: 3 }), place] as const),
        async (seed, at, length, times, to) => {
          const from = at % seed.length;
          const piece = [...seed.subarray(from, from + length)];
          const rest = [...seed.subarray(0, from), ...seed.subarray(from + length)];
          rest.splice(to % rest.length, 0, ...Array.from({ length: times }, () => piece).flat());
          await readAll(Uint8Array.from(rest));
        },
      ),
      { numRuns: 1500, seed: 20261123 },
    );
  });

  test("a file cut anywhere is refused", async () => {
    for (const seed of seeds) {
      const step = Math.max(1, Math.floor(seed.length / 3000));
      for (let end = 0; end < seed.length - 64; end += step) {
        expect(await readAll(seed.subarray(0, end)), `${end} bytes`).toBe(false);
      }
    }
  });

  test("noise after the magic number", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        await readAll(Uint8Array.of(0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, ...noise));
      }),
      { numRuns: 1500, seed: 20261123 },
    );
  });
});
