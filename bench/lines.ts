/** The table to reach: each line is our time for some work, beside a peer's and what was asked for. */

import { DIVERGENCES } from "./compared.ts";
import type { EPS_FACTORS } from "./eps.ts";
import type { Job, Tool } from "./job.ts";
import { formatCount } from "./text.ts";

/** A part of a job's time: `"wall"` is the whole process. */
export interface Timed {
  readonly job: Job;
  readonly part: string;
  /** What that is, where it is not the whole process. */
  readonly what?: string;
}

/** What a peer took on another machine. */
export interface Elsewhere {
  readonly tool: string;
  readonly seconds: number;
  readonly note?: string;
}

/** A line of the table. */
export interface Line {
  /** By which it is chosen; several lines may share one. */
  readonly row: string;
  readonly work: string;
  readonly ours: Timed;
  readonly peer?: Timed;
  readonly elsewhere?: Elsewhere;
  /** How many times faster than the peer was asked for. */
  readonly times?: number;
  /** How many seconds at most, and how many bytes. */
  readonly within?: number;
  readonly memory?: number;
}

const VOCABULARY = 50_257; // GPT-2's
const COLUMNS = 768;

/** The machine kind of the figures in `elsewhere`. */
export const ELSEWHERE_NOTE =
  "measured elsewhere: on an idle machine, two cores, 50,257 x 768 rows of the same kind (not the same rows), openTSNE built with FFTW and for that machine";

function job(tool: Tool, work: Job["work"], n: number, iterations = 1000, d = COLUMNS): Job {
  return { tool, work, n, d: work === "dbscan" ? 2 : d, iterations };
}

function whole(of: Job): Timed {
  return { job: of, part: "wall" };
}

const FIT = { part: "fit", what: "the fit alone" } as const;
const STEPS = { part: "optimization", what: "the iterations alone" } as const;

/** A line of the whole road against scikit-learn's fit. */
function roadLine(n: number, seconds: number, times: number): Line {
  return {
    row: "road",
    work: `whole road, ${formatCount(n)} x ${COLUMNS}: the command, figures and report included`,
    ours: whole(job("tokenscape", "road", n)),
    peer: { job: job("scikit-learn", "tsne", n), ...FIT },
    elsewhere: { tool: "scikit-learn 1.9.1", seconds, note: "the fit alone" },
    times,
  };
}

/** A line of t-SNE against a JavaScript package, at the largest size that it does in sensible time. */
function javascriptLine(tool: Tool, n: number, elsewhere?: number): Line {
  return {
    row: "javascript",
    work: `neighbours + t-SNE, ${formatCount(n)} x ${COLUMNS}, 1,000 iterations`,
    ours: whole(job("tokenscape", "tsne", n)),
    peer: whole(job(tool, "tsne", n)),
    ...(elsewhere === undefined ? {} : { elsewhere: { tool, seconds: elsewhere } }),
    times: 50,
  };
}

const DBSCAN_ELSEWHERE = { tool: "scikit-learn 1.9.1", seconds: 0.26, note: "0.26 to 0.6 s" };

/** A line of DBSCAN at one of the eps that `EPS_FACTORS` names. */
function dbscanLine(part: keyof typeof EPS_FACTORS, eps: string): Line {
  return {
    row: "dbscan",
    work: `DBSCAN on 50,257 map points, ${eps}`,
    ours: { job: job("tokenscape", "dbscan", VOCABULARY), part, what: "the fit alone" },
    peer: { job: job("scikit-learn", "dbscan", VOCABULARY), part, what: "the fit alone" },
    times: 30,
  };
}

