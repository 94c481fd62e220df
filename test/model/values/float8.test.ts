import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeFloats } from "../../../src/model/values/dtype.ts";
import type { Float8Dtype } from "../../../src/model/values/float8.ts";

/** By type, for every byte the bits of the float32, or "nan"; by ml_dtypes, and PyTorch agrees. */
const GOLDEN: Readonly<Record<Float8Dtype, (number | "nan")[]>> = JSON.parse(
  readFileSync(new URL("../../fixtures/float8-golden.json", import.meta.url), "utf8"),
);
const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

test.each(Object.keys(GOLDEN) as Float8Dtype[])("all 256 numbers of %s", (dtype) => {
  const out = new Float32Array(256);
  decodeFloats(dtype, bytes, out);
  const bits = new Uint32Array(out.buffer);
  const found = [...out].map((value, i) => (Number.isNaN(value) ? "nan" : bits[i]));
  expect(found).toEqual(GOLDEN[dtype]);
  expect(GOLDEN[dtype]).toHaveLength(256);
});
