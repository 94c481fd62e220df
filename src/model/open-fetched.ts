import { rangeError, typeError } from "../errors.ts";
import { fileAlone, type NamedBlob } from "./blob-files.ts";
import type { ModelFiles } from "./files.ts";
import { fetchHubFiles, type HubOptions } from "./hub/hub.ts";
import type { Labels } from "./labels.ts";
import type { MatrixName, Model, ModelHeaders } from "./model.ts";
import { openAlone, openFiles } from "./open-files.ts";
import { checkWeightsPath } from "./weights/weight-files.ts";

export interface OpenModelOptions extends HubOptions {
  /** The token matrix to read rows of, default `"input"`: the token embedding, found by name and size. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /**
   * The weight file, by its path among the model's files; configuration and vocabulary are those beside it.
   * Default `model.safetensors`, `pytorch_model.bin`, the shards of an index of either one, or the only
   * other file in the top folder that could hold the weights.
   */
  readonly weights?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Name the rows with these in place of the model's vocabulary; one for every row. */
  readonly labels?: Labels | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: ((headers: ModelHeaders) => void) | undefined;
}

/**
 * Opens a model in a browser: reads headers and vocabulary, and none of its rows. Nothing is kept.
 *
 * @param source The id of a model on the hub, `"gpt2"` or `"openai-community/gpt2@main"`; a file that the
 *   page's user chose or dropped (a `File`), which is the model; or the files of a model from anywhere
 *   else (`chosenFiles`, `directoryFiles`).
 * @throws {TypeError} for another source; {RangeError} if the id can't be one, or of several files of
 *   weights none is named; {HubError} where the hub can't give the model; {FormatError} for files that are broken, {UnsupportedError} for
 *   what is not read, and for the hub on pages that are not secure.
 */
export async function openModel(
  source: string | NamedBlob | ModelFiles,
  options: OpenModelOptions = {},
): Promise<Model> {
  checkSource(source);
  const { weights } = options;
  if (isBlob(source)) {
    if (weights === undefined) return openAlone(fileAlone(source), source.name, options);
    throw rangeError(`weights: ${source.name} is one file; give several by chosenFiles`);
  }
  if (weights !== undefined) checkWeightsPath(weights);
  const files = typeof source === "string" ? await fetchHubFiles(source, options) : source;
  return openFiles(files, options);
}

function isBlob(source: string | NamedBlob | ModelFiles): source is NamedBlob {
  return source instanceof Blob;
}

/** @throws {TypeError} with the way to open what was given. */
function checkSource(source: unknown): void {
  if (typeof source === "string") return;
  const given = typeof source === "object" && source !== null ? source : {};
  const hasName = "name" in given && typeof given.name === "string";
  if (given instanceof Blob) {
    if (hasName) return;
    throw typeError('openModel: the Blob has no name; give new File([blob], "x.safetensors")');
  }
  const hasFiles = "open" in given && "read" in given;
  if (hasName && hasFiles) return;
  const ways = "several files by chosenFiles, a folder's handle by directoryFiles";
  throw typeError(`openModel: expected a hub id, a File or the files of a model (${ways})`);
}
