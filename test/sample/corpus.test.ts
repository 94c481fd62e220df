import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BPE } from "../../sample/bpe.ts";
import {
  countPieces,
  cutDocument,
  cutPieces,
  encodePieces,
  NEXT_TEXT,
} from "../../sample/corpus.ts";
import { Random } from "../../src/random.ts";

const utf8 = new TextEncoder();

describe("cutDocument", () => {
  it("holds out one line in twenty, the same ones each time", () => {
    const lines = Array.from({ length: 200 }, (_, i) => `line ${String(i).padStart(3, "0")}\n`);
    const { training, heldOut, byteLength } = cutDocument("a", utf8.encode(lines.join("")));
    expect(byteLength).toBe(1800);
    expect(heldOut).toEqual([18, 58, 98, 138, 178].map((i) => lines.slice(i, i + 2).join("")));
    expect(training).toBe(lines.filter((line) => !heldOut.join("").includes(line)).join(""));
  });

  it("puts every line in one part only, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { maxLength: 300 }), (lengths) => {
        const lines = lengths.map((length, i) => `${i}:${"x".repeat(length)}\n`);
        const { training, heldOut } = cutDocument("a", utf8.encode(lines.join("")));
        const parts = (training + heldOut.join("")).split("\n").sort();
        expect(parts).toEqual(lines.join("").split("\n").sort());
      }),
    );
  });

  it("changes CR LF and nothing else", () => {
    const { training, heldOut } = cutDocument("a", utf8.encode("a\r\nb\rc\t\u00a0\u{1f600}"));
    expect(training + heldOut.join("")).toBe("a\nb\rc\t\u00a0\u{1f600}");
  });
});

describe("pieces", () => {
  const pieces = cutPieces(["a b a", "b"]);

  it("are numbered in order of appearance, with a mark before every text", () => {
    expect(pieces.distinct).toEqual(["a", " b", " a", "b"]);
    expect([...pieces.sequence]).toEqual([NEXT_TEXT, 0, 1, 2, NEXT_TEXT, 3]);
  });

  it("are counted by text, names of object members included", () => {
    const counts = countPieces(cutPieces(["constructor constructor __proto__ constructor"]));
    expect([...counts]).toEqual([
      ["constructor", 1],
      [" constructor", 2],
      [" __", 1],
      ["proto", 1],
      ["__", 1],
    ]);
  });

  it("become tokens, cut anew at each place with dropout", () => {
    const bpe = new BPE([{ left: 220, right: 65, result: 256 }]);
    expect([...encodePieces(pieces, bpe)]).toEqual([257, 64, 256, 220, 64, 257, 65]);
    const many = cutPieces([" b".repeat(1000)]);
    const lengths = encodePieces(many, bpe, 0.5, new Random(1)).length - 1001;
    expect(lengths).toBeGreaterThan(400);
    expect(lengths).toBeLessThan(600);
  });
});
