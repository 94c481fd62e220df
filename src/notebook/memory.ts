/** What a run of the road takes, and whether it can be had, before any work. */
import { tsneBytes } from "../compute/descent-state.ts";
import { MOST_BYTES } from "../compute/memory.ts";
import { pcaBytes } from "../compute/pca.ts";
import { rangeError } from "../errors.ts";
import { nearestBytes } from "../neighbors/neighbors.ts";
import { groupDigits } from "../text/numbers.ts";
import { affinityBytes } from "../tsne/affinities.ts";

/** How much there is to do: n rows of d columns, mapped with this perplexity. */
export interface RoadSize {
  readonly n: number;
  readonly d: number;
  readonly perplexity: number;
}

/** Bytes of tokens, figures and files for every row, about (measured at 50,257 rows). */
const OUTPUT = 4000;
/** An entry of P, or a neighbour: its place and a float64. */
const ENTRY = 12;

/** Bytes that a run takes at its largest, about, and the most that one step has in a memory of its own. */
export function roadBytes({ n, d, perplexity }: RoadSize): { peak: number; step: number } {
  const k = Math.min(n - 1, Math.floor(3 * perplexity + 1));
  const most = 2 * n * k; // entries of P: fewer where neighbours are mutual
  const nearest = nearestBytes({ n, d, k });
  const start = pcaBytes(n, d);
  const descent = tsneBytes({ n, nonZeros: most });
  const steps = [
    nearest + ENTRY * n * k,
    affinityBytes(n, { perplexity, method: "neighbors" }) + ENTRY * n * k,
    start + ENTRY * most,
    descent + ENTRY * most,
    OUTPUT * n,
  ];
  return { peak: 4 * n * d + Math.max(...steps), step: Math.max(nearest, start, descent) };
}

/**
 * Checks that a run fits, before any work.
 *
 * @param available Bytes that there are; without it, what the host says is free (Node), or no limit but that of a step.
 * @throws {RangeError} saying what is needed, what there is, and how many rows would fit.
 */
export function checkMemory(size: RoadSize, available: number = freeBytes()): void {
  const { peak, step } = roadBytes(size);
  if (peak <= available && step <= MOST_BYTES) return;
  const fit = fittingRows(size, available);
  const need =
    step > MOST_BYTES
      ? `one step needs ${gigabytes(step)} of memory, and ${gigabytes(MOST_BYTES)} is the most it can have`
      : `about ${gigabytes(peak)} of memory are needed, and ${gigabytes(available)} are free`;
  throw rangeError(
    `runNotebook: expected rows that fit into memory, got ${groupDigits(size.n)} of ${groupDigits(size.d)} columns: ${need}; ${groupDigits(fit)} rows would fit`,
  );
}

/** The most rows that fit, of the same columns and perplexity. */
function fittingRows({ n, d, perplexity }: RoadSize, available: number): number {
  let low = 0;
  let high = n;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const { peak, step } = roadBytes({ n: middle, d, perplexity });
    if (peak <= available && step <= MOST_BYTES) low = middle;
    else high = middle;
  }
  return low;
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(2))} GB`;
}

/** What Node says a process may still take; Infinity in a browser, which does not tell. */
function freeBytes(): number {
  const host = globalThis as { process?: { availableMemory?(): number } };
  return host.process?.availableMemory?.() ?? Number.POSITIVE_INFINITY;
}
