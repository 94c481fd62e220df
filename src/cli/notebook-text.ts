import { join } from "node:path";
import type { NotebookResult } from "../notebook.ts";
import { matrixPhrase } from "../report/caption.ts";
import type { ResultJson } from "../report/result.ts";
import { terminalSafe, tokenLists } from "../report/terminal.ts";
import { groupDigits, plural, rounded } from "../text/numbers.ts";
import { modelTitle } from "./open.ts";
import type { OutputName } from "./outputs.ts";
import { paragraph, type Screen } from "./screen.ts";

/** Longest row selection that the header spells out. */
const LONGEST_ROWS = 40;

/** Most tokens that are all listed; of more, the largest groups and their first tokens. */
const MOST_TOKENS = 1000;
const MOST_LISTED = { groups: 12, tokens: 40 } as const;
const PARTLY =
  "These are the largest groups in part; every token with its group is in tokens.csv, and can be searched for in report.html.";

/** Prints what a run was, its groups, and what to be told about it. */
export function printResult(
  { result, groups, notes, advice }: NotebookResult,
  screen: Screen,
): void {
  const { width, colors } = screen;
  for (const line of headerLines(result)) screen.print(`${paragraph(line, width, "  ")}\n`);
  const whole = result.tokens.length <= MOST_TOKENS;
  const most = whole ? undefined : MOST_LISTED;
  screen.print(`\n${tokenLists(groups, { width, color: colors.bold, most })}`);
  if (!whole) screen.print(`\n${paragraph(PARTLY, width, "  ")}\n`);
  printNotes([...notes, ...(advice === null ? [] : [advice])], screen);
}

/** Prints what is to be told, each as a paragraph. */
export function printNotes(
  notes: readonly string[],
  { print, width, colors }: Pick<Screen, "print" | "width" | "colors">,
): void {
  for (const note of notes) {
    const text = paragraph(`Note: ${terminalSafe(note)}`, width, "  ");
    print(`\n${text.replace("Note:", colors.yellow("Note:"))}\n`);
  }
}

/** Prints the names and sizes of the files written. */
export function printFiles(
  folder: string,
  names: readonly OutputName[],
  files: ReadonlyMap<OutputName, string | Uint8Array>,
  screen: Screen,
): void {
  const paths = names.map((name) => terminalSafe(join(folder, name)));
  const widest = Math.max(...paths.map((path) => path.length));
  screen.print("\nFiles written:\n");
  names.forEach((name, i) => {
    const size = sizeText(byteLength(files.get(name)!)).padStart(8);
    const path = paths[i]!;
    if (widest + size.length + 4 > screen.width) screen.print(`  ${path}\n`);
    else screen.print(`  ${path.padEnd(widest)}  ${screen.colors.dim(size)}\n`);
  });
}

function headerLines({
  model,
  rows,
  transforms,
  tsne,
  dbscan,
  tokens,
  coordinates,
}: ResultJson): string[] {
  const [vocab, dim] = model.shape;
  const which = model.matrix === null ? "" : `, ${matrixPhrase(model)}`;
  const chosen = rows.length > LONGEST_ROWS ? "" : `rows ${rows}, `;
  const changed = transforms.length === 0 ? "" : `, ${transforms.join(", ")}`;
  const start = `${modelTitle(model)}: ${chosen}${groupDigits(tokens.length)} of ${plural(vocab, "token")}`;
  return [
    `${start}, ${plural(dim, "dimension")} (${terminalSafe(model.tensor)}${which}, ${model.dtype})${changed}`,
    tsne === null
      ? `Coordinates: ${terminalSafe(coordinates ?? "given")}`
      : `t-SNE: perplexity ${tsne.perplexity}, seed ${tsne.seed}; KL divergence ${rounded(tsne.klDivergence)} after ${tsne.nIter} iteration${tsne.nIter === 1 ? "" : "s"}`,
    `DBSCAN: eps ${dbscan.eps}, min samples ${dbscan.minSamples}; ${plural(dbscan.clusters, "group")}, ${plural(dbscan.noise, "token")} ungrouped`,
  ];
}

function byteLength(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.length;
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
