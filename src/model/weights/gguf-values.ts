import type { ForwardReader } from "../bytes/forward-reader.ts";

/** A value of GGUF's metadata; whole numbers beyond 2^53 - 1 are bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Bytes of a whole number that counts something: 4 in version 1 of the format, 8 later. */
export type CountSize = 4 | 8;

/** Names of the types by number (gguf.md of github.com/ggml-org/ggml). */
const TYPES = [
  ...["UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "FLOAT32", "BOOL"],
  ...["STRING", "ARRAY", "UINT64", "INT64", "FLOAT64"],
] as const;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value by type; 0 where they vary. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8] as const;

/** Longest key or name of a tensor, in bytes: the format's own bound for keys. */
const LONGEST_NAME = 0xffff;
/** Longest text that is kept, in bytes: templates of chats have some 10,000, licences 20,000. */
const LONGEST_TEXT = 1 << 26;
/** Most values of an array that is kept: the largest vocabularies have a million tokens. */
const MOST_VALUES = 4_000_000;
/**
 * Most values of all arrays that are kept (a text and a type for each token), and arrays within arrays: 64
 * of the longest arrays in one would fill gigabytes, 20 million empty ones take ten seconds.
 */
export const MOST_IN_ARRAYS: number = 2 * MOST_VALUES;
/** Arrays may stand in arrays; nobody has seen more than one level. */
const DEEPEST = 8;

/** What is needed to read a value. */
export interface ValueContext {
  readonly reader: ForwardReader;
  readonly countSize: CountSize;
  /** Whose value it is, for errors: `the key "general.name"`. */
  readonly what: string;
  /** Whether the values of arrays are kept; if not, they are passed over. */
  readonly keepArrays: boolean;
  /** Of the file: counts down the values of arrays that are kept, and the arrays in arrays. */
  readonly budget: { left: number };
}

/** A count or length at the reader's place. */
export async function readCount(
  reader: ForwardReader,
  size: CountSize,
  what: string,
): Promise<number> {
  if (reader.lacks(size)) await reader.fill(size);
  return size === 4 ? reader.u32() : reader.u64(what);
}

/** A key or a tensor's name: text with its length before it. */
export async function readName(
  reader: ForwardReader,
  size: CountSize,
  what: string,
): Promise<string> {
  const at = reader.offset;
  const length = await readCount(reader, size, `the length of ${what}`);
  if (length > LONGEST_NAME) {
    throw reader.fault(`the length of ${what} is given as ${length} bytes`, at);
  }
  if (reader.lacks(length)) await reader.fill(length);
  return reader.text(length, what);
}

/** A value with its type before it; null for an array that is not kept. */
export async function readTypedValue(context: ValueContext): Promise<GgufValue | null> {
  return readValue(context, await readType(context), 0);
}

async function readType({ reader, what }: ValueContext): Promise<number> {
  if (reader.lacks(4)) await reader.fill(4);
  const at = reader.offset;
  const type = reader.u32();
  if (type < TYPES.length) return type;
  throw reader.fault(`${what} has a value of the unknown type ${type}`, at);
}

async function readValue(
  context: ValueContext,
  type: number,
  depth: number,
): Promise<GgufValue | null> {
  if (type === STRING) return readText(context);
  if (type === ARRAY) return readArray(context, depth + 1);
  const size = SIZES[type]!;
  if (context.reader.lacks(size)) await context.reader.fill(size);
  return readNumber(context, type);
}

