import { writeNpy } from "../model/weights/npy.ts";
import type { NotebookResult } from "../notebook.ts";
import { tokensCsv } from "../report/csv.ts";
import { stringifyResult } from "../report/result-text.ts";
import type { CommandRun } from "./command-run.ts";
import { interruptible } from "./interrupt.ts";
import type { OutputName } from "./outputs.ts";

/** Makes a PNG of an SVG document. */
export type PngRenderer = (svg: string) => Uint8Array;

/**
 * The renderer of PNGs, tried on a word.
 *
 * @throws {UnsupportedError} if this machine has no font, which is good to know before the long work.
 */
export async function openPngRenderer(): Promise<PngRenderer> {
  const { renderPng } = await import("./png.ts");
  renderPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">a</text></svg>',
  );
  return (svg) => renderPng(svg);
}

/** The contents of a run's files by name. */
export async function runFiles(
  { result, figures, report, Y }: NotebookResult,
  renderPng: PngRenderer | undefined,
  { signal, onProgress }: CommandRun,
): Promise<Map<OutputName, string | Uint8Array>> {
  const files = new Map<OutputName, string | Uint8Array>([
    ["report.html", report],
    ["embeddings.svg", figures.embeddings],
    ["map.svg", figures.map],
    ["clusters.svg", figures.clusters],
    ["tokens.csv", tokensCsv(result)],
    ["coordinates.npy", writeNpy(Y)],
    ["result.json", stringifyResult(result)],
  ]);
  if (renderPng === undefined) return files;
  const names = ["embeddings", "map", "clusters"] as const;
  for (const [done, name] of names.entries()) {
    onProgress?.({ step: "PNG", done, total: names.length });
    await interruptible(signal);
    files.set(`${name}.png`, renderPng(figures[name]));
  }
  return files;
}
