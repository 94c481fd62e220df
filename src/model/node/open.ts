import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { RunOptions } from "../../compute/run.ts";
import { FormatError, UnsupportedError } from "../../errors.ts";
import type { Matrix } from "../../matrix.ts";
import { quoted } from "../display.ts";
import { labelTable, readLabels } from "../labels.ts";
import type { Model } from "../model.ts";
import { readNpyHeader } from "../npy.ts";
import { type Labels, openFiles, storedModel } from "../open-files.ts";
import type { StoredMatrix } from "../row-reader.ts";
import { bufferSource } from "../source.ts";
import { readMetadata, readVectors } from "../tsv.ts";
import { createVocabulary } from "../vocabulary.ts";
import { fileSource, readable } from "./file-source.ts";
import { exists, folderFiles, kindOf, readWhole } from "./folder.ts";
import { sampleFiles } from "./sample.ts";

export interface OpenModelOptions extends RunOptions {
  /** Branch, tag or commit on the hub, default `"main"`. For hub ids only. */
  readonly revision?: string | undefined;
  /** Read rows from the tensor of this name; default: the token embedding, found by name and size. */
  readonly tensor?: string | undefined;
  /**
   * A file that names the rows, in place of the model's vocabulary: one name per line, a JSON array, or
   * (`.tsv`) metadata of the Embedding Projector.
   */
  readonly labels?: string | undefined;
  /** A metadata file of the Embedding Projector that names the rows; the same as `labels` with a `.tsv`. */
  readonly metadata?: string | undefined;
  /** Where the hub's files are kept, default as Python's huggingface_hub. */
  readonly cacheDir?: string | undefined;
  /** Ask the network for nothing, default false. */
  readonly offline?: boolean | undefined;
  /** Ask the hub again which commit the revision is, default false. */
  readonly refresh?: boolean | undefined;
  /** Access token for the hub, default `HF_TOKEN`. */
  readonly token?: string | undefined;
  /** Address of the hub, default `HF_ENDPOINT`. */
  readonly endpoint?: string | undefined;
}

/**
 * Opens a model: reads headers and vocabulary, and none of its rows.
 *
 * @param source A folder in Hugging Face layout, a `.safetensors`, `.npy` or `.tsv` file; `"sample"`, the
 *   built-in model; or the id of a model on the hub, `"gpt2"` or `"openai-community/gpt2@main"`. A path
 *   that exists wins over the sample, and over a hub id of the same name.
 * @throws {RangeError} for a path that does not exist, options that do not fit the source, and labels
 *   that are not as many as the rows.
 * @throws {FormatError} for files that are broken, {UnsupportedError} for what is not read,
 *   {HubError} where the hub can't give the model.
 */
export async function openModel(source: string, options: OpenModelOptions = {}): Promise<Model> {
  if (typeof source !== "string" || source === "") {
    throw new TypeError('openModel: expected a path, a hub id or "sample"');
  }
  options.signal?.throwIfAborted();
  const kind = await kindOf(source);
  if (kind === "other") throw new RangeError(`${source}: expected a file or a folder`);
  if (kind === null && looksLikePath(source)) {
    throw new RangeError(`${source}: there is no such file or folder`);
  }
  if (kind === null && source !== "sample") return openHub(source, options);
  if (options.revision !== undefined) {
    throw new RangeError(`openModel: a revision is for hub ids, and ${quoted(source)} is not one`);
  }
  const labels = await fileLabels(options);
  if (kind === null) return openFiles(sampleFiles(), { ...options, labels });
  return kind === "folder"
    ? openFolder(source, options, labels)
    : openFile(source, options, labels);
}

async function openHub(id: string, options: OpenModelOptions): Promise<Model> {
  const labels = await fileLabels(options);
  // loaded here, so that opening a file does not wait for the hub's client
  const { hubFiles } = await import("./hub-files.ts");
  return openFiles(await hubFiles(id, options), { ...options, labels });
}

async function openFolder(
  folder: string,
  options: OpenModelOptions,
  labels: Labels | undefined,
): Promise<Model> {
  const weights = ["model.safetensors", "model.safetensors.index.json"];
  const names = await readable(folder, () => readdir(folder));
  if (!names.some((name) => weights.includes(name))) {
    throw new FormatError(`${folder}: expected model.safetensors, found ${listing(names)}`, {
      file: folder,
    });
  }
  return openFiles(folderFiles(folder), { ...options, labels });
}

