import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { element, escapeXml, num, renderSvg } from "../../src/figures/svg.ts";

// what XML 1.0 calls Char
const LEGAL = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

describe("escapeXml", () => {
  test("writes five entities and references for what parsers would change", () => {
    expect(escapeXml(`<a b="c" d='e'>&\t\n\r`)).toBe(
      "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&#9;&#10;&#13;",
    );
  });

  test("replaces what XML 1.0 forbids", () => {
    expect(escapeXml("a\u0000b\u001bc\ud800d\ufffee\udfff")).toBe(
      "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd",
    );
    expect(escapeXml("\u{1f600}\u6f22")).toBe("\u{1f600}\u6f22");
  });

  test("gives legal text without markup for any string, and loses nothing that is legal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeXml(text);
        expect(escaped).toMatch(LEGAL);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|apos|#9|#10|#13);)/);
        if (LEGAL.test(text)) expect(unescaped(escaped)).toBe(text);
      }),
    );
  });
});

function unescaped(escaped: string): string {
  const entities: [string, string][] = [
    ["&lt;", "<"],
    ["&gt;", ">"],
    ["&quot;", '"'],
    ["&apos;", "'"],
    ["&#9;", "\t"],
    ["&#10;", "\n"],
    ["&#13;", "\r"],
    ["&amp;", "&"],
  ];
  return entities.reduce((text, [entity, c]) => text.replaceAll(entity, c), escaped);
}

describe("num", () => {
  test("rounds to hundredths, without a negative zero", () => {
    expect([1.005, 2, -0.001, 1 / 3, 1e-30, -12.5].map(num)).toEqual([
      "1",
      "2",
      "0",
      "0.33",
      "0",
      "-12.5",
    ]);
  });

  test("refuses what is no number", () => {
    expect(() => num(Number.NaN)).toThrow(RangeError);
    expect(() => num(Number.POSITIVE_INFINITY)).toThrow("got Infinity");
  });
});

test("renderSvg escapes text and attributes and leaves out what is undefined", () => {
  const tree = element(
    "text",
    { x: 1.23456, fill: `"/><script>`, y: undefined },
    "</text><script>",
    undefined,
    element("title", {}, "a & b"),
  );
  expect(renderSvg(tree)).toBe(
    '<text x="1.23" fill="&quot;/&gt;&lt;script&gt;">&lt;/text&gt;&lt;script&gt;<title>a &amp; b</title></text>\n',
  );
});
