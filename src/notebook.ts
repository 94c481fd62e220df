/**
 * The notebook as one function: rows -> Gram matrix -> t-SNE -> DBSCAN -> figures and token lists.
 * Start here; every step is one call into its station's folder.
 */
import type { RunOptions } from "./compute/run.ts";
import { DBSCAN } from "./dbscan/dbscan.ts";
import { epsAdvice } from "./dbscan/eps.ts";
import { clustersOf } from "./figures/clusters.ts";
import { gramPicture } from "./gram/picture.ts";
import { selectRows } from "./model/rows.ts";
import { transformRows } from "./model/transforms.ts";
import { drawFigures } from "./notebook/figures.ts";
import { checkRoad } from "./notebook/memory.ts";
import {
  checkCoordinates,
  checkOptions,
  type NotebookOptions,
  tsneParams,
} from "./notebook/options.ts";
import { missedNote, type NotebookResult, tsneFacts } from "./notebook/result.ts";
import { stopwatch } from "./notebook/stopwatch.ts";
import { tokenGroups } from "./report/groups.ts";
import { reportHtml } from "./report/html.ts";
import { type RunFacts, resultJson, withTimings } from "./report/result.ts";
import { checkRowCount } from "./tsne/params.ts";
import { TSNE } from "./tsne/tsne.ts";

export type { NotebookOptions } from "./notebook/options.ts";
export type { NotebookResult } from "./notebook/result.ts";

/**
 * Runs the whole road. Nothing is sampled, centred or normalised unless `transforms` says so, and the
 * same options give the same bytes, `result.timings` apart.
 *
 * @throws {RangeError | TypeError} for rows or parameters out of range, NaN or infinities in the rows, more rows than
 *   fit into memory.
 * @throws {ThreadError} if a thread dies.
 *
 * @example
 * const { groups, figures } = await runNotebook({ model: await openModel("sample") });
 */
export async function runNotebook(options: NotebookOptions): Promise<NotebookResult> {
  checkOptions(options);
  const {
    model,
    rows = "0:100",
    transforms = [],
    limits = "data",
    eps = 7,
    minSamples = 3,
  } = options;
  const dbscan = new DBSCAN({ eps, minSamples });
  const tsne = new TSNE(tsneParams(options));
  const clock = stopwatch(options);
  const { signal, threads } = options;
  const run: RunOptions = { signal, threads, onProgress: clock.onProgress };

  const ids = selectRows(rows, model.shape[0]);
  const { coordinates } = options;
  const { perplexity } = tsne.params;
  if (coordinates === undefined) {
    checkRowCount(ids.length, perplexity);
  } else checkCoordinates(coordinates, ids.length);
  const mapped = coordinates === undefined ? tsne.params : null;
  checkRoad({ n: ids.length, d: model.shape[1], tsne: mapped });
  const tokens = Array.from(ids, (id) => model.vocabulary.token(id));

  const X = transformRows(await model.rows({ rows: ids, ...run }), transforms);
  clock.lap("load");

  const G = await gramPicture(X, run);
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
  const untimed = resultJson(facts);
  const figures = await drawFigures({ X, G }, facts, untimed, run);
  clock.lap("figures");

  const notes = [...model.notes, ...missedNote(map, perplexity)];
  const result = withTimings(untimed, clock.times);
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
