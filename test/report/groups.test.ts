import { expect, test } from "vitest";
import { groupTitle, tokenGroups } from "../../src/report/groups.ts";
import { tokensOf } from "./made.ts";

const tokens = tokensOf(["a", "b", "c", "d", "e"]);

test("ungrouped tokens come first, then the groups by number, each in the order of the rows", () => {
  const groups = tokenGroups(Int32Array.of(1, -1, 0, 1, -1), tokens);
  expect(groups.map(({ label }) => label)).toEqual([-1, 0, 1]);
  expect(groups.map((g) => g.tokens.map(({ text }) => text).join(""))).toEqual(["be", "c", "ad"]);
});

test("the ungrouped are there even if there are none", () => {
  expect(tokenGroups([0, 0, 0, 0, 0], tokens).map((g) => [g.label, g.tokens.length])).toEqual([
    [-1, 0],
    [0, 5],
  ]);
  expect(tokenGroups([], [])).toEqual([{ label: -1, tokens: [] }]);
});

test("titles state sizes", () => {
  const [none, first] = tokenGroups([-1, 0, 0, 0, 0], tokens);
  expect(groupTitle(none!)).toBe("Ungrouped tokens (1)");
  expect(groupTitle(first!)).toBe("Tokens in group 0 (4)");
});

test("labels that do not fit are refused", () => {
  expect(() => tokenGroups([0], tokens)).toThrow("got 1 labels for 5 tokens");
  expect(() => tokenGroups([0, 0, 0, 0, -2], tokens)).toThrow(RangeError);
  expect(() => tokenGroups([0, 0, 0, 0, 0.5], tokens)).toThrow("got 0.5");
});
