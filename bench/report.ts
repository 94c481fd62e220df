/** The page of docs/performance.md, from what is kept. */

import { divergenceText } from "./divergence.ts";
import { keyOf } from "./job.ts";
import { ELSEWHERE_NOTE, LINES } from "./lines.ts";
import { bySize, type Measurement, median, type Place, type Results, times } from "./results.ts";
import { cellsOf } from "./table.ts";
import { formatBytes, formatSeconds, markdownTable } from "./text.ts";

/** The table alone, as Markdown. */
export function renderTable(results: Results): string {
  const head = [
    ...["work", "Tokenscape", "peer, here", "times faster"],
    ...["peer, measured elsewhere", "times faster", "asked for", "reached", "measured on"],
  ];
  const rows = LINES.map((line) => Object.values(cellsOf(line, results)));
  return markdownTable(head, rows);
}

/** The whole page. */
export function renderPage(results: Results): string {
  return `${[
    "# Performance",
    `Written by \`npm run bench\` from the runs kept in \`bench/results.json\`; \`npm run bench -- --report\` writes it anew without
running anything. Medians of whole processes, from their start to their end, unless a cell says otherwise.`,
    renderTable(results),
    `"Measured elsewhere": ${ELSEWHERE_NOTE.slice(ELSEWHERE_NOTE.indexOf(":") + 2)}. Where a peer was run here, "reached" goes by that run.`,
    "![Time against the number of rows, for every tool](figures/performance.svg)",
    `Neighbours and t-SNE, at most 1,000 iterations (ours at 100 rows and tsne-js stop earlier), whole processes, perplexity 30; rows of
768 columns. Points are the least of all runs. Rings were measured elsewhere: scikit-learn's are the fit alone, openTSNE's has 750
iterations. The last point is the whole road at 262,144 rows of 256.`,
    "## Divergence of the maps",
    divergenceText(results),
    "## All runs",
    renderRuns(results),
    "## How this was taken",
    methodText(results),
    placesText(results),
  ].join("\n\n")}\n`;
}

/** How it was taken; of openTSNE, where it has runs. */
function methodText(results: Results): string {
  const timed = results.all().filter(({ runs }) => runs.length > 0);
  const hasOpenTSNE = timed.some(({ job }) => job.tool === "openTSNE");
  return [METHOD, ...(hasOpenTSNE ? [OPENTSNE] : [])].join("\n");
}

const METHOD = `- Rows: a matrix like a vocabulary's, from a seed (\`bench/vocabulary.ts\`): a common mean, Zipf-sized clusters, families of close
  rows, a slowly falling spectrum, a few hubs. Everything reads the same \`.npy\` file.
- Every run is a new process. Tools take turns, run by run; each is run three times, or until it has taken a minute. Time is that of
  the whole process, with loading; memory the largest resident set. "load" is the machine's one-minute load average, read once
  for a group of jobs (those of one size and work), before its runs.
- The table's rows were run in several calls, so a line's two sides may come from different ones; "load" shows where the
  machine was busier.
- All tools were given two threads; those that have one use one. Peers got their defaults but for perplexity 30 and the numbers of
  iterations. wasm-bhtsne ran in a headless Chromium, since its threads hang in Node, with scikit-learn's learning rate; tsne-js
  stops by a rule of its own, often after 100 or 150 iterations.
- DBSCAN runs on our own map, with minSamples 3. The usual eps is the side of the square that each point has were they spread evenly;
  the small one is an eighth of that, the large one eight times it. Times are medians inside one process, after the first few.
- "agreement" is the share of neighbours, or of labels, that scikit-learn finds as well.
- Runs from given starts, for comparing KL, are made once each.`;

const OPENTSNE = `- openTSNE's affinities come from approximate neighbours in the timed runs, from exact ones where KL is compared from the same starts.`;

/** Every job kept, with its runs. */
export function renderRuns(results: Results): string {
  const rows = results
    .all()
    .sort(bySize)
    .map((measurement) => {
      const { job, version, load, threads, place, failure, runs } = measurement;
      const walls = times(measurement, "wall");
      const peaks = runs.flatMap(({ peak }) => peak ?? []);
      return [
        keyOf(job),
        version,
        walls.length === 0
          ? (failure ?? "-")
          : `${formatSeconds(walls[0]!)} / ${formatSeconds(median(walls)!)}`,
        String(walls.length),
        peaks.length === 0 ? "-" : formatBytes(Math.max(...peaks)),
        partsOf(measurement),
        String(threads),
        load.toFixed(1),
        place.date,
      ];
    });
  const head = [
    "job",
    "version",
    "least / median",
    "runs",
    "memory",
    "parts",
    "threads",
    "load",
    "on",
  ];
  return markdownTable(head, rows);
}

/** The medians of the parts of the work, and how far it agrees with ours. */
function partsOf(measurement: Measurement): string {
  const names = Object.keys(measurement.runs[0]?.seconds ?? {});
  const parts = names.map(
    (name) => `${name} ${formatSeconds(median(times(measurement, name)) ?? 0)}`,
  );
  const { agreement } = measurement.facts;
  if (agreement !== undefined) parts.push(`agreement ${(100 * agreement).toFixed(3)} %`);
  return parts.join(", ");
}

function placesText(results: Results): string {
  const places = new Set(results.all().map(({ place }) => placeText(place)));
  return ["Machines:", ...[...places].map((text) => `- ${text}`)].join("\n");
}

function placeText({ machine, system, node }: Place): string {
  return `${machine}; ${system}; Node ${node.slice(1)}`;
}
