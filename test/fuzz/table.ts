import type { Reporter, TestCase } from "vitest/node";
import type { FuzzReport } from "./fuzz-parser.ts";

const COLUMNS = [
  "parser",
  "malformed cases",
  "fuzz cases",
  "of these read",
  "untyped errors",
  "worst time per case",
  "peak memory growth",
];

/** Prints what `npm run fuzz` found as a table of Markdown, and every failure. */
// biome-ignore lint/style/noDefaultExport: this is how vitest loads a reporter
export default class FuzzTable implements Reporter {
  readonly #reports: FuzzReport[] = [];
  #failures = 0;

  onTestCaseResult(testCase: TestCase): void {
    const { fuzz } = testCase.meta();
    if (fuzz !== undefined) this.#reports.push(fuzz);
    const result = testCase.result();
    if (result.state !== "failed") return;
    this.#failures++;
    for (const { message } of result.errors) console.error(`${testCase.fullName}\n${message}\n`);
  }

  onTestRunEnd(): void {
    console.log(row(COLUMNS));
    console.log(row(COLUMNS.map((_, i) => (i === 0 ? "---" : "---:"))));
    for (const report of this.#reports.toSorted((a, b) => (a.parser < b.parser ? -1 : 1))) {
      console.log(row(cells(report)));
    }
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

function row(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}
