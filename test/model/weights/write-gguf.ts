import { concat } from "./write-safetensors.ts";

/** A value with its type, as the format numbers it. */
export interface WrittenValue {
  readonly type: number;
  /** Its bytes, without the type; counts have so many bytes. */
  readonly bytes: (countSize: 4 | 8) => Uint8Array;
}

/** A tensor to write; its shape is rows first. */
export interface WrittenTensor {
  /** ggml's number. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface WrittenFile {
  readonly version?: number;
  readonly metadata?: readonly (readonly [key: string, value: WrittenValue])[];
  readonly tensors?: readonly (readonly [name: string, tensor: WrittenTensor])[];
  readonly alignment?: number;
}

const encoder = new TextEncoder();

/** A little-endian number of so many bytes. */
export function int(value: number | bigint, size: 1 | 2 | 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, BigInt.asIntN(64, BigInt(value)), true);
  return new Uint8Array(view.buffer, 0, size);
}

const fixed = (type: number, size: 1 | 2 | 4 | 8) => (value: number | bigint) => ({
  type,
  bytes: () => int(value, size),
});
export const u8: (value: number) => WrittenValue = fixed(0, 1);
export const i8: (value: number) => WrittenValue = fixed(1, 1);
export const u16: (value: number) => WrittenValue = fixed(2, 2);
export const i16: (value: number) => WrittenValue = fixed(3, 2);
export const u32: (value: number) => WrittenValue = fixed(4, 4);
export const i32: (value: number) => WrittenValue = fixed(5, 4);
export const bool: (value: number) => WrittenValue = fixed(7, 1);
export const u64: (value: number | bigint) => WrittenValue = fixed(10, 8);
export const i64: (value: number | bigint) => WrittenValue = fixed(11, 8);

export function f32(value: number): WrittenValue {
  return { type: 6, bytes: () => new Uint8Array(Float32Array.of(value).buffer) };
}

export function f64(value: number): WrittenValue {
  return { type: 12, bytes: () => new Uint8Array(Float64Array.of(value).buffer) };
}

/** A text with its length before it. */
export function counted(text: string | Uint8Array, countSize: 4 | 8): Uint8Array {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  return concat([int(bytes.length, countSize), bytes]);
}

export function text(value: string | Uint8Array): WrittenValue {
  return { type: 8, bytes: (countSize) => counted(value, countSize) };
}

/** An array of values of the first one's type, or of the type given. */
export function array(
  values: readonly WrittenValue[],
  type: number = values[0]!.type,
): WrittenValue {
  return {
    type: 9,
    bytes: (countSize) =>
      concat([
        int(type, 4),
        int(values.length, countSize),
        ...values.map((value) => value.bytes(countSize)),
      ]),
  };
}

/** An array of texts; faster than `array` where they are many. */
export function texts(values: readonly string[]): WrittenValue {
  const bytes = (countSize: 4 | 8) => {
    const all = Buffer.alloc(
      values.reduce((sum, value) => sum + countSize + Buffer.byteLength(value), 0),
    );
    let at = 0;
    for (const value of values) {
      const length = all.write(value, at + countSize);
      all.writeUInt32LE(length, at);
      at += countSize + length;
    }
    return all;
  };
  return plainArray(8, values.length, bytes);
}

/** An array of float32. */
export function floatArray(values: Float32Array): WrittenValue {
  return plainArray(6, values.length, () => new Uint8Array(values.slice().buffer));
}

/** An array of 32-bit integers. */
export function int32Array(values: Int32Array): WrittenValue {
  return plainArray(5, values.length, () => new Uint8Array(values.slice().buffer));
}

function plainArray(type: number, length: number, values: WrittenValue["bytes"]): WrittenValue {
  const bytes: WrittenValue["bytes"] = (countSize) =>
    concat([int(type, 4), int(length, countSize), values(countSize)]);
  return { type: 9, bytes };
}

/** A GGUF file, laid out as llama.cpp does: data in the order of the tensors, each padded. */
export function writeGguf({
  version = 3,
  metadata = [],
  tensors = [],
  alignment = 32,
}: WrittenFile): Uint8Array {
  const countSize = version === 1 ? 4 : 8;
  const padded = (bytes: Uint8Array) => {
    const all = new Uint8Array(Math.ceil(bytes.length / alignment) * alignment);
    all.set(bytes);
    return all;
  };
  let offset = 0;
  const infos = tensors.map(([name, { type, shape, data }]) => {
    const lengths = shape.toReversed().map((length) => int(length, countSize));
    const at = offset;
    offset += Math.ceil(data.length / alignment) * alignment;
    const parts = [int(shape.length, 4), ...lengths, int(type, 4), int(at, 8)];
    return concat([counted(name, countSize), ...parts]);
  });
  const keys = metadata.map(([key, { type, bytes }]) =>
    concat([counted(key, countSize), int(type, 4), bytes(countSize)]),
  );
  const counts = [int(tensors.length, countSize), int(metadata.length, countSize)];
  const head = concat([encoder.encode("GGUF"), int(version, 4), ...counts, ...keys, ...infos]);
  const data = tensors.map(([, tensor]) => padded(tensor.data));
  return tensors.length === 0 ? head : concat([padded(head), ...data]);
}

/** Metadata of a vocabulary. */
export function vocabulary(
  model: string,
  tokens: readonly string[],
  types?: readonly number[],
): [string, WrittenValue][] {
  return [
    ["tokenizer.ggml.model", text(model)],
    ["tokenizer.ggml.tokens", array(tokens.map(text), 8)],
    ...(types === undefined
      ? []
      : [["tokenizer.ggml.token_type", array(types.map(i32), 5)] as [string, WrittenValue]]),
  ];
}

/** A tensor of float32. */
export function floats(shape: readonly number[], values: ArrayLike<number>): WrittenTensor {
  return { type: 0, shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}
