import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenGroups } from "../../src/report/groups.ts";
import { terminalSafe, tokenLists } from "../../src/report/terminal.ts";
import { cells } from "../../src/text/cells.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "./hostile.ts";
import { madeRun, shownTokens, tokensOf } from "./made.ts";

const FORBIDDEN = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe("tokenLists", () => {
  test("prints the ungrouped first, sizes, and what training never saw last", () => {
    const tokens = tokensOf(["a", "b", "c", "d", "e"]).map((token, i) => ({
      ...token,
      occurrences: i % 2,
    }));
    const groups = tokenGroups([0, -1, 0, 0, -1], tokens);
    expect(tokenLists(groups, { width: 80 })).toBe(
      [
        "Ungrouped tokens (2):",
        "  b",
        "  never seen in training (1):  e",
        "",
        "Tokens in group 0 (3):",
        "  d",
        "  never seen in training (2):  a  c",
        "",
      ].join("\n"),
    );
  });

  test("says so when a group is empty, and colours headings only", () => {
    const groups = tokenGroups([0, 0], tokensOf(["a", "b"]));
    const color = (text: string, label: number): string => `<${label}|${text}>`;
    expect(tokenLists(groups, { width: 80, color })).toBe(
      "<-1|Ungrouped tokens (0):>\n\n<0|Tokens in group 0 (2):>\n  a  b\n",
    );
  });

  test("no line is wider than the width, unless one token alone is; no token is lost, in order", () => {
    const word = fc.oneof(
      fc.stringMatching(/^[!-~]{1,12}$/),
      fc.constantFrom("漢字", "한국", "e\u0301", "😀", "x".repeat(90), "漢".repeat(50)),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        fc.integer({ min: 1, max: 120 }),
        (words, width) => {
          const groups = tokenGroups(
            words.map((_, i) => (i % 3) - 1),
            tokensOf(words),
          );
          const lines = tokenLists(groups, { width }).split("\n");
          for (const line of lines.filter((l) => l.startsWith("  "))) {
            const alone = !line.slice(2).includes("  ");
            expect(cells(line) <= Math.max(20, width) || alone).toBe(true);
          }
          const shown = lines
            .filter((l) => l.startsWith("  "))
            .flatMap((l) => l.slice(2).split("  "));
          expect(shown).toEqual(groups.flatMap(({ tokens }) => tokens.map((t) => t.display)));
        },
      ),
    );
  });

  test("lists the largest groups in part, where told so, and counts the others", () => {
    const texts = Array.from({ length: 60 }, (_, i) => `t${i}`);
    // 10 ungrouped, then groups of 5, 30, 10 and 5
    const labels = texts.map((_, i) => (i < 10 ? -1 : i < 15 ? 0 : i < 45 ? 1 : i < 55 ? 2 : 3));
    const groups = tokenGroups(labels, tokensOf(texts));
    expect(tokenLists(groups, { width: 80, most: { groups: 2, tokens: 3 } })).toBe(
      [
        "Ungrouped tokens (10):",
        "  t0  t1  t2",
        "  and 7 more",
        "",
        "Tokens in group 1 (30):",
        "  t15  t16  t17",
        "  and 27 more",
        "",
        "Tokens in group 2 (10):",
        "  t45  t46  t47",
        "  and 7 more",
        "",
        "And 2 more groups with 10 tokens.",
        "",
      ].join("\n"),
    );
    const all = { groups: 4, tokens: 30 };
    const whole = tokenLists(groups, { width: 80, most: all });
    expect(whole).not.toContain("more");
    expect(whole.match(/t\d+/g)).toHaveLength(60);
  });

  test("fills its lines: the first word of a line did not fit on the line before", () => {
    const groups = tokenGroups(
      new Int32Array(400),
      tokensOf(Array.from({ length: 400 }, (_, i) => `${i}`)),
    );
    const lines = tokenLists(groups, { width: 60 })
      .split("\n")
      .filter((l) => l.startsWith("  "));
    for (let i = 1; i < lines.length; i++) {
      const first = lines[i]!.slice(2).split("  ")[0]!;
      expect(cells(lines[i - 1]!) + 2 + cells(first)).toBeGreaterThan(60);
    }
  });

  test("hostile tokens reach no terminal", () => {
    for (const tokens of [tokensOf(hostileTexts(), true), shownTokens(hostileTexts())]) {
      const { groups } = madeRun(tokens);
      expect(tokenLists(groups, { width: 80 })).not.toMatch(FORBIDDEN);
    }
  });

  test.skipIf(!hasGpt2)("GPT-2's vocabulary reaches no terminal (needs ../shared)", () => {
    const { groups } = madeRun(gpt2Tokens());
    const text = tokenLists(groups, { width: 80 });
    expect(text).not.toMatch(FORBIDDEN);
    const lines = text.split("\n").filter((line) => line.startsWith("  "));
    const shown = lines.flatMap((line) => line.slice(2).split("  "));
    expect(shown).toEqual(groups.flatMap(({ tokens }) => tokens.map(({ display }) => display)));
  });
});

test("terminalSafe makes one harmless line of anything", () => {
  expect(terminalSafe("no model \u001b]0;x\u0007 in\nC:\\models")).toBe(
    "no model \\x1B]0;x\\x07 in\\x0AC:\\models",
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(terminalSafe(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    }),
  );
});
