import { captionLines } from "./caption.ts";
import { type Markup, markup } from "./markup.ts";
import type { ResultJson } from "./result.ts";

/** Everything that the result depends on, and what came out, as a table. */
export function parameterTable(result: ResultJson): Markup {
  const { model, tsne, dbscan } = result;
  const facts: [string, string | number][] = [
    ["Model", model.name],
    ["Revision", model.revision ?? "none (files)"],
    ...(model.fetched === null ? [] : [["Fetched", model.fetched] satisfies [string, string]]),
    ["Tensor", `${model.tensor}, ${model.shape.join(" x ")}, ${model.dtype}`],
    ["Rows", result.rows],
    ["Transforms", result.transforms.join(", ") || "none"],
    ["Colour limits", result.limits === "data" ? "from the data" : "the notebook's"],
  ];
  if (tsne === null) facts.push(["Coordinates", result.coordinates ?? "given"]);
  else
    facts.push(
      ...Object.entries(tsne).map(
        ([key, value]) => [`t-SNE ${words(key)}`, value] as [string, string | number],
      ),
    );
  facts.push(
    ["DBSCAN eps", dbscan.eps],
    ["DBSCAN min samples", dbscan.minSamples],
    ["Groups", dbscan.clusters],
    ["Ungrouped tokens", dbscan.noise],
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Parameters"><table class="facts"><tbody>
${facts.map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
)}</tbody></table></div>`;
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

/** `"earlyExaggeration"` as `"early exaggeration"`. */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
