import { FormatError, UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { ForwardReader } from "../bytes/forward-reader.ts";
import type { ByteSource } from "../bytes/source.ts";
import { type GgufTensor, readTensors } from "./gguf-tensors.ts";
import {
  type CountSize,
  type GgufValue,
  MOST_IN_ARRAYS,
  readName,
  readTypedValue,
} from "./gguf-values.ts";

export type { GgufTensor } from "./gguf-tensors.ts";
export type { GgufValue } from "./gguf-values.ts";

/** What a GGUF file says before its tensors' data. */
export interface GgufHeader {
  /** Of the format: 1, 2 or 3. */
  readonly version: number;
  /** By key, in the order of the file; null for an array that was not kept. */
  readonly metadata: ReadonlyMap<string, GgufValue | null>;
  /** Offset in the file of each key. */
  readonly keyOffsets: ReadonlyMap<string, number>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Where the tensors' data begins, from which their offsets count. */
  readonly dataStart: number;
}

export interface GgufOptions {
  /** Keys whose values are kept although they are arrays. */
  readonly arrays?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The longest header that is read, in bytes: large vocabularies with their merges take some 30 MB. */
const LONGEST_HEADER = 1 << 28;
/** Most keys; models have some 50. */
const MOST_KEYS = 1 << 16;
const ALIGNMENT = "general.alignment";
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads the header of a GGUF file (llama.cpp's; docs/gguf.md of github.com/ggml-org/ggml), versions 1 to
 * 3, little-endian: metadata and the tensors' descriptions, in growing pieces, nothing of the data but
 * what the last piece has of it.
 *
 * Every length is checked against the file's before anything is read or kept by it. As llama.cpp we
 * refuse a key or a tensor named twice, an alignment that is no power of two, and data beyond the end of
 * the file. Unlike llama.cpp we read arrays of arrays, tensors in any order and with holes between them
 * (but none that overlap), and files with tensors of types that are not known.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the file and the byte.
 * @throws {UnsupportedError} for big-endian files and later versions.
 */
export async function readGgufHeader(
  source: ByteSource,
  file: string,
  options: GgufOptions = {},
): Promise<GgufHeader> {
  const reader = new ForwardReader(source, file, LONGEST_HEADER, options.signal);
  const version = await readVersion(reader, file);
  const countSize = version === 1 ? 4 : 8;
  if (reader.lacks(2 * countSize)) await reader.fill(2 * countSize);
  const count = (what: string) => (countSize === 4 ? reader.u32() : reader.u64(what));
  const tensorCount = count("the number of tensors");
  const keyCount = count("the number of keys");

  const { metadata, keyOffsets } = await readMetadata(reader, keyCount, countSize, options);
  const alignment = (metadata.get(ALIGNMENT) as number | undefined) ?? DEFAULT_ALIGNMENT;
  const tensors = await readTensors(reader, tensorCount, countSize);
  const dataStart = Math.ceil(reader.offset / alignment) * alignment;
  checkData([...tensors.values()], { dataStart, alignment, reader, fileEnd: source.byteLength });
  return { version, metadata, keyOffsets, tensors, dataStart };
}

async function readVersion(reader: ForwardReader, file: string): Promise<number> {
  await reader.fill(Math.min(512, reader.rest));
  const head = reader.peek(512);
  const magic = String.fromCharCode(...head.subarray(0, 4));
  if (magic !== "GGUF") throw notGguf(head, magic, file);
  reader.skip(4);
  if (reader.lacks(4)) await reader.fill(4);
  const version = reader.u32();
  if (version >= 1 && version <= 3) return version;
  if (version === 0) throw reader.fault("expected version 1 to 3 of GGUF, got 0", 4);
  const refuse = (what: string, feature: string) =>
    new UnsupportedError(`${file}: ${what}`, { feature });
  // the number of a big-endian file, read the other way round
  if (version % 0x10000 === 0) {
    throw refuse("the file is big-endian; only little-endian GGUF is read", "big-endian GGUF");
  }
  throw refuse(`the file is of GGUF's version ${version}; 1 to 3 are read`, `GGUF ${version}`);
}

/** Magic numbers of the formats before GGUF. */
const FORERUNNERS = ["lmgg", "fmgg", "tjgg", "algg"];

function notGguf(head: Uint8Array, magic: string, file: string): FormatError {
  const kind = FORERUNNERS.includes(magic)
    ? "a file of llama.cpp from before GGUF (August 2023): convert it with llama.cpp's convert_llama_ggml_to_gguf.py"
    : fileKind(head);
  const what =
    head.length === 0 ? "the file is empty" : kind === undefined ? "" : `this is ${kind}`;
  const reason = what === "" ? `byte 0: expected "GGUF", got ${quoted(magic)}` : what;
  return new FormatError(`${file}: not a GGUF file: ${reason}`, { file, offset: 0 });
}

async function readMetadata(
  reader: ForwardReader,
  count: number,
  countSize: CountSize,
  { arrays }: GgufOptions,
): Promise<Pick<GgufHeader, "metadata" | "keyOffsets">> {
  // key's length, type, and a value of one byte
  if (count > reader.rest / (countSize + 5) || count > MOST_KEYS) {
    const reason = `${count} keys can't be in the ${reader.rest} bytes that follow`;
    throw reader.fault(reason, 8 + countSize);
  }
  const metadata = new Map<string, GgufValue | null>();
  const keyOffsets = new Map<string, number>();
  const budget = { left: MOST_IN_ARRAYS };
  for (let i = 0; i < count; i++) {
    const at = reader.offset;
    const key = await readName(reader, countSize, `key ${i}`);
    if (key === "") throw reader.fault(`key ${i} is empty`, at);
    if (metadata.has(key)) throw reader.fault(`the key ${quoted(key)} is there twice`, at);
    const what = `the key ${quoted(key)}`;
    const keepArrays = arrays?.has(key) ?? false;
    const value = await readTypedValue({ reader, countSize, what, keepArrays, budget });
    if (key === ALIGNMENT) checkAlignment(value, reader, at);
    metadata.set(key, value);
    keyOffsets.set(key, at);
  }
  return { metadata, keyOffsets };
}

/** A power of two that 32 bits hold. */
function checkAlignment(value: GgufValue | null, reader: ForwardReader, at: number): void {
  if (typeof value === "number" && value > 0 && value < 2 ** 32 && Number.isInteger(value)) {
    if ((value & (value - 1)) === 0) return;
  }
  const type = value === null ? "an array" : `a ${typeof value}`;
  const given = typeof value === "number" ? value : type;
  throw reader.fault(`expected ${ALIGNMENT} to be a power of two, got ${given}`, at);
}

interface Data {
  readonly dataStart: number;
  readonly alignment: number;
  readonly fileEnd: number;
  readonly reader: ForwardReader;
}

/** Checks that the tensors' data is aligned, within the file, and nobody else's. */
function checkData(tensors: GgufTensor[], { dataStart, alignment, fileEnd, reader }: Data): void {
  tensors.sort((a, b) => a.offset - b.offset || (a.byteLength ?? 0) - (b.byteLength ?? 0));
  let before = { name: "", end: 0 };
  for (const { name, offset, byteLength = 0, at } of tensors) {
    const refuse = (reason: string) => reader.fault(`tensor ${quoted(name)}: ${reason}`, at);
    if (offset % alignment !== 0) {
      throw refuse(`its offset ${offset} is not a multiple of ${alignment}`);
    }
    const end = dataStart + offset + byteLength;
    if (end > fileEnd) {
      throw refuse(
        `its data should end at byte ${end}, but the file ends at byte ${fileEnd} (is the file cut short?)`,
      );
    }
    if (offset < before.end) {
      throw refuse(`its data overlaps that of tensor ${quoted(before.name)}`);
    }
    before = { name, end: offset + byteLength };
  }
}
