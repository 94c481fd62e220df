import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { RunOptions } from "../../compute/run.ts";
import { FormatError, HubError, rangeError, typeError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../display.ts";
import type { Patience } from "../hub-retry.ts";
import { type Labels, readLabels } from "../labels.ts";
import type { MatrixName, Model } from "../model.ts";
import { openFiles } from "../open-files.ts";
import { isGgufFile, openGguf } from "../open-gguf.ts";
import { openMatrix } from "../open-matrix.ts";
import { readMetadata } from "../tsv.ts";
import { isTorchFile, WEIGHT_FILES } from "../weights.ts";
import { fileSource, readable } from "./file-source.ts";
import { exists, folderFiles, kindOf, readWhole } from "./folder.ts";
import { sampleFiles } from "./sample.ts";

export interface OpenModelOptions extends RunOptions {
  /** Branch, tag or commit on the hub, default `"main"`. For hub ids only. */
  readonly revision?: string | undefined;
  /** The token matrix to read rows of, default `"input"`: the token embedding, found by name and size. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
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
  /** How long a busy, broken or silent hub is borne with. */
  readonly patience?: Partial<Patience> | undefined;
  /** Told what works less well than it should: a cache that can't be written. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Opens a model: reads headers and vocabulary, and none of its rows.
 *
 * @param source A folder in Hugging Face layout; a `.safetensors` or `.gguf` file, a checkpoint of PyTorch
 *   (`.bin`, `.pt`, `.pth`, `.ckpt`), a `.npy`, `.npz` or `.tsv` file; `"sample"`, the built-in model; or
 *   the id of a model on the hub, `"gpt2"` or `"openai-community/gpt2@main"`. A path
 *   that exists wins over a hub id of the same name, and a folder named `sample` that holds a model
 *   over the built-in one.
 * @throws {RangeError} for a path that does not exist, options that do not fit the source, and labels
 *   that are not as many as the rows.
 * @throws {FormatError} for files that are broken, {UnsupportedError} for what is not read,
 *   {HubError} where the hub can't give the model.
 */
export async function openModel(source: string, options: OpenModelOptions = {}): Promise<Model> {
  if (typeof source !== "string" || source === "") {
    throw typeError('openModel: expected a path, a hub id or "sample"');
  }
  options.signal?.throwIfAborted();
  const kind = await sourceKind(source);
  if (kind === "hub") return openHub(source, options);
  if (options.revision !== undefined) {
    throw rangeError(`openModel: a revision is for hub ids, and ${quoted(source)} is not one`);
  }
  const labels = await fileLabels(options);
  if (kind === "sample") return openFiles(sampleFiles(), { ...options, labels });
  return kind === "folder"
    ? openFolder(source, options, labels)
    : openFile(source, options, labels);
}

async function sourceKind(source: string): Promise<"file" | "folder" | "sample" | "hub"> {
  const kind = await kindOf(source);
  if (kind === "other") throw rangeError(`${source}: expected a file or a folder`);
  // many folders are named sample, this project's own among them
  if (source === "sample" && !(kind === "folder" && (await holdsWeights(source)))) return "sample";
  if (kind !== null) return kind;
  if (!looksLikePath(source)) return "hub";
  throw rangeError(`${source}: there is no such file or folder`);
}

async function openHub(id: string, options: OpenModelOptions): Promise<Model> {
  const labels = await fileLabels(options);
  // loaded here, so that opening a file does not wait for the hub's client
  const { hubFiles } = await import("./hub-files.ts");
  const files = await hubFiles(id, options).catch((error: unknown) => {
    throw isSilence(error) ? notHere(id, error) : error;
  });
  return openFiles(files, { ...options, labels });
}

/** True where the hub did not answer: it could not say whether there is such a model. */
function isSilence(error: unknown): error is HubError {
  return error instanceof HubError && error.status === undefined && error.cause !== undefined;
}

function notHere(id: string, { message, url, cause }: HubError): HubError {
  return new HubError(`${id}: there is no file or folder of this name here, and ${message}`, {
    ...(url === undefined ? {} : { url }),
    cause,
  });
}

async function openFolder(
  folder: string,
  options: OpenModelOptions,
  labels: Labels | undefined,
): Promise<Model> {
  if (!(await holdsWeights(folder))) {
    const names = await readable(folder, () => readdir(folder));
    const gguf = onlyGguf(names, folder);
    if (gguf !== undefined) {
      return openFiles(folderFiles(folder), { ...options, labels, weights: gguf });
    }
    const expected = "model.safetensors, pytorch_model.bin or a .gguf file";
    throw new FormatError(`${folder}: expected ${expected}, found ${listing(names)}`, {
      file: folder,
    });
  }
  return openFiles(folderFiles(folder), { ...options, labels });
}

/**
 * The GGUF file of a folder, or the first part of one.
 *
 * @throws {RangeError} if there are several: they are models of their own, or the same in other types.
 */
function onlyGguf(names: readonly string[], folder: string): string | undefined {
  const files = names.filter(
    (name) => isGgufFile(name) && !/-(?!00001)\d{5}-of-\d{5}\./.test(name),
  );
  if (files.length <= 1) return files[0];
  throw rangeError(`${folder}: there are several GGUF files; name one of ${listing(files)}`);
}

async function holdsWeights(folder: string): Promise<boolean> {
  for (const name of WEIGHT_FILES) if (await exists(join(folder, name))) return true;
  return false;
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
  const weights = basename(file);
  const files = folderFiles(dirname(resolve(file)), weights);
  if (isGgufFile(file) || (extension === "" && (await beginsAsGguf(file)))) {
    return openGguf(files, weights, { ...options, labels });
  }
  if (extension === ".safetensors" || isTorchFile(file)) {
    return openFiles(files, { ...options, labels, weights });
  }
  const format = MATRICES.get(extension);
  if (format === undefined) throw unknownFile(file, extension);
  if (options.matrix !== undefined) {
    throw rangeError(`${file}: --matrix (option matrix) is for models, and the file is not one`);
  }
  return openMatrix(await fileSource(file), file, format, {
    name: basename(file),
    tensor: options.tensor,
    labels,
    namelessNote: await namelessNote(file),
    signal: options.signal,
  });
}

/** True for GGUF files without a name, as Ollama keeps them (`blobs/sha256-...`). */
async function beginsAsGguf(file: string): Promise<boolean> {
  const source = await fileSource(file);
  const head = await source.slice(0, Math.min(4, source.byteLength));
  return String.fromCharCode(...head) === "GGUF";
}

/** Files of matrices, by extension. */
const MATRICES: ReadonlyMap<string, "npy" | "npz" | "tsv"> = new Map([
  [".npy", "npy"],
  [".npz", "npz"],
  [".tsv", "tsv"],
]);

function unknownFile(file: string, extension: string): UnsupportedError {
  const expected = "a folder, a .safetensors, .gguf, .bin, .pt, .npy, .npz or .tsv file";
  return new UnsupportedError(`${file}: expected ${expected}`, {
    feature: extension === "" ? "file without extension" : `${extension} file`,
  });
}

/** Labels are never guessed; but where they seem to lie beside the file, the note says so. */
async function namelessNote(file: string): Promise<string> {
  const stem = basename(file, extname(file));
  const candidates = [`${stem}.txt`, `${stem}.json`, "metadata.tsv"];
  for (const name of candidates) {
    const beside = join(dirname(file), name);
    if (await exists(beside))
      return `rows show as #id; ${beside} may name them with --labels (option labels)`;
  }
  return "rows show as #id; a file with their names can be given with --labels (option labels)";
}

async function fileLabels({
  labels,
  metadata,
  signal,
}: OpenModelOptions): Promise<Labels | undefined> {
  if (labels !== undefined && metadata !== undefined) {
    throw rangeError("openModel: labels and metadata both name the rows; give one of them");
  }
  const file = labels ?? metadata;
  if (file === undefined) return undefined;
  if ((await kindOf(file)) === null) throw rangeError(`${file}: there is no such file`);
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
