import { basename, dirname, extname, resolve } from "node:path";
import type { RunOptions } from "../../compute/run.ts";
import { HubError, rangeError, typeError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import type { Patience } from "../hub/retry.ts";
import { type Labels, readLabels } from "../labels.ts";
import type { MatrixName, Model, ModelHeaders } from "../model.ts";
import { openAlone, openFiles } from "../open-files.ts";
import type { TokenTable } from "../vocabulary/token-table.ts";
import { readMetadata } from "../weights/tsv.ts";
import {
  checkWeightsPath,
  holdsStandardWeights,
  weightCandidates,
} from "../weights/weight-files.ts";
import { fileNamesIn, folderFiles, kindOf, readWhole } from "./folder.ts";
import { noSuchPath, withLocalName } from "./not-here.ts";
import { sampleFiles } from "./sample.ts";
import { readTokenizer, type TokenizerHome, withTokenizerHint } from "./tokenizer.ts";

export interface OpenModelOptions extends RunOptions {
  /** Branch, tag or commit on the hub, default `"main"`. For hub ids only. */
  readonly revision?: string | undefined;
  /** The token matrix to read rows of, default `"input"`: the token embedding, found by name and size. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /**
   * The weight file of a folder or of a model on the hub, by its path within it, such as
   * `"Q4_K_M/model-00001-of-00003.gguf"`; configuration and vocabulary are those beside that file. Default
   * `model.safetensors`, `pytorch_model.bin`, the shards of an index of either one, or the only other file
   * in the top folder that could hold the weights.
   */
  readonly weights?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: ((headers: ModelHeaders) => void) | undefined;
  /**
   * A file that names the rows, in place of the model's vocabulary: one name per line, a JSON array, or
   * (`.tsv`) metadata of the Embedding Projector.
   */
  readonly labels?: string | undefined;
  /** A metadata file of the Embedding Projector that names the rows; the same as `labels` with a `.tsv`. */
  readonly metadata?: string | undefined;
  /**
   * A tokenizer that names the rows, in place of what lies beside the weights: its folder, of which the same
   * rule as ever chooses the file, or its file, read by its name (`tokenizer.json`, `vocab.json`,
   * `tekken.json`, `vocab.txt`, `tokenizer.model`, ..., or a `.gguf`). A path on this machine; where there
   * is nothing of that name, and the source is a folder or of the hub, a path within the model. What is
   * missing or broken there is an error.
   */
  readonly tokenizer?: string | undefined;
  /** Tokenscape's own cache, of pieces of the hub's files, default `$XDG_CACHE_HOME/tokenscape`; that of Python's huggingface_hub is where its variables say. */
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
 *   (under a standard name, or a `.safetensors` or `.gguf` file) over the built-in one.
 * @throws {RangeError} for a path that does not exist, options that do not fit the source, a model with
 *   several files of weights of which none is named, labels that are not as many as the rows, and a tokenizer
 *   that is not there or has more tokens than there are rows.
 * @throws {FormatError} for files that are broken, {UnsupportedError} for what is not read,
 *   {HubError} where the hub can't give the model.
 */
export async function openModel(source: string, options: OpenModelOptions = {}): Promise<Model> {
  if (typeof source !== "string" || source === "") {
    throw typeError('openModel: expected a path, a hub id or "sample"');
  }
  options.signal?.throwIfAborted();
  if (options.weights !== undefined) checkWeightsPath(options.weights);
  const kind = await sourceKind(source);
  if (kind === "hub") return openHub(source, options);
  if (options.revision !== undefined) {
    throw rangeError(`openModel: a revision is for hub ids, and ${quoted(source)} is not one`);
  }
  const labels = await fileLabels(options);
  if (kind === "folder") {
    const tokens = await tokenizerTokens(options, { folder: source });
    const model = await openFiles(folderFiles(source), { ...options, labels, tokens });
    return withTokenizerHint(model, { folder: source }, options);
  }
  if (options.weights !== undefined) {
    throw rangeError(
      `weights: it names a file of a folder or of a model on the hub, and ${quoted(source)} is neither`,
    );
  }
  const tokens = await tokenizerTokens(options, null);
  if (kind === "sample") return openFiles(sampleFiles(), { ...options, labels, tokens });
  const name = basename(source);
  const files = folderFiles(dirname(resolve(source)), name);
  const model = await openAlone(files, name, { ...options, labels, tokens });
  return withTokenizerHint(model, { folder: dirname(source) }, options);
}

async function sourceKind(source: string): Promise<"file" | "folder" | "sample" | "hub"> {
  const kind = await kindOf(source);
  if (kind === "other") throw rangeError(`${source}: expected a file or a folder`);
  // many folders are named sample, this project's own among them
  if (source === "sample" && !(kind === "folder" && (await isModel(source)))) return "sample";
  if (kind !== null) return kind;
  if (!looksLikePath(source)) return "hub";
  throw await noSuchPath(source);
}

async function isModel(folder: string): Promise<boolean> {
  const names = await fileNamesIn(folder);
  // arrays and .bin files lie in folders of any kind, and the sample is the model where none is named
  return (
    holdsStandardWeights(names) ||
    weightCandidates(names).some((name) => /\.(?:safetensors|gguf|index\.json)$/i.test(name))
  );
}

async function openHub(id: string, options: OpenModelOptions): Promise<Model> {
  const labels = await fileLabels(options);
  // loaded here, so that opening a file does not wait for the hub's client
  const { hubFiles } = await import("./hub-files.ts");
  const files = await hubFiles(id, options).catch(async (error: unknown) => {
    if (!(error instanceof HubError)) throw error;
    throw await withLocalName(id, isSilence(error) ? notHere(id, error) : error);
  });
  const tokens = await tokenizerTokens(options, { hub: files });
  const model = await openFiles(files, { ...options, labels, tokens });
  return withTokenizerHint(model, { hub: files }, options);
}

/** True where the hub did not answer: it could not say whether there is such a model. */
function isSilence(error: HubError): boolean {
  return error.status === undefined && error.cause !== undefined;
}

function notHere(id: string, { message, url, cause }: HubError): HubError {
  return new HubError(`${id}: there is no file or folder of this name here, and ${message}`, {
    ...(url === undefined ? {} : { url }),
    cause,
  });
}

async function tokenizerTokens(
  { tokenizer, signal }: OpenModelOptions,
  home: TokenizerHome,
): Promise<TokenTable | undefined> {
  return tokenizer === undefined ? undefined : readTokenizer(tokenizer, home, { signal });
}

async function fileLabels({
  labels,
  metadata,
  tokenizer,
  signal,
}: OpenModelOptions): Promise<Labels | undefined> {
  const given = Object.entries({ labels, metadata, tokenizer }).filter(
    ([, at]) => at !== undefined,
  );
  if (given.length > 1) {
    const [first, second] = given.map(([name]) => name);
    throw rangeError(`openModel: ${first} and ${second} both name the rows; give one of them`);
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
