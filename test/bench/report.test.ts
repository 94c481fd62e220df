/** The bench's table, page and plot, from figures made up here. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DIVERGENCES } from "../../bench/compared.ts";
import { comparedMaps } from "../../bench/divergence.ts";
import { type Job, keyOf } from "../../bench/job.ts";
import { jobsOf, LINES, ROWS } from "../../bench/lines.ts";
import { renderPlot } from "../../bench/plot.ts";
import { placeLabels } from "../../bench/plot-labels.ts";
import { renderPage } from "../../bench/report.ts";
import { type Measurement, median, Results, times } from "../../bench/results.ts";
import { cellsOf } from "../../bench/table.ts";
import { formatBytes, formatCount, formatSeconds } from "../../bench/text.ts";
import { textWidth } from "../../src/figures/text.ts";

const place = { date: "2026-01-31", machine: "a machine", system: "linux x64", node: "v20.0.0" };
const line = LINES.find(({ row }) => row === "neighbors")!;

function measured(job: Job, walls: number[], more: Partial<Measurement> = {}): Measurement {
  const runs = walls.map((wall) => ({ wall, peak: 2 ** 30, seconds: { fit: wall / 2 } }));
  return { job, version: "1.2.3", place, threads: 2, load: 0.5, runs, facts: {}, ...more };
}

let folder: string;
let results: Results;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tokenscape-bench-test-"));
  results = new Results(join(folder, "results.json"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("what is kept", () => {
  test("comes back from the file, a new measurement in the old one's place", () => {
    results.set(measured(line.ours.job, [9]));
    results.set(measured(line.peer!.job, [30]));
    results.set(measured(line.ours.job, [8, 7]));
    const again = new Results(join(folder, "results.json"));
    expect(again.all()).toHaveLength(2);
    expect(times(again.get(line.ours.job), "wall")).toEqual([7, 8]);
    expect(times(again.get(line.ours.job), "fit")).toEqual([3.5, 4]);
    expect(times(again.get(line.ours.job), "nothing")).toEqual([]);
  });

  test("the median of none is undefined, of two the lower", () => {
    expect([[], [1], [1, 2], [1, 2, 9]].map(median)).toEqual([undefined, 1, 1, 2]);
  });
});

describe("the table", () => {
  test("goes by the peer's run here where there is one, else by the figure from elsewhere", () => {
    results.set(measured(line.ours.job, [10]));
    expect(cellsOf(line, results)).toMatchObject({ peer: "-", elsewhereFactor: "5.1 x" });
    expect(cellsOf(line, results).reached).toBe("yes");
    results.set(measured(line.peer!.job, [25]));
    expect(cellsOf(line, results)).toMatchObject({ factor: "2.5 x", reached: "no: 2.5 x of 3 x" });
  });

  test("says what is too slow, and why a peer has no figure", () => {
    results.set(measured(line.ours.job, [20, 21, 19]));
    results.set(measured(line.peer!.job, [], { failure: "out of memory" }));
    const cells = cellsOf(line, results);
    expect(cells.ours).toBe("20 s (least 19 s, 3 runs, 1 GiB)");
    expect(cells.peer).toBe("scikit-learn 1.2.3: out of memory");
    expect(cells.reached).toBe("no: 2.5 x of 3 x, 3 s too slow");
  });

  test("claims nothing that was not measured", () => {
    for (const each of LINES) expect(cellsOf(each, results).reached).toBe("-");
  });

  test("memory counts where it was asked for", () => {
    const large = LINES.find(({ row }) => row === "large")!;
    const runs = [{ wall: 100, peak: 5 * 2 ** 30, seconds: {} }];
    results.set(measured(large.ours.job, [], { runs }));
    expect(cellsOf(large, results).reached).toBe("no: 1 GiB too much");
  });
});

test("every row has jobs, each of our own too", () => {
  for (const row of ROWS) {
    expect(jobsOf(row).some(({ tool }) => tool === "tokenscape")).toBe(true);
  }
  const keys = jobsOf("curve").map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
});

test("the page holds the table, the runs and the machine", () => {
  results.set(measured(line.ours.job, [10]));
  const tsne = LINES.find(({ row }) => row === "javascript")!.ours.job;
  results.set(measured(tsne, [2], { facts: { kl: 1.23456 } }));
  const page = renderPage(results);
  expect(page).toContain("10 s (1 run, 1 GiB)");
  expect(page).toContain("| tokenscape 1.2.3 | 1000 | 1.2346 | - |");
  expect(page).toContain("- a machine; linux x64; Node 20.0.0");
  for (const [row] of page.matchAll(/^\|.*$/gm)) expect(row).not.toMatch(/undefined|NaN/);
});

describe("the comparison of final KL", () => {
  const jobs = DIVERGENCES.filter(({ n, d }) => n === 5000 && d === 768);
  const keep = (kl: Record<string, number[]>): void => {
    for (const job of jobs) {
      const value = kl[job.tool]?.[job.start!];
      if (value !== undefined) results.set(measured(job, [1], { facts: { kl: value } }));
    }
  };

  test("has every tool's mean of three starts, over ours", () => {
    keep({ tokenscape: [1, 2, 3], "scikit-learn": [3, 3, 3] });
    expect(comparedMaps(results)).toEqual([
      { n: 5000, d: 768, tool: "tokenscape 1.2.3", kl: [1, 2, 3], mean: 2, ratio: 1 },
      { n: 5000, d: 768, tool: "scikit-learn 1.2.3", kl: [3, 3, 3], mean: 3, ratio: 1.5 },
    ]);
    const row = "| 5,000 x 768 | scikit-learn 1.2.3 | 3.0000 | 3.0000 | 3.0000 | 3.0000 | 1.5000 |";
    expect(renderPage(results)).toContain(row);
  });

  test("claims no mean of fewer starts, and no ratio without ours", () => {
    keep({ "scikit-learn": [3, 3], openTSNE: [2, 2, 2] });
    const [sklearn, openTSNE] = comparedMaps(results);
    expect(sklearn).toMatchObject({ kl: [3, 3, undefined], mean: undefined, ratio: undefined });
    expect(openTSNE).toMatchObject({ mean: 2, ratio: undefined });
  });

  test("is no point of the plot: those runs are for their maps", () => {
    const empty = renderPlot([]);
    expect(renderPlot(jobs.map((job) => measured(job, [1])))).toBe(empty);
  });
});

describe("the plot", () => {
  test("is drawn of nothing, and of points of every tool", () => {
    const all = jobsOf("curve").map((job, i) => measured(job, [0.1 + i]));
    for (const svg of [renderPlot([]), renderPlot(all)]) {
      expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
      expect(svg).toContain(">scikit-learn<");
    }
    const dots =
      renderPlot(all).match(/<circle/g)!.length - renderPlot([]).match(/<circle/g)!.length;
    expect(dots).toBe(all.length);
  });

  test("names keep off each other and inside the frame", () => {
    const frame = { x: 0, y: 0, width: 300, height: 200 };
    const lines = ["one", "two", "three"].map((name, i) => ({
      name,
      line: [
        [20, 100 + i],
        [290, 60 + i],
      ] as const,
      dots: [
        [20, 100 + i],
        [290, 60 + i],
      ] as const,
    }));
    const places = placeLabels(lines, frame, 12);
    const right = (i: number): number => places[i]![0] + textWidth(lines[i]!.name, 12);
    const apart = (a: number, b: number): boolean =>
      Math.abs(places[a]![1] - places[b]![1]) >= 12 ||
      places[a]![0] >= right(b) ||
      places[b]![0] >= right(a);
    expect([apart(0, 1), apart(0, 2), apart(1, 2)]).toEqual([true, true, true]);
    for (const [x] of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThan(290);
    }
  });
});

test("numbers as text", () => {
  expect([0.00078, 0.0999, 0.1, 1.25, 99.4, 562, 1234.5].map(formatSeconds)).toEqual([
    ...["0.78 ms", "100 ms", "0.1 s", "1.3 s", "99 s", "562 s", "1,235 s"],
  ]);
  expect([2 ** 20, 2 ** 30, 3.5 * 2 ** 30].map(formatBytes)).toEqual(["1 MiB", "1 GiB", "3.5 GiB"]);
  expect([7, 1000, 50257, 1234567].map(formatCount)).toEqual(["7", "1,000", "50,257", "1,234,567"]);
});
