/** Nearest neighbours of the probes, for the model card. */
import type { Probe } from "./probes.ts";

/** A probe with what was found. */
export interface ProbeResult extends Probe {
  /** Undefined if the probe's text is not one token. */
  readonly id: number | undefined;
  /** Nearest first. */
  readonly neighbors: readonly { readonly id: number; readonly cosine: number }[];
}

/**
 * The k rows nearest to each probe's row by cosine similarity, itself left out; ties by id.
 *
 * @param rows (vocab, dim), the input embeddings.
 * @param find The id of the token with a text, if there is one.
 */
export function probe(
  probes: readonly Probe[],
  rows: Float64Array,
  dim: number,
  find: (text: string) => number | undefined,
  k: number,
): ProbeResult[] {
  const norms = Float64Array.from({ length: rows.length / dim }, (_, id) =>
    Math.sqrt(dot(rows, id, id, dim)),
  );
  return probes.map((one) => {
    const id = find(one.text);
    if (id === undefined) return { ...one, id, neighbors: [] };
    const all = Array.from(norms, (norm, other) => ({
      id: other,
      cosine: dot(rows, id, other, dim) / (norms[id]! * norm || 1),
    }));
    all.sort((a, b) => b.cosine - a.cosine || a.id - b.id);
    return { ...one, id, neighbors: all.filter((other) => other.id !== id).slice(0, k) };
  });
}

function dot(rows: Float64Array, a: number, b: number, dim: number): number {
  let sum = 0;
  for (let i = 0; i < dim; i++) sum += rows[a * dim + i]! * rows[b * dim + i]!;
  return sum;
}
