import type { Model } from "../model/model.ts";
import type { Token } from "../model/vocabulary/vocabulary.ts";
import { nearestTo } from "../neighbors/nearest-to.ts";
import { matrixPhrase } from "../report/caption.ts";
import { modelJson } from "../report/result.ts";
import { terminalSafe } from "../report/terminal.ts";
import { cells } from "../text/cells.ts";
import { version } from "../version.ts";
import type { CommandRun } from "./command-run.ts";
import { CommandError } from "./errors.ts";
import type { NearFlags } from "./flags.ts";
import { printNotes } from "./notebook-text.ts";
import { modelTitle, openNamed, tokenFacts } from "./open.ts";
import { isNamed, rowTitle } from "./row-title.ts";
import { jsonText, paragraph, type Screen } from "./screen.ts";
import { namedToken } from "./token-choice.ts";

type Metric = NonNullable<NearFlags["metric"]>;

/** A token with its place in the ranking, from 1. */
interface Neighbor {
  readonly rank: number;
  readonly token: Token;
  readonly score: number;
}

const SCORES: Readonly<Record<Metric, string>> = {
  cosine: "cosine similarity",
  euclidean: "Euclidean distance",
  dot: "dot product",
};

/** `tokenscape near MODEL TOKEN`: prints the tokens nearest to one, in the full space. */
export async function nearCommand(
  source: string,
  name: string,
  flags: NearFlags,
  run: CommandRun,
): Promise<void> {
  const { signal, onProgress, screen } = run;
  const { top = 10, metric = "cosine" } = flags;
  const model = await openNamed(source, flags, run);
  const { vocabulary } = model;
  const token = namedToken(name, vocabulary);
  const others = vocabulary.size - 1;
  if (top > others)
    throw new CommandError(`--top: there are only ${others} other tokens, got ${top}`);

  const X = await model.rows({ rows: "all", signal, onProgress });
  const { indices, scores } = await nearestTo(X, token.id, { k: top, metric, signal, onProgress });
  const neighbors = Array.from(indices, (id, i) => ({
    rank: i + 1,
    token: vocabulary.token(id),
    score: scores[i]!,
  }));
  if (flags.json) screen.data(nearJson(model, token, metric, neighbors));
  else printNeighbors(model, token, metric, neighbors, screen);
}

function nearJson(
  model: Model,
  token: Token,
  metric: Metric,
  neighbors: readonly Neighbor[],
): string {
  return jsonText({
    tokenscape: version,
    model: modelJson(model),
    token: tokenFacts(token),
    metric,
    nearest: neighbors.map(({ rank, token, score }) => ({ rank, ...tokenFacts(token), score })),
    notes: model.notes,
  });
}

function printNeighbors(
  model: Model,
  token: Token,
  metric: Metric,
  neighbors: readonly Neighbor[],
  screen: Screen,
): void {
  const { print, colors, width } = screen;
  const title = terminalSafe(rowTitle(token));
  const which = model.matrix === null ? "" : ` (${matrixPhrase(modelJson(model))})`;
  const heading = `Nearest to ${title} in ${modelTitle(model)}${which}, by ${SCORES[metric]}:`;
  const lines = paragraph(heading, width, "  ");
  print(`${lines.replace(title, () => colors.bold(title))}\n\n`);
  const shown = neighbors.map(({ token }) => terminalSafe(token.display));
  // a row without a name is shown by its id already
  const ids = neighbors.map(({ token }) => (isNamed(token) ? `#${token.id}` : ""));
  const scores = neighbors.map(({ score }) => score.toFixed(4));
  const widest = (texts: readonly string[]) => Math.max(...texts.map(cells));
  const [tokenWidth, idWidth, scoreWidth] = [widest(shown), widest(ids), widest(scores)];
  neighbors.forEach(({ rank }, i) => {
    const place = String(rank).padStart(String(neighbors.length).length);
    const text = shown[i]! + " ".repeat(tokenWidth - cells(shown[i]!));
    const id = ids[i] === "" ? "" : `  ${colors.dim(ids[i]!.padStart(idWidth))}`;
    print(`  ${place}  ${text}  ${scores[i]!.padStart(scoreWidth)}${id}\n`);
  });
  printNotes(model.notes, screen);
}
