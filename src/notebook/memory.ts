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

/** Bytes of tokens, figures and files for every row (measured at 50,257 rows). */
const OUTPUT = 4000;
/** Bytes that any run takes: code made on the way, pictures, threads (measured at 100 rows). */
const BASE = 3e7;

/** What a run takes, at the least, beside what the program holds before. */
export function roadNeed({ n, d, tsne }: RoadSize): Need {
  const gram = pictureNeed(n, d);
  const map = tsne === null ? { step: 0, peak: 0 } : tsneNeed({ n, d }, tsne);
  const rows = Float32Array.BYTES_PER_ELEMENT * n * d;
  return {
    step: Math.max(gram.step, map.step),
    peak: BASE + rows + Math.max(gram.peak, map.peak, OUTPUT * n),
  };
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
