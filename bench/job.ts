/** What is timed: a tool, its work and the size of it. */
import type { Work } from "./task.ts";

/** All tools, ours first. */
export const TOOLS = [
  "tokenscape",
  "scikit-learn",
  "openTSNE",
  "@saehrimnir/druidjs",
  "wasm-bhtsne",
  "tsne-js",
  "density-clustering",
] as const;
export type Tool = (typeof TOOLS)[number];

/** One thing to time. */
export interface Job {
  readonly tool: Tool;
  readonly work: Exclude<Work, "score">;
  /** Rows; of a map, its points. */
  readonly n: number;
  readonly d: number;
  /** Of t-SNE, where there is any. */
  readonly iterations: number;
  /** Of t-SNE: seed of the random start that every tool is given; without it each takes its own start. */
  readonly start?: number;
}

/** The parameters of every run. */
export const SETTINGS = { k: 90, perplexity: 30, seed: 0 } as const;

/** A job's name, by which its measurement is kept. */
export function keyOf({ work, tool, n, d, iterations, start }: Job): string {
  const steps = work === "neighbors" || work === "dbscan" ? "" : `, ${iterations} iterations`;
  const from = start === undefined ? "" : `, start ${start}`;
  return `${work}, ${n} x ${d}${steps}${from}, ${tool}`;
}
