import { quoted } from "../bytes/display.ts";
import type { ForwardReader } from "../bytes/forward-reader.ts";
import type { Dtype, TensorInfo } from "../model.ts";
import { BLOCKS } from "../values/blocks.ts";
import { BYTES_PER_VALUE } from "../values/dtype.ts";
import { type CountSize, readCount, readName } from "./gguf-values.ts";

/** A tensor as a GGUF file describes it. Its shape is rows first: the file has it the other way round. */
export interface GgufTensor extends TensorInfo {
  /** Offset of its data from the start of the data, in bytes. */
  readonly offset: number;
  /** Bytes of its data; undefined for types that are not known here. */
  readonly byteLength: number | undefined;
  /** Offset in the file of its description. */
  readonly at: number;
}

/** ggml's types by number: name, values in a block, bytes of a block (ggml.h and ggml-common.h). */
const TYPES: ReadonlyMap<number, readonly [name: string, values: number, bytes: number]> =
  /* @__PURE__ */ new Map([
    [0, ["F32", 1, 4]],
    [1, ["F16", 1, 2]],
    [2, block("Q4_0")],
    [3, block("Q4_1")],
    [6, block("Q5_0")],
    [7, block("Q5_1")],
    [8, block("Q8_0")],
    [9, ["Q8_1", 32, 36]],
    [10, block("Q2_K")],
    [11, block("Q3_K")],
    [12, block("Q4_K")],
    [13, block("Q5_K")],
    [14, block("Q6_K")],
    [15, ["Q8_K", 256, 292]],
    [16, ["IQ2_XXS", 256, 66]],
    [17, ["IQ2_XS", 256, 74]],
    [18, ["IQ3_XXS", 256, 98]],
    [19, ["IQ1_S", 256, 50]],
    [20, block("IQ4_NL")],
    [21, ["IQ3_S", 256, 110]],
    [22, ["IQ2_S", 256, 82]],
    [23, block("IQ4_XS")],
    [24, ["I8", 1, 1]],
    [25, ["I16", 1, 2]],
    [26, ["I32", 1, 4]],
    [27, ["I64", 1, 8]],
    [28, ["F64", 1, 8]],
    [29, ["IQ1_M", 256, 56]],
    [30, ["BF16", 1, 2]],
    [34, ["TQ1_0", 256, 54]],
    [35, ["TQ2_0", 256, 66]],
    [39, ["MXFP4", 32, 17]],
    [40, ["NVFP4", 64, 36]],
    [41, ["Q1_0", 128, 18]],
  ]);

function block(name: keyof typeof BLOCKS): readonly [string, number, number] {
  return [name, BLOCKS[name].values, BLOCKS[name].bytes];
}

/** The types that rows are read from. */
export const READABLE_TYPES: readonly Dtype[] = /* @__PURE__ */ [...TYPES.values()]
  .map(([name]) => name)
  .filter((name): name is Dtype => Object.hasOwn(BYTES_PER_VALUE, name));

/** Numbers beyond this are no types: llama.cpp and its forks have given out some hundreds. */
const LARGEST_TYPE = 0xffff;
/** Dimensions that ggml allows. */
const MOST_DIMENSIONS = 4;
/** Most tensors: the largest models have some thousands. */
const MOST_TENSORS = 1 << 18;

/**
 * Reads the descriptions of so many tensors.
 *
 * A type that is not known here stands in the way of its own tensor only: it is called `"type 99"` and its
 * size is not known. New types come with every year.
 *
 * @throws {FormatError} unless every tensor is well described, and none is named twice.
 */
export async function readTensors(
  reader: ForwardReader,
  count: number,
  countSize: CountSize,
): Promise<ReadonlyMap<string, GgufTensor>> {
  // name's length, dimensions, type, offset
  const least = countSize + 4 + 4 + 8;
  if (count > reader.rest / least || count > MOST_TENSORS) {
    throw reader.fault(`${count} tensors can't be in the ${reader.rest} bytes that follow`, 8);
  }
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < count; i++) {
    const at = reader.offset;
    const name = await readName(reader, countSize, `the name of tensor ${i}`);
    if (tensors.has(name)) throw reader.fault(`the tensor ${quoted(name)} is there twice`, at);
    tensors.set(name, await readTensor(reader, name, countSize));
  }
  return tensors;
}

async function readTensor(
  reader: ForwardReader,
  name: string,
  countSize: CountSize,
): Promise<GgufTensor> {
  const what = `tensor ${quoted(name)}`;
  if (reader.lacks(4)) await reader.fill(4);
  const at = reader.offset;
  const dimensions = reader.u32();
  if (dimensions > MOST_DIMENSIONS) {
    throw reader.fault(
      `${what} has ${dimensions} dimensions; at most ${MOST_DIMENSIONS} are read`,
      at,
    );
  }
  const lengths: number[] = [];
  for (let i = 0; i < dimensions; i++) {
    lengths.push(await readCount(reader, countSize, `${what}: a dimension`));
  }
  if (reader.lacks(12)) await reader.fill(12);
  const typeAt = reader.offset;
  const type = reader.u32();
  if (type > LARGEST_TYPE) throw reader.fault(`${what}: there is no type ${type}`, typeAt);
  const [dtype, ...block] = TYPES.get(type) ?? [`type ${type}`];
  const byteLength = dataSize(lengths, block, (reason) => reader.fault(`${what}: ${reason}`, at));
  const offset = reader.u64(`${what}: the offset`);
  return { name, dtype, shape: lengths.toReversed(), offset, byteLength, at };
}

/** Bytes of a tensor, in checked arithmetic; undefined if its type is not known. */
function dataSize(
  lengths: readonly number[],
  [values, bytes]: readonly number[],
  fault: (reason: string) => Error,
): number | undefined {
  let count = 1;
  for (const length of lengths) count *= length;
  // a rounded product of whole numbers is beyond 2^53 - 1 where the exact one is
  const shape = lengths.toReversed().join(" x ");
  if (count > Number.MAX_SAFE_INTEGER) throw fault(`the shape ${shape} is too large`);
  if (values === undefined || bytes === undefined) return undefined;
  const cols = lengths[0] ?? 1;
  if (cols % values !== 0) {
    throw fault(`rows of ${cols} values do not fill whole blocks of ${values}`);
  }
  const size = (count / values) * bytes;
  if (size > Number.MAX_SAFE_INTEGER) throw fault(`the shape ${shape} is too large`);
  return size;
}
