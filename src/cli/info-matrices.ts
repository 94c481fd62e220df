import type { Model, ModelHeaders, TensorInfo, TokenMatrices } from "../model/model.ts";
import { terminalSafe } from "../report/terminal.ts";
import { plural } from "../text/numbers.ts";

/** What `info --json` says of the token matrices: as the library does, with the tensors in full. */
export interface MatricesFacts extends Omit<TokenMatrices, "input" | "output"> {
  readonly input: TensorInfo | null;
  readonly output: TensorInfo | null;
  /** Other matrices with as many rows as the one that rows are read from, which is not among them. */
  readonly sameRows: readonly TensorInfo[];
}

/**
 * The token matrices with their tensors; null for files of one matrix.
 *
 * @param model What rows are read from; null where there is nothing.
 */
export function matricesFacts(
  { matrices, tensors }: ModelHeaders,
  model: Model | null,
): MatricesFacts | null {
  if (matrices === null) return null;
  const named = (name: string | null) => tensors.find((tensor) => tensor.name === name) ?? null;
  const [input, output] = [named(matrices.input), named(matrices.output)];
  const sameRows = tensors.filter(
    (tensor) =>
      tensor.shape.length === 2 &&
      tensor.shape[0] === model?.shape[0] &&
      tensor.name !== model?.tensor &&
      tensor !== input &&
      tensor !== output,
  );
  const { architecture, family, guessed, tied, reason, vocabSize } = matrices;
  return { architecture, family, input, guessed, output, tied, reason, vocabSize, sameRows };
}

/** The same as lines for people: what a line is about, and what it says. */
export function matricesLines(
  headers: ModelHeaders,
  model: Model | null,
): (readonly [name: string, text: string])[] {
  const facts = matricesFacts(headers, model);
  if (facts === null) return model === null ? [] : [["matrix", shapeText(model)]];
  const { architecture, family, input, guessed, vocabSize, sameRows } = facts;
  const lines: [string, string][] = [];
  if (architecture !== null || family !== null) {
    const names = `tensors named as in ${family ?? "no family that is known"}`;
    lines.push([
      "model",
      `${architecture === null ? "" : `${terminalSafe(architecture)}, `}${names}`,
    ]);
  }
  const found = input === null ? "can't be told" : tensorText(input);
  lines.push(["input", `${found}${guessed ? "; guessed by its shape" : ""}`]);
  lines.push(["output", outputText(facts)]);
  if (model?.matrix === null) lines.push(["rows of", rowsOf(model)]);
  if (vocabSize !== null) lines.push(["size", sizeText(vocabSize, model?.shape[0])]);
  if (sameRows.length > 0) lines.push(["same rows", sameRows.map(tensorText).join("; ")]);
  return lines;
}

function outputText({ output, tied, reason }: MatricesFacts): string {
  const stored = output === null ? "" : `${tensorText(output)}; `;
  if (tied === null) return output === null ? `none: ${terminalSafe(reason)}` : stored + reason;
  return `${stored}${tied ? "tied to the input" : "untied"} (${terminalSafe(reason)})`;
}

function rowsOf({ tensor, shape, dtype }: Model): string {
  return tensorText({ name: tensor, shape, dtype });
}

function sizeText(vocab: number, rows: number | undefined): string {
  if (rows === undefined) return `${plural(vocab, "token")} by config.json`;
  const padding = rows > vocab ? `, ${rows - vocab} of them padding` : "";
  return `${plural(vocab, "token")} by config.json, ${plural(rows, "row")}${padding}`;
}

function tensorText(tensor: TensorInfo): string {
  return `${terminalSafe(tensor.name)}, ${shapeText(tensor)}`;
}

function shapeText({ shape, dtype }: Pick<TensorInfo, "shape" | "dtype">): string {
  return `${shape.join(" x ")}, ${dtype}`;
}
