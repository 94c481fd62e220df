import type { Reporter, TestCase } from "vitest/node";
import type { FuzzReport } from "./fuzz-parser.ts";
import type { LargestReport } from "./largest.test.ts";

const COLUMNS = [
  "parser",
  "malformed cases",
  "fuzz cases",
  "of these read",
  "untyped errors",
  "worst time per case",
  "peak memory growth",
];

const LARGEST_COLUMNS = ["file", "length", "outcome", "time", "peak memory growth"];

/** Prints what `npm run fuzz` found as two tables of Markdown, and every failure. */
// biome-ignore lint/style/noDefaultExport: this is how vitest loads a reporter
export default class FuzzTable implements Reporter {
  readonly #reports: FuzzReport[] = [];
  readonly #largest: LargestReport[] = [];
  #failures = 0;

  onTestCaseResult(testCase: TestCase): void {
    const { fuzz, largest } = testCase.meta();
    if (fuzz !== undefined) this.#reports.push(fuzz);
    if (largest !== undefined) this.#largest.push(largest);
    const result = testCase.result();
    if (result.state !== "failed") return;
    this.#failures++;
    for (const { message } of result.errors) console.error(`${testCase.fullName}\n${message}\n`);
  }

  onTestRunEnd(): void {
    const sorted = this.#reports.toSorted((a, b) => (a.parser < b.parser ? -1 : 1));
    print(COLUMNS, sorted.map(cells));
    print(LARGEST_COLUMNS, this.#largest.map(largestCells));
    console.log(`\n${this.#failures} tests failed`);
  }
}

function cells(report: FuzzReport): string[] {
  const { parser, malformed, cases, accepted, untyped, worst, growth } = report;
  return [
    parser,
    `${malformed}`,
    `${cases}`,
    `${accepted}`,
    `${untyped}`,
    `${worst.toFixed(1)} ms`,
    `${Math.ceil(growth / 2 ** 20)} MiB`,
  ];
}

function largestCells({ what, bytes, outcome, time, growth }: LargestReport): string[] {
  const size = `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  const seconds = `${(time / 1000).toFixed(1)} s`;
  return [what, size, outcome, seconds, `${Math.ceil(growth / 2 ** 20)} MiB`];
}

/** A table, unless it has no lines. */
function print(columns: readonly string[], lines: readonly (readonly string[])[]): void {
  if (lines.length === 0) return;
  console.log(row(columns));
  console.log(row(columns.map((_, i) => (i === 0 ? "---" : "---:"))));
  for (const line of lines) console.log(row(line));
  console.log();
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}
