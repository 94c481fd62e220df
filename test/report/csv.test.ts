import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokensCsv } from "../../src/report/csv.ts";
import type { TokenJson } from "../../src/report/result.ts";
import { visible } from "../../src/text/visible.ts";
import { gpt2Tokens, hasGpt2, hostileTexts } from "./hostile.ts";
import { madeRun, shownTokens, tokensOf } from "./made.ts";

/** RFC 4180 to the letter: CRLF ends every record, quotes only around whole fields. */
function parseCsv(csv: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < csv.length) {
    let field = "";
    if (csv[at] === '"') {
      for (at++; !(csv[at] === '"' && csv[at + 1] !== '"'); at++) {
        if (at >= csv.length) throw new Error("open quote");
        if (csv[at] === '"') at++;
        field += csv[at];
      }
      at++;
    } else {
      for (; at < csv.length && csv[at] !== "," && csv[at] !== "\r"; at++) {
        if (csv[at] === '"' || csv[at] === "\n") throw new Error(`stray character at ${at}`);
        field += csv[at];
      }
    }
    record.push(field);
    if (csv[at] === ",") at++;
    else if (csv.startsWith("\r\n", at)) {
      at += 2;
      records.push(record);
      record = [];
    } else throw new Error(`expected a comma or CRLF at ${at}`);
  }
  if (record.length > 0) throw new Error("last record not ended");
  return records;
}

/** What docs/outputs.md tells readers to do with an apostrophe that guards a formula. */
function unguarded(field: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/.test(field) ? field.slice(1) : field;
}

function expectExact(tokens: readonly TokenJson[]): void {
  const csv = tokensCsv({ tokens });
  const [header, ...records] = parseCsv(csv);
  expect(header!.slice(0, 8)).toEqual("id,display,text,bytes,x,y,cluster,core".split(","));
  expect(records.length).toBe(tokens.length);
  tokens.forEach((token, i) => {
    const [id, display, text, bytes, x, y, cluster, core] = records[i]!;
    expect(records[i]!.length).toBe(header!.length);
    const acting = /[^\P{Cc}\t\r\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(token.text ?? "");
    if (
      unguarded(display!) !== visible(token.display) ||
      unguarded(text!) !== (acting ? "" : (token.text ?? "")) ||
      bytes !== token.bytes ||
      Number(id) !== token.id ||
      Number(x) !== token.x ||
      Number(y) !== token.y ||
      Number(cluster) !== token.cluster ||
      core !== `${token.core}` ||
      /^[=+\-@\t\r\n]/.test(display!) ||
      /^[=+\-@\t\r\n]/.test(text!)
    ) {
      throw new Error(`record ${i} is not its token: ${JSON.stringify([records[i], token])}`);
    }
  });
  expect(csv).not.toMatch(/(?![\t\r\n])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
}

describe("tokensCsv", () => {
  test("a plain table, as a reader of the documentation expects it", () => {
    const { result } = madeRun(tokensOf(["!", '"', "a b"]));
    const tokens = result.tokens.map((t) => ({
      ...t,
      x: 0.5,
      y: -12.25,
      cluster: -1,
      core: false,
    }));
    expect(tokensCsv({ tokens })).toBe(
      [
        "id,display,text,bytes,x,y,cluster,core",
        "0,!,!,21,0.5,-12.25,-1,false",
        '1,"""","""",22,0.5,-12.25,-1,false',
        "2,a b,a b,612062,0.5,-12.25,-1,false",
        "",
      ].join("\r\n"),
    );
  });

  test("counts have their own column, where the model has them", () => {
    const { result } = madeRun(tokensOf(["a", "b"], true));
    const records = parseCsv(tokensCsv(result));
    expect(records.map((r) => r[8])).toEqual(["occurrences", "0", "1"]);
  });

  test("no cell is a formula, and every guard can be taken off again", () => {
    const texts = ["=1", "'=1", "''=1", "+", "-", "@a", "\t1", "\r1", "＝1", "'s", "' ", "1-1"];
    const { result } = madeRun(tokensOf(texts));
    const [, ...records] = parseCsv(tokensCsv(result));
    expect(records.map((r) => r[2])).toEqual([
      ...["'=1", "''=1", "'''=1", "'+", "'-", "'@a", "'\t1", "'\r1", "'＝1", "'s", "' ", "1-1"],
    ]);
    expectExact(result.tokens);
  });

  test("hostile tokens parse back exactly", () => {
    expectExact(madeRun(tokensOf(hostileTexts(), true)).result.tokens);
    expectExact(madeRun(shownTokens(hostileTexts())).result.tokens);
  });

  test("any tokens parse back exactly", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (texts) => {
        expectExact(madeRun(tokensOf(texts)).result.tokens);
      }),
    );
  });

  test.skipIf(!hasGpt2)("GPT-2's vocabulary parses back exactly (needs ../shared)", () => {
    expectExact(madeRun(gpt2Tokens()).result.tokens);
  });
});
