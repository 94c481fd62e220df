import type { RunOptions } from "../compute/run.ts";
import { rangeError, typeError } from "../errors.ts";
import { checkFinite, checkMatrix, type Matrix } from "../matrix.ts";
import type { Model, RowSelection } from "../model/model.ts";
import { checkTransforms, type Transform } from "../model/transforms.ts";
import type { TSNEParams } from "../tsne/params.ts";

/** The parameters of the road; the defaults are the notebook's. */
export interface NotebookOptions extends RunOptions {
  readonly model: Model;
  /** Which rows, default `"0:100"`. */
  readonly rows?: RowSelection | undefined;
  /** Applied to the rows in this order, default none: subtract the mean row, scale each row to length 1. */
  readonly transforms?: readonly Transform[] | undefined;
  /** Distance between rows for the neighbours and t-SNE, default `"euclidean"`. */
  readonly metric?: "euclidean" | "cosine" | undefined;
  /** Effective number of neighbours of t-SNE, default 5. */
  readonly perplexity?: number | undefined;
  /** Iterations of t-SNE at most, default 1000. */
  readonly maxIter?: number | undefined;
  /** Start of t-SNE, default `"pca"`. */
  readonly init?: "pca" | "random" | undefined;
  /** Seed from 0 to 2^32 - 1, default 0. */
  readonly randomState?: number | undefined;
  /** Use these (n, 2) coordinates in place of t-SNE. */
  readonly coordinates?: Matrix | undefined;
  /** What to call the coordinates in captions: the name of their file. */
  readonly coordinatesName?: string | undefined;
  /** Radius of DBSCAN in units of the map, default 7. */
  readonly eps?: number | undefined;
  /** Points within eps that make a core point, itself included; default 3. */
  readonly minSamples?: number | undefined;
  /** Colour limits: from the data (default), or the notebook's ±0.2 and 2 to 7. */
  readonly limits?: "data" | "notebook" | undefined;
  /** The command line that makes this again, for captions. */
  readonly command?: string | undefined;
}

const NAMES: Record<keyof NotebookOptions, true> = {
  ...{ model: true, rows: true, transforms: true, metric: true, perplexity: true, maxIter: true },
  ...{ init: true, randomState: true, coordinates: true, coordinatesName: true, eps: true },
  ...{
    minSamples: true,
    limits: true,
    command: true,
    signal: true,
    onProgress: true,
    threads: true,
  },
};

/**
 * Checks what t-SNE and DBSCAN don't check themselves, before any work.
 *
 * @throws {TypeError} for options that are unknown or not of their kind.
 */
export function checkOptions({
  model,
  init,
  limits,
  transforms,
  ...others
}: NotebookOptions): void {
  const unknown = Object.keys(others).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined) {
    throw typeError(
      `runNotebook: expected options ${Object.keys(NAMES).join(", ")}, got ${unknown}`,
    );
  }
  if (typeof model?.rows !== "function") {
    throw typeError("runNotebook: expected model to be a model, as openModel gives it");
  }
  if (init !== undefined && init !== "pca" && init !== "random") {
    throw typeError(`runNotebook: expected init to be pca or random, got ${String(init)}`);
  }
  if (limits !== undefined && limits !== "data" && limits !== "notebook") {
    throw typeError(`runNotebook: expected limits to be data or notebook, got ${String(limits)}`);
  }
  if (transforms !== undefined) checkTransforms(transforms);
}

/** What of the options is t-SNE's; the default perplexity is the notebook's. */
export function tsneParams(options: NotebookOptions): TSNEParams {
  const { metric, perplexity = 5, maxIter, init, randomState } = options;
  return { metric, perplexity, maxIter, init, randomState };
}

/** @throws {TypeError | RangeError} unless the coordinates are a finite map of n points. */
export function checkCoordinates(Y: Matrix, n: number): void {
  checkMatrix("coordinates", Y);
  if (Y.shape[0] !== n || Y.shape[1] !== 2) {
    throw rangeError(
      `coordinates: expected ${n} x 2, one row for every token, got ${Y.shape[0]} x ${Y.shape[1]}`,
    );
  }
  checkFinite("coordinates", Y);
}
