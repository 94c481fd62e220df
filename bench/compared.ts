/** What is run to compare final KL: every tool on the same rows, from the same starts, by the same schedule. */
import { GLOVE } from "./inputs.ts";
import type { Job } from "./job.ts";

const TOOLS = ["tokenscape", "scikit-learn", "openTSNE"] as const;
const ROWS = [
  [5000, 768],
  [GLOVE.n, GLOVE.d],
  [10_000, 768],
] as const;

/** Seeds of the starts. */
export const STARTS = [0, 1, 2] as const;

/** The jobs, by rows; ours first. */
export const DIVERGENCES: readonly Job[] = ROWS.flatMap(([n, d]) =>
  TOOLS.flatMap((tool) =>
    STARTS.map((start): Job => ({ tool, work: "tsne", n, d, iterations: 1000, start })),
  ),
);
