import type { DBSCANResult } from "../dbscan/dbscan.ts";
import type { Matrix } from "../matrix.ts";
import type { Token } from "../model/vocabulary/vocabulary.ts";
import type { TokenGroup } from "../report/groups.ts";
import type { ResultJson, TsneJson } from "../report/result.ts";
import { groupDigits, plural } from "../text/numbers.ts";
import type { TSNE, TSNEResult } from "../tsne/tsne.ts";

/** All that the road gives. */
export interface NotebookResult {
  /** The row numbers taken, in order; n of them. */
  readonly ids: Int32Array;
  readonly tokens: readonly Token[];
  /** The rows after the transforms, (n, dim). */
  readonly X: Matrix;
  /**
   * Their Gram matrix, (n, n); of more than 800 rows a picture of it, a square of at most 800 rows whose entries are the
   * exact means of blocks of it (`gramTile`).
   */
  readonly G: Matrix;
  /** The map, (n, 2). */
  readonly Y: Matrix;
  /** Null when coordinates were given. */
  readonly tsne: TSNEResult | null;
  readonly dbscan: DBSCANResult;
  readonly groups: readonly TokenGroup[];
  /** What a reader should know before looking: about the model, and about rows that t-SNE can't do justice. */
  readonly notes: readonly string[];
  /** What to say when eps gave fewer than two clusters or one with over nine tenths of the points; else null. */
  readonly advice: string | null;
  /** SVG. */
  readonly figures: {
    readonly embeddings: string;
    readonly map: string;
    readonly clusters: string;
  };
  readonly result: ResultJson;
  /** The figures, token lists and parameters as one HTML page that needs nothing else. */
  readonly report: string;
}

/** What result.json says of t-SNE. */
export function tsneFacts({ params }: TSNE, map: TSNEResult): TsneJson {
  return {
    method: map.method,
    metric: params.metric,
    neighbors: map.neighbors,
    perplexity: params.perplexity,
    seed: params.randomState,
    init: typeof params.init === "string" ? params.init : "given",
    learningRate: map.learningRate,
    earlyExaggeration: params.earlyExaggeration,
    iterations: params.maxIter,
    nIter: map.nIter,
    klDivergence: map.klDivergence,
    repulsion: map.repulsion,
    meshSpacing: map.meshSpacing,
  };
}

/** Says when rows have too many equally near others for the perplexity asked for. */
export function missedNote(map: TSNEResult | null, perplexity: number): string[] {
  const missed = map?.perplexityMissed ?? 0;
  if (missed === 0) return [];
  return [
    `${groupDigits(missed)} of ${plural(map!.embedding.shape[0], "row")} have too many equally near rows (duplicates?) for perplexity ${perplexity}; the nearest one there is was taken for them`,
  ];
}
