/** The unpacking of deflate, against zlib's. */
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrokenDeflate, Inflater } from "../../src/model/inflater.ts";

/** Unpacks from pieces of this length: the content, and how many bytes of the input were needed. */
function unpack(packed: Uint8Array, piece: number): { content: Uint8Array; used: number } {
  const inflater = new Inflater();
  const parts: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const chunk = inflater.next();
    if (chunk === undefined) break;
    if (chunk !== "input") {
      parts.push(chunk);
      continue;
    }
    const end = Math.min(at + piece, packed.length);
    inflater.push(packed.subarray(at, end), end === packed.length);
    at = end;
  }
  return { content: new Uint8Array(Buffer.concat(parts)), used: at - inflater.rest };
}

/** What zlib makes of it; undefined where it refuses. */
function zlibs(packed: Uint8Array): { content: Uint8Array; used: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(packed, { info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return { content: new Uint8Array(buffer), used: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

/** Bytes of all sorts: noise, texts, long repetitions near and far. */
function made(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = 7; i < length; i++) {
    state = Math.imul(state, 1664525) + 1013904223;
    const kind = (i >> 13) % 4;
    const far = i >= 32_768 ? bytes[i - 32_768]! : 0;
    bytes[i] = [state >>> 24, 97 + ((state >>> 24) % 7), i % 300 < 290 ? 5 : i, far][kind]!;
  }
  return bytes;
}

const strategies = ["Z_DEFAULT_STRATEGY", "Z_FIXED", "Z_HUFFMAN_ONLY", "Z_RLE"] as const;

describe("what zlib packs", () => {
  const content = made(400_000);
  test.each(strategies)("by %s, at any level and in pieces of any length", (strategy) => {
    for (const level of [0, 1, 6, 9]) {
      const packed = deflateRawSync(content, { level, strategy: constants[strategy] });
      for (const piece of [packed.length, 1 << 16, 997]) {
        const { content: got, used } = unpack(packed, piece);
        expect(Buffer.compare(got, content)).toBe(0);
        expect(used).toBe(packed.length);
      }
    }
  });

  test.each([0, 1, 2, 65_535, 65_536, 65_537, 98_304])("%i bytes", (length) => {
    const packed = deflateRawSync(content.subarray(0, length));
    expect(unpack(packed, 1)).toEqual({ content: content.slice(0, length), used: packed.length });
  });

  test("what follows the end is not touched", () => {
    const packed = deflateRawSync("hello hello hello");
    const more = Buffer.concat([packed, packed, Buffer.from("x")]);
    expect(unpack(more, 1000).used).toBe(packed.length);
  });

  test("cut anywhere it is broken", () => {
    const packed = deflateRawSync(made(5000));
    for (let end = 0; end < packed.length; end++) {
      expect(() => unpack(packed.subarray(0, end), 400)).toThrow(BrokenDeflate);
    }
  });
});

describe("what zlib refuses is refused, and what it takes gives the same bytes", () => {
  const compare = (packed: Uint8Array) => {
    const expected = zlibs(packed);
    if (expected === undefined) expect(() => unpack(packed, 700)).toThrow(BrokenDeflate);
    else expect(unpack(packed, 700)).toEqual(expected);
  };

  const seeds = [0, 1, 9].flatMap((level) =>
    strategies.map((name) => deflateRawSync(made(600), { level, strategy: constants[name] })),
  );

  test("changed bytes of packed files", () => {
    const edit = fc.tuple(fc.nat(), fc.nat(255));
    const changed = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(changed, ([seed, edits]) => {
        const bytes = Uint8Array.from(seed);
        // most of them near the start, where the codes are
        for (const [at, byte] of edits) bytes[at % (at % 2 === 0 ? 60 : bytes.length)] = byte;
        compare(bytes);
      }),
      { numRuns: 4000 },
    );
  });

  test("any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 120 }), compare), {
      numRuns: 4000,
    });
  });
});
