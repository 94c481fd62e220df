/** What was measured, kept as JSON from run to run, so that a slow table can be filled row by row. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Job, keyOf, TOOLS } from "./job.ts";

/** One run of a job. */
export interface Run {
  /** The whole process, in seconds. */
  readonly wall: number;
  /** Its largest resident set in bytes, where that could be measured. */
  readonly peak: number | null;
  /** Seconds by part of the work. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Where and with what something was measured. */
export interface Place {
  /** Day, as 2026-01-31. */
  readonly date: string;
  readonly machine: string;
  readonly system: string;
  readonly node: string;
}

/** A job with what came of it. */
export interface Measurement {
  readonly job: Job;
  readonly version: string;
  readonly place: Place;
  readonly threads: number;
  /** Programs running or waiting on the machine just before, on average over a minute. */
  readonly load: number;
  readonly runs: readonly Run[];
  readonly facts: Readonly<Record<string, number>>;
  /** Why there are no runs. */
  readonly failure?: string;
}

/** All measurements, each under its job's name; a new one takes the old one's place. */
export class Results {
  readonly #path: string;
  readonly #byKey: Map<string, Measurement>;

  /** @param path A JSON file; it need not be there. */
  constructor(path: string) {
    this.#path = path;
    const list = readList(path);
    this.#byKey = new Map(list.map((measurement) => [keyOf(measurement.job), measurement]));
  }

  get(job: Job): Measurement | undefined {
    return this.#byKey.get(keyOf(job));
  }

  all(): Measurement[] {
    return [...this.#byKey.values()];
  }

  /** Keeps a measurement, in the file too. */
  set(measurement: Measurement): void {
    this.#byKey.set(keyOf(measurement.job), measurement);
    const sorted = [...this.#byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
    writeFileSync(this.#path, `${JSON.stringify(sorted, null, 2)}\n`);
  }
}

/** A part of all runs, or the whole process as `"wall"`, in seconds, from the fastest on. */
export function times(measurement: Measurement | undefined, part: string): number[] {
  const all = measurement?.runs.map((run) => (part === "wall" ? run.wall : run.seconds[part]));
  return (all ?? []).filter((time) => time !== undefined).sort((a, b) => a - b);
}

/** Orders by work and size, then as the tools are listed. */
export function bySize(a: Measurement, b: Measurement): number {
  const tool = (of: Measurement): number => TOOLS.indexOf(of.job.tool);
  return (
    (a.job.work < b.job.work ? -1 : a.job.work > b.job.work ? 1 : 0) ||
    a.job.n - b.job.n ||
    a.job.d - b.job.d ||
    tool(a) - tool(b) ||
    a.job.iterations - b.job.iterations
  );
}

/** The median, of an even number the lower one; undefined of nothing. */
export function median(sorted: readonly number[]): number | undefined {
  return sorted[(sorted.length - 1) >> 1];
}

function readList(path: string): Measurement[] {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
