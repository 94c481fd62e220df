import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BPE } from "../../sample/bpe.ts";
import { BYTE_ORDER, byteIds, toAlphabet } from "../../sample/byte-alphabet.ts";
import { learnBPE } from "../../sample/merge-learning.ts";
import { pretokenize } from "../../sample/pretokenize.ts";
import { Random } from "../../src/random.ts";

const utf8 = new TextEncoder();

function bytesOf(bpe: BPE, ids: readonly number[]): Uint8Array {
  return Uint8Array.from(ids.flatMap((id) => [...bpe.tokens[id]!]));
}

describe("byte alphabet", () => {
  it("has GPT-2's order of the 256 bytes", () => {
    expect(BYTE_ORDER[0]).toBe(0x21);
    expect(BYTE_ORDER[93]).toBe(0x7e);
    expect([...BYTE_ORDER.subarray(94, 107)]).toEqual([
      0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xae,
    ]);
    expect([...BYTE_ORDER.subarray(187, 190)]).toEqual([0xff, 0x00, 0x01]);
    expect([...BYTE_ORDER.subarray(220, 223)]).toEqual([0x20, 0x7f, 0x80]);
    expect(BYTE_ORDER[255]).toBe(0xad);
    expect(new Set(BYTE_ORDER).size).toBe(256);
  });

  it("writes bytes as GPT-2 does", () => {
    expect(toAlphabet(utf8.encode(" a\n\té"))).toBe("ĠaĊĉÃ©");
    expect(toAlphabet(Uint8Array.of(0, 0x7f, 0xa0, 0xad))).toBe("ĀġłŃ");
    expect(byteIds("!~ ")).toEqual([0, 93, 220]);
  });
});

describe("pretokenize", () => {
  it("cuts as GPT-2 does", () => {
    expect(pretokenize("I'm  here,\n\n  you're 42!? don'T")).toEqual([
      ..."I|'m| | here|,|\n\n |".split("|").slice(0, -1),
      " you",
      "'re",
      " 42",
      "!?",
      " don",
      "'",
      "T",
    ]);
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(pretokenize(text).join("")).toBe(text);
      }),
    );
  });
});

describe("learnBPE", () => {
  it("merges the most frequent pair first, of equals the lower ids", () => {
    // l o: 7, o w: 7, w e: 2; equal counts: "l o" (75, 78) is before "o w" (78, 86)
    const bpe = learnBPE(
      new Map([
        ["low", 5],
        ["lowest", 2],
      ]),
      259,
    );
    const names = bpe.tokens.slice(256).map(toAlphabet);
    expect(names).toEqual(["lo", "low", "es"]);
  });

  it("stops where no pair occurs twice, and at the number of tokens asked for", () => {
    expect(learnBPE(new Map([["abc", 1]]), 300).tokens.length).toBe(256);
    expect(learnBPE(new Map([["abababab", 9]]), 257).tokens.length).toBe(257);
    expect(() => learnBPE(new Map(), 255)).toThrow(RangeError);
  });

  it("does not depend on the order of the pieces, and makes no token twice", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 12 });
    const counted = fc.uniqueArray(fc.tuple(piece, fc.integer({ min: 1, max: 50 })), {
      selector: ([text]) => text,
    });
    fc.assert(
      fc.property(counted, (entries) => {
        const bpe = learnBPE(new Map(entries), 280);
        expect(learnBPE(new Map(entries.toReversed()), 280).merges).toEqual(bpe.merges);
        expect(new Set(bpe.tokens.map(toAlphabet)).size).toBe(bpe.tokens.length);
      }),
    );
  });
});

describe("BPE", () => {
  const bpe = learnBPE(
    new Map([
      ["banana", 5],
      [" bandana", 3],
      ["naïve", 4],
    ]),
    300,
  );

  it("encodes a known piece as one token, and unknown ones as known parts", () => {
    expect(bpe.encode("banana").length).toBe(1);
    expect(bpe.encode("bananabanana").length).toBe(2);
    expect(bpe.encode("€")).toEqual(byteIds("€"));
  });

  it("gives the text's bytes back, with dropout too", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("b", "a", "n", "d", " ", "ï", "€") }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (text, dropout) => {
          const ids = bpe.encode(text, dropout, new Random(3));
          expect(bytesOf(bpe, ids)).toEqual(utf8.encode(text));
        },
      ),
    );
  });

  it("drops merges about as often as asked", () => {
    // one possible merge only: it is passed over with the dropout's probability
    const one = new BPE([{ left: 64, right: 65, result: 256 }]);
    const random = new Random(5);
    let dropped = 0;
    for (let i = 0; i < 10_000; i++) dropped += one.encode("ab", 0.1, random).length - 1;
    expect(dropped).toBeGreaterThan(900);
    expect(dropped).toBeLessThan(1100);
    expect(one.encode("ab", 0, random)).toEqual([256]);
  });

  it("refuses merges of tokens that are not made yet", () => {
    expect(() => new BPE([{ left: 64, right: 300, result: 256 }])).toThrow(/merge 0/);
  });
});
