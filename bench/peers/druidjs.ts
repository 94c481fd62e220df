/** t-SNE of @saehrimnir/druidjs: exact, dense, in float64; one thread, SIMD in WebAssembly. */
import { readMatrix } from "../npy-file.ts";
import { answer, readTask, timed } from "../task.ts";
import { asLists, importPeer, peerVersion, saveLists } from "./peer-package.ts";

interface Druid {
  TSNE: new (
    X: number[][],
    parameters: { perplexity: number; seed: number },
  ) => { transform(iterations: number): number[][] };
}

const NAME = "@saehrimnir/druidjs";
const task = readTask();
const { TSNE } = await importPeer<Druid>(NAME);
const rows = asLists(await readMatrix(task.input));
const [map, fit] = await timed(() =>
  new TSNE(rows, { perplexity: task.perplexity, seed: task.seed }).transform(task.iterations),
);
await saveLists(task.output, map);
answer({ version: peerVersion(NAME)!, seconds: { fit }, facts: { iterations: task.iterations } });
