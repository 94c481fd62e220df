import { FormatError, UnsupportedError } from "../errors.ts";
import { quoted } from "./bytes/display.ts";
import { faultAt } from "./bytes/fault.ts";
import type { ByteSource } from "./bytes/source.ts";
import { CHOOSE, listTensors, namedTensor } from "./families/named-tensor.ts";
import { askedMatrix, choiceNotes, type MatrixChoice } from "./families/token-matrices.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { givenNames } from "./given-names.ts";
import type { Labels } from "./labels.ts";
import type { Dtype, HeadersListener, MatrixName, Model, TokenMatrices } from "./model.ts";
import { storedModel } from "./stored-model.ts";
import { isBlockDtype } from "./values/blocks.ts";
import { ggufTokens, VOCABULARY_ARRAYS } from "./vocabulary/gguf-vocabulary.ts";
import { findTokens, rowNames } from "./vocabulary/row-names.ts";
import type { TokenTable } from "./vocabulary/token-table.ts";
import { createVocabulary } from "./vocabulary/vocabulary.ts";
import { type GgufHeader, type GgufTensor, readGgufHeader } from "./weights/gguf.ts";
import { ggufNote } from "./weights/gguf-facts.ts";
import { GGUF_INPUT, GGUF_OUTPUT, ggufMatrices, ggufMatrixOf } from "./weights/gguf-matrices.ts";
import { READABLE_TYPES } from "./weights/gguf-tensors.ts";

export interface OpenGgufOptions extends FileOptions {
  /** The token matrix to read rows of, default `"input"`: the token embedding. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /** Read the headers of all parts, default false: until one has the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: HeadersListener | undefined;
  /** Name the rows with these in place of the file's vocabulary; one for every row. */
  readonly labels?: Labels | undefined;
  /** Name the rows by the tokens of a tokenizer that lies elsewhere, in place of the file's vocabulary. */
  readonly tokens?: TokenTable | undefined;
  /** What a file is called in errors and notes, default its path. */
  readonly label?: ((path: string) => string) | undefined;
}

/** Longest text that is taken for the name of an architecture, which every caption shows. */
const LONGEST_ARCHITECTURE = 200;

/** A file of a model: most have one, large ones are split. */
interface Part {
  readonly source: ByteSource;
  readonly header: GgufHeader;
  /** What it is called in errors. */
  readonly file: string;
}

/**
 * Opens a GGUF file of llama.cpp: reads its header, in which the vocabulary is, and no row. Of a model
 * that is split into parts any one may be named; headers are read from the first on, until one has
 * the tensor, or (`everyHeader`) all.
 *
 * The vocabulary names the rows of both token matrices, and of a tensor that has as many rows as there are
 * tokens. Where it is broken, rows show as `#id`, and a note says what was wrong.
 *
 * @param path The file's path in `files`.
 * @throws {FormatError} if the file is broken or a part is missing.
 * @throws {UnsupportedError} if the embedding can't be told, or its type can't be read.
 * @throws {RangeError} if there is no tensor of the name asked for, or not as many labels as rows.
 */
export async function openGguf(
  files: ModelFiles,
  path: string,
  options: OpenGgufOptions = {},
): Promise<Model> {
  const { label = (name: string) => name } = options;
  const { parts, whole } = await openParts(files, path, { ...options, label });
  const what = label(path);
  const tensors = parts.flatMap(({ header }) => [...header.tensors.values()]);
  const { metadata } = parts[0]!.header;
  const architecture = metadata.get("general.architecture");
  const matrices = ggufMatrices(
    tensors.map(({ name }) => name),
    typeof architecture === "string" && architecture.length <= LONGEST_ARCHITECTURE
      ? architecture
      : null,
    whole,
  );
  options.onHeaders?.({ matrices, tensors, notes: [ggufNote(metadata)] });
  const { tensor, matrix, said } = chooseTensor(tensors, matrices, options, what);
  const part = parts.find(({ header }) => header.tensors.get(tensor.name) === tensor)!;
  const { source, header } = part;
  const dtype = readableDtype(tensor, part.file);
  const [rows, cols] = tensor.shape as [number, number];

  const notes = [ggufNote(metadata), ...said];
  if (isBlockDtype(dtype)) {
    notes.push(
      `the rows are quantized (${dtype}): near those of the trained model, not equal to them`,
    );
  }
  const names = async () => {
    const found = await findTokens(
      () => ggufTokens(parts[0]!.header, parts[0]!.file),
      "the file has no vocabulary",
    );
    const isTokens = ggufMatrixOf(tensor.name) !== null;
    return rowNames(found, { tensor: tensor.name, rows, isTokens }, notes);
  };
  const table = givenNames(options, { tensor: tensor.name, rows }, notes) ?? (await names());
  return storedModel(
    { source, start: header.dataStart + tensor.offset, dtype, shape: [rows, cols] },
    { name: files.name, revision: files.revision, fetched: files.fetched },
    {
      ...{ tensor: tensor.name, matrix, matrices, tensors, notes },
      vocabulary: createVocabulary(rows, table),
    },
  );
}