/** All lines, in the table's order. */
export const LINES: readonly Line[] = [
  {
    row: "neighbors",
    work: "exact neighbours, 50,257 x 768, k = 90",
    ours: whole(job("tokenscape", "neighbors", VOCABULARY)),
    peer: whole(job("scikit-learn", "neighbors", VOCABULARY)),
    elsewhere: { tool: "scikit-learn 1.9.1", seconds: 51, note: "brute force" },
    ...{ times: 3, within: 17 },
  },
  {
    row: "optimization",
    work: "t-SNE at 50,257, 750 iterations",
    ours: { job: job("tokenscape", "tsne", VOCABULARY, 750), ...STEPS },
    peer: { job: job("openTSNE", "tsne", VOCABULARY, 750), ...STEPS },
    elsewhere: { tool: "openTSNE 1.0.4", seconds: 66, note: "2 threads, FFTW, AVX-512" },
    times: 6,
  },
  {
    row: "end-to-end",
    work: "neighbours + t-SNE, 50,257 x 768, 750 iterations",
    ours: whole(job("tokenscape", "tsne", VOCABULARY, 750)),
    peer: whole(job("openTSNE", "tsne", VOCABULARY, 750)),
    elsewhere: { tool: "openTSNE 1.0.4", seconds: 141, note: "approximate neighbours" },
    times: 5,
  },
  {
    row: "end-to-end",
    work: "neighbours + t-SNE, 50,257 x 768, 1,000 iterations",
    ours: whole(job("tokenscape", "tsne", VOCABULARY)),
    peer: whole(job("scikit-learn", "tsne", VOCABULARY)),
    elsewhere: { tool: "scikit-learn 1.9.1", seconds: 562 },
    times: 20,
  },
  {
    row: "road",
    work: "whole road, 100 x 768, in a warm process",
    ours: { job: job("tokenscape", "warm", 100), part: "fit", what: "in a warm process" },
    peer: { job: job("scikit-learn", "warm", 100), ...FIT, what: "the fit alone, warm" },
    elsewhere: { tool: "scikit-learn 1.9.1", seconds: 0.38, note: "the fit alone" },
    times: 20,
  },
  roadLine(2000, 7.5, 20),
  roadLine(10_000, 56, 15),
  dbscanLine("small", "an eighth of the usual eps"),
  { ...dbscanLine("fit", "the usual eps"), elsewhere: DBSCAN_ELSEWHERE },
  dbscanLine("large", "8 times the usual eps"),
  {
    row: "dbscan",
    work: "labels for any eps from the hierarchy, 50,257 map points",
    ours: {
      job: job("tokenscape", "dbscan", VOCABULARY),
      part: "cut",
      what: "the slowest of nine",
    },
    within: 0.005,
  },
  javascriptLine("@saehrimnir/druidjs", 2000, 53),
  javascriptLine("wasm-bhtsne", 10_000),
  javascriptLine("tsne-js", 1000),
  {
    row: "javascript",
    work: "DBSCAN on 10,000 map points",
    ours: { job: job("tokenscape", "dbscan", 10_000), ...FIT },
    peer: { job: job("density-clustering", "dbscan", 10_000), ...FIT },
    elsewhere: { tool: "density-clustering", seconds: 0.63 },
    times: 50,
  },
  {
    row: "large",
    work: "whole road, 262,144 x 256",
    ours: whole(job("tokenscape", "road", 262_144, 1000, 256)),
    ...{ within: 360, memory: 4 * 2 ** 30 },
  },
];

/** Sizes of the plot, and how far each tool gets in sensible time. */
const SIZES = [100, 1000, 2000, 5000, 10_000, 20_000, VOCABULARY, 100_000] as const;
const LARGEST: Partial<Record<Tool, number>> = {
  tokenscape: 100_000,
  "scikit-learn": 20_000,
  openTSNE: 20_000,
  "@saehrimnir/druidjs": 2000,
  "wasm-bhtsne": 10_000,
  "tsne-js": 1000,
};

/**
 * What the plot shows: neighbours and t-SNE, 1,000 iterations, as whole processes. Its last point is the whole
 * road at 262,144 rows.
 */
export const CURVE: readonly Job[] = Object.entries(LARGEST).flatMap(([tool, most]) =>
  SIZES.filter((n) => n <= most).map((n) => job(tool as Tool, "tsne", n)),
);

/** Everything that can be asked for. */
export const ROWS: readonly string[] = [
  ...new Set(LINES.map(({ row }) => row)),
  "divergence",
  "curve",
];

/** The jobs of a row, ours first, each once. */
export function jobsOf(row: string): Job[] {
  if (row === "curve") return [...CURVE];
  if (row === "divergence") return [...DIVERGENCES];
  const timed = LINES.filter((line) => line.row === row).flatMap(({ ours, peer }) =>
    peer === undefined ? [ours.job] : [ours.job, peer.job],
  );
  return timed;
}
