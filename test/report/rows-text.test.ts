import { expect, test } from "vitest";
import { rowsPhrase, rowsText } from "../../src/report/rows-text.ts";

test("rowsText writes rows as the command line takes them", () => {
  expect(rowsText("0:100")).toBe("0:100");
  expect(rowsText("all")).toBe("all");
  expect(rowsText([5, 9, 200, 201, 202])).toBe("5,9,200:203");
  expect(rowsText(Int32Array.of(3, 2, 1))).toBe("3,2,1");
});

test("rowsPhrase is short", () => {
  expect(rowsPhrase("0:100", 100)).toBe("rows 0:100");
  expect(rowsPhrase("all", 512)).toBe("all 512 rows");
  const rows = rowsText(Array.from({ length: 500 }, (_, i) => 3 * i));
  expect(rowsPhrase(rows, 500)).toMatch(/^500 rows \((\d+,)+\.\.\.; all in result\.json\)$/);
  expect(rowsPhrase(rows, 500).length).toBeLessThan(110);
  expect(rowsPhrase("x".repeat(99), 3)).toBe("3 rows (...; all in result.json)");
});
