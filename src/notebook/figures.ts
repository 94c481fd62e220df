import { breather, type RunOptions } from "../compute/run.ts";
import { clusterFigure } from "../figures/cluster-figure.ts";
import { gramFigure } from "../figures/gram-figure.ts";
import { mapFigure } from "../figures/map-figure.ts";
import type { Matrix } from "../matrix.ts";
import { captionLines, summary } from "../report/caption.ts";
import type { ResultJson, RunFacts } from "../report/result.ts";
import { groupDigits } from "../text/numbers.ts";
import type { NotebookResult } from "./result.ts";

/** Most tokens that are all named on the map. */
const NAMED = 128;

/** The notebook's three figures, each with the caption that says how to make it again. */
export async function drawFigures(
  { X, G }: { X: Matrix; G: Matrix },
  facts: RunFacts,
  result: ResultJson,
  run: RunOptions,
): Promise<NotebookResult["figures"]> {
  const { tokens, Y, limits } = facts;
  const { labels, eps } = facts.dbscan;
  const caption = captionLines(result);
  const projection = facts.tsne === null ? "given" : "t-SNE";
  const rows = `${groupDigits(tokens.length)} token embeddings`;
  const dot = tokens.length > NAMED ? "dot, named where there is room" : "named dot";
  run.onProgress?.({ step: "figures", done: 0, total: 3 });
  const drawn = breather("figures", 3, run);

  const embeddings = gramFigure({
    ...{ X, G, ids: tokens.map(({ id }) => id), limits, caption },
    description: `Heat maps of ${rows} of ${X.shape[1]} dimensions, of their transpose and of their Gram matrix.`,
  });
  await drawn(1);
  const map = mapFigure({
    ...{ G, Y, tokens, limits, projection, caption },
    description: `Gram matrix of ${rows}, and a map on which each token is a ${dot}.`,
  });
  await drawn(2);
  const clusters = clusterFigure({
    ...{ Y, labels, tokens, eps, projection, caption },
    description: `The map coloured by DBSCAN's clusters. ${summary(result)}`,
  });
  await drawn(3);
  return { embeddings, map, clusters };
}