/** What is in a folder, cut after ten names. */
function listing(names: readonly string[]): string {
  if (names.length === 0) return "an empty folder";
  const sorted = names.toSorted();
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  return sorted.slice(0, 10).map(quoted).join(", ") + more;
}

async function openFile(
  file: string,
  options: OpenModelOptions,
  labels: Labels | undefined,
): Promise<Model> {
  const extension = extname(file).toLowerCase();
  if (extension === ".safetensors") {
    const weights = basename(file);
    const files = folderFiles(dirname(resolve(file)), weights);
    return openFiles(files, { ...options, labels, weights });
  }
  if (extension !== ".npy" && extension !== ".tsv") throw unknownFile(file, extension);
  if (options.tensor !== undefined) {
    throw new RangeError(`${file}: the file holds one matrix; a tensor can't be chosen`);
  }
  const source = await fileSource(file);
  const stored =
    extension === ".npy"
      ? await readNpyHeader(source, file, options)
      : storedVectors(await readVectors(source, file, options));
  return matrixModel(stored, file, labels);
}

function unknownFile(file: string, extension: string): UnsupportedError {
  const pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];
  const advice = pickles.includes(extension)
    ? ", not PyTorch's pickles, which can run code when they are loaded; convert it to safetensors"
    : "";
  const expected = "a folder, a .safetensors, .npy or .tsv file";
  return new UnsupportedError(`${file}: expected ${expected}${advice}`, {
    feature: extension === "" ? "file without extension" : `${extension} file`,
  });
}

/** A matrix in memory, as if it lay in a file. */
function storedVectors(X: Matrix): StoredMatrix {
  const bytes = new Uint8Array(X.data.length * 4);
  const view = new DataView(bytes.buffer);
  X.data.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return { source: bufferSource(bytes), start: 0, dtype: "F32", shape: X.shape };
}

/** A model of a single matrix, whose rows have the labels as names or none. */
async function matrixModel(
  stored: StoredMatrix,
  file: string,
  labels: Labels | undefined,
): Promise<Model> {
  const { dtype, shape } = stored;
  if (shape[0] === 0 || shape[1] === 0) {
    throw new FormatError(`${file}: the matrix is empty: ${shape[0]} x ${shape[1]}`, { file });
  }
  const table = labels && labelTable(labels.names, shape[0], labels.source);
  const notes = table === undefined ? [await namelessNote(file)] : [];
  const vocabulary = createVocabulary(shape[0], table ?? null);
  const origin = { name: basename(file), revision: null, fetched: null };
  const tensor = "matrix";
  const tensors = [{ name: tensor, dtype, shape }];
  return storedModel(stored, origin, { tensor, tensors, vocabulary, notes });
}

/** Labels are never guessed; but where they seem to lie beside the file, the note says so. */
async function namelessNote(file: string): Promise<string> {
  const stem = basename(file, extname(file));
  const candidates = [`${stem}.txt`, `${stem}.json`, "metadata.tsv"];
  for (const name of candidates) {
    const beside = join(dirname(file), name);
    if (await exists(beside)) return `rows show as #id; ${beside} may name them (option labels)`;
  }
  return "rows show as #id; a file with their names can be given (option labels)";
}

async function fileLabels({
  labels,
  metadata,
  signal,
}: OpenModelOptions): Promise<Labels | undefined> {
  if (labels !== undefined && metadata !== undefined) {
    throw new RangeError("openModel: labels and metadata both name the rows; give one of them");
  }
  const file = labels ?? metadata;
  if (file === undefined) return undefined;
  if ((await kindOf(file)) === null) throw new RangeError(`${file}: there is no such file`);
  const bytes = await readWhole(file, signal);
  const isMetadata = metadata !== undefined || extname(file).toLowerCase() === ".tsv";
  return { names: isMetadata ? readMetadata(bytes, file) : readLabels(bytes, file), source: file };
}

/** True for what nobody would write as a hub id. */
function looksLikePath(source: string): boolean {
  const [id] = source.split("@");
  return (
    /^[./~]/.test(source) ||
    /[\\\0]/.test(source) ||
    /\.(safetensors|npy|npz|tsv|csv|txt|json|bin|pt|pth|ckpt|gguf|h5)$/i.test(source) ||
    id!.split("/").length > 2
  );
}
