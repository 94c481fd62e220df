/** What a map takes in memory, and whether it can be had, before any work. */
import { denseBytes } from "../compute/affinities.ts";
import { descentBytes } from "../compute/descent-state.ts";
import { checkMemory, type Need } from "../compute/memory.ts";
import { pcaBytes } from "../compute/pca.ts";
import { nearestNeed } from "../neighbors/neighbors.ts";
import { ENTRY, neighborCount } from "./affinities.ts";
import type { ResolvedParams } from "./params.ts";

/** How many rows of how many columns. */
export interface RowsShape {
  readonly n: number;
  readonly d: number;
}

/**
 * What a map takes beside the rows, at the least. P has from n k to 2 n k entries, which is not known before; here
 * it has n k, so that rather too much is let through than too little. With method "exact" it has n (n - 1): 20 bytes each with what the
 * descent makes of them, and no more than some 23,000 rows fit into its step.
 */
export function tsneNeed({ n, d }: RowsShape, params: ResolvedParams): Need {
  const { perplexity, method, metric, nComponents, init } = params;
  const k = method === "exact" ? n - 1 : neighborCount(n, perplexity);
  const P = ENTRY * n * k;
  const search =
    method === "exact"
      ? { step: denseBytes(n, d, metric), peak: 0 }
      : nearestNeed({ n, d, k, metric });
  const start = init === "pca" ? pcaBytes(n, d) : 0;
  const descent = descentBytes(nComponents, { n, entries: n * k });
  // conditional probabilities, their transpose, and P
  const affinities = method === "exact" ? P : 3 * P;
  const step = Math.max(search.step, start, descent);
  // a team's memory is kept for the next
  return { step, peak: Math.max(search.peak, search.step + affinities, step + P) };
}

/** @throws {RangeError} saying how many rows would fit, if these do not. */
export function checkMap({ n, d }: RowsShape, params: ResolvedParams): void {
  const { method, metric, perplexity } = params;
  const rows = metric === "precomputed" ? "with their distances" : `of ${d} columns`;
  const P = method === "exact" ? "method exact, over all pairs" : `perplexity ${perplexity}`;
  checkMemory({ who: "TSNE", n, of: `${rows} (${P})` }, (n) => tsneNeed({ n, d }, params));
}
