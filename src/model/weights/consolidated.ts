/**
 * The files in which Meta and Mistral publish their models, `consolidated.00.pth`: `params.json` beside them states
 * the sizes. Of a large model each file is a part, in which every matrix is cut: the embedding of Llama
 * 1 and 2 by columns, that of Llama 3 by rows.
 */
import { UnsupportedError } from "../../errors.ts";
import { readJsonObject } from "../bytes/json.ts";
import { type ModelConfig, modelConfig } from "../families/model-config.ts";
import type { FileOptions, ModelFiles } from "../files.ts";

/** What lies beside a file of weights. */
export interface Besides {
  readonly config: ModelConfig;
  /** What is to be said of it, a line each. */
  readonly notes: readonly string[];
}

export interface BesidesRequest extends FileOptions {
  readonly config: ModelConfig;
  /** The tensor that was asked for by name. */
  readonly tensor?: string | undefined;
  /** What a file is called in errors. */
  readonly label: (path: string) => string;
}

/**
 * What lies beside a file of weights that was named; for other files what `config.json` says.
 *
 * @throws {UnsupportedError} if the file is a part and a token matrix is asked for.
 * @throws {FormatError} if `params.json` is broken.
 */
export async function consolidated(
  files: ModelFiles,
  path: string,
  request: BesidesRequest,
): Promise<Besides> {
  const name = /(?:^|\/)consolidated(?:\.(\d\d))?\.(?:pth?|safetensors)$/i.exec(path);
  if (name === null) return { config: request.config, notes: [] };
  const [, number] = name;
  const config = await statedSizes(files, request);
  const other = path.replace(/\d\d(?=\.\w+$)/, number === "00" ? "01" : "00");
  const isPart = number !== undefined && (await files.open(other, request)) !== undefined;
  if (!isPart) return { config, notes: [] };
  const what = `${request.label(path)}: this is one of several parts of a model (${other} is another), in which matrices are cut`;
  if (request.tensor !== undefined) return { config, notes: [what] };
  throw new UnsupportedError(
    `${what}; Tokenscape does not join them: take the model in Hugging Face's format`,
    { feature: "model-parallel checkpoint" },
  );
}

/** `params.json` stands in for a `config.json` that is missing. */
async function statedSizes(files: ModelFiles, request: BesidesRequest): Promise<ModelConfig> {
  const { config, label } = request;
  if (config.vocab !== undefined || config.widths.length > 0) return config;
  const bytes = await files.read("params.json", request);
  if (bytes === undefined) return config;
  return modelConfig(readJsonObject(bytes, label("params.json")), "params.json");
}