/** A value of fixed size, which is at hand. */
function readNumber({ reader, what }: ValueContext, type: number): number | bigint | boolean {
  const at = reader.offset;
  const view = reader.take(SIZES[type]!);
  switch (TYPES[type]) {
    case "UINT8":
      return view.getUint8(0);
    case "INT8":
      return view.getInt8(0);
    case "UINT16":
      return view.getUint16(0, true);
    case "INT16":
      return view.getInt16(0, true);
    case "UINT32":
      return view.getUint32(0, true);
    case "INT32":
      return view.getInt32(0, true);
    case "FLOAT32":
      return view.getFloat32(0, true);
    case "UINT64":
      return narrowed(view.getBigUint64(0, true));
    case "INT64":
      return narrowed(view.getBigInt64(0, true));
    case "FLOAT64":
      return view.getFloat64(0, true);
    default: {
      const value = view.getUint8(0);
      if (value > 1) throw reader.fault(`${what} has a truth value of ${value}, not 0 or 1`, at);
      return value === 1;
    }
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

async function readText(context: ValueContext): Promise<string> {
  const { reader, countSize } = context;
  const what = `a text of ${context.what}`;
  if (reader.lacks(countSize)) await reader.fill(countSize);
  const length = textLength(reader, countSize, what);
  if (reader.lacks(length)) await reader.fill(length);
  return reader.text(length, what);
}

async function readArray(context: ValueContext, depth: number): Promise<GgufValue[] | null> {
  const { reader, countSize, what, keepArrays, budget } = context;
  if (depth > DEEPEST) throw reader.fault(`${what} has arrays deeper than ${DEEPEST} levels`);
  const type = await readType(context);
  const at = reader.offset;
  const count = await readCount(reader, countSize, `the number of values of ${what}`);
  // checked before anything is read or kept: every value takes at least so many bytes
  const least = type === STRING ? countSize : type === ARRAY ? 4 + countSize : SIZES[type]!;
  if (count > reader.rest / least) {
    throw reader.fault(
      `${what} should have ${count} values of type ${TYPES[type]}, but only ${reader.rest} bytes follow`,
      at,
    );
  }
  if (keepArrays || type === ARRAY) budget.left -= count;
  if (budget.left < 0) {
    throw reader.fault(`${what} has ${count} values, beyond the ${MOST_IN_ARRAYS} of a file`, at);
  }
  if (!keepArrays) {
    await passOver(context, type, count, depth);
    return null;
  }
  if (count > MOST_VALUES) {
    throw reader.fault(`${what} has ${count} values; at most ${MOST_VALUES} are read`, at);
  }
  return keep(context, type, count, depth);
}

/** The values of an array, whose number is checked; one turn of the event loop for each piece, not for each value. */
async function keep(
  context: ValueContext,
  type: number,
  count: number,
  depth: number,
): Promise<GgufValue[]> {
  const { reader, countSize } = context;
  const what = `a text of ${context.what}`;
  const values: GgufValue[] = [];
  for (let i = 0; i < count; i++) {
    if (type === ARRAY) {
      values.push((await readArray(context, depth + 1))!);
    } else if (type === STRING) {
      if (reader.lacks(countSize)) await reader.fill(countSize);
      const length = textLength(reader, countSize, what);
      if (reader.lacks(length)) await reader.fill(length);
      values.push(reader.text(length, what));
    } else {
      if (reader.lacks(SIZES[type]!)) await reader.fill(SIZES[type]!);
      values.push(readNumber(context, type));
    }
  }
  return values;
}

async function passOver(
  context: ValueContext,
  type: number,
  count: number,
  depth: number,
): Promise<void> {
  const { reader, countSize } = context;
  if (type !== STRING && type !== ARRAY) return reader.skip(count * SIZES[type]!);
  const what = `a text of ${context.what}`;
  for (let i = 0; i < count; i++) {
    if (type === ARRAY) {
      await readArray(context, depth + 1);
    } else {
      if (reader.lacks(countSize)) await reader.fill(countSize);
      reader.skip(textLength(reader, countSize, what));
    }
  }
}

/** The length of a text, which is at hand; vocabularies have 10^5 of them. */
function textLength(reader: ForwardReader, countSize: CountSize, what: string): number {
  const at = reader.offset;
  const length = countSize === 4 ? reader.u32() : reader.u64(what, "the length of ");
  if (length <= LONGEST_TEXT) return length;
  throw reader.fault(`${what} has a length that is given as ${length} bytes`, at);
}
