/** Which of a model's files the weights are read from: the one that was named, or one found by a rule. */
import { FormatError, rangeError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { type FileOptions, isInside, type ModelFiles } from "../files.ts";
import { adapterError, isAdapter } from "./adapter.ts";
import { WEIGHT_FILES } from "./weights.ts";

/** How a weight file is read; safetensors, PyTorch's and indexes of shards have a configuration beside them. */
export type WeightFormat = "tensors" | "gguf" | "npy" | "npz" | "tsv";

const MODELS = /\.(?:safetensors|gguf|bin|pt|pth|ckpt)$/i;
const INDEX = /\.(?:safetensors|bin)\.index\.json$/i;
/** A part of a model whose index says what is in it. */
const SHARD = /-\d{5}-of-\d{5}\.(?:safetensors|bin)$/i;
/** The first part of a GGUF model in several. */
const FIRST_OF_SEVERAL = /-00001-of-(?!00001\.)\d{5}\.gguf$/i;
const ARRAYS = /\.(?:npy|npz|tsv)$/i;
/** The extensions of all files that are read. */
const READ = ".safetensors, .gguf, .bin, .pt, .pth, .ckpt, .npy, .npz or .tsv";

/** What training leaves beside a model, and what changes or completes a model without being one. */
const NO_MODEL: readonly RegExp[] = [
  // hidden; macOS leaves ._NAME beside NAME on disks of other systems
  /^\./,
  // the Trainer of transformers, accelerate
  /^(?:training_args|optimizer|scheduler|scaler|sampler|rng_state)(?:_\d+)?\.(?:bin|pt|pth)$/i,
  // llama.cpp: encoders of pictures and sounds, statistics for quantizing
  // (anchored, so that a long name of a hub's takes no quadratic time)
  /^(?=.*(?:mmproj|imatrix)).*\.gguf$/i,
  // of a model that is split, the first part stands for all
  /-(?!00001-)\d{5}-of-\d{5}\.gguf$/i,
  // the Embedding Projector: names, no vectors
  /^metadata\.tsv$/i,
];
/** Weights of kinds that are not read. */
const OTHERS = /\.(?:h5|keras|msgpack|onnx|ot|tflite)$/i;

/** How a file of this name is read; undefined if it is not. */
export function weightFormat(path: string): WeightFormat | undefined {
  if (/\.gguf$/i.test(path)) return "gguf";
  if (MODELS.test(path) || INDEX.test(path)) return "tensors";
  return ARRAYS.exec(path)?.[0].slice(1).toLowerCase() as WeightFormat | undefined;
}

/** What is said of a file that has none of the extensions above. */
export function unknownFormat(file: string, path: string): UnsupportedError {
  const extension = /[^/.]\.([^/.]+)$/.exec(path)?.[1];
  const what = extension === undefined ? "file without extension" : `.${extension} file`;
  return new UnsupportedError(`${file}: expected a ${READ} file`, { feature: what });
}

/**
 * Checks the path of a weight file within a model.
 *
 * @throws {RangeError} unless it stays inside the model, in the same way on every system.
 */
export function checkWeightsPath(path: string): void {
  if (typeof path === "string" && isInside(path)) return;
  throw rangeError(
    `weights: expected the path of a file within the model, such as "model.safetensors" or "folder/model.gguf", got ${JSON.stringify(path)}`,
  );
}

/** The weights of a model that nobody named. */
export interface FoundWeights {
  /** The path of a file; undefined for the standard names. */
  readonly path: string | undefined;
  readonly notes: readonly string[];
}

/**
 * Finds the weights of a model: `model.safetensors`, `pytorch_model.bin` or an index of shards of either
 * one, or else the only file in its top folder that could be the model's weights. Nothing is taken at
 * random.
 *
 * @throws {RangeError} if there are several such files, or some in other folders alone; it lists them.
 * @throws {UnsupportedError} if all weights are of kinds that are not read; {FormatError} if there are none.
 */
export async function findWeights(
  files: ModelFiles,
  options: FileOptions = {},
): Promise<FoundWeights> {
  const paths = await files.list?.(options);
  if (paths === undefined || holdsStandardWeights(paths)) return { path: undefined, notes: [] };
  const [only, ...more] = weightCandidates(paths);
  if (only === undefined) throw await noWeights(files, paths, options);
  if (more.length === 0) return { path: only, notes: [`weights: ${only}, ${whyTaken(only)}`] };
  const below = candidatesByFolder(paths).filter((path) => path.includes("/"));
  const named = [only, ...more, ...(isArray(only) ? below : below.filter(isNoArray))];
  throw rangeError(`${files.name}: there are several files of weights; ${advice(named)}`);
}

function whyTaken(path: string): string {
  if (INDEX.test(path)) return "the index of the only weights here";
  if (FIRST_OF_SEVERAL.test(path)) return "the first part of the only weights here";
  return "the only file here that could hold them";
}

/** True if weights have one of the names by which they are found first. */
export function holdsStandardWeights(paths: readonly string[]): boolean {
  return WEIGHT_FILES.some((name) => paths.includes(name));
}

/**
 * The files of the top folder that could be a model's weights. Arrays can hold anything: they count
 * only where there is nothing else.
 */
export function weightCandidates(paths: readonly string[]): readonly string[] {
  const top = paths.filter((path) => !path.includes("/") && !isNoModel(path)).toSorted();
  const indexed = top.some((path) => INDEX.test(path));
  const models = top.filter((path) =>
    MODELS.test(path) ? !(indexed && SHARD.test(path)) : INDEX.test(path),
  );
  if (models.length > 0 || top.some((path) => OTHERS.test(path))) return models;
  return top.filter((path) => ARRAYS.test(path));
}

/** True if any file, in any folder, could be a model's weights. */
export function holdsWeights(paths: readonly string[]): boolean {
  return paths.some(isWeights);
}

function isWeights(path: string): boolean {
  return weightFormat(path) !== undefined && !isNoModel(path);
}

/** The candidates of every folder. */
function candidatesByFolder(paths: readonly string[]): readonly string[] {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const names = byFolder.get(folder) ?? [];
    byFolder.set(folder, names);
    names.push(path.slice(folder.length));
  }
  const candidates = [...byFolder].flatMap(([folder, names]) =>
    weightCandidates(names).map((name) => folder + name),
  );
  return candidates.toSorted();
}

