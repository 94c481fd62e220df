import { FormatError, UnsupportedError } from "../errors.ts";
import { quoted } from "./display.ts";
import {
  type EmbeddingSize,
  findEmbedding,
  isEmbeddingName,
  namedTensor,
} from "./embedding-tensor.ts";
import { faultAt } from "./fault.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { jsonObject, readJson } from "./json.ts";
import { jsonOffset } from "./json-place.ts";
import type { TensorInfo } from "./model.ts";
import type { StoredMatrix } from "./row-reader.ts";
import { torchPart } from "./torch-file.ts";
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
  /** The weight file, default `model.safetensors`, the shards of its index, or PyTorch's of both. */
  readonly weights?: string | undefined;
  /** What a file is called in errors. */
  readonly label: (path: string) => string;
}

/** How models are laid out: one file, or shards and the index that says which tensor is in which. */
interface Layout {
  readonly single: string;
  readonly index: string;
  /** The extension of shards. */
  readonly shard: string;
}

/** In this order: where a model has both, safetensors are read. */
const LAYOUTS: readonly Layout[] = [
  {
    single: "model.safetensors",
    index: "model.safetensors.index.json",
    shard: ".safetensors",
  },
  { single: "pytorch_model.bin", index: "pytorch_model.bin.index.json", shard: ".bin" },
];
/** The names of weights that are found by themselves. */
export const WEIGHT_FILES: readonly string[] = LAYOUTS.flatMap(({ single, index }) => [
  single,
  index,
]);

/** Weights of other kinds, to say what is there in place of these. */
const OTHERS = ["tf_model.h5", "flax_model.msgpack"];

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
  if (request.weights !== undefined) {
    const part = await openPart(files, request.weights, request);
    if (part === undefined) throw await noWeights(files, request.weights, request);
    return choose([part], request, request.label(request.weights));
  }
  for (const layout of LAYOUTS) {
    const single = await openPart(files, layout.single, request);
    if (single !== undefined) return choose([single], request, request.label(layout.single));
    const index = await files.read(layout.index, request);
    if (index !== undefined) return openSharded(files, layout, index, request);
  }
  throw await noWeights(files, LAYOUTS[0]!.single, request);
}

async function openSharded(
  files: ModelFiles,
  layout: Layout,
  index: Uint8Array,
  request: EmbeddingRequest,
): Promise<EmbeddingSource> {
  const file = request.label(layout.index);
  const shards = readIndex(index, layout.shard, file);
  const wanted = [...shards].filter(([name]) =>
    request.tensor === undefined ? isEmbeddingName(name) : name === request.tensor,
  );
  // nothing by that name: every header, so that the error can list what there is
  const paths = new Set(wanted.length > 0 ? wanted.map(([, path]) => path) : shards.values());
  const parts: WeightPart[] = [];
  for (const path of paths) {
    const part = await openPart(files, path, request);
    if (part === undefined) {
      const name = [...shards].find(([, shard]) => shard === path)![0];
      throw faultAt(
        file,
        jsonOffset(index, ["weight_map", name]),
        `the shard ${quoted(path)} is missing`,
      );
    }
    for (const [name] of wanted.filter(([, shard]) => shard === path)) {
      if (part.tensors.has(name)) continue;
      const reason = `the tensor ${quoted(name)} is not in ${quoted(path)}`;
      throw faultAt(file, jsonOffset(index, ["weight_map", name]), reason);
    }
    parts.push(part);
  }
  return choose(parts, request, file);
}

/** Shard by tensor name. */
function readIndex(
  bytes: Uint8Array,
  extension: string,
  file: string,
): ReadonlyMap<string, string> {
  const map = jsonObject(jsonObject(readJson(bytes, file))?.weight_map);
  if (map === undefined) {
    throw faultAt(file, jsonOffset(bytes, ["weight_map"]), 'expected a "weight_map"');
  }
  return new Map(
    Object.entries(map).map(([name, shard]) => {
      // a plain name: a shard must not lead out of the model's folder
      if (typeof shard === "string" && /^[\w-][\w.-]*$/.test(shard) && shard.endsWith(extension))
        return [name, shard];
      const given = typeof shard === "string" ? quoted(shard) : typeof shard;
      throw faultAt(
        file,
        jsonOffset(bytes, ["weight_map", name]),
        `expected the name of a ${extension} file, got ${given}`,
      );
    }),
  );
}

/** True for the names of PyTorch's checkpoints. */
export function isTorchFile(path: string): boolean {
  return /\.(?:bin|pt|pth|ckpt)$/i.test(path);
}

async function openPart(
  files: ModelFiles,
  path: string,
  request: EmbeddingRequest,
): Promise<WeightPart | undefined> {
  const source = await files.open(path, request);
  if (source === undefined) return undefined;
  const read = isTorchFile(path) ? torchPart : safetensorsPart;
  return read(source, request.label(path), request);
}

async function choose(
  parts: readonly WeightPart[],
  request: EmbeddingRequest,
  what: string,
): Promise<EmbeddingSource> {
  const tensors = parts.flatMap((part) => [...part.tensors.values()]);
  const tensor =
    request.tensor === undefined
      ? (alone(tensors, request) ?? findEmbedding(tensors, request.size, what))
      : namedTensor(tensors, request.tensor, what);
  const part = parts.find((candidate) => candidate.tensors.get(tensor.name) === tensor)!;
  return { tensor, stored: await part.matrix(tensor.name, request), tensors };
}

/** The one tensor of a file that was named, whatever the tensor is called: an embedding saved alone. */
function alone(
  tensors: readonly TensorInfo[],
  { weights }: EmbeddingRequest,
): TensorInfo | undefined {
  const isAlone = weights !== undefined && tensors.length === 1;
  return isAlone && tensors[0]!.shape.length === 2 ? tensors[0] : undefined;
}

async function noWeights(
  files: ModelFiles,
  path: string,
  request: EmbeddingRequest,
): Promise<Error> {
  for (const other of OTHERS) {
    if ((await files.open(other, request)) === undefined) continue;
    return new UnsupportedError(
      `${files.name}: there is no ${path}, only ${other}, which Tokenscape does not read; convert it to safetensors`,
      { feature: other },
    );
  }
  return new FormatError(`${files.name}: there is no ${path}`, { file: request.label(path) });
}
