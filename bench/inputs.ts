/** The files that jobs read, made when they are first needed. */
import { existsSync } from "node:fs";
import { Random } from "../src/random.ts";
import type { Job } from "./job.ts";
import { SETTINGS } from "./job.ts";
import { writeRows } from "./npy-file.ts";
import { runProcess } from "./process.ts";
import { inRoot } from "./root.ts";
import { formatCount } from "./text.ts";
import { taskCommand } from "./tools.ts";
import { vocabularyRows } from "./vocabulary.ts";

/** The matrix of real vectors, where it lies beside the checkout: 5,050 words of GloVe. */
export const GLOVE = { n: 5050, d: 50, path: "../shared/data/vectors/glove-5050x50.npy" } as const;

const START_STD = 1e-4;

/** Whether GloVe's vectors are there. */
export function hasGlove(): boolean {
  return existsSync(inRoot(GLOVE.path));
}

interface Options {
  readonly threads: number;
  readonly say: (line: string) => void;
}

/** The job's rows, or for DBSCAN our own map of rows: a path. */
export async function ensureInput(job: Job, options: Options): Promise<string> {
  return job.work === "dbscan" ? ensureMap(job.n, options) : ensureRows(job, options);
}

async function ensureRows({ n, d }: { n: number; d: number }, { say }: Options): Promise<string> {
  if (n === GLOVE.n && d === GLOVE.d) return inRoot(GLOVE.path);
  const { seed } = SETTINGS;
  const path = inRoot("bench/.data", `vocabulary-${n}x${d}.npy`);
  if (existsSync(path)) return path;
  say(`making ${formatCount(n)} x ${d} rows`);
  await writeRows(path, [n, d], vocabularyRows({ n, d, seed }));
  return path;
}

/**
 * A random start of n points, as scikit-learn's: normal numbers of standard deviation 1e-4.
 *
 * @returns Its path.
 */
export async function ensureStart(n: number, seed: number): Promise<string> {
  const path = inRoot("bench/.data", `start-${n}-${seed}.npy`);
  if (existsSync(path)) return path;
  const random = new Random(seed);
  await writeRows(path, [n, 2], (_, point) => {
    for (const c of point.keys()) point[c] = START_STD * random.normal();
  });
  return path;
}

/** The map of n rows of 768 columns. */
async function ensureMap(n: number, options: Options): Promise<string> {
  const path = inRoot("bench/.data", `map-${n}.npy`);
  if (existsSync(path)) return path;
  const input = await ensureRows({ n, d: 768 }, options);
  options.say(`making a map of ${formatCount(n)} points`);
  const { threads } = options;
  const task = { work: "tsne", input, output: path, iterations: 1000, threads } as const;
  await runProcess(taskCommand("tokenscape", { ...task, ...SETTINGS }), { limit: 3600 });
  return path;
}
