import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText, monoWidth, textWidth, wrapText } from "../../src/figures/text.ts";
import { cells } from "../../src/text/cells.ts";

test("monoWidth counts cells", () => {
  expect(monoWidth("ab漢", 10)).toBeCloseTo(24.08);
  expect(monoWidth("e\u0301", 10)).toBeCloseTo(6.02);
});

describe("cutText", () => {
  test("keeps what fits and marks what does not", () => {
    expect(cutText("abcdef", 6)).toBe("abcdef");
    expect(cutText("abcdefg", 6)).toBe("abcde…");
    expect(cutText("漢字漢字", 6)).toBe("漢字…");
    expect(cutText("\u{1f600}\u{1f600}", 3)).toBe("\u{1f600}…");
  });

  test("never exceeds the limit, and never cuts a code point", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (s, limit) => {
        const cut = cutText(s, limit);
        expect(cells(cut)).toBeLessThanOrEqual(Math.max(limit, 2));
        expect(cut).not.toMatch(/\p{Surrogate}/u);
        expect(cut === s || s.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe("wrapText", () => {
  test("breaks at spaces", () => {
    expect(wrapText("aaa bbb ccc", 10, textWidth("aaa bbb", 10))).toEqual(["aaa bbb", "ccc"]);
    expect(wrapText("", 10, 100)).toEqual([""]);
  });

  test("fills no line beyond the width and loses nothing but spaces at breaks", () => {
    const text = fc.string({ unit: "grapheme-ascii", maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 300 }), (s, width) => {
        const lines = wrapText(s, 10.5, width);
        for (const line of lines) expect(textWidth(line, 10.5)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(s.replaceAll(" ", ""));
      }),
    );
  });
});