function isArray(path: string): boolean {
  return ARRAYS.test(path);
}

function isNoArray(path: string): boolean {
  return !ARRAYS.test(path);
}

function isNoModel(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return isAdapter(name) || NO_MODEL.some((pattern) => pattern.test(name));
}

/** What to say of a model without weights in its top folder. */
async function noWeights(
  files: ModelFiles,
  paths: readonly string[],
  options: FileOptions,
): Promise<Error> {
  const { name } = files;
  const below = candidatesByFolder(paths);
  const models = below.filter(isNoArray);
  const elsewhere = `${name}: there are no weights in its top folder`;
  if (models.length > 0) return rangeError(`${elsewhere}; ${advice(models)}`);
  const adapter = paths.find(isAdapter);
  if (adapter !== undefined) return adapterError(files, `${name}: ${adapter}`, options);
  const others = paths.filter((path) => OTHERS.test(path)).toSorted();
  if (others.length > 0) {
    return new UnsupportedError(
      `${name}: there is no model.safetensors, only ${listing(others)}, which Tokenscape does not read; convert it to safetensors`,
      { feature: others[0]! },
    );
  }
  if (below.length > 0) return rangeError(`${elsewhere}; ${advice(below)}`);
  const found = paths.length === 0 ? "no files" : listing(paths.toSorted());
  return new FormatError(
    `${name}: expected model.safetensors, pytorch_model.bin or one other ${READ} file, found ${found}`,
    { file: name },
  );
}

/** What to say where a file was named that is not there. */
export async function noSuchWeights(
  files: ModelFiles,
  path: string,
  options: FileOptions = {},
): Promise<Error> {
  const paths = (await files.list?.(options)) ?? [];
  const weights = candidatesByFolder(paths);
  const day = files.fetched === null ? "" : ` (as of ${files.fetched})`;
  const fault = `${files.name}: there is no file ${quoted(path)}${day}`;
  const inside = weights.filter((one) => one.startsWith(`${path.replace(/\/+$/, "")}/`));
  if (inside.length > 0)
    return rangeError(`${fault}: it is a folder; in it are ${listing(inside)}`);
  const [meant, ...others] = paths.filter((one) => isWeights(one) && holdsText(one, path));
  if (meant !== undefined && others.length === 0) {
    return rangeError(`${fault}; did you mean ${quoted(meant)}?`);
  }
  const instead = weights.length === 0 ? "" : `; there are ${listing(weights)}`;
  return rangeError(`${fault}${instead}`);
}

function holdsText(path: string, part: string): boolean {
  return path.toLowerCase().includes(part.toLowerCase());
}

function advice(paths: readonly string[]): string {
  return `name one with --weights (option weights): ${listing(paths)}`;
}

/** Paths, cut after ten. */
function listing(paths: readonly string[]): string {
  const more = paths.length > 10 ? ` and ${paths.length - 10} more` : "";
  return paths.slice(0, 10).map(quoted).join(", ") + more;
}
