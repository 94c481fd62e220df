/** Nearest neighbours of the probes, for the model card. */
import { matrix } from "../src/matrix.ts";
import { nearestTo } from "../src/neighbors/nearest-to.ts";
import type { LanguageModel } from "./language-model.ts";
import type { Probe } from "./probes.ts";

/** How many neighbours the card shows of each probe. */
const NEIGHBORS = 10;

/** A probe with what was found. */
export interface ProbeResult extends Probe {
  /** Undefined if the probe's text is not one token. */
  readonly id: number | undefined;
  /** Nearest first. */
  readonly neighbors: readonly { readonly id: number; readonly cosine: number }[];
}

/**
 * The embeddings nearest to each probe's by cosine similarity, among all tokens but itself.
 *
 * @param find The id of the token with a text, if there is one.
 */
export async function probe(
  probes: readonly Probe[],
  { embeddings, vocab, dim }: LanguageModel,
  find: (text: string) => number | undefined,
): Promise<ProbeResult[]> {
  const rows = matrix(vocab, dim, Float32Array.from(embeddings));
  const results: ProbeResult[] = [];
  for (const one of probes) {
    const id = find(one.text);
    if (id === undefined) {
      results.push({ ...one, id, neighbors: [] });
      continue;
    }
    const { indices, scores } = await nearestTo(rows, id, { k: NEIGHBORS });
    const neighbors = Array.from(indices, (other, i) => ({ id: other, cosine: scores[i]! }));
    results.push({ ...one, id, neighbors });
  }
  return results;
}
