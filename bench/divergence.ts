/** How the final KL of the tools' maps compares: the same P, starts and schedule. */

import { DIVERGENCES, STARTS } from "./compared.ts";
import { GLOVE } from "./inputs.ts";
import { bySize, type Measurement, type Results } from "./results.ts";
import { formatCount, markdownTable } from "./text.ts";

/** A tool's maps of some rows. */
export interface Compared {
  readonly n: number;
  readonly d: number;
  readonly tool: string;
  /** KL from each start, in order; undefined where that was not run. */
  readonly kl: readonly (number | undefined)[];
  readonly mean: number | undefined;
  /** The tool's mean KL over ours: above 1, ours is lower. */
  readonly ratio: number | undefined;
}

/** Every tool's maps, by rows, ours first; what was never run is left out. */
export function comparedMaps(results: Results): Compared[] {
  const firsts = DIVERGENCES.filter(({ start }) => start === STARTS[0]);
  let own: number | undefined;
  return firsts.flatMap((first) => {
    const runs = STARTS.map((start) => results.get({ ...first, start }));
    const kl = runs.map((run) => run?.facts.kl);
    const mean = meanOf(kl);
    if (first.tool === "tokenscape") own = mean;
    const run = runs.find((each) => each?.facts.kl !== undefined);
    if (run === undefined) return [];
    const ratio = mean === undefined || own === undefined ? undefined : mean / own;
    return [{ n: first.n, d: first.d, tool: `${first.tool} ${run.version}`, kl, mean, ratio }];
  });
}

/** Undefined unless all are there. */
function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length
    ? undefined
    : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The section of the page: the comparison, then what the timed runs came to. */
export function divergenceText(results: Results): string {
  return [comparisonText(results), timedText(results)].join("");
}

function comparisonText(results: Results): string {
  const head = ["rows", "tool", ...STARTS.map((start) => `start ${start}`), "mean", "mean / ours"];
  const digits = (value: number | undefined): string => value?.toFixed(4) ?? "-";
  const rows = comparedMaps(results).map(({ n, d, tool, kl, mean, ratio }) => [
    `${formatCount(n)} x ${d}${d === GLOVE.d ? " (GloVe)" : ""}`,
    ...[tool, ...kl.map(digits), digits(mean), digits(ratio)],
  ]);
  return `KL(P || Q) of the final maps, lower is better. All tools are given the same rows, perplexity 30 and the same three random starts
(normal, standard deviation 1e-4), and run scikit-learn's schedule: 250 iterations at exaggeration 12 and momentum 0.5, then 750 at
momentum 0.8, learning rate max(n / 48, 50), no early stop. One program scores all maps, against one P (of 91 exact neighbours), with
Z over all pairs in float64.

${markdownTable(head, rows)}

${affinitiesText(results)}By openTSNE's own schedule instead (750 iterations, momentum 0.8 throughout), on GloVe's rows, with one P and starts near the
principal components: openTSNE 1.0.4, measured elsewhere, median of five, 2.1149 with its FFT and 2.1008 with Barnes-Hut; ours, mean of
three, 2.0823 (\`test/tsne/opentsne.test.ts\` holds it below both).`;
}

function timedText(results: Results): string {
  const maps = results
    .all()
    .filter(({ job, facts }) => job.work === "tsne" && job.start === undefined && "kl" in facts);
  const rows = maps
    .sort(bySize)
    .map(({ job: { n, d, tool, iterations }, facts: { kl, ownKl, iterations: done }, version }) => [
      ...[`${formatCount(n)} x ${d}`, `${tool} ${version}`, String(done ?? iterations)],
      ...[kl!.toFixed(4), ownKl?.toFixed(4) ?? "-"],
    ]);
  if (rows.length === 0) return "";
  const head = ["rows", "tool", "iterations", "KL, exact", "as the tool says"];
  return `\n\nThe maps of the timed runs, each from the tool's own start and by its own schedule, scored in the same way:

${markdownTable(head, rows)}`;
}

/** How far the peer's own P gives its maps another KL than ours does. */
function affinitiesText(results: Results): string {
  const apart = results.all().flatMap(({ facts: { kl, klByOwnP } }: Measurement) => {
    return kl === undefined || klByOwnP === undefined ? [] : [Math.abs(klByOwnP / kl - 1)];
  });
  if (apart.length === 0) return "";
  const most = Math.max(...apart).toExponential(0);
  return `P is the same: scikit-learn's own P gives each of its maps this KL as well, to a relative ${most} (computed by NumPy in float64).\n\n`;
}
