import { groupDigits, rounded } from "../text/numbers.ts";
import { captionLines, matrixPhrase, RATE_DIGITS } from "./caption.ts";
import { type Markup, markup } from "./markup.ts";
import type { ResultJson, TsneJson } from "./result.ts";

type Fact = readonly [name: string, value: string | number];

/** Everything that the result depends on, and what came out, as a table. */
export function parameterTable(result: ResultJson): Markup {
  const { model, tsne, dbscan } = result;
  const facts: Fact[] = [
    ["Model", model.name],
    ["Revision", model.revision ?? "none: read from files"],
    ["Fetched", model.fetched ?? "not from the hub"],
    ...(model.weights === undefined ? [] : ([["File", model.weights]] as const)),
    ["Tensor", `${model.tensor}, ${model.shape.join(" x ")}, ${model.dtype}`],
    ["Matrix", matrixPhrase(model) || "neither input nor output"],
    ["Rows", result.rows],
    ["Transforms", result.transforms.join(", ") || "none"],
    ["Colour limits", result.limits === "data" ? "from the data" : "the notebook's"],
    ...(tsne === null
      ? ([["Coordinates", result.coordinates ?? "given"]] as const)
      : tsneFacts(tsne)),
    ["DBSCAN eps", `${dbscan.eps}, in units of the map`],
    ["DBSCAN min samples", dbscan.minSamples],
    ["Groups", groupDigits(dbscan.clusters)],
    ["Ungrouped tokens", groupDigits(dbscan.noise)],
  ];
  const rows = facts.map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Parameters"><table class="facts"><tbody>
${rows}</tbody></table></div>`;
}

function tsneFacts(tsne: TsneJson): Fact[] {
  return [
    ["t-SNE method", tsne.method],
    ["Metric", tsne.metric],
    ["Perplexity", `${tsne.perplexity}, over ${tsne.neighbors} neighbours`],
    ["Seed", tsne.seed],
    ["Start", tsne.init],
    ["Learning rate", rounded(tsne.learningRate, RATE_DIGITS)],
    ["Early exaggeration", tsne.earlyExaggeration],
    ["Iterations", `${tsne.nIter} of ${tsne.iterations}`],
    ["KL divergence", rounded(tsne.klDivergence)],
    [
      "Repulsion",
      tsne.meshSpacing === null ? "all pairs" : `mesh of spacing ${rounded(tsne.meshSpacing)}`,
    ],
  ];
}

/** The command, and the lines that stand under every figure. */
export function again(result: ResultJson): Markup {
  const command =
    result.command === null
      ? ""
      : markup`<pre><code>${result.command}</code></pre>
`;
  return markup`<h2 id="again">How to make this again</h2>
${command}<p>The lines under every figure:</p>
<ul>
${captionLines(result).map(
  (line) => markup`<li><bdi>${line}</bdi></li>
`,
)}</ul>`;
}
