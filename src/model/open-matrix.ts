import { FormatError, rangeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { type ByteSource, bufferSource } from "./bytes/source.ts";
import { findEmbedding } from "./families/embedding-tensor.ts";
import { modelConfig } from "./families/model-config.ts";
import { namedTensor } from "./families/named-tensor.ts";
import type { FileOptions } from "./files.ts";
import { givenNames } from "./given-names.ts";
import type { Labels } from "./labels.ts";
import type { HeadersListener, Model, TensorInfo } from "./model.ts";
import { storedModel } from "./stored-model.ts";
import type { StoredMatrix } from "./values/row-reader.ts";
import type { TokenTable } from "./vocabulary/token-table.ts";
import { createVocabulary } from "./vocabulary/vocabulary.ts";
import { npyMatrix, readNpyArray } from "./weights/npy.ts";
import { npzPart, onlyMatrix } from "./weights/npz.ts";
import { readVectors } from "./weights/tsv.ts";

export interface OpenMatrixOptions extends FileOptions {
  /** Of a `.npz` with several matrices, the one to read; the others hold one matrix, which has no name. */
  readonly tensor?: string | undefined;
  /** What people call the model, default the file's name. */
  readonly name?: string | undefined;
  /** Names for the rows; without them rows show as `#id`. */
  readonly labels?: Labels | undefined;
  /** Name the rows by the tokens of a tokenizer that lies elsewhere. */
  readonly tokens?: TokenTable | undefined;
  /** What the model's notes say about so many rows without names. */
  readonly namelessNote?: ((rows: number) => Promise<string>) | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: HeadersListener | undefined;
}

/**
 * Opens a file that holds a matrix: NumPy's `.npy`, of which only the header is read; `.npz`, of which the
 * headers are read; or the Embedding Projector's vectors (`.tsv`), which are read whole.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken or the matrix is empty.
 * @throws {UnsupportedError} for arrays whose rows can't be read, and if of several none is known to be
 *   the token embedding.
 * @throws {RangeError} if there are not as many labels as rows, tokens beyond the rows, or no matrix of the
 *   name asked for.
 */
export async function openMatrix(
  source: ByteSource,
  file: string,
  format: "npy" | "npz" | "tsv",
  options: OpenMatrixOptions = {},
): Promise<Model> {
  const { stored, tensor, tensors, ...said } = await readStored(source, file, format, options);
  const { shape } = stored;
  if (shape[0] === 0 || shape[1] === 0) {
    throw new FormatError(`${file}: the matrix is empty: ${shape[0]} x ${shape[1]}`, { file });
  }
  const { name = file, namelessNote = async () => "rows show as #id" } = options;
  const notes = [...said.notes];
  const table = givenNames(options, { tensor, rows: shape[0] }, notes);
  if (table === undefined) notes.push(await namelessNote(shape[0]));
  return storedModel(
    stored,
    { name, revision: null, fetched: null },
    {
      tensor,
      tensors,
      vocabulary: createVocabulary(shape[0], table ?? null),
      notes,
    },
  );
}

interface ChosenMatrix {
  readonly stored: StoredMatrix;
  readonly tensor: string;
  readonly tensors: readonly TensorInfo[];
  /** What is to be said of the choice, a line each. */
  readonly notes: readonly string[];
}

async function readStored(
  source: ByteSource,
  file: string,
  format: "npy" | "npz" | "tsv",
  options: OpenMatrixOptions,
): Promise<ChosenMatrix> {
  if (format === "npz") return readNpz(source, file, options);
  if (options.tensor !== undefined) {
    throw rangeError(`${file}: the file holds one matrix; a tensor can't be chosen`);
  }
  const stored =
    format === "npy"
      ? await readArray(source, file, options)
      : storedInMemory(await readVectors(source, file, options));
  const { dtype, shape } = stored;
  return { stored, tensor: "matrix", tensors: [{ name: "matrix", dtype, shape }], notes: [] };
}

async function readArray(
  source: ByteSource,
  file: string,
  options: OpenMatrixOptions,
): Promise<StoredMatrix> {
  const array = await readNpyArray(source, file, options);
  const { dtype, shape } = array;
  options.onHeaders?.({ matrices: null, tensors: [{ name: "matrix", dtype, shape }], notes: [] });
  return npyMatrix(array);
}

async function readNpz(
  source: ByteSource,
  file: string,
  options: OpenMatrixOptions,
): Promise<ChosenMatrix> {
  const part = await npzPart(source, file, options);
  const tensors = [...part.tensors.values()];
  options.onHeaders?.({ matrices: null, tensors, notes: [] });
  const asked =
    options.tensor === undefined ? undefined : namedTensor(tensors, options.tensor, file);
  const { name } =
    asked?.tensor ?? onlyMatrix(tensors) ?? findEmbedding(tensors, modelConfig(undefined), file);
  const notes = asked?.notes ?? [];
  return { stored: await part.matrix(name, options), tensor: name, tensors, notes };
}

/** A matrix in memory, as if it lay in a file. */
function storedInMemory(X: Matrix): StoredMatrix {
  const bytes = new Uint8Array(X.data.length * 4);
  const view = new DataView(bytes.buffer);
  X.data.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return { source: bufferSource(bytes), start: 0, dtype: "F32", shape: X.shape };
}
