import { expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";

const source = bufferSource(Uint8Array.of(1, 2, 3, 4), "x");

test("a slice is a copy of exactly the bytes asked for", async () => {
  const slice = await source.slice(1, 3);
  expect([...slice]).toEqual([2, 3]);
  slice.fill(9);
  expect([...(await source.slice(0, 4))]).toEqual([1, 2, 3, 4]);
  expect(await source.slice(4, 4)).toHaveLength(0);
});

test("a slice beyond the end is refused, and so is one that is none", async () => {
  await expect(source.slice(2, 5)).rejects.toThrow(
    new FormatError("x: the file ends at byte 4, but bytes 2 to 5 are needed", {
      file: "x",
      offset: 4,
    }),
  );
  for (const [start, end] of [
    [3, 2],
    [-1, 2],
    [0.5, 2],
    [0, Number.NaN],
  ] as const) {
    await expect(source.slice(start, end)).rejects.toThrow(RangeError);
  }
});

test("a cancelled slice is not read", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(source.slice(0, 1, { signal })).rejects.toThrow("enough");
});
