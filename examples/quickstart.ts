import { DBSCAN, gram, openModel, TSNE, tokenGroups } from "tokenscape";

const model = await openModel("sample"); // or "gpt2", a folder, a .safetensors, .gguf, .pt or .npy file
const X = await model.rows({ rows: "0:100" }); // (100, 96), and no other byte of the weights
const G = await gram(X); // (100, 100), G[i, j] = <x_i, x_j>
const Y = await new TSNE({ perplexity: 5, randomState: 0 }).fitTransform(X); // (100, 2)
const { labels, nClusters } = await new DBSCAN({ eps: 7, minSamples: 3 }).fit(Y); // noise is -1

console.log(`${nClusters} groups; |x_0|^2 = ${G.data[0]}`);
const tokens = Array.from({ length: 100 }, (_, id) => model.vocabulary.token(id));
for (const { label, tokens: members } of tokenGroups(labels, tokens)) {
  console.log(label, members.map((token) => token.display).join(" "));
}
