import { join } from "node:path";
import type { Matrix } from "../matrix.ts";
import { fileSource } from "../model/node/file-source.ts";
import { readNpy } from "../model/weights/npy.ts";
import { runNotebook } from "../notebook.ts";
import { commandLine } from "./command-line.ts";
import type { CommandRun } from "./command-run.ts";
import type { NotebookFlags } from "./flags.ts";
import { interruptible } from "./interrupt.ts";
import { printFiles, printResult } from "./notebook-text.ts";
import { openNamed } from "./open.ts";
import { checkFolder, folderName, writeFolder } from "./outputs.ts";
import { chosenRows } from "./rows-choice.ts";
import { openPngRenderer, runFiles } from "./run-files.ts";

/** `tokenscape [MODEL]`: runs the road, writes the files, prints the groups and the files' names. */
export async function notebookCommand(
  source: string,
  flags: NotebookFlags,
  run: CommandRun,
): Promise<void> {
  const { signal, onProgress, screen } = run;
  if (flags.out !== undefined) checkFolder(flags.out);
  const renderPng = flags.png ? await openPngRenderer() : undefined;
  const coordinates = await readCoordinates(flags.coordinates, run);
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
    coordinates,
    coordinatesName: flags.coordinates,
    eps: flags.eps,
    minSamples: flags.minSamples,
    limits: flags.limits,
    command: commandLine(source, flags, model),
    signal,
    onProgress,
    threads: flags.threads,
  });
  const files = await runFiles(road, renderPng, run);
  await interruptible(signal);
  const names = writeFolder(folder, files);

  if (flags.json) screen.data(files.get("result.json") as string);
  printResult(road, screen);
  printFiles(folder, names, files, screen);
}

async function readCoordinates(
  file: string | undefined,
  { signal }: CommandRun,
): Promise<Matrix | undefined> {
  if (file === undefined) return undefined;
  return readNpy(await fileSource(file), file, { signal });
}
