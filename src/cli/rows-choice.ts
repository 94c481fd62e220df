import { readFile } from "node:fs/promises";
import { decodeLines, splitLines } from "../model/labels.ts";
import type { RowSelection } from "../model/model.ts";
import { readable } from "../model/node/file-source.ts";
import { matchRows, rowsOfDisplays, selectRows } from "../model/rows.ts";
import type { Vocabulary } from "../model/vocabulary/vocabulary.ts";
import { CommandError } from "./errors.ts";
import type { NotebookFlags } from "./flags.ts";

/** The library's default, for the message where there are fewer rows. */
const DEFAULT_ROWS = 100;

/**
 * The rows that the flags name, as `namedRows` gives them.
 *
 * @throws {CommandError} too if they are fewer than a map takes.
 */
export async function chosenRows(
  flags: NotebookFlags,
  vocabulary: Vocabulary,
): Promise<RowSelection | undefined> {
  const rows = await namedRows(flags, vocabulary);
  if (rows === undefined || flags.coordinates !== undefined) return rows;
  const count = selectRows(rows, vocabulary.size).length;
  if (count > 1) return rows;
  throw new CommandError(`${rowsFlag(flags)}: expected at least 2 rows, got ${count}`);
}

function rowsFlag({ all, match, tokens }: NotebookFlags): string {
  if (all) return "--all";
  return tokens !== undefined ? "--tokens" : match !== undefined ? "--match" : "--rows";
}

/**
 * The rows that the flags name; undefined if they name none, so that the library's default holds.
 *
 * @throws {CommandError} if no token matches, the file lists none, or there are fewer rows than the default takes.
 * @throws {RangeError} if a line of the file is not the display of one token.
 */
async function namedRows(
  { rows, all, match, tokens: file }: NotebookFlags,
  vocabulary: Vocabulary,
): Promise<RowSelection | undefined> {
  if (all) return "all";
  if (file !== undefined) {
    const lines = splitLines(decodeLines(await readable(file, () => readFile(file)), file));
    const ids = rowsOfDisplays(vocabulary, lines, file);
    if (ids.length > 0) return ids;
    throw new CommandError(`--tokens ${file}: expected one token on a line, got an empty list`);
  }
  if (rows !== undefined) return rows;
  if (match === undefined) {
    if (vocabulary.size >= DEFAULT_ROWS) return undefined;
    throw new CommandError(
      `--rows: the default 0:${DEFAULT_ROWS} needs ${DEFAULT_ROWS} rows, and there are ${vocabulary.size}: try --all`,
    );
  }
  const ids = matchRows(vocabulary, match);
  if (ids.length > 0) return ids;
  throw new CommandError(`--match: no token's text matches ${match.source}`);
}
