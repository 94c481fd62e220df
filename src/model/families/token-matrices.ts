/** Which of a model's tensors are its two token matrices, and whether they are one. */
import { rangeError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { shapeText } from "../bytes/shape-text.ts";
import type { MatrixName, TensorInfo, TokenMatrices } from "../model.ts";
import {
  bearsName,
  findEmbedding,
  holdsTokens,
  isTokenMatrixName,
  isTransposed,
  type ListedTensor,
  namedOutputs,
  type Search,
  searchInput,
} from "./embedding-tensor.ts";
import type { ModelConfig } from "./model-config.ts";
import { CHOOSE, listTensors } from "./named-tensor.ts";

/** A tensor to read rows of. */
export interface ChosenTensor {
  readonly name: string;
  /** It holds tokens as columns. */
  readonly transposed: boolean;
}

/** What may be named to read rows of: a token matrix, or any tensor. */
export interface MatrixChoice {
  readonly matrix?: MatrixName | undefined;
  readonly tensor?: string | undefined;
}

/**
 * The token matrix asked for, where one is.
 *
 * @throws {RangeError} if there is no such matrix, or a tensor is named as well.
 */
export function askedMatrix({ matrix, tensor }: MatrixChoice): MatrixName | undefined {
  if (matrix === undefined) return undefined;
  if (matrix !== "input" && matrix !== "output") {
    throw rangeError(`openModel: expected the matrix "input" or "output", got ${String(matrix)}`);
  }
  if (tensor === undefined) return matrix;
  throw rangeError(
    "openModel: matrix and tensor both choose what to read rows of; give one of them",
  );
}

/**
 * What can be said of a model's token matrices.
 *
 * @param listed Every tensor of the model, those of headers not read without their shape.
 */
export function tokenMatrices(listed: readonly ListedTensor[], config: ModelConfig): TokenMatrices {
  const input = searchInput(listed, config);
  const named = outputCandidates(listed, config);
  const tokens = outputTokens(config, input);
  const outputs = named.filter((tensor) => holdsTokens(tensor, tokens));
  const output = outputs.length === 1 ? outputs[0]!.name : null;
  return {
    architecture: config.architecture ?? null,
    family: config.family?.name ?? null,
    input: input.found?.name ?? null,
    guessed: input.found !== null && input.guessed,
    output,
    ...tying(config, input.found !== null, outputs, named),
    vocabSize: config.vocab ?? null,
  };
}

/** The tensors named as outputs; where a decoder has its own embedding, that is what an output is tied to. */
function outputCandidates(
  listed: readonly ListedTensor[],
  config: ModelConfig,
): readonly ListedTensor[] {
  const named = namedOutputs(listed, config);
  if (named.length > 0 || !config.ownDecoder || config.tied === false) return named;
  return listed.filter(({ name }) => bearsName(name, ["decoder.embed_tokens.weight"]));
}

/**
 * How many tokens an output matrix has at least. Where the configuration does not say, tokens that only
 * enter are allowed for: Llama 3.2 Vision has 8 for pictures.
 */
function outputTokens(
  { outputVocab }: ModelConfig,
  input: Search<ListedTensor>,
): number | undefined {
  if (outputVocab !== undefined) return outputVocab;
  // one that does not fit the stated width still has a row for every token
  const named = input.found ?? input.candidates?.find(({ name }) => isTokenMatrixName(name));
  return named?.shape === undefined ? undefined : Math.ceil(0.9 * named.shape[0]!);
}

/** Tensors that a reason lists; a file may hold millions. */
const MOST_LISTED = 4;

/**
 * Whether the matrices are one: the configuration decides, then the family's default, then whether an
 * output is stored. What the class has no head for, or is stored and does not fit, is neither.
 */
function tying(
  config: ModelConfig,
  hasInput: boolean,
  outputs: readonly ListedTensor[],
  named: readonly ListedTensor[],
): Pick<TokenMatrices, "tied" | "reason"> {
  const { tied, family } = config;
  if (family?.output.length === 0) {
    return { tied: null, reason: `${family.name} has no output matrix` };
  }
  if (outputs.length > 1) {
    const names = outputs.slice(0, MOST_LISTED).map(({ name }) => quoted(name).slice(1, -1));
    const listed = [...names, ...(outputs.length > MOST_LISTED ? ["..."] : [])].join(", ");
    return { tied: null, reason: `several tensors could be the output matrix: ${listed}` };
  }
  const without = outputs.length === 0 ? noOutput(config, named) : undefined;
  if (without !== undefined) return { tied: null, reason: without };
  if (config.ownDecoder) return { tied: false, reason: "the decoder has tokens of its own" };
  if (tied !== undefined) return { tied, reason: "config.json says so" };
  if (family !== undefined) return { tied: family.tied, reason: `the default of ${family.name}` };
  if (outputs.length > 0) return { tied: false, reason: "it is stored by itself" };
  return hasInput
    ? { tied: true, reason: "no output matrix is stored" }
    : { tied: null, reason: "no output matrix is stored, and the input can't be told" };
}

/** Why a model that stores no output matrix has none, not even the input; undefined: it is tied. */
function noOutput(
  { tied, family, architecture, headless }: ModelConfig,
  [misfit]: readonly ListedTensor[],
): string | undefined {
  // in an unknown family, other tensors may be called so
  if (misfit !== undefined && (family !== undefined || tied !== true)) {
    const name = quoted(misfit.name).slice(1, -1);
    return `${name} has shape (${shapeText(misfit.shape!)}), without a row for every token`;
  }
  if (headless) return `${quoted(architecture!).slice(1, -1)} has no head that gives tokens`;
  if (tied === false) return "none is stored, and config.json does not tie it to the input";
  if (tied === undefined && family?.tied === false) {
    return `none is stored, and neither config.json nor the default of ${family.name} ties it to the input`;
  }
  return undefined;
}

/**
 * The tensor of the token matrix asked for. The output of a tied model is the tensor stored for it, or
 * else the input's.
 *
 * @param tensors The tensors whose headers were read.
 * @param what The file or model, which begins the message of errors.
 * @throws {UnsupportedError} if it can't be told, or there is no such matrix.
 */
export function chooseMatrix(
  matrix: MatrixName,
  tensors: readonly TensorInfo[],
  matrices: TokenMatrices,
  config: ModelConfig,
  what: string,
): ChosenTensor {
  const output = tensors.find(({ name }) => name === matrices.output);
  if (matrix === "output" && output !== undefined) {
    const tokens = outputTokens(config, searchInput(tensors, config));
    return { name: output.name, transposed: isTransposed(output.shape, tokens) };
  }
  if (matrix === "output" && matrices.tied !== true) {
    const isKnown = matrices.input !== null || matrices.family !== null;
    const choice = isKnown ? "" : `; ${listTensors(tensors, CHOOSE)}`;
    throw new UnsupportedError(
      `${what}: there is no output matrix to read: ${matrices.reason}${choice}`,
      { feature: "output matrix" },
    );
  }
  if (matrices.input === null && output !== undefined && tensors.length === 1) {
    throw new UnsupportedError(
      `${what}: there is no input matrix to read: the file holds the output matrix alone; --matrix output (option matrix) reads ${quoted(output.name).slice(1, -1)}`,
      { feature: "input matrix" },
    );
  }
  return { name: findEmbedding(tensors, config, what).name, transposed: false };
}

/** What is to be said of a choice: a guess, an output that is the input. */
export function choiceNotes(
  matrix: MatrixName,
  chosen: ChosenTensor,
  matrices: TokenMatrices,
): string[] {
  const notes: string[] = [];
  if (matrices.guessed && chosen.name === matrices.input) {
    notes.push(
      `${chosen.name} is taken for the token embedding because it alone has the sizes of config.json; another can be chosen with --tensor (option tensor)`,
    );
  }
  if (matrix === "output" && matrices.tied) {
    notes.push(
      chosen.name === matrices.input
        ? `the output matrix is tied to the input (${matrices.reason}): these are the rows of ${chosen.name}`
        : `the output matrix is tied to the input (${matrices.reason}), but stored by itself too: these are the rows of ${chosen.name}`,
    );
  }
  if (chosen.transposed) {
    notes.push(`${chosen.name} holds tokens as columns: all of it is read`);
  }
  return notes;
}
