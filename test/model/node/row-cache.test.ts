import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GAP } from "../../../src/model/hub/remote.ts";
import { RowCache } from "../../../src/model/node/row-cache.ts";
import { sealedJson } from "../../../src/model/node/sealed-json.ts";

const ETAG = "an-etag";
let folder: string;
let cache: RowCache;
const whole = Uint8Array.from({ length: 200 }, (_, i) => (i * 37 + 11) % 251);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-rows-"));
  cache = new RowCache(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const keep = (start: number, end: number): Promise<void> =>
  cache.keep(ETAG, start, whole.subarray(start, end));

describe("RowCache", () => {
  it("has nothing at first, also where there is no folder", async () => {
    for (const one of [cache, new RowCache(join(folder, "none"))]) {
      expect(await one.read(ETAG, 10, 20)).toEqual({
        bytes: new Uint8Array(10),
        missing: [[10, 20]],
      });
      expect(await one.file()).toBeUndefined();
    }
  });

  it("gives what overlaps, and the ranges that are missing, near ones as one", async () => {
    await keep(10, 20);
    await keep(30, 40);
    expect(await cache.read(ETAG, 12, 18)).toEqual({ bytes: whole.slice(12, 18), missing: [] });
    expect((await cache.read(ETAG, 0, 15)).missing).toEqual([[0, 10]]);
    expect((await cache.read(ETAG, 15, 35)).missing).toEqual([[20, 30]]);
    expect((await cache.read(ETAG, 5, 45)).missing).toEqual([[5, 45]]);
    await cache.keep(ETAG, 1000, new Uint8Array(GAP + 1));
    expect((await cache.read(ETAG, 990, 1010 + GAP)).missing).toEqual([
      [990, 1000],
      [1001 + GAP, 1010 + GAP],
    ]);
  });

  it("gives the right bytes for any pieces and any range", async () => {
    const range = fc
      .tuple(fc.nat(200), fc.nat(200))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 6 }), range, async (pieces, [start, end]) => {
        await cache.clear();
        for (const piece of pieces) await keep(...piece);
        const { bytes, missing } = await cache.read(ETAG, start, end);
        const known = (i: number): boolean => pieces.some(([a, b]) => a <= i && i < b);
        const wanted = (i: number): boolean => missing.some(([a, b]) => a <= i && i < b);
        for (let i = start; i < end; i++) {
          if (known(i)) expect(bytes[i - start]).toBe(whole[i]);
          else expect(wanted(i)).toBe(true);
        }
        for (const [a, b] of missing) expect([known(a), known(b - 1)]).toEqual([false, false]);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("drops a damaged piece, shorter, longer or changed, and never gives its bytes", async () => {
    for (const damaged of [whole.slice(0, 9), whole.slice(0, 11), new Uint8Array(10)]) {
      await keep(0, 10);
      const [name] = await readdir(folder);
      await writeFile(join(folder, name!), damaged);
      expect(await cache.read(ETAG, 0, 10)).toEqual({
        bytes: new Uint8Array(10),
        missing: [[0, 10]],
      });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("leaves a piece that can't be read just now where it is", async () => {
    await keep(0, 10);
    const [name] = await readdir(folder);
    // a folder in its place can be opened and not read, for root too
    await rm(join(folder, name!));
    await mkdir(join(folder, name!));
    expect((await cache.read(ETAG, 0, 10)).missing).toEqual([[0, 10]]);
    expect(await readdir(folder)).toEqual([name]);
  });

  it("does not see pieces of another content of the file", async () => {
    await keep(0, 10);
    await cache.keep("another", 5, new Uint8Array(10));
    expect(await cache.read(ETAG, 0, 12)).toEqual({
      bytes: Uint8Array.of(...whole.slice(0, 10), 0, 0),
      missing: [[10, 12]],
    });
    expect((await cache.read("a third", 0, 12)).missing).toEqual([[0, 12]]);
  });

  it("does not mind strangers in its folder", async () => {
    await keep(0, 10);
    const names = ["notes.txt", "0-10", "0-10.abc", `10-5.${"0".repeat(16)}.${"0".repeat(64)}`];
    for (const name of names) await writeFile(join(folder, name), "x");
    expect((await cache.read(ETAG, 0, 10)).missing).toEqual([]);
  });

  it("cuts long pieces, so that a part costs the reading of a part", async () => {
    const long = Uint8Array.from({ length: (1 << 22) + 5 }, (_, i) => i % 253);
    await cache.keep(ETAG, 100, long);
    expect(await readdir(folder)).toHaveLength(2);
    const end = 100 + long.length;
    const { bytes, missing } = await cache.read(ETAG, end - 10, end);
    expect(missing).toEqual([]);
    expect(bytes).toEqual(long.slice(-10));
  });

  it("keeps length and ETag, and takes nothing else for them", async () => {
    await cache.keepFile({ byteLength: 1000, etag: "abc" });
    expect(await cache.file()).toEqual({ byteLength: 1000, etag: "abc" });
    const sound = await readFile(join(folder, "file.json"), "utf8");
    for (const text of [
      ...[sound.replace("1000", "1001"), sound.replace("abc", "abd"), sound.slice(0, -20)],
      ...[sealedJson({ byteLength: -1, etag: "x" }), sealedJson({ byteLength: 1, etag: "" })],
      "",
      "{",
      "null",
      "[]",
      '{"byteLength":-1,"etag":"x"}',
      '{"byteLength":1}',
    ]) {
      await writeFile(join(folder, "file.json"), text);
      expect(await cache.file()).toBeUndefined();
    }
  });
});
