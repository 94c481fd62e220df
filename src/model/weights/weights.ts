import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import { inputNames, isTokenMatrixName, namedOutputs } from "../families/embedding-tensor.ts";
import { type ModelConfig, withFamily } from "../families/model-config.ts";
import { meantNames, namedTensor } from "../families/named-tensor.ts";
import { scaleNotes } from "../families/scale-note.ts";
import { choiceNotes, chooseMatrix, tokenMatrices } from "../families/token-matrices.ts";
import type { FileOptions, ModelFiles } from "../files.ts";
import type { HeadersListener, MatrixName, TensorInfo, TokenMatrices } from "../model.ts";
import type { StoredMatrix } from "../values/row-reader.ts";
import { adapterError, isAdapter } from "./adapter.ts";
import { consolidated } from "./consolidated.ts";
import { byShard, readShardIndex } from "./shard-index.ts";
import { torchPart } from "./torch-file.ts";
import { safetensorsPart, type WeightPart } from "./weight-part.ts";

/** The tensor that rows are read from, and where its values lie. */
export interface EmbeddingSource {
  readonly tensor: TensorInfo;
  readonly stored: StoredMatrix;
  /** It holds tokens as columns. */
  readonly transposed: boolean;
  /** Which token matrix it is; null for another tensor. */
  readonly matrix: MatrixName | null;
  readonly matrices: TokenMatrices;
  /** The tensors of every header that was read. */
  readonly tensors: readonly TensorInfo[];
  /** What is to be said of the choice, a line each. */
  readonly notes: readonly string[];
}

/** What is asked of a model's weights. */
export interface EmbeddingRequest extends FileOptions {
  readonly config: ModelConfig;
  /** The token matrix to take, unless a tensor is named; default the input, or a tensor that is alone. */
  readonly matrix: MatrixName | undefined;
  /** Take the tensor of this name. */
  readonly tensor?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: HeadersListener | undefined;
  /** The weight file or index, default `model.safetensors`, the shards of its index, or PyTorch's of both. */
  readonly weights?: string | undefined;
  /** What a file is called in errors. */
  readonly label: (path: string) => string;
  /** What is to be said of the weights, a line each. */
  readonly notes?: readonly string[];
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
  const named = namedIndex(request.weights);
  if (named !== undefined) {
    const bytes = await files.read(named.index, request);
    if (bytes === undefined) throw await noWeights(files, named.index, request);
    return openSharded(files, named, bytes, request);
  }
  if (request.weights !== undefined) {
    const part = await openPart(files, request.weights, request);
    if (part === undefined) throw await noWeights(files, request.weights, request);
    const isLost =
      request.tensor === undefined && ![...part.tensors.keys()].some(isTokenMatrixName);
    if (isLost && isAdapter(request.weights)) {
      throw await adapterError(files, request.label(request.weights), request);
    }
    const { config, notes } = await consolidated(files, request.weights, request);
    return choose([part], { ...request, config, notes }, request.label(request.weights));
  }
  for (const layout of LAYOUTS) {
    const single = await openPart(files, layout.single, request);
    if (single !== undefined) return choose([single], request, request.label(layout.single));
    const bytes = await files.read(layout.index, request);
    if (bytes !== undefined) return openSharded(files, layout, bytes, request);
  }
  throw await noWeights(files, LAYOUTS[0]!.single, request);
}

/** The shards of an index that was named; undefined for another file. */
function namedIndex(weights: string | undefined): ShardLayout | undefined {
  const [, shard] = /(\.safetensors|\.bin)\.index\.json$/i.exec(weights ?? "") ?? [];
  return shard === undefined ? undefined : { index: weights!, shard: shard.toLowerCase() };
}

type ShardLayout = Pick<Layout, "index" | "shard">;

