import fc from "fast-check";
import { expect, test } from "vitest";
import { Received } from "../../../src/model/hub/received.ts";

test("the bytes are those of the chunks, however long each is", () => {
  const length = fc.oneof(fc.nat(10), fc.nat(70_000), fc.constantFrom(65_535, 65_536, 65_537));
  fc.assert(
    fc.property(fc.array(length, { maxLength: 12 }), (lengths) => {
      const received = new Received();
      const sent: number[] = [];
      for (const [i, size] of lengths.entries()) {
        const chunk = new Uint8Array(size).map((_, at) => i * 31 + at);
        received.add(chunk);
        for (const byte of chunk) sent.push(byte);
        // whoever sends may use its buffer again for short chunks
        if (size <= 65_536) chunk.fill(255);
      }
      expect(received.length).toBe(sent.length);
      expect(Buffer.from(received.bytes()).equals(Uint8Array.from(sent))).toBe(true);
      received.add(Uint8Array.of(7));
      expect(received.bytes().at(-1)).toBe(7);
      expect(received.end).toBe(sent.length + 1);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("five million chunks of one byte take about as much memory as the bytes", () => {
  const received = new Received();
  const before = process.memoryUsage();
  for (let i = 0; i < 5_000_000; i++) received.add(Uint8Array.of(i));
  const after = process.memoryUsage();
  expect(received.bytes().length).toBe(5_000_000);
  expect(received.bytes()[4_999_999]).toBe(4_999_999 % 256);
  // each of them kept would be an object of some 100 bytes
  const grown = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  expect(grown).toBeLessThan(200e6);
});

test("what begins elsewhere begins anew", () => {
  const received = new Received();
  received.add(Uint8Array.of(1, 2));
  received.begin(2);
  received.add(Uint8Array.of(3));
  expect([...received.bytes()]).toEqual([1, 2, 3]);
  received.begin(7);
  received.add(Uint8Array.of(4));
  expect([...received.bytes()]).toEqual([4]);
  expect([received.start, received.end, received.total]).toEqual([7, 8, 4]);
});
