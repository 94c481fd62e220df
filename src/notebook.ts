import type { RunOptions } from "./compute/run.ts";
import type { DBSCANResult } from "./dbscan/dbscan.ts";
import type { Matrix } from "./matrix.ts";
import type { Model, RowSelection } from "./model/model.ts";
import type { Token } from "./model/vocabulary.ts";
import type { TokenGroup } from "./report/groups.ts";
import type { ResultJson } from "./report/result.ts";
import type { TSNEResult } from "./tsne/tsne.ts";

/** What may be done to the rows before the road begins; every one is named in captions and results. */
export type Transform = "center" | "unit";

/** The parameters of the road; the defaults are the notebook's. */
export interface NotebookOptions extends RunOptions {
  readonly model: Model;
  /** Which rows, default `"0:100"`. */
  readonly rows?: RowSelection | undefined;
  /** Applied to the rows in this order, default none: subtract the mean row, scale each row to length 1. */
  readonly transforms?: readonly Transform[] | undefined;
  /** Distance between rows for the neighbours and t-SNE, default `"euclidean"`. */
  readonly metric?: "euclidean" | "cosine" | undefined;
  readonly perplexity?: number | undefined;
  readonly maxIter?: number | undefined;
  readonly init?: "pca" | "random" | undefined;
  /** Seed from 0 to 2^32 - 1, default 0. */
  readonly randomState?: number | undefined;
  /** Use these (n, 2) coordinates in place of t-SNE. */
  readonly coordinates?: Matrix | undefined;
  /** Radius of DBSCAN in units of the map, default 7. */
  readonly eps?: number | undefined;
  readonly minSamples?: number | undefined;
  /** Colour limits: from the data (default), or the notebook's ±0.2 and 2 to 7. */
  readonly limits?: "data" | "notebook" | undefined;
  /** The command line that makes this again, for captions. */
  readonly command?: string | undefined;
}

/** All that the road gives. */
export interface NotebookResult {
  /** The row numbers taken, in order; n of them. */
  readonly ids: Int32Array;
  readonly tokens: readonly Token[];
  /** The rows after the transforms (n, dim), their Gram matrix (n, n) and the map (n, 2). */
  readonly X: Matrix;
  readonly G: Matrix;
  readonly Y: Matrix;
  /** Null when coordinates were given. */
  readonly tsne: TSNEResult | null;
  readonly dbscan: DBSCANResult;
  readonly groups: readonly TokenGroup[];
  /** What to say when eps gave fewer than two clusters or one with nine tenths of the points; else null. */
  readonly advice: string | null;
  /** SVG. */
  readonly figures: {
    readonly embeddings: string;
    readonly map: string;
    readonly clusters: string;
  };
  readonly result: ResultJson;
}
