import type { Matrix } from "../matrix.ts";
import { groupDigits } from "../text/numbers.ts";
import { type Blocks, isReduced } from "./heatmap.ts";
import { entriesAt } from "./quantile.ts";
import { roundLimits } from "./ticks.ts";

/** The values that the ends of a colour scale stand for. */
export interface ColorLimits {
  readonly low: number;
  readonly high: number;
  /** Whether cells lie below or above; they are drawn in the end's colour, and the colour bar is pointed there. */
  readonly below: boolean;
  readonly above: boolean;
  /** Number of cells that are not numbers; they are drawn grey. */
  readonly missing: number;
}

/** Limits from the data, or the notebook's: ±0.2 for embeddings, 2 to 7 for the Gram matrix. */
export type LimitsChoice = "data" | "notebook";

/** Steps for which limits are rounded; a colour bar with so many ticks has one at each limit. */
export const LIMIT_TICKS = 5;

/** The percentiles that limits from the data are taken at. */
const ENDS = [0.02, 0.98] as const;

/**
 * Limits for a picture of embeddings, from its cells: entries, or means of blocks where it is reduced. Means have
 * a smaller range than entries, whose limits would flatten the picture. `"data"`: symmetric about 0, at the larger
 * of the 2nd and 98th percentiles' sizes, so that a few outlying columns don't flatten the rest; then widened to a round value.
 */
export function embeddingLimits(X: Matrix, choice: LimitsChoice): ColorLimits {
  if (choice === "notebook") return withEnds(X, -0.2, 0.2);
  const [least, largest] = entriesAt(X, ENDS) ?? [-1, 1];
  const size = Math.max(-least, largest);
  const [low, high] = roundLimits(-size || -1, size || 1, LIMIT_TICKS);
  return withEnds(X, low, high);
}

/**
 * Limits for a picture of a Gram matrix, given its cells. `"data"`: 2nd to 98th percentile of those off the
 * diagonal (the squared lengths on it are larger and would flatten the rest), widened to round values.
 */
export function gramLimits(G: Matrix, choice: LimitsChoice): ColorLimits {
  if (choice === "notebook") return withEnds(G, 2, 7);
  const [low, high] = entriesAt(G, ENDS, G.shape[0] === 1 ? undefined : "diagonal") ?? [0, 0];
  // a constant is the middle of its scale
  const room = high > low ? 0 : Math.abs(low) / 2 || 1;
  return withEnds(G, ...roundLimits(low - room, high + room, LIMIT_TICKS));
}

function withEnds(X: Matrix, low: number, high: number): ColorLimits {
  let below = false;
  let above = false;
  let missing = 0;
  const { data } = X;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < low) below = true;
    else if (value > high) above = true;
    else if (Number.isNaN(value)) missing += 1;
  }
  return { low, high, below, above, missing };
}

/** What a figure says of cells that are drawn grey; nothing if there are none. */
export function missingNotes(matrix: string, blocks: Blocks, { missing }: ColorLimits): string[] {
  if (missing === 0) return [];
  const count = groupDigits(missing);
  if (isReduced(blocks))
    return [`Grey pixels, means that are not numbers: ${count} of the ${matrix}`];
  const entries = missing === 1 ? "entry" : "entries";
  return [`Grey cells, not numbers: ${count} ${entries} of the ${matrix}`];
}

/** What a figure says where limits from the data are those of block means: of which of its matrices. */
export function limitNotes(
  matrices: Readonly<Record<string, Blocks>>,
  choice: LimitsChoice,
): string[] {
  const reduced = Object.keys(matrices).filter((name) => isReduced(matrices[name]!));
  if (choice === "notebook" || reduced.length === 0) return [];
  const of = reduced.map((name) => `the ${name}`).join(" and ");
  return [`Colour limits of ${of}: from the block means shown, not from single entries`];
}
