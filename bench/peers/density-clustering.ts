/** DBSCAN of density-clustering: looks at every pair. Its neighbourhoods leave the boundary out. */

import { MIN_SAMPLES, mapEps } from "../eps.ts";
import { readMatrix } from "../npy-file.ts";
import { answer, readTask, timed } from "../task.ts";
import { asLists, importPeer, peerVersion } from "./peer-package.ts";

interface DensityClustering {
  DBSCAN: new () => { run(rows: number[][], eps: number, minSamples: number): number[][] };
}

const NAME = "density-clustering";
const task = readTask();
const { DBSCAN } = await importPeer<DensityClustering>(NAME);
const Y = await readMatrix(task.input);
const points = asLists(Y);
const [clusters, fit] = await timed(() => new DBSCAN().run(points, mapEps(Y), MIN_SAMPLES));
answer({ version: peerVersion(NAME)!, seconds: { fit }, facts: { clusters: clusters.length } });
