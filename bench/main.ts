/** The bench's command: measures, keeps what was measured, prints the table and writes the page and the plot. */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { hasGlove } from "./inputs.ts";
import { type Job, keyOf, TOOLS, type Tool } from "./job.ts";
import { jobsOf, ROWS } from "./lines.ts";
import { type MeasureOptions, measure } from "./measure.ts";
import { renderPlot } from "./plot.ts";
import { quickJob } from "./quick.ts";
import { renderPage, renderRuns, renderTable } from "./report.ts";
import { Results } from "./results.ts";
import { inRoot } from "./root.ts";
import { missing } from "./tools.ts";

const USAGE = `Usage: npm run bench -- [options]

Times Tokenscape beside its peers, keeps the times in bench/results.json, prints the
table, and writes docs/performance.md and docs/figures/performance.svg.

  --row NAME       only this row; may be given several times:
                   ${ROWS.join(", ")}
  --tool NAME      only this tool; may be given several times:
                   ${TOOLS.slice(0, 4).join(", ")},
                   ${TOOLS.slice(4).join(", ")}
  --size N         only jobs of N rows; may be given several times
  --runs N         runs of each job at most (default: 3)
  --enough SECONDS don't start a job again after so much time on it (default: 60)
  --limit SECONDS  end a run after so long (default: 1200)
  --threads N      (default: 2)
  --quick          a trial at small sizes; nothing of it is kept or written
  --report         no runs: the table, page and plot of what is kept
  --list           what would be run
  --help           this help

The npm peers are installed by: npm ci --prefix bench
scikit-learn and openTSNE are run where the Python named in TOKENSCAPE_PYTHON
(default: python3) can import them. What is missing is left out.
`;

const { values: flags } = parseArgs({
  options: {
    row: { type: "string", multiple: true },
    tool: { type: "string", multiple: true },
    size: { type: "string", multiple: true },
    runs: { type: "string", default: "3" },
    enough: { type: "string", default: "60" },
    limit: { type: "string", default: "1200" },
    threads: { type: "string", default: "2" },
    quick: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const say = (line: string): void => void process.stderr.write(`${line}\n`);
if (flags.help) {
  process.stdout.write(USAGE);
} else {
  mkdirSync(inRoot("bench/.data"), { recursive: true });
  const results = new Results(
    inRoot(flags.quick ? "bench/.data/quick.json" : "bench/results.json"),
  );
  const jobs = flags.report ? [] : chosenJobs();
  if (flags.list) for (const job of jobs) console.log(keyOf(job));
  else await run(jobs, results);
}

async function run(jobs: readonly Job[], results: Results): Promise<void> {
  const options = measureOptions();
  for (const group of groupsOf(jobs)) await measure(group, results, options);
  if (flags.quick) {
    process.stdout.write(`${renderRuns(results)}\n`);
    return;
  }
  process.stdout.write(`${renderTable(results)}\n`);
  writeFileSync(inRoot("docs/performance.md"), renderPage(results));
  writeFileSync(inRoot("docs/figures/performance.svg"), renderPlot(results.all()));
}

/** Jobs of one size take turns; the whole road does with t-SNE. */
function groupsOf(jobs: readonly Job[]): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const work = job.work === "road" ? "tsne" : job.work;
    const name = `${work} ${job.n} ${job.d}`;
    groups.set(name, [...(groups.get(name) ?? []), job]);
  }
  return [...groups.values()];
}

function chosenJobs(): Job[] {
  const rows = flags.row ?? ROWS;
  const tools = flags.tool ?? TOOLS;
  refuse("row", rows, ROWS);
  refuse("tool", tools, TOOLS);
  const sizes = flags.size?.map(Number);
  const all = rows.flatMap(jobsOf).map((job) => (flags.quick ? quickJob(job) : job));
  const byKey = new Map(all.map((job) => [keyOf(job), job]));
  const jobs = [...byKey.values()].filter(
    ({ tool, n }) => tools.includes(tool) && (sizes?.includes(n) ?? true),
  );
  return withTools(jobs).filter(({ d }) => d !== 50 || hasGlove());
}

/** The jobs whose tools are here; what is not is said once. */
function withTools(jobs: readonly Job[]): Job[] {
  const absent = new Set<Tool>();
  for (const tool of new Set(jobs.map((job) => job.tool))) {
    const why = missing(tool);
    if (why === undefined) continue;
    absent.add(tool);
    say(`left out: ${tool} (${why})`);
  }
  return jobs.filter(({ tool }) => !absent.has(tool));
}

function refuse(flag: string, given: readonly string[], known: readonly string[]): void {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  say(`bench: --${flag}: expected ${known.join(", ")}, got ${wrong}`);
  process.exit(2);
}

function measureOptions(): MeasureOptions {
  const [runs, enough, limit, threads] = [flags.runs, flags.enough, flags.limit, flags.threads].map(
    (text) => {
      const value = Number(text);
      if (value > 0) return value;
      say(`bench: expected a number above 0, got ${text}`);
      return process.exit(2);
    },
  ) as [number, number, number, number];
  return { runs, enough, limit, threads, say };
}
