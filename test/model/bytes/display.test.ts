import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  displayByte,
  displayBytes,
  parseDisplay,
  quoted,
} from "../../../src/model/bytes/display.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const show = (text: string) => displayBytes(encode(text));

describe("a display", () => {
  test.each([
    ["Hello!", "Hello!"],
    [" the", "·the"],
    ["\n\n", "↵↵"],
    ["\t\r", "\\t\\r"],
    ["\\x41", "\\\\x41"],
    ["\\", "\\\\"],
    ["\u0000\u001b[31m\u007f", "\\x00\\x1B[31m\\x7F"],
    ["·↵\ufffd", "\\u{B7}\\u{21B5}\\u{FFFD}"],
    ["", "\\u{}"],
    ["\u0085\u009b", "\\u{85}\\u{9B}"],
    ["\u00a0\u2003\u3000", "\\u{A0}\\u{2003}\\u{3000}"],
    ["\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["a\u200bb\u00adc\ufeff", "a\\u{200B}b\\u{AD}c\\u{FEFF}"],
    ["\u202eabc\u2066\u061c", "\\u{202E}abc\\u{2066}\\u{61C}"],
    ["\ue000\u{f0000}", "\\u{E000}\\u{F0000}"],
    ["\uffff\u0378", "\\u{FFFF}\\u{378}"],
    ["\u2800\u3164\u115f\ufffc", "\\u{2800}\\u{3164}\\u{115F}\\u{FFFC}"],
    ["e\u0301", "e\u0301"],
    ["\u0301e", "\\u{301}e"],
    [" \u0301", "·\\u{301}"],
    ["\n\u0301\u0302", "↵\\u{301}\\u{302}"],
    ["नमस्ते שלום 你好 💡", "नमस्ते·שלום·你好·💡"],
    ["👨‍👩‍👧", "👨\\u{200D}👩\\u{200D}👧"],
    ["❤️", "❤\\u{FE0F}"],
    ["<script>&\"'", "<script>&\"'"],
  ])("of %j", (text, display) => {
    expect(show(text)).toBe(display);
    expect(parseDisplay(display)).toEqual(encode(text));
  });

  test.each([
    [[0xa1], "\\xA1"],
    [[0xff, 0xfe], "\\xFF\\xFE"],
    [[0xe2, 0x82], "\\xE2\\x82"],
    [[0xe2, 0x82, 0x41], "\\xE2\\x82A"],
    [[0xc0, 0x80], "\\xC0\\x80"],
    [[0xe0, 0x80, 0x80], "\\xE0\\x80\\x80"],
    [[0xed, 0xa0, 0x80], "\\xED\\xA0\\x80"],
    [[0xf4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"],
    [[0xf5, 0x80, 0x80, 0x80], "\\xF5\\x80\\x80\\x80"],
    [[0xc3, 0xc3, 0xa9], "\\xC3é"],
    [[0x41, 0xa1, 0xcc, 0x81], "A\\xA1\\u{301}"],
  ])("of the bytes %j", (bytes, display) => {
    expect(displayBytes(Uint8Array.from(bytes))).toBe(display);
    expect(parseDisplay(display)).toEqual(Uint8Array.from(bytes));
  });

  test("of every single byte and every pair is its own", () => {
    const seen = new Set<string>();
    for (let a = 0; a < 256; a++) {
      seen.add(displayBytes(Uint8Array.of(a)));
      for (let b = 0; b < 256; b++) seen.add(displayBytes(Uint8Array.of(a, b)));
    }
    expect(seen.size).toBe(256 + 65_536);
  });

  test("of every character comes back", () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const text = String.fromCodePoint(code);
      if (new TextDecoder().decode(parseDisplay(show(text))) !== text && code !== 0xfeff) {
        expect.fail(`U+${code.toString(16)}`);
      }
    }
  });
});

/** What may not be in a display, as the engine knows Unicode. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u;

describe("for any bytes", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 }).map(encode);
  const odd = fc
    .array(fc.constantFrom(..." \n\\·↵\u0301\u202e\u200d\ufffdxu{}0aA"), { maxLength: 12 })
    .map((characters) => encode(characters.join("")));
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 24 }), text, odd);

  test("a display is one line that can be seen, and gives the bytes back", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const display = displayBytes(value);
        expect(parseDisplay(display)).toEqual(value);
        expect(display).not.toMatch(UNSEEN);
        expect(display).not.toMatch(/^\p{M}/u);
        expect(display).not.toBe("");
      }),
      { numRuns: 3000 },
    );
  });

  test("different bytes have different displays", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(displayBytes(a) === displayBytes(b)).toBe(a.toString() === b.toString());
      }),
      { numRuns: 3000 },
    );
  });
});

test.each([
  ["a b", "at 1, got U+0020"],
  ["\\q", "at 0, got U+005C"],
  ["a\\", "at 1, got U+005C"],
  ["\\x4", "at 0"],
  ["\\xa1", "at 0"],
  ["\\u{110000}", "at 0"],
  ["\\u{D800}", "at 0"],
  ["\\u{}a", "at 0"],
  ["💡\n", "at 2, got U+000A"],
  ["\u202e", "at 0, got U+202E"],
  ["\ufffd", "at 0, got U+FFFD"],
  ["\ud83d", "at 0, got U+D83D"],
  ["", "at 0, got the end"],
])("%j is no display", (text, message) => {
  expect(() => parseDisplay(text)).toThrow(RangeError);
  expect(() => parseDisplay(text)).toThrow(message);
});

test("a byte by itself", () => {
  expect([0, 0x41, 0xff].map(displayByte)).toEqual(["\\x00", "\\x41", "\\xFF"]);
});

test("text of others in a message stays on its line", () => {
  expect(quoted("a b·c")).toBe('"a b·c"');
  expect(quoted("\u001b[2J\r\n\u202e")).toBe('"\\x1B[2J\\r↵\\u{202E}"');
  expect(quoted("x".repeat(500))).toBe(`"${"x".repeat(80)}…"`);
  expect(quoted("💡".repeat(300))).toBe(`"${"💡".repeat(80)}…"`);
});
