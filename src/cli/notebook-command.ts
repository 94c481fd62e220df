import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { CLUSTER_COLORS } from "../figures/cluster-style.ts";
import type { Matrix } from "../matrix.ts";
import { fileSource } from "../model/node/file-source.ts";
import { readNpy, writeNpy } from "../model/npy.ts";
import { type NotebookResult, runNotebook } from "../notebook.ts";
import { tokensCsv } from "../report/csv.ts";
import { reportHtml } from "../report/html.ts";
import { stringifyResult } from "../report/result.ts";
import { commandLine } from "./command-line.ts";
import type { NotebookFlags } from "./flags.ts";
import { printFiles, printResult } from "./notebook-text.ts";
import { openNamed } from "./open.ts";
import { checkFolder, folderName, type OutputName, writeFolder } from "./outputs.ts";
import type { CommandRun } from "./program.ts";
import { chosenRows } from "./rows-choice.ts";

/** `tokenscape [MODEL]`: runs the road, writes the files, prints the groups and the files' names. */
export async function notebookCommand(
  source: string,
  flags: NotebookFlags,
  run: CommandRun,
): Promise<void> {
  if (flags.out !== undefined) checkFolder(flags.out);
  const model = await openNamed(source, flags, run);
  const folder = flags.out ?? join("tokenscape-out", folderName(model.name));
  checkFolder(folder);

  const road = await runNotebook({
    model,
    rows: await chosenRows(flags, model.vocabulary),
    transforms: flags.transform,
    metric: flags.metric,
    perplexity: flags.perplexity,
    randomState: flags.seed,
    maxIter: flags.iterations,
    init: flags.init,
    coordinates: await readCoordinates(flags.coordinates, run),
    coordinatesName: flags.coordinates,
    eps: flags.eps,
    minSamples: flags.minSamples,
    limits: flags.limits,
    command: commandLine(source, flags, model),
    signal: run.signal,
    onProgress: run.onProgress,
  });
  const result = stringifyResult(road.result);
  const files = outputFiles(road, result);
  if (flags.png) for (const [name, png] of await pngFiles(road, run)) files.set(name, png);
  await lastChance(run);
  const names = writeFolder(folder, files);

  if (flags.json) run.screen.data(result);
  printResult(road, model, run.screen);
  printFiles(folder, names, files, run.screen);
}

/** Lets a Ctrl-C come through that was pressed while the figures were drawn; after it the files are written. */
async function lastChance({ signal }: CommandRun): Promise<void> {
  // two, because the event loop looks for signals between them
  await setImmediate();
  await setImmediate();
  signal.throwIfAborted();
}

async function readCoordinates(
  file: string | undefined,
  { signal }: CommandRun,
): Promise<Matrix | undefined> {
  if (file === undefined) return undefined;
  return readNpy(await fileSource(file), file, { signal });
}

function outputFiles(
  { result, figures, groups, Y }: NotebookResult,
  resultText: string,
): Map<OutputName, string | Uint8Array> {
  const colorOf = (label: number) =>
    label < 0 ? "transparent" : CLUSTER_COLORS[label % CLUSTER_COLORS.length]!;
  return new Map<OutputName, string | Uint8Array>([
    ["report.html", reportHtml({ result, figures, groups, colorOf })],
    ["embeddings.svg", figures.embeddings],
    ["map.svg", figures.map],
    ["clusters.svg", figures.clusters],
    ["tokens.csv", tokensCsv(result)],
    ["coordinates.npy", writeNpy(Y)],
    ["result.json", resultText],
  ]);
}

async function pngFiles(
  { figures }: NotebookResult,
  { signal, onProgress }: CommandRun,
): Promise<[OutputName, Uint8Array][]> {
  const { renderPng } = await import("./png.ts");
  const pngs: [OutputName, Uint8Array][] = [];
  for (const name of ["embeddings", "map", "clusters"] as const) {
    signal.throwIfAborted();
    onProgress?.({ step: "PNG", done: pngs.length, total: 3 });
    pngs.push([`${name}.png`, await renderPng(figures[name])]);
  }
  return pngs;
}
