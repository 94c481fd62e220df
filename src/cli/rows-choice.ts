import { readFile } from "node:fs/promises";
import { decodeLines, splitLines } from "../model/labels.ts";
import type { RowSelection } from "../model/model.ts";
import { readable } from "../model/node/file-source.ts";
import { matchRows, rowsOfDisplays } from "../model/rows.ts";
import type { Vocabulary } from "../model/vocabulary.ts";
import { CommandError } from "./errors.ts";
import type { NotebookFlags } from "./flags.ts";

/**
 * The rows that the flags name; undefined if they name none, so that the library's default holds.
 *
 * @throws {CommandError} if no token matches.
 * @throws {RangeError} if a line of the file is not the display of one token.
 */
export async function chosenRows(
  { rows, all, match, tokens: file }: NotebookFlags,
  vocabulary: Vocabulary,
): Promise<RowSelection | undefined> {
  if (all) return "all";
  if (file !== undefined) {
    const lines = splitLines(decodeLines(await readable(file, () => readFile(file)), file));
    return rowsOfDisplays(vocabulary, lines, file);
  }
  if (match === undefined) return rows;
  const ids = matchRows(vocabulary, match);
  if (ids.length > 0) return ids;
  throw new CommandError(`--match: no token's text matches ${match.source}`);
}
