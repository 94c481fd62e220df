import { UnsupportedError } from "../errors.ts";
import type { Model, ModelHeaders, TensorInfo } from "../model/model.ts";
import type { TokenKind } from "../model/vocabulary/vocabulary.ts";
import { modelJson } from "../report/result.ts";
import { terminalSafe } from "../report/terminal.ts";
import { groupDigits, plural } from "../text/numbers.ts";
import { version } from "../version.ts";
import type { CommandRun } from "./command-run.ts";
import type { InfoFlags } from "./flags.ts";
import { matricesFacts, matricesLines } from "./info-matrices.ts";
import { modelTitle, openNamed } from "./open.ts";
import { jsonText, paragraph, type Screen } from "./screen.ts";

const KINDS: readonly TokenKind[] = ["normal", "byte", "added", "special", "padding"];

/** What was read of a model. */
interface Described {
  readonly headers: ModelHeaders;
  /** Null where there is nothing that rows can be read from. */
  readonly model: Model | null;
}

/** What a vocabulary holds, in numbers. */
interface VocabularyFacts {
  readonly size: number;
  readonly source: string | null;
  readonly kinds: Readonly<Record<TokenKind, number>>;
  /** Tokens whose bytes are no text. */
  readonly notUtf8: number;
  /** Tokens that training never saw; null where the model does not say. */
  readonly neverSeen: number | null;
}

/** `tokenscape info [MODEL]`: describes a model by its headers and vocabulary. */
export async function infoCommand(
  source: string,
  flags: InfoFlags,
  run: CommandRun,
): Promise<void> {
  const described = await describe(source, flags, run);
  const { headers, model } = described;
  const vocabulary = model && vocabularyFacts(model);
  const parameters = headers.tensors.reduce((sum, { shape }) => sum + size(shape), 0);
  if (flags.json) run.screen.data(infoJson(described, vocabulary, parameters));
  else printInfo(described, vocabulary, parameters, run.screen);
}

/**
 * Reads what can be said of a model. Where nothing was asked for by name, and there is nothing that rows
 * can be read from, that is no failure: the headers are described, and a note says why.
 */
async function describe(source: string, flags: InfoFlags, run: CommandRun): Promise<Described> {
  let headers: ModelHeaders | undefined;
  try {
    const model = await openNamed(source, flags, run, {
      everyHeader: true,
      onHeaders: (read) => {
        headers = read;
      },
    });
    return { headers: model, model };
  } catch (error) {
    const isAsked = flags.matrix !== undefined || flags.tensor !== undefined;
    if (headers === undefined || isAsked || !(error instanceof UnsupportedError)) throw error;
    const notes = [...headers.notes, `no rows are read: ${error.message}`];
    return { headers: { ...headers, notes }, model: null };
  }
}

function vocabularyFacts({ vocabulary }: Model): VocabularyFacts {
  const kinds = { normal: 0, byte: 0, added: 0, special: 0, padding: 0 };
  let notUtf8 = 0;
  let neverSeen: number | null = null;
  for (const { kind, text, occurrences } of vocabulary) {
    kinds[kind]++;
    if (text === null && kind !== "padding") notUtf8++;
    if (occurrences !== undefined) neverSeen = (neverSeen ?? 0) + (occurrences === 0 ? 1 : 0);
  }
  return { size: vocabulary.size, source: vocabulary.source, kinds, notUtf8, neverSeen };
}

function infoJson(
  { headers, model }: Described,
  vocabulary: VocabularyFacts | null,
  parameters: number,
): string {
  const { tensors, notes } = headers;
  const all = tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  return jsonText({
    tokenscape: version,
    model: model === null ? rowlessJson(headers) : modelJson(model),
    matrices: matricesFacts(headers, model),
    parameters,
    tensors: all,
    vocabulary,
    notes,
  });
}

/** A model of which no rows are read, with the keys of one whose rows are. */
function rowlessJson({ name, revision, fetched, weights }: ModelHeaders): object {
  return {
    ...{ name, revision, fetched },
    ...(weights === null ? {} : { weights }),
    ...{ tensor: null, matrix: null, tied: null, dtype: null, shape: null },
  };
}

function printInfo(
  { headers, model }: Described,
  vocabulary: VocabularyFacts | null,
  parameters: number,
  screen: Screen,
): void {
  const { colors, print, width } = screen;
  const fact = (name: string, text: string) =>
    print(
      `  ${name.padEnd(12)}${paragraph(text, width - 14).replaceAll("\n", `\n${" ".repeat(14)}`)}\n`,
    );
  const { revision, fetched, tensors, notes } = headers;
  print(`${colors.bold(modelTitle(headers))}\n`);
  if (revision !== null) {
    fact("revision", `${revision}${fetched === null ? "" : `, fetched ${fetched}`}`);
  }
  for (const [name, text] of matricesLines(headers, model)) fact(name, text);
  fact("parameters", `${groupDigits(parameters)} in ${plural(tensors.length, "tensor")}`);
  if (vocabulary !== null) fact("vocabulary", vocabularyText(vocabulary));
  for (const note of notes) fact("note", terminalSafe(note));
  print("\nTensors:\n");
  printTensors(tensors, model?.tensor, screen);
}

function vocabularyText({ size, source, kinds, notUtf8, neverSeen }: VocabularyFacts): string {
  if (source === null) return `none; ${plural(size, "row")} shown as #id`;
  const counts = KINDS.filter((kind) => kinds[kind] > 0).map((kind) => `${kinds[kind]} ${kind}`);
  const parts = [`${plural(size, "row")} from ${terminalSafe(source)}: ${counts.join(", ")}`];
  if (notUtf8 > 0) parts.push(`${notUtf8} not valid UTF-8`);
  if (neverSeen !== null) parts.push(`${neverSeen} never seen in training`);
  return parts.join("; ");
}

function printTensors(
  tensors: readonly TensorInfo[],
  rowsOf: string | undefined,
  { print, colors }: Screen,
): void {
  const rows = tensors.map((info) => [
    terminalSafe(info.name),
    terminalSafe(info.dtype),
    info.shape.join(" x "),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  rows.forEach((row, i) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");
    if (tensors[i]!.name === rowsOf) print(`  ${colors.bold(line)}  <- the rows\n`);
    else print(`  ${line.trimEnd()}\n`);
  });
}

function size(shape: TensorInfo["shape"]): number {
  return shape.reduce((product, length) => product * length, 1);
}
