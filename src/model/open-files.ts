import type { RunOptions } from "../compute/run.ts";
import { rangeError } from "../errors.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import type { Labels } from "./labels.ts";
import type { HeadersListener, MatrixName, Model, ModelHeaders } from "./model.ts";
import { namesBeside } from "./names-beside.ts";
import { openGguf } from "./open-gguf.ts";
import { openMatrix } from "./open-matrix.ts";
import { openTensors } from "./open-tensors.ts";
import type { TokenTable } from "./vocabulary/token-table.ts";
import {
  checkWeightsPath,
  findWeights,
  noSuchWeights,
  unknownFormat,
  type WeightFormat,
  weightFormat,
} from "./weights/weight-files.ts";

export interface OpenFilesOptions extends RunOptions {
  /** The token matrix to read rows of, default `"input"`: the token embedding, found by name and size. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: ((headers: ModelHeaders) => void) | undefined;
  /** Name the rows with these in place of the model's vocabulary; one for every row. */
  readonly labels?: Labels | undefined;
  /** Name the rows by the tokens of a tokenizer that lies elsewhere, in place of the model's vocabulary. */
  readonly tokens?: TokenTable | undefined;
  /**
   * The weight file, or the index of shards, by its path among the files; configuration and vocabulary are
   * those beside it. Default `model.safetensors`, `pytorch_model.bin`, the shards of an index of either
   * one, or the only other file in the top folder that could hold the weights.
   */
  readonly weights?: string | undefined;
}

/**
 * Opens a model: reads headers, configuration and vocabulary, and no row. The extension of the weight file
 * says how it is read: `.safetensors`, PyTorch's `.bin`, `.pt`, `.pth` and `.ckpt`, `.gguf`, and
 * matrices in `.npy`, `.npz` and `.tsv`.
 *
 * @throws {FormatError} if the files are broken, or there are no weights.
 * @throws {UnsupportedError} if the matrix can't be told or is not there, or can't be read.
 * @throws {RangeError} if there is no file or tensor of the name asked for, several files could be the
 *   weights, a matrix is asked for of a file that is none of a model, a matrix and a tensor are
 *   asked for, there are not as many labels as rows, or there are tokens beyond the rows.
 */
export async function openFiles(files: ModelFiles, options: OpenFilesOptions = {}): Promise<Model> {
  const { signal, weights } = options;
  if (weights !== undefined) checkWeightsPath(weights);
  const { path, notes } =
    weights === undefined ? await findWeights(files, { signal }) : { path: weights, notes: [] };
  const onHeaders = listener(files, options, { weights: path ?? null, notes });
  const whole = (name: string) => `${files.name}/${name}`;
  const model =
    path === undefined
      ? await openTensors(files, { ...options, label: whole, onHeaders })
      : await openFile(beside(files, path), { ...options, onHeaders });
  return { ...model, weights: path ?? null, notes: [...notes, ...model.notes] };
}

/**
 * Opens a file by itself, which is the model; a configuration and a vocabulary that lie beside it count.
 *
 * @param files Those of its folder; named as the file.
 * @param path The file's name.
 */
export async function openAlone(
  files: ModelFiles,
  path: string,
  options: Omit<OpenFilesOptions, "weights">,
): Promise<Model> {
  const onHeaders = listener(files, options, { weights: null, notes: [] });
  return openFile({ files, path, label: (name) => name, alone: true }, { ...options, onHeaders });
}

/** Tells of headers together with what is known of the model already, if anybody listens. */
function listener(
  { name, revision, fetched }: ModelFiles,
  { onHeaders }: Pick<OpenFilesOptions, "onHeaders">,
  { weights, notes }: Pick<ModelHeaders, "weights" | "notes">,
): HeadersListener | undefined {
  return (
    onHeaders &&
    ((headers) =>
      onHeaders({
        ...{ name, revision, fetched, weights, matrices: headers.matrices },
        tensors: headers.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
        notes: [...notes, ...headers.notes],
      }))
  );
}

/** A weight file and what lies beside it. */
interface Place {
  /** The files of its folder. */
  readonly files: ModelFiles;
  /** Its name there. */
  readonly path: string;
  /** What a file of the folder is called in errors and notes. */
  readonly label: (path: string) => string;
  /** It was opened by itself, and not as one of the files of a model. */
  readonly alone: boolean;
}

/** The folder of a model in which a weight file lies; a file that is not there is an error. */
function beside(files: ModelFiles, weights: string): Place {
  const folder = weights.slice(0, weights.lastIndexOf("/") + 1);
  const path = weights.slice(folder.length);
  const sought = async <T>(name: string, found: T | undefined, options?: FileOptions) => {
    if (found === undefined && name === path) throw await noSuchWeights(files, weights, options);
    return found;
  };
  return {
    files: {
      ...{ name: files.name, revision: files.revision, fetched: files.fetched },
      open: async (name, run) => sought(name, await files.open(folder + name, run), run),
      read: async (name, run) => sought(name, await files.read(folder + name, run), run),
      list: async (run) => {
        const paths = (await files.list?.(run)) ?? [];
        return paths.filter((one) => one.startsWith(folder)).map((one) => one.slice(folder.length));
      },
    },
    path,
    label: (name) => `${files.name}/${folder}${name}`,
    alone: false,
  };
}

type OpenFileOptions = Omit<OpenFilesOptions, "onHeaders"> & {
  readonly onHeaders: HeadersListener | undefined;
};

async function openFile(place: Place, options: OpenFileOptions): Promise<Model> {
  const { files, path, label, alone } = place;
  const format = weightFormat(path) ?? (await nameless(place, options));
  if (format === "gguf") return openGguf(files, path, { ...options, label });
  if (format === "tensors") return openTensors(files, { ...options, weights: path, label, alone });
  if (options.matrix !== undefined) {
    throw rangeError(
      `${label(path)}: --matrix (option matrix) is for models, and the file is not one`,
    );
  }
  const source = (await files.open(path, options))!;
  const { name, revision, fetched } = files;
  const model = await openMatrix(source, label(path), format, {
    ...options,
    namelessNote: (rows) => namelessNote(place, rows, options),
  });
  return { ...model, name, revision, fetched };
}

/** GGUF files may lack the extension, as Ollama keeps them (`blobs/sha256-...`). */
async function nameless(
  { files, path, label }: Place,
  options: FileOptions,
): Promise<WeightFormat> {
  if (!path.includes(".")) {
    const there = (await files.list?.(options)) ?? [];
    if (there.some((one) => one.startsWith(`${path}/`))) {
      throw await noSuchWeights(files, path, options);
    }
    const source = (await files.open(path, options))!;
    const head = await source.slice(0, Math.min(4, source.byteLength), options);
    if (String.fromCharCode(...head) === "GGUF") return "gguf";
  }
  throw unknownFormat(label(path), path);
}

/** Labels are never guessed; but where they seem to lie beside the file, the note says so. */
async function namelessNote(
  { files, path }: Place,
  rows: number,
  options: FileOptions,
): Promise<string> {
  const name = await namesBeside(files, path, rows, options);
  return name === undefined
    ? "rows show as #id; a file with their names can be given with --labels (option labels)"
    : `rows show as #id; ${name}, which lies beside it, may name them with --labels (option labels)`;
}
