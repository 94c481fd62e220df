import { readFile } from "node:fs/promises";
import type { RowSelection } from "../model/model.ts";
import type { Vocabulary } from "../model/vocabulary.ts";
import { CommandError } from "./errors.ts";
import type { NotebookFlags } from "./flags.ts";

/**
 * The rows that the flags name; undefined if they name none, so that the library's default holds.
 *
 * @throws {CommandError} if no token matches, or there is no token of a name in the file.
 */
export async function chosenRows(
  { rows, all, match, tokens }: NotebookFlags,
  vocabulary: Vocabulary,
): Promise<RowSelection | undefined> {
  if (all) return "all";
  if (match !== undefined) return matchingRows(match, vocabulary);
  if (tokens !== undefined) return rowsOfFile(tokens, vocabulary);
  return rows;
}

function matchingRows(pattern: RegExp, vocabulary: Vocabulary): number[] {
  const ids: number[] = [];
  for (const { id, text } of vocabulary) if (text !== null && pattern.test(text)) ids.push(id);
  if (ids.length > 0) return ids;
  throw new CommandError(`--match: no token's text matches ${pattern.source}`);
}

async function rowsOfFile(file: string, vocabulary: Vocabulary): Promise<number[]> {
  const ids = new Map<string, number>();
  for (const { id, display } of vocabulary) if (!ids.has(display)) ids.set(display, id);
  const lines = (await readFile(file, "utf8")).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    const id = ids.get(line);
    if (id !== undefined) return id;
    throw new CommandError(`${file}: line ${i + 1}: no token is displayed as ${line}`);
  });
}
