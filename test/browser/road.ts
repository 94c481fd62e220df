/** All kernels on the sample's rows, each result as a hash: what must be the same wherever it runs. */
import type * as library from "../../src/anywhere.ts";

export type Hashes = Readonly<Record<string, string>>;

/** Rows enough for threads, the mesh, and neighbours by integers. */
const ROWS = 2500;

export async function roadHashes(
  {
    dbscanHierarchy,
    gram,
    gramTile,
    nearestNeighbors,
    runNotebook,
    stringifyResult,
    TSNE,
  }: typeof library,
  model: library.Model,
  threads: number,
): Promise<Hashes> {
  const run = { threads };
  const X = await model.rows({ rows: Int32Array.from({ length: ROWS }, (_, i) => i) });
  const near = await nearestNeighbors(X, { k: 40, ...run });
  const road = await runNotebook({
    ...{ model, rows: `0:${ROWS}`, perplexity: 20, maxIter: 300, eps: 1, ...run },
  });
  const three = await new TSNE({ nComponents: 3, perplexity: 20, maxIter: 30 }).fit(X, run);
  const hierarchy = await dbscanHierarchy(road.Y, { minSamples: 3, ...run });
  return {
    gram: await sha256((await gram(X, run)).data),
    tile: await sha256((await gramTile(X, { shape: [700, 900], ...run })).data),
    neighbors: await sha256(near.indices),
    distances: await sha256(near.distances),
    map: await sha256(road.Y.data),
    three: await sha256(three.embedding.data),
    labels: await sha256(road.dbscan.labels),
    hierarchy: await sha256(hierarchy.at(0.5).labels),
    figures: await sha256(Object.values(road.figures).join("")),
    result: await sha256(stringifyResult(road.result).replace(/"timings": \{[^}]*\}/, "")),
  };
}

export async function sha256(data: string | Float32Array | Int32Array): Promise<string> {
  const bytes =
    typeof data === "string"
      ? new TextEncoder().encode(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
}
