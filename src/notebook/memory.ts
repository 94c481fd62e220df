/** What a run of the road takes, and whether it can be had, before any work. */
import { checkMemory, type Need } from "../compute/memory.ts";
import { pictureNeed } from "../gram/picture.ts";
import { groupDigits } from "../text/numbers.ts";
import { tsneNeed } from "../tsne/memory.ts";
import type { ResolvedParams } from "../tsne/params.ts";

/** How much there is to do: n rows of d columns, mapped with these parameters; null where the map is given. */
export interface RoadSize {
  readonly n: number;
  readonly d: number;
  readonly tsne: ResolvedParams | null;
}

/** Bytes that any run takes: code made on the way, threads. Measured, as the two below, from 100 to 100,000 rows. */
const BASE = 2.5e7;
/** Bytes for the drawing of figures, at most, and of those for every row. */
const FIGURES = { most: 5e7, row: 5e4 } as const;
/** Bytes of tokens and files for every row. */
const OUTPUT = 2500;

/** What a run takes, at the least, beside what the program holds before. */
export function roadNeed({ n, d, tsne }: RoadSize): Need {
  const gram = pictureNeed(n, d);
  const map = tsne === null ? { step: 0, peak: 0 } : tsneNeed({ n, d }, tsne);
  const rows = Float32Array.BYTES_PER_ELEMENT * n * d;
  const step = Math.max(gram.step, map.step);
  const picture = gram.peak - gram.step;
  const figures = Math.min(FIGURES.most, FIGURES.row * n);
  // the last team's memory is there still while figures are drawn
  const end = step + picture + figures + OUTPUT * n;
  return { step, peak: BASE + rows + Math.max(gram.peak, picture + map.peak, end) };
}

/**
 * Checks that a run fits, before any work.
 *
 * @param available Bytes that there are; without it, what the host says.
 * @throws {RangeError} saying what is needed, what there is, and how many rows would fit.
 */
export function checkRoad({ n, d, tsne }: RoadSize, available?: number): void {
  const asked = { who: "runNotebook", n, of: `of ${groupDigits(d)} columns` };
  checkMemory(asked, (n) => roadNeed({ n, d, tsne }), available);
}
