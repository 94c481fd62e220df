import type { DBSCANResult } from "../dbscan/dbscan.ts";
import { rangeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";
import type { Model, RowSelection } from "../model/model.ts";
import type { Token } from "../model/vocabulary/vocabulary.ts";
import { hexBytes } from "../text/numbers.ts";
import { version } from "../version.ts";
import { shortestFloat32 } from "./float32.ts";
import { rowsText } from "./rows-text.ts";

/** What a run was and what it found: the content of `result.json`, in this order of keys. */
export interface ResultJson {
  /** The version that made it. */
  readonly tokenscape: string;
  /** The command line that makes it again; null where the library was called. */
  readonly command: string | null;
  readonly model: ModelJson;
  /** The rows as the user asked for them, `"0:100"`. */
  readonly rows: string;
  /** What was done to the rows before the road began, in order. */
  readonly transforms: readonly string[];
  /** Where the coordinates came from when t-SNE was skipped; else null. */
  readonly coordinates: string | null;
  /** Colour limits of the figures: from the data, or the notebook's. */
  readonly limits: "data" | "notebook";
  /** Null when coordinates were given. */
  readonly tsne: TsneJson | null;
  readonly dbscan: DbscanJson;
  /** In the order of the rows. */
  readonly tokens: readonly TokenJson[];
  /** In milliseconds; the only part that differs between two runs of the same command. */
  readonly timings: TimingsJson;
}

/** Of the model, what a reader needs to find the same numbers. */
export interface ModelJson {
  readonly name: string;
  /** The commit on the hub; null for files. */
  readonly revision: string | null;
  /** The day on which the revision was resolved (UTC, `"2026-11-23"`); null for files. */
  readonly fetched: string | null;
  /** The weight file, where it was named or has a name of its own; missing for the standard names. */
  readonly weights?: string;
  readonly tensor: string;
  /** Which token matrix the tensor is; null for another tensor, and for files of one matrix. */
  readonly matrix: "input" | "output" | null;
  /** Whether the output matrix is the input matrix; null where there is none, or that can't be told. */
  readonly tied: boolean | null;
  readonly dtype: string;
  readonly shape: readonly [vocab: number, dim: number];
}

/** What is told of an open model. */
export type ModelFacts = Pick<
  Model,
  "name" | "revision" | "fetched" | "tensor" | "matrix" | "matrices" | "dtype" | "shape"
> &
  Partial<Pick<Model, "weights">>;

/**
 * t-SNE's parameters and outcome; the words are scikit-learn's, but `seed` and `iterations` the
 * command's.
 */
export interface TsneJson {
  readonly method: "neighbors" | "exact";
  readonly metric: string;
  /** Neighbours of every row behind P; n - 1 for the exact method. */
  readonly neighbors: number;
  readonly perplexity: number;
  readonly seed: number;
  readonly init: string;
  readonly learningRate: number;
  readonly earlyExaggeration: number;
  /** As asked for; `nIter` were done. */
  readonly iterations: number;
  readonly nIter: number;
  readonly klDivergence: number;
  /** Over all pairs, or in some iterations by the particle mesh, and then the widest spacing of its points. */
  readonly repulsion: "pairs" | "mesh";
  readonly meshSpacing: number | null;
}

/** DBSCAN's parameters and outcome. */
export interface DbscanJson {
  /** In units of the map. */
  readonly eps: number;
  readonly minSamples: number;
  readonly clusters: number;
  /** Number of tokens in no cluster. */
  readonly noise: number;
  /** Number of tokens in cluster 0, 1, ... */
  readonly sizes: readonly number[];
  /** What to try, where eps does not suit the map; else null. */
  readonly advice: string | null;
}

export interface TokenJson {
  /** The row. */
  readonly id: number;
  /** Null where the bytes are not UTF-8, and for padding. */
  readonly text: string | null;
  readonly display: string;
  /** Two hexadecimal digits per byte; empty for padding. */
  readonly bytes: string;
  /** Coordinates on the map: the shortest decimals that float32 restores. */
  readonly x: number;
  readonly y: number;
  /** -1 for noise. */
  readonly cluster: number;
  /** True for DBSCAN's core samples. */
  readonly core: boolean;
  /** How often training saw the token; missing where the model does not say. */
  readonly occurrences?: number;
}

export interface TimingsJson {
  readonly load: number;
  readonly gram: number;
  readonly neighbors: number;
  readonly tsne: number;
  readonly dbscan: number;
  readonly figures: number;
}

/** The plain facts of a run; n tokens. */
export interface RunFacts {
  readonly command: string | null;
  readonly model: ModelFacts;
  readonly rows: RowSelection;
  readonly transforms: readonly string[];
  readonly coordinates: string | null;
  readonly limits: "data" | "notebook";
  readonly tsne: TsneJson | null;
  readonly dbscan: Pick<DBSCANResult, "labels" | "coreSampleIndices"> & {
    readonly eps: number;
    readonly minSamples: number;
    readonly advice: string | null;
  };
  readonly tokens: readonly Token[];
  /** The map, (n, 2). */
  readonly Y: Matrix;
  readonly timings: TimingsJson;
}

/**
 * The result of a run as plain JSON values.
 *
 * @throws {RangeError} if tokens, labels and coordinates are not equally many, or a coordinate is
 *   not finite.
 */
export function resultJson(facts: RunFacts): ResultJson {
  const { command, model, transforms, coordinates, limits, tsne, dbscan, timings } = facts;
  checkFacts(facts);
  return {
    tokenscape: version,
    command,
    model: modelJson(model),
    rows: rowsText(facts.rows),
    transforms: [...transforms],
    coordinates,
    limits,
    tsne: tsne && tsneJson(tsne),
    dbscan: dbscanJson(dbscan),
    tokens: tokensJson(facts),
    timings: timingsJson(timings),
  };
}

/** What a JSON output says of a model. */
export function modelJson(model: ModelFacts): ModelJson {
  const { name, revision, fetched, weights, tensor, matrix, matrices, dtype, shape } = model;
  const tied = matrix === null ? null : (matrices?.tied ?? null);
  return {
    ...{ name, revision, fetched },
    ...(typeof weights === "string" ? { weights } : {}),
    ...{ tensor, matrix, tied, dtype, shape: [...shape] },
  };
}

/** The same result with the times that have been taken since. */
export function withTimings(result: ResultJson, timings: TimingsJson): ResultJson {
  return { ...result, timings: timingsJson(timings) };
}

function tsneJson(tsne: TsneJson): TsneJson {
  const { method, metric, neighbors, perplexity, seed, init } = tsne;
  const { learningRate, earlyExaggeration, iterations, nIter, klDivergence } = tsne;
  const { repulsion, meshSpacing } = tsne;
  return {
    ...{ method, metric, neighbors, perplexity, seed, init },
    ...{ learningRate, earlyExaggeration, iterations, nIter, klDivergence },
    ...{ repulsion, meshSpacing },
  };
}

function dbscanJson({ eps, minSamples, labels, advice }: RunFacts["dbscan"]): DbscanJson {
  const sizes: number[] = [];
  let noise = 0;
  for (const label of labels) {
    if (label === -1) noise++;
    else {
      while (sizes.length <= label) sizes.push(0);
      sizes[label]!++;
    }
  }
  return { eps, minSamples, clusters: sizes.length, noise, sizes, advice };
}

function tokensJson({ tokens, Y, dbscan }: RunFacts): TokenJson[] {
  const core = new Uint8Array(tokens.length);
  for (const i of dbscan.coreSampleIndices) core[i] = 1;
  return tokens.map(({ id, text, display, bytes, occurrences }, i) => ({
    id,
    text,
    display,
    bytes: hexBytes(bytes),
    x: shortestFloat32(Y.data[2 * i]!),
    y: shortestFloat32(Y.data[2 * i + 1]!),
    cluster: dbscan.labels[i]!,
    core: core[i] === 1,
    ...(occurrences === undefined ? {} : { occurrences }),
  }));
}

function timingsJson({ load, gram, neighbors, tsne, dbscan, figures }: TimingsJson): TimingsJson {
  const rounded = (time: number): number => Math.round(time * 10) / 10;
  return {
    load: rounded(load),
    gram: rounded(gram),
    neighbors: rounded(neighbors),
    tsne: rounded(tsne),
    dbscan: rounded(dbscan),
    figures: rounded(figures),
  };
}

function checkFacts({ tokens, Y, dbscan }: RunFacts): void {
  checkMatrix("resultJson", Y);
  checkFinite("resultJson", Y);
  const n = tokens.length;
  if (Y.shape[0] !== n || Y.shape[1] !== 2 || dbscan.labels.length !== n) {
    throw rangeError(
      `resultJson: expected ${n} labels and coordinates of shape (${n}, 2) for ${n} tokens, got ${dbscan.labels.length} and (${Y.shape.join(", ")})`,
    );
  }
}
