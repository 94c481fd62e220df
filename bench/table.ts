/** The lines of the table with what was measured, as text. */
import type { Line, Timed } from "./lines.ts";
import { type Measurement, median, type Results, times } from "./results.ts";
import { formatBytes, formatFactor, formatSeconds } from "./text.ts";

/** A line of the table, cell by cell. */
export interface Cells {
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  readonly factor: string;
  readonly elsewhere: string;
  readonly elsewhereFactor: string;
  readonly asked: string;
  readonly reached: string;
  readonly date: string;
}

const NONE = "-";
/** A load that the bench's own two threads don't explain. */
const BUSY = 3;

/** The line's cells, from what is kept of its jobs. */
export function cellsOf(line: Line, results: Results): Cells {
  const find = (timed: Timed | undefined) => timed && results.get(timed.job);
  const [mine, theirs] = [find(line.ours), find(line.peer)];
  const own = mine && median(times(mine, line.ours.part));
  const other = theirs && median(times(theirs, line.peer!.part));
  const factor = own !== undefined && other !== undefined ? other / own : undefined;
  const { elsewhere } = line;
  const far = own !== undefined && elsewhere ? elsewhere.seconds / own : undefined;
  return {
    work: line.work,
    ours: timeCell(mine, line.ours, false),
    peer: timeCell(theirs, line.peer, true),
    factor: factor === undefined ? NONE : formatFactor(factor),
    elsewhere: elsewhereCell(line),
    elsewhereFactor: far === undefined ? NONE : formatFactor(far),
    asked: askedCell(line),
    reached: own === undefined ? NONE : reachedCell(line, own, factor ?? far, peakOf(mine)),
    date: mine?.place.date ?? NONE,
  };
}

function timeCell(
  measurement: Measurement | undefined,
  timed: Timed | undefined,
  named: boolean,
): string {
  if (measurement === undefined || timed === undefined) return NONE;
  const { job, version, failure } = measurement;
  const name = named ? `${job.tool} ${version}: ` : "";
  const sorted = times(measurement, timed.part);
  if (sorted.length === 0) return `${name}${failure ?? "no figure"}`;
  const least =
    sorted.length === 1 ? "1 run" : `least ${formatSeconds(sorted[0]!)}, ${sorted.length} runs`;
  const what = timed.what === undefined ? "" : `, ${timed.what}`;
  const peak = timed.part === "wall" ? peakOf(measurement) : undefined;
  const memory = peak === undefined ? "" : `, ${formatBytes(peak)}`;
  const busy = measurement.load > BUSY ? ", on a busy machine" : "";
  return `${name}${formatSeconds(median(sorted)!)} (${least}${memory}${what}${busy})`;
}

/** The most memory of any run. */
function peakOf(measurement: Measurement | undefined): number | undefined {
  const peaks = (measurement?.runs ?? []).flatMap(({ peak }) => peak ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function elsewhereCell({ elsewhere }: Line): string {
  if (elsewhere === undefined) return NONE;
  const { tool, seconds, note } = elsewhere;
  return `${tool}: ${formatSeconds(seconds)}${note === undefined ? "" : ` (${note})`}`;
}

function askedCell({ times: factor, within, memory }: Line): string {
  return [
    factor === undefined ? [] : [`${factor} x`],
    within === undefined ? [] : [formatSeconds(within)],
    memory === undefined ? [] : [formatBytes(memory)],
  ]
    .flat()
    .join(", ");
}

/** Yes, or which of what was asked for is missing. */
function reachedCell(
  line: Line,
  own: number,
  factor: number | undefined,
  peak: number | undefined,
): string {
  const missed: string[] = [];
  if (line.times !== undefined) {
    if (factor === undefined) return NONE;
    if (factor < line.times) missed.push(`${formatFactor(factor)} of ${line.times} x`);
  }
  if (line.within !== undefined && own > line.within) {
    missed.push(`${formatSeconds(own - line.within)} too slow`);
  }
  if (line.memory !== undefined && peak !== undefined && peak > line.memory) {
    missed.push(`${formatBytes(peak - line.memory)} too much`);
  }
  return missed.length === 0 ? "yes" : `no: ${missed.join(", ")}`;
}