/** The tensor to read rows of, which token matrix it is, and what is to be said of the choice. */
function chooseTensor(
  tensors: readonly GgufTensor[],
  matrices: TokenMatrices,
  options: MatrixChoice,
  what: string,
): { readonly tensor: GgufTensor; readonly matrix: MatrixName | null; readonly said: string[] } {
  const asked = askedMatrix(options) ?? "input";
  if (asked === "output" && matrices.tied === null) {
    const choice = matrices.input === null ? `; ${listTensors(tensors, CHOOSE)}` : "";
    throw new UnsupportedError(
      `${what}: there is no output matrix to read: ${matrices.reason}${choice}`,
      { feature: "output matrix" },
    );
  }
  const wanted = options.tensor ?? (asked === "output" ? matrices.output : null);
  const named = wanted === null ? undefined : namedTensor(tensors, wanted, what);
  const tensor = named?.tensor ?? tokenEmbedding(tensors, what);
  const matrix = options.tensor === undefined ? asked : ggufMatrixOf(tensor.name);
  const said = [...(named?.notes ?? [])];
  if (matrix !== null) {
    said.push(...choiceNotes(matrix, { name: tensor.name, transposed: false }, matrices));
  }
  return { tensor, matrix, said };
}

/** How llama.cpp names the parts of a model. */
const PART = /-\d{5}-of-\d{5}\.gguf$/;
/** More parts than any model has. */
const MOST_PARTS = 10_000;

async function openParts(
  files: ModelFiles,
  path: string,
  options: OpenGgufOptions & PartOptions,
): Promise<{ readonly parts: readonly Part[]; readonly whole: boolean }> {
  const named = await openPart(files, path, options);
  if (named === undefined) {
    throw new FormatError(`${files.name}: there is no ${path}`, { file: options.label(path) });
  }
  const count = named.header.metadata.get("split.count");
  const countAt = named.header.keyOffsets.get("split.count") ?? 0;
  // a model whose parts were joined again has 0
  if (count === undefined || count === 0 || count === 1 || !PART.test(path)) {
    return { parts: [named], whole: true };
  }
  if (typeof count !== "number" || !(count > 0 && count <= MOST_PARTS && Number.isInteger(count))) {
    const given = typeof count === "number" ? count : `a ${typeof count}`;
    throw faultAt(named.file, countAt, `split.count gives ${given} parts`);
  }

  const wanted = options.tensor ?? (options.matrix === "output" ? GGUF_OUTPUT : GGUF_INPUT);
  const parts: Part[] = [];
  for (let number = 1; number <= count; number++) {
    const digits = (value: number) => String(value).padStart(5, "0");
    const name = path.replace(PART, `-${digits(number)}-of-${digits(count)}.gguf`);
    const part = name === path ? named : await openPart(files, name, options);
    if (part === undefined) {
      throw faultAt(named.file, countAt, `the part ${quoted(name)} of the model is missing`);
    }
    parts.push(part);
    if (options.everyHeader !== true && part.header.tensors.has(wanted)) break;
  }
  return { parts, whole: parts.length === count };
}

interface PartOptions extends FileOptions {
  readonly label: (path: string) => string;
}

async function openPart(
  files: ModelFiles,
  path: string,
  { label, signal }: PartOptions,
): Promise<Part | undefined> {
  const source = await files.open(path, { signal });
  if (source === undefined) return undefined;
  const file = label(path);
  const header = await readGgufHeader(source, file, { arrays: VOCABULARY_ARRAYS, signal });
  return { source, header, file };
}

function tokenEmbedding(tensors: readonly GgufTensor[], path: string): GgufTensor {
  const found = tensors.find(({ name, shape }) => name === GGUF_INPUT && shape.length === 2);
  if (found !== undefined) return found;
  const reason =
    tensors.length === 0
      ? "the file has no tensors"
      : `no matrix is named ${GGUF_INPUT}; ${listTensors(tensors, CHOOSE)}`;
  throw new UnsupportedError(`${path}: ${reason}`, { feature: "embedding tensor" });
}

/** @throws {UnsupportedError} naming the types that rows are read from; {FormatError} if there is no value. */
function readableDtype({ name, dtype, shape, at }: GgufTensor, path: string): Dtype {
  const tensor = `tensor ${quoted(name)}`;
  const readable = READABLE_TYPES.find((known) => known === dtype);
  if (readable === undefined) {
    const known = READABLE_TYPES.join(", ");
    throw new UnsupportedError(
      `${path}: ${tensor} is of ggml's ${dtype}; rows are read from ${known}`,
      {
        feature: `dtype ${dtype}`,
      },
    );
  }
  if (shape.includes(0)) {
    throw new FormatError(`${path}: byte ${at}: ${tensor} is empty: ${shape.join(" x ")}`, {
      file: path,
      offset: at,
    });
  }
  return readable;
}
