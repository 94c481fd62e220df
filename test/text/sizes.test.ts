import { expect, test } from "vitest";
import { sizeText } from "../../src/text/sizes.ts";

test("sizeText", () => {
  expect([0, 1, 999, 1000, 307_200, 999_499, 999_501, 1.5e9, 2.345e12].map(sizeText)).toEqual([
    ...["0 bytes", "1 byte", "999 bytes", "1 kB", "307 kB", "999 kB", "1 MB", "1.5 GB", "2.35 TB"],
  ]);
});
