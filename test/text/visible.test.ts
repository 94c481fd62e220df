import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visible, visibleJson } from "../../src/text/visible.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "../report/hostile.ts";
import { shownTokens } from "../report/made.ts";

describe("visible", () => {
  test("shows what acts or hides, and leaves the rest", () => {
    expect(visible("\u001b[31m a\tb\u0000\u202e\u2028\ufeff\u{e0041}\ud800")).toBe(
      "\\x1B[31m a\\x09b\\x00\\u{202E}\\u{2028}\\u{FEFF}\\u{E0041}\\u{D800}",
    );
    const plain = "C:\\models\\é 漢字 😀 e\u0301 'x' <b> ·↵";
    expect(visible(plain)).toBe(plain);
  });

  test("leaves no control, bidirectional, zero-width or line-separating character, by Unicode's own classes", () => {
    const left: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const shown = visible(String.fromCodePoint(code));
      if (
        /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u.test(shown)
      ) {
        left.push(code.toString(16));
      }
      if (code !== 0x20 && /\p{Zs}/u.test(shown)) left.push(code.toString(16));
    }
    expect(left).toEqual([]);
  });

  test("changes no display of a token", () => {
    for (const { display } of shownTokens(hostileTexts())) expect(visible(display)).toBe(display);
  });

  test.skipIf(!hasGpt2)("changes no display of GPT-2's tokens (needs ../shared)", () => {
    const changed = gpt2Tokens().filter(({ display }) => visible(display) !== display);
    expect(changed).toEqual([]);
  });

  test("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });
});

test("visibleJson keeps the value and shows everything", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = visibleJson(JSON.stringify(text));
      expect(JSON.parse(json)).toBe(text);
      expect(visible(json)).toBe(json);
    }),
  );
});
