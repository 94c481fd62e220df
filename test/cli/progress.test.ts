import { expect, test } from "vitest";
import { progressLine } from "../../src/cli/progress.ts";

const full = (cells: number) => "\u2588".repeat(cells);
const empty = (cells: number) => "\u2591".repeat(cells);

test("a line says what is being done, how far it is, and how long this step will take", () => {
  expect(progressLine({ step: "t-SNE", part: 0.5, left: 7.2 }, 80)).toBe(
    `t-SNE  ${full(15)}${empty(15)}   50 %  8 s left in this step`,
  );
  expect(progressLine({ step: "t-SNE", part: 0.999, left: 60 }, 80)).toContain(
    " 99 %  1 min 0 s left in this step",
  );
  expect(progressLine({ step: "PNG", part: 0 }, 80)).toBe(`PNG  ${empty(30)}    0 %`);
});

test("on a narrow terminal the bar, then words give way, so that ^C has room behind it", () => {
  const step = "principal components";
  for (let columns = 35; columns < 100; columns++) {
    const line = progressLine({ step, part: 1 / 3, left: 100 }, columns);
    expect(line.length).toBeLessThanOrEqual(columns - 2);
    expect(line).toMatch(
      /^principal components {2}\u2588*\u2591* {3}33 %( {2}1 min 40 s left( in this step)?)?$/,
    );
  }
  expect(progressLine({ step, part: 1 / 3, left: 100 }, 60)).toMatch(/ s left$/);
  expect(progressLine({ step, part: 1 / 3, left: 100 }, 80)).toContain("in this step");
});
