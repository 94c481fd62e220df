/** DBSCAN by its definition, from any distance: the twin of the faster ways, and the way for other metrics. */
import type { Clustering, ClusterParams } from "../dbscan.ts";
import type { SquaredDistance } from "../metrics.ts";
import { breather } from "../run.ts";

/** The clusters of n things; looks at every pair, in time that grows with n^2 and memory with n. */
export async function dbscanTwin(
  distance: SquaredDistance,
  n: number,
  { eps, minSamples, sampleWeight, ...options }: ClusterParams,
): Promise<Clustering> {
  const near = neighborhoods(distance, n, eps);
  const breath = breather("DBSCAN", 2 * n, options);

  const isCore = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    let weight = 0;
    for (const j of near(i)) weight += sampleWeight === undefined ? 1 : sampleWeight[j]!;
    isCore[i] = weight >= minSamples ? 1 : 0;
    await breath(i + 1);
  }

  const labels = new Int32Array(n).fill(-1);
  let nClusters = 0;
  let visited = 0;
  for (let seed = 0; seed < n; seed++) {
    if (labels[seed] !== -1 || isCore[seed] === 0) continue;
    labels[seed] = nClusters;
    const stack = [seed];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      for (const j of near(i)) {
        if (labels[j] !== -1) continue;
        labels[j] = nClusters;
        if (isCore[j] === 1) stack.push(j);
      }
      await breath(n + ++visited);
    }
    nClusters++;
  }
  await breath(2 * n);
  const coreSampleIndices = Int32Array.from(labels.keys()).filter((i) => isCore[i] === 1);
  return { labels, coreSampleIndices, nClusters };
}

/** The points within eps of point i, itself included, ascending. */
function neighborhoods(
  distance: SquaredDistance,
  n: number,
  eps: number,
): (i: number) => Generator<number> {
  const limit = eps * eps;
  return function* near(i) {
    for (let j = 0; j < n; j++) if (i === j || distance(i, j) <= limit) yield j;
  };
}
