/**
 * The notebook as one function: rows -> Gram matrix -> t-SNE -> DBSCAN -> figures and token lists.
 * Start here; every step is one call into its station's folder.
 */
import { breather, type Progress, type RunOptions } from "./compute/run.ts";
import { DBSCAN, type DBSCANResult } from "./dbscan/dbscan.ts";
import { epsAdvice } from "./dbscan/eps.ts";
import { clusterFigure } from "./figures/cluster-figure.ts";
import { clustersOf } from "./figures/clusters.ts";
import { gramFigure } from "./figures/gram-figure.ts";
import { mapFigure } from "./figures/map-figure.ts";
import { gram } from "./gram/gram.ts";
import type { Matrix } from "./matrix.ts";
import type { Model, RowSelection } from "./model/model.ts";
import { selectRows } from "./model/rows.ts";
import { type Transform, transformRows } from "./model/transforms.ts";
import type { Token } from "./model/vocabulary.ts";
import { captionLines, summary } from "./report/caption.ts";
import { type TokenGroup, tokenGroups } from "./report/groups.ts";
import { reportHtml } from "./report/html.ts";
import { type ResultJson, type RunFacts, resultJson, type TsneJson } from "./report/result.ts";
import { checkRowCount } from "./tsne/params.ts";
import { TSNE, type TSNEResult } from "./tsne/tsne.ts";

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

/**
 * Runs the whole road. Nothing is sampled, centred or normalised unless `transforms` says so, and the
 * same options give the same bytes, `result.timings` apart.
 *
 * @throws {RangeError | TypeError} for rows or parameters out of range, NaN or infinities in the rows.
 *
 * @example
 * const { groups, figures } = await runNotebook({ model: await openModel("sample") });
 */
export async function runNotebook(options: NotebookOptions): Promise<NotebookResult> {
  const {
    model,
    rows = "0:100",
    transforms = [],
    limits = "data",
    eps = 7,
    minSamples = 3,
  } = options;
  const dbscan = new DBSCAN({ eps, minSamples });
  const tsne = new TSNE({ ...tsneParams(options) });
  const clock = stopwatch(options);
  const run: RunOptions = { signal: options.signal, onProgress: clock.onProgress };

  const ids = selectRows(rows, model.shape[0]);
  const tokens = Array.from(ids, (id) => model.vocabulary.token(id));
  const { coordinates } = options;
  if (coordinates === undefined) checkRowCount(ids.length, tsne.params.perplexity);
  else checkCoordinates(coordinates, ids.length);

  const X = transformRows(await model.rows({ rows: ids, ...run }), transforms);
  clock.lap("load");

  const G = await gram(X, run);
  clock.lap("gram");

  const map = coordinates === undefined ? await tsne.fit(X, run) : null;
  const Y = map?.embedding ?? coordinates!;
  clock.lap("tsne");

  const clusters = await dbscan.fit(Y, run);
  const advice = await epsAdvice(Y, clusters, { eps, minSamples, ...run });
  const groups = tokenGroups(clusters.labels, tokens);
  clock.lap("dbscan");

  const facts: RunFacts = {
    command: options.command ?? null,
    model,
    rows,
    transforms,
    coordinates: map === null ? (options.coordinatesName ?? "coordinates") : null,
    limits,
    tsne: map && tsneFacts(tsne, map),
    dbscan: { ...clusters, eps, minSamples, advice },
    tokens,
    Y,
    timings: clock.times,
  };
  const figures = await drawFigures({ X, G }, facts, run);
  clock.lap("figures");

  const notes = [...model.notes, ...missedNote(map, tsne.params.perplexity)];
  const result = resultJson(facts);
  const { styles } = clustersOf(Y, clusters.labels);
  const report = reportHtml({
    ...{ result, figures, groups, notes },
    colorOf: (label) => styles[label]?.color ?? "transparent",
    markOf: (label) => styles[label]?.mark ?? "circle",
  });
  return {
    ids,
    tokens,
    X,
    G,
    Y,
    tsne: map,
    dbscan: clusters,
    groups,
    notes,
    advice,
    figures,
    result,
    report,
  };
}

/** The notebook's three figures, each with the caption that says how to make it again. */
async function drawFigures(
  { X, G }: { X: Matrix; G: Matrix },
  facts: RunFacts,
  run: RunOptions,
): Promise<NotebookResult["figures"]> {
  const { tokens, Y, limits } = facts;
  const { labels, eps } = facts.dbscan;
  const result = resultJson(facts);
  const caption = captionLines(result);
  const projection = facts.tsne === null ? "given" : "t-SNE";
  const rows = `${tokens.length} token embeddings`;
  const drawn = breather("figures", 3, run);

  const embeddings = gramFigure({
    ...{ X, G, limits, caption },
    description: `Heat maps of ${rows} of ${X.shape[1]} dimensions, of their transpose and of their Gram matrix.`,
  });
  await drawn(1);
  const map = mapFigure({
    ...{ G, Y, tokens, limits, projection, caption },
    description: `Gram matrix of ${rows}, and a map on which each token is a named dot.`,
  });
  await drawn(2);
  const clusters = clusterFigure({
    ...{ Y, labels, tokens, eps, projection, caption },
    description: `The map coloured by DBSCAN's clusters. ${summary(result)}`,
  });
  await drawn(3);
  return { embeddings, map, clusters };
}

/** Says when rows have too many equally near others for the perplexity asked for. */
function missedNote(map: TSNEResult | null, perplexity: number): string[] {
  const missed = map?.perplexityMissed ?? 0;
  if (missed === 0) return [];
  return [
    `${missed} of ${map!.embedding.shape[0]} rows have too many equally near rows (duplicates?) for perplexity ${perplexity}; the nearest one there is was taken for them`,
  ];
}

function tsneParams(options: NotebookOptions) {
  const { metric, perplexity = 5, maxIter, init, randomState } = options;
  return { metric, perplexity, maxIter, init, randomState };
}

/** What result.json says of t-SNE. */
function tsneFacts({ params }: TSNE, map: TSNEResult): TsneJson {
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
  };
}

function checkCoordinates(Y: Matrix | undefined, n: number): void {
  if (Y !== undefined && (Y.shape[0] !== n || Y.shape[1] !== 2)) {
    throw new RangeError(
      `coordinates: expected ${n} x 2, one row for every token, got ${Y.shape[0]} x ${Y.shape[1]}`,
    );
  }
}

/** Times the steps in milliseconds; the neighbours' share of t-SNE is told from its progress. */
function stopwatch({ onProgress }: RunOptions) {
  const times = { load: 0, gram: 0, neighbors: 0, tsne: 0, dbscan: 0, figures: 0 };
  let last = performance.now();
  let mapping = false;
  const lap = (step: keyof typeof times) => {
    const now = performance.now();
    times[step] = now - last;
    last = now;
    mapping = step === "gram";
  };
  return {
    times,
    lap,
    onProgress(progress: Progress) {
      const found = progress.step === "neighbours" && progress.done === progress.total;
      if (mapping && found) lap("neighbors");
      onProgress?.(progress);
    },
  };
}
