import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainDigest } from "../../src/model/sha.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test.each(["SHA-1", "SHA-256"] as const)("%s of any bytes is OpenSSL's", (name) => {
  const node = name.replace("-", "").toLowerCase();
  const check = (bytes: Uint8Array): void => {
    expect(hex(plainDigest(name, bytes))).toBe(createHash(node).update(bytes).digest("hex"));
  };
  // around the lengths at which another block is begun
  for (let length = 0; length <= 200; length++) check(new Uint8Array(length).fill(length));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), check), { numRuns: 200 });
});