async function openSharded(
  files: ModelFiles,
  layout: ShardLayout,
  index: Uint8Array,
  request: EmbeddingRequest,
): Promise<EmbeddingSource> {
  const file = request.label(layout.index);
  const shards = readShardIndex(index, layout.shard, file);
  const fault = (tensor: string, reason: string) =>
    faultAt(file, jsonOffset(index, ["weight_map", tensor]), reason);
  const wanted = wantedTensors([...shards.keys()], request);
  // nothing by that name: every header, to look for it by its shape, or to list what there is
  const every = wanted.length === 0 || request.everyHeader === true;
  const tensorsOf = byShard(every ? shards.keys() : wanted, shards);
  const sought = new Set(wanted);
  const parts: WeightPart[] = [];
  for (const [path, tensors] of tensorsOf) {
    const part = await openPart(files, path, request);
    if (part === undefined) throw fault(tensors[0]!, `the shard ${quoted(path)} is missing`);
    const lost = tensors.find((name) => sought.has(name) && !part.tensors.has(name));
    if (lost !== undefined) {
      throw fault(lost, `the tensor ${quoted(lost)} is not in ${quoted(path)}`);
    }
    parts.push(part);
  }
  return choose(parts, request, file, [...shards.keys()]);
}

/** The tensors of an index whose headers are needed. */
function wantedTensors(names: readonly string[], request: EmbeddingRequest): readonly string[] {
  if (request.tensor !== undefined) return meantNames(names, request.tensor);
  const config = withFamily(request.config, names);
  const listed = names.map((name) => ({ name }));
  const outputs = request.matrix === "output" ? namedOutputs(listed, config) : [];
  // the input's rows tell how many an output has, and of a tied model may be what is read
  const { family, outputVocab, tied } = config;
  const isToldAlone = outputVocab !== undefined && (family !== undefined || tied === false);
  const inputs = outputs.length > 0 && isToldAlone ? [] : inputNames(names, config);
  return [...outputs.map(({ name }) => name), ...inputs];
}

/** True for the names of PyTorch's checkpoints. */
function isTorchFile(path: string): boolean {
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

/** @param names The tensors of an index, of which some headers may not have been read. */
async function choose(
  parts: readonly WeightPart[],
  request: EmbeddingRequest,
  what: string,
  names: readonly string[] = [],
): Promise<EmbeddingSource> {
  const tensors = parts.flatMap((part) => [...part.tensors.values()]);
  const read = new Set(tensors.map(({ name }) => name));
  const unread = names.filter((name) => !read.has(name)).map((name) => ({ name }));
  const listed = [...tensors, ...unread];
  const config = withFamily(
    request.config,
    listed.map(({ name }) => name),
  );
  const matrices = tokenMatrices(listed, config);
  request.onHeaders?.({ matrices, tensors, notes: request.notes ?? [] });
  const asked =
    request.tensor === undefined ? undefined : namedTensor(tensors, request.tensor, what);
  const isLost = matrices.input === null && request.matrix === undefined;
  const lone = asked === undefined && isLost ? alone(tensors, request) : undefined;
  const named = asked?.tensor ?? lone;
  const matrix =
    named === undefined ? (request.matrix ?? "input") : matrixOfName(named.name, matrices);
  const chosen =
    matrix === null
      ? { name: named!.name, transposed: false }
      : chooseMatrix(matrix, tensors, matrices, config, what);
  const part = parts.find((candidate) => candidate.tensors.has(chosen.name))!;
  const tensor = part.tensors.get(chosen.name)!;
  const notes = [
    ...(request.notes ?? []),
    ...(asked?.notes ?? []),
    ...(lone !== undefined && matrix === "output" ? [loneOutputNote(lone)] : []),
    ...(matrix === null ? [] : choiceNotes(matrix, chosen, matrices)),
    ...scaleNotes(tensor, listed),
  ];
  return {
    tensor,
    stored: await part.matrix(chosen.name, request),
    transposed: chosen.transposed,
    ...{ matrix, matrices, tensors, notes },
  };
}

function matrixOfName(name: string, { input, output }: TokenMatrices): MatrixName | null {
  if (name === input) return "input";
  return name === output ? "output" : null;
}

/**
 * The only tensor, whatever it is called: an embedding saved alone, in a file that was named or that has
 * no configuration to fit.
 */
function alone(
  tensors: readonly TensorInfo[],
  { weights, config: { vocab, widths } }: EmbeddingRequest,
): TensorInfo | undefined {
  const isFree = weights !== undefined || (vocab === undefined && widths.length === 0);
  const isAlone = isFree && tensors.length === 1;
  return isAlone && tensors[0]!.shape.length === 2 ? tensors[0] : undefined;
}

function loneOutputNote({ name }: TensorInfo): string {
  return `the file holds no input matrix: these are the rows of the output matrix ${quoted(name).slice(1, -1)}`;
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
