import { plural, rounded } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import type { ModelJson, ResultJson, TsneJson } from "./result.ts";
import { rowsPhrase } from "./rows-text.ts";

/** What a t-SNE map shows and what it doesn't, for every place where one is shown. */
export const mapNote: string =
  "A t-SNE map keeps near neighbours together; the size of a group, the distance between groups and the axes " +
  "mean little, and maps of pure noise show groups too.";

/** Significant digits of the learning rate, which goes with the number of rows; result.json has it exactly. */
export const RATE_DIGITS = 6;

/**
 * How a result came about, in plain lines of one fact each: what every figure and the report say
 * under their pictures. Names and paths are made visible; the lines are not escaped for any medium.
 *
 * @param result The result; its timings are not needed.
 */
export function captionLines(result: Omit<ResultJson, "timings">): string[] {
  const { model, dbscan, command, tokens } = result;
  const revision = model.revision === null ? "" : ` @ ${model.revision.slice(0, 7)}`;
  const transforms =
    result.transforms.length === 0
      ? "no transforms"
      : `transforms: ${result.transforms.join(", ")}`;
  const file = model.weights === undefined ? "" : `, file ${model.weights}`;
  const limits = result.limits === "data" ? "" : "; the notebook's colour limits";
  const [vocab, dim] = model.shape;
  const which = model.matrix === null ? "" : `${matrixPhrase(model)}; `;
  const lines = [
    `${model.name}${revision}${file}, tensor ${model.tensor} (${which}${vocab} x ${dim}, ${model.dtype}), ${rowsPhrase(result.rows, tokens.length)}, ${transforms}${limits}`,
    result.tsne === null ? coordinatesLine(result.coordinates) : tsneLine(result.tsne),
    `DBSCAN on the map: eps ${dbscan.eps}, min samples ${dbscan.minSamples}; found ${plural(dbscan.clusters, "group")}, ${plural(dbscan.noise, "token")} ungrouped`,
  ];
  if (model.revision !== null) {
    const fetched = model.fetched === null ? "" : `, fetched ${model.fetched}`;
    lines.push(`Revision ${model.revision}${fetched}`);
  }
  lines.push(
    `Tokenscape ${result.tokenscape}${command === null ? "" : `; made again by: ${command}`}`,
  );
  return lines.map(visible);
}

/** One sentence on what the run found: `100 tokens: 9 groups, 12 tokens ungrouped.` */
export function summary({ tokens, dbscan }: Pick<ResultJson, "tokens" | "dbscan">): string {
  return `${plural(tokens.length, "token")}: ${plural(dbscan.clusters, "group")}, ${plural(dbscan.noise, "token")} ungrouped.`;
}

/** Which matrix the rows are of, `input matrix, tied to the output`; empty where it is neither. */
export function matrixPhrase({ matrix, tied }: Pick<ModelJson, "matrix" | "tied">): string {
  if (matrix === null) return "";
  if (tied === null) return `${matrix} matrix`;
  if (!tied) return `${matrix} matrix, untied`;
  return `${matrix} matrix, tied to the ${matrix === "input" ? "output" : "input"}`;
}

function tsneLine(tsne: TsneJson): string {
  return [
    `t-SNE: perplexity ${tsne.perplexity}`,
    tsne.method === "exact" ? "exact P" : `P over ${plural(tsne.neighbors, "neighbour")}`,
    `${tsne.metric} metric`,
    `init ${tsne.init}`,
    `seed ${tsne.seed}`,
    `learning rate ${rounded(tsne.learningRate, RATE_DIGITS)}`,
    `early exaggeration ${tsne.earlyExaggeration}`,
    iterationsDone(tsne),
    `KL divergence ${rounded(tsne.klDivergence)}`,
    ...(tsne.meshSpacing === null
      ? []
      : [`repulsion by a mesh of spacing ${rounded(tsne.meshSpacing)}`]),
  ].join(", ");
}

// as `--iterations` takes the number
function iterationsDone({ nIter, iterations }: TsneJson): string {
  return `${nIter} of ${iterations} iteration${iterations === 1 ? "" : "s"}`;
}

function coordinatesLine(coordinates: string | null): string {
  return `Coordinates given${coordinates === null ? "" : ` in ${coordinates}`}, no t-SNE`;
}
