/** Times jobs, one run of each in turn, so that what disturbs the machine disturbs all of them. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { version } from "tokenscape";
import { agreement } from "./agreement.ts";
import { ensureInput, ensureStart } from "./inputs.ts";
import { type Job, keyOf, SETTINGS } from "./job.ts";
import { place } from "./machine.ts";
import { runProcess } from "./process.ts";
import type { Measurement, Results, Run } from "./results.ts";
import { inRoot } from "./root.ts";
import type { Answer, Task } from "./task.ts";
import { formatBytes, formatSeconds } from "./text.ts";
import { environment, roadCommand, taskCommand } from "./tools.ts";

/** How often and how long. */
export interface MeasureOptions {
  readonly threads: number;
  /** Runs of each job at most. */
  readonly runs: number;
  /** Seconds after which a job is not started again. */
  readonly enough: number;
  /** Seconds after which a run is ended. */
  readonly limit: number;
  readonly say: (line: string) => void;
}

interface Progressing {
  readonly job: Job;
  readonly task: Task;
  readonly load: number;
  readonly runs: Run[];
  version: string;
  facts: Record<string, number>;
  failure?: string;
}

/** Measures the jobs and keeps each as soon as it is done. */
export async function measure(
  jobs: readonly Job[],
  results: Results,
  options: MeasureOptions,
): Promise<void> {
  const open: Progressing[] = [];
  for (const job of jobs) {
    const task = await taskOf(job, options);
    open.push({ job, task, load: loadavg()[0]!, runs: [], version, facts: {} });
  }
  for (let round = 0; round < options.runs; round++) {
    for (const state of open) {
      const spent = state.runs.reduce((sum, { wall }) => sum + wall, 0);
      const once = state.job.start !== undefined; // for its map, not for its time
      if (state.failure !== undefined || spent > options.enough || (once && round > 0)) continue;
      await runOnce(state, options);
      if (state.runs.length === 1) {
        await score(state, options);
        await compare(state, open);
      }
      results.set(finished(state, options));
    }
  }
}

async function runOnce(state: Progressing, { say, limit, threads }: MeasureOptions): Promise<void> {
  const { job, task } = state;
  const isRoad = job.work === "road";
  const command = isRoad ? roadCommand(task) : taskCommand(job.tool, task);
  if (isRoad) rmSync(task.output, { recursive: true, force: true });
  try {
    const run = await runProcess(command, { limit, env: environment(threads) });
    const { wall, stdout } = run;
    const peak = job.tool === "wasm-bhtsne" ? null : run.peak; // its memory is the browser's
    const given = isRoad ? roadAnswer(task) : lastLine(stdout);
    state.runs.push({ wall, peak, seconds: given.seconds });
    state.version = given.version;
    state.facts = { ...given.facts, ...state.facts };
    const memory = peak === null ? "" : `, ${formatBytes(peak)}`;
    say(`${keyOf(job)}: ${formatSeconds(wall)}${memory}`);
  } catch (error) {
    state.failure = (error as Error).message;
    say(`${keyOf(job)}: ${state.failure}`);
  }
}

/** The KL of a map against our affinities, exactly, whoever made it. */
async function score(state: Progressing, options: MeasureOptions): Promise<void> {
  const { job, task } = state;
  if (job.work !== "tsne" || state.facts.kl !== undefined) return;
  const command = taskCommand("tokenscape", { ...task, work: "score", map: task.output });
  const { stdout } = await runProcess(command, options);
  state.facts = { ...state.facts, ...lastLine(stdout).facts };
}

/** What the peer found, beside what ours did in the same round. */
async function compare(state: Progressing, open: readonly Progressing[]): Promise<void> {
  const { job, task } = state;
  const own = open.find((other) => other.job.tool === "tokenscape" && other.job.work === job.work);
  if (own === undefined || own === state || own.runs.length === 0) return;
  const found = await agreement(job.work, own.task.output, task.output);
  state.facts = { ...state.facts, ...found };
}

function lastLine(stdout: string): Answer {
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

/** What the command wrote about its own parts. */
function roadAnswer({ output }: Task): Answer {
  const { timings, tsne } = JSON.parse(readFileSync(join(output, "result.json"), "utf8"));
  const seconds = Object.entries<number>(timings).map(([part, time]) => [part, time / 1000]);
  return { version, seconds: Object.fromEntries(seconds), facts: { kl: tsne.klDivergence } };
}

async function taskOf(job: Job, { threads, say }: MeasureOptions): Promise<Task> {
  const { work, n } = job;
  const name = keyOf(job).replace(/\W+/g, "-");
  mkdirSync(inRoot("bench/.data"), { recursive: true });
  const input = await ensureInput(job, { threads, say });
  const output = inRoot("bench/.data", work === "road" ? name : `${name}.npy`);
  const start = job.start === undefined ? {} : { init: await ensureStart(n, job.start) };
  return { work, input, output, iterations: job.iterations, threads, ...start, ...SETTINGS };
}

function finished(state: Progressing, { threads }: MeasureOptions): Measurement {
  const { job, load, runs, facts, version, failure } = state;
  const why = failure === undefined ? {} : { failure };
  return { job, version, place: place(), threads, load, runs, facts, ...why };
}
