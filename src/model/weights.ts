import { FormatError, UnsupportedError } from "../errors.ts";
import { quoted } from "./display.ts";
import {
  type EmbeddingSize,
  findEmbedding,
  isEmbeddingName,
  namedTensor,
} from "./embedding-tensor.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { jsonObject, readJson } from "./json.ts";
import type { TensorInfo } from "./model.ts";
import type { StoredMatrix } from "./row-reader.ts";
import { safetensorsPart, type WeightPart } from "./weight-part.ts";

/** The tensor that rows are read from, and where its values lie. */
export interface EmbeddingSource {
  readonly tensor: TensorInfo;
  readonly stored: StoredMatrix;
  /** The tensors of every header that was read. */
  readonly tensors: readonly TensorInfo[];
}

/** What is asked of a model's weights. */
export interface EmbeddingRequest extends FileOptions {
  readonly size: EmbeddingSize;
  /** Take the tensor of this name. */
  readonly tensor?: string | undefined;
  /** The weight file, default `model.safetensors` or else the shards of its index. */
  readonly weights?: string | undefined;
  /** What a file is called in errors. */
  readonly label: (path: string) => string;
}

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
/** Weights of other kinds, to say what is there in place of safetensors. */
const OTHERS = ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "model.gguf"];

/**
 * Finds the embedding in a model's weights and reads the headers it needs for that: of one file, or of
 * the shards that may hold it.
 *
 * @throws {FormatError} if there are no weights or they are broken.
 */
export async function openEmbedding(
  files: ModelFiles,
  request: EmbeddingRequest,
): Promise<EmbeddingSource> {
  const path = request.weights ?? SINGLE;
  const single = await openPart(files, path, request);
  if (single !== undefined) return choose([single], request, request.label(path));
  const index = request.weights === undefined ? await files.read(INDEX, request) : undefined;
  if (index === undefined) throw await noWeights(files, path, request);
  return openSharded(files, index, request);
}

async function openSharded(
  files: ModelFiles,
  index: Uint8Array,
  request: EmbeddingRequest,
): Promise<EmbeddingSource> {
  const file = request.label(INDEX);
  const shards = readIndex(index, file);
  const wanted = [...shards].filter(([name]) =>
    request.tensor === undefined ? isEmbeddingName(name) : name === request.tensor,
  );
  // nothing by that name: every header, so that the error can list what there is
  const paths = new Set(wanted.length > 0 ? wanted.map(([, path]) => path) : shards.values());
  const parts: WeightPart[] = [];
  for (const path of paths) {
    const part = await openPart(files, path, request);
    if (part === undefined) {
      throw new FormatError(`${file}: the shard ${quoted(path)} is missing`, { file });
    }
    for (const [name] of wanted.filter(([, shard]) => shard === path)) {
      if (part.tensors.has(name)) continue;
      throw new FormatError(`${file}: the tensor ${quoted(name)} is not in ${quoted(path)}`, {
        file,
      });
    }
    parts.push(part);
  }
  return choose(parts, request, file);
}

/** Shard by tensor name. */
function readIndex(bytes: Uint8Array, file: string): ReadonlyMap<string, string> {
  const map = jsonObject(jsonObject(readJson(bytes, file))?.weight_map);
  if (map === undefined) throw new FormatError(`${file}: expected a "weight_map"`, { file });
  return new Map(
    Object.entries(map).map(([name, shard]) => {
      // a plain name: a shard must not lead out of the model's folder
      if (typeof shard === "string" && /^[\w-][\w.-]*\.safetensors$/.test(shard))
        return [name, shard];
      const given = typeof shard === "string" ? quoted(shard) : typeof shard;
      throw new FormatError(`${file}: expected the name of a .safetensors file, got ${given}`, {
        file,
      });
    }),
  );
}

async function openPart(
  files: ModelFiles,
  path: string,
  request: EmbeddingRequest,
): Promise<WeightPart | undefined> {
  const source = await files.open(path, request);
  return source === undefined ? undefined : safetensorsPart(source, request.label(path), request);
}

async function choose(
  parts: readonly WeightPart[],
  request: EmbeddingRequest,
  what: string,
): Promise<EmbeddingSource> {
  const tensors = parts.flatMap((part) => [...part.tensors.values()]);
  const tensor =
    request.tensor === undefined
      ? findEmbedding(tensors, request.size, what)
      : namedTensor(tensors, request.tensor, what);
  const part = parts.find((candidate) => candidate.tensors.get(tensor.name) === tensor)!;
  return { tensor, stored: await part.matrix(tensor.name, request), tensors };
}

async function noWeights(
  files: ModelFiles,
  path: string,
  request: EmbeddingRequest,
): Promise<Error> {
  for (const other of OTHERS) {
    if ((await files.open(other, request)) === undefined) continue;
    return new UnsupportedError(
      `${files.name}: there is no ${path}, only ${other}, which Tokenscape does not read (a pickle can run code when it is loaded); convert it to safetensors`,
      { feature: other },
    );
  }
  return new FormatError(`${files.name}: there is no ${path}`, { file: request.label(path) });
}
