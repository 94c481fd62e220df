import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelTable } from "../../src/model/labels.ts";
import { matchRows, rowsOfDisplays, selectRows } from "../../src/model/rows.ts";
import { createVocabulary } from "../../src/model/vocabulary/vocabulary.ts";

describe("selectRows", () => {
  test.each([
    ["all", [0, 1, 2, 3, 4, 5]],
    ["0:6", [0, 1, 2, 3, 4, 5]],
    ["5", [5]],
    ["5,0,2:4", [5, 0, 2, 3]],
    [" 1 , 3 : 5 ", [1, 3, 4]],
    [
      [3, 1],
      [3, 1],
    ],
    [Int32Array.of(4), [4]],
  ])("%j", (selection, rows) => {
    expect([...selectRows(selection, 6)]).toEqual(rows);
  });

  test.each([
    ["6", "there is no row 6; the model has 6 rows (0 to 5)"],
    ["0:100", "there is no row 6;"],
    ["7:9", "there is no row 7;"],
    ["0:999999999999999", "there is no row 6;"],
    [[0, -1], "there is no row -1;"],
    [[0.5], "there is no row 0.5;"],
    [[Number.NaN], "there is no row NaN;"],
    ["3,1:4", "row 3 is named twice"],
    ["0:6,0:6,0:6", "row 0 is named twice"],
    [[1, 2, 1], "row 1 is named twice"],
    ["3:3", "the range 3:3 is empty"],
    ["4:2", "the range 4:2 is empty"],
    [[], "expected at least one row, got none"],
    ["", 'got ""'],
    ["1,", 'got "1,"'],
    ["1;2", 'got "1;2"'],
    ["-1", 'got "-1"'],
    ["1:", 'got "1:"'],
    [":3", 'got ":3"'],
    ["0:4:2", 'got "0:4:2"'],
    ["1.5", 'got "1.5"'],
    ["ALL", 'got "ALL"'],
    ["9999999999999999", "9999999999999999"],
  ])("%j is refused", (selection, message) => {
    expect(() => selectRows(selection, 6)).toThrow(RangeError);
    expect(() => selectRows(selection, 6)).toThrow(message);
  });

  test("what is no selection at all is a TypeError", () => {
    expect(() => selectRows(5 as unknown as string, 6)).toThrow(TypeError);
    expect(() => selectRows(null as unknown as string, 6)).toThrow(TypeError);
  });

  test("a text means what its parts mean", () => {
    const part = fc.tuple(fc.nat(49), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([start, length]) => `${start}:${start + length}`).join(",");
        const rows = parts.flatMap(([start, n]) => Array.from({ length: n }, (_, i) => start + i));
        if (new Set(rows).size < rows.length) expect(() => selectRows(text, 60)).toThrow("twice");
        else expect([...selectRows(text, 60)]).toEqual(rows);
      }),
    );
  });
});

const words = ["king", "queen", " king", "a\nb", "", "king", "\u202e", "kin"];
const vocabulary = createVocabulary(10, { ...labelTable(words, 8, "w.txt"), end: 8 });

describe("matchRows", () => {
  test("tests the text, and padding never matches", () => {
    expect([...matchRows(vocabulary, /king/)]).toEqual([0, 2, 5]);
    expect([...matchRows(vocabulary, /^$/)]).toEqual([4]);
    expect([...matchRows(vocabulary, /#/)]).toEqual([]);
    expect([...matchRows(vocabulary, /^KIN$/i)]).toEqual([7]);
    expect(matchRows(vocabulary, /(?:)/u)).toHaveLength(8);
  });

  test("does not depend on what the expression matched before", () => {
    const pattern = /king/gy;
    pattern.lastIndex = 3;
    expect([...matchRows(vocabulary, pattern)]).toEqual([0, 5]);
    expect(pattern.lastIndex).toBe(3);
  });
});

describe("rowsOfDisplays", () => {
  test("gives the ids in the order of the lines", () => {
    const lines = ["queen", "·king", "a↵b", "", "\\u{202E}", "\\u{}", "#9"];
    expect([...rowsOfDisplays(vocabulary, lines)]).toEqual([1, 2, 3, 6, 4, 9]);
  });

  test.each([
    [["queen", "Queen"], 'tokens: line 2: no token is displayed as "Queen"'],
    [[" king"], 'line 1: no token is displayed as " king"; did you mean "·king"?'],
    [["#1"], 'line 1: no token is displayed as "#1"; did you mean "queen"?'],
    [["#99"], /line 1: no token is displayed as "#99"$/],
    [["king"], 'line 1: the ids 0, 5 are all displayed as "king"'],
    [["kin", "", "kin"], 'line 3: line 1 already names "kin"'],
    [["constructor"], 'no token is displayed as "constructor"'],
    [["\u001b[2J"], 'no token is displayed as "\\x1B[2J"'],
  ])("%j is refused", (lines, message) => {
    expect(() => rowsOfDisplays(vocabulary, lines)).toThrow(RangeError);
    expect(() => rowsOfDisplays(vocabulary, lines)).toThrow(message);
  });
});
