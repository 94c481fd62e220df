/** t-SNE of tsne-js: exact, dense, one thread. It draws its start from Math.random. */
import { readMatrix } from "../npy-file.ts";
import { answer, readTask, timed } from "../task.ts";
import { asLists, importPeer, peerVersion, saveLists } from "./peer-package.ts";

interface Model {
  init(input: { data: number[][]; type: "dense" }): void;
  run(): [error: number, iterations: number];
  getOutput(): number[][];
}
interface TsneJs {
  default: new (parameters: { perplexity: number; nIter: number }) => Model;
}

const NAME = "tsne-js";
const task = readTask();
const { default: TSNE } = await importPeer<TsneJs>(NAME);
const model = new TSNE({ perplexity: task.perplexity, nIter: task.iterations });
model.init({ data: asLists(await readMatrix(task.input)), type: "dense" });
const [[, iterations], fit] = await timed(() => model.run());
await saveLists(task.output, model.getOutput());
answer({ version: peerVersion(NAME)!, seconds: { fit }, facts: { iterations } });
