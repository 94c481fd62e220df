/**
 * What a timed process is told, and what it says. Every tool is a script of its own, started afresh for every
 * run: the task is its one argument, as JSON; the last line of its standard output is the answer, as JSON.
 */

/** `warm` is what one process does again and again; `score` measures a map that is there already. */
export type Work = "neighbors" | "tsne" | "road" | "warm" | "dbscan" | "score";

/** What to do; paths are absolute. */
export interface Task {
  readonly work: Work;
  /** The `.npy` file of rows, or of a map. */
  readonly input: string;
  /** Where the map, the neighbours or the labels go, as `.npy`. */
  readonly output: string;
  /** For `score`: the map. */
  readonly map?: string;
  /** For `tsne`: the start, taken as it is; no rule ends such a run before its last iteration. */
  readonly init?: string;
  readonly k: number;
  readonly perplexity: number;
  readonly iterations: number;
  readonly threads: number;
  readonly seed: number;
}

/** What came of it. */
export interface Answer {
  /** Of the tool, as it says itself. */
  readonly version: string;
  /** Seconds by part of the work; the process as a whole is timed from outside. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Final KL, iterations done, number of clusters: whatever else is worth keeping. */
  readonly facts: Readonly<Record<string, number>>;
}

/** The task this process was started with. */
export function readTask(): Task {
  return JSON.parse(process.argv[2]!);
}

/** Says the answer. */
export function answer(given: Answer): void {
  console.log(JSON.stringify(given));
}

/** Runs `work` and says how long it took, in seconds. */
export async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, (performance.now() - start) / 1000];
}
