import { expect, test } from "vitest";
import { decodeLatin1 } from "../../../src/model/bytes/latin1.ts";

test("every byte is the character of its number, in texts of any length", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 256);
  const text = decodeLatin1(bytes);
  expect(text).toHaveLength(20_000);
  expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual([...bytes]);
  expect(decodeLatin1(new Uint8Array())).toBe("");
});
