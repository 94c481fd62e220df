/**
 * The public names that are the same everywhere, in the road's order. `index.ts` (Node) and `browser.ts`
 * add `openModel`, which knows files in one and only the network in the other.
 */

export type { Metric } from "./compute/metrics.ts";
export type { Progress, RunOptions } from "./compute/run.ts";
// 5 DBSCAN
export { DBSCAN, type DBSCANParams, type DBSCANResult, NOISE } from "./dbscan/dbscan.ts";
export { epsAdvice, kDistances, knee } from "./dbscan/eps.ts";
export { type DBSCANHierarchy, dbscanHierarchy } from "./dbscan/hierarchy.ts";
export {
  FormatError,
  HubError,
  isTokenscapeError,
  ThreadError,
  UnsupportedError,
} from "./errors.ts";
// 6 figures
export { type ClusterFigureOptions, clusterFigure } from "./figures/cluster-figure.ts";
export type { FigureText, FigureToken } from "./figures/figure.ts";
export { type GramFigureOptions, gramFigure } from "./figures/gram-figure.ts";
export { type MapFigureOptions, mapFigure } from "./figures/map-figure.ts";
// 2 Gram matrix
export { gram } from "./gram/gram.ts";
export { type GramTileOptions, gramTile } from "./gram/tile.ts";
export { fromRows, type Matrix, matrix } from "./matrix.ts";
// 1 rows and tokens
export {
  blobSource,
  chosenFiles,
  type DirectoryHandle,
  directoryFiles,
  type NamedBlob,
} from "./model/blob-files.ts";
export { type ByteSource, bufferSource, type SliceOptions } from "./model/bytes/source.ts";
export type { FileOptions, ModelFiles } from "./model/files.ts";
export type { Patience } from "./model/hub/retry.ts";
export type {
  Dtype,
  MatrixName,
  Model,
  ModelHeaders,
  RowSelection,
  TensorInfo,
  TokenMatrices,
} from "./model/model.ts";
export { type OpenFilesOptions, openFiles } from "./model/open-files.ts";
export { matchRows, rowsOfDisplays, selectRows } from "./model/rows.ts";
export { type Transform, transformRows } from "./model/transforms.ts";
export type { Token, TokenKind, Vocabulary } from "./model/vocabulary/vocabulary.ts";
export { readNpy, writeNpy } from "./model/weights/npy.ts";
// 3 exact neighbours
export { nearestTo, type Similarity } from "./neighbors/nearest-to.ts";
export { type NeighborMetric, type Neighbors, nearestNeighbors } from "./neighbors/neighbors.ts";
export { trustworthiness } from "./neighbors/trustworthiness.ts";
// the whole road
export { type NotebookOptions, type NotebookResult, runNotebook } from "./notebook.ts";
// 7 token lists and report
export { tokensCsv } from "./report/csv.ts";
export { type TokenGroup, tokenGroups } from "./report/groups.ts";
export { type ReportParts, reportHtml } from "./report/html.ts";
export type { ResultJson } from "./report/result.ts";
export { stringifyResult } from "./report/result-text.ts";
// 4 t-SNE
export { TSNE, type TSNEParams, type TSNEResult } from "./tsne/tsne.ts";
export { version } from "./version.ts";
