/** The notebook in the library's words, step by step. Takes a model and a folder, both optional. */
import { mkdir, writeFile } from "node:fs/promises";
import {
  clusterFigure,
  DBSCAN,
  gram,
  gramFigure,
  mapFigure,
  openModel,
  TSNE,
  tokenGroups,
} from "tokenscape";

const [source = "sample", folder = "notebook-out"] = process.argv.slice(2);

// 1, 2: the model and its first 100 rows; nothing else is read
const model = await openModel(source);
const X = await model.rows({ rows: "0:100" });
const tokens = Array.from({ length: 100 }, (_, id) => model.vocabulary.token(id));

// 3, 5, 7: Gram matrix, map, clusters
const G = await gram(X);
const { embedding: Y, klDivergence } = await new TSNE({ perplexity: 5, randomState: 0 }).fit(X);
const { labels, coreSampleIndices } = await new DBSCAN({ eps: 7, minSamples: 3 }).fit(Y);
console.log(`KL divergence ${klDivergence.toFixed(3)}, ${coreSampleIndices.length} core samples`);

// 4, 6, 8, 9: the three figures; centroids are in the last
const text = { caption: [`${model.name}, rows 0:100`], description: "Figure of the notebook." };
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/embeddings.svg`, gramFigure({ X, G, ...text }));
await writeFile(`${folder}/map.svg`, mapFigure({ G, Y, tokens, ...text }));
await writeFile(`${folder}/clusters.svg`, clusterFigure({ Y, labels, tokens, ...text }));

// 10, 11: labels and token lists, ungrouped first
console.log(labels.join(" "));
for (const { label, tokens: members } of tokenGroups(labels, tokens)) {
  const title = label === -1 ? "Ungrouped tokens" : `Tokens in group ${label}`;
  console.log(`${title}: ${members.map(({ display }) => display).join(" ")}`);
}
