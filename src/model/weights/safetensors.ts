import { FormatError } from "../../errors.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { jsonOffset } from "../bytes/json-place.ts";
import type { ByteSource } from "../bytes/source.ts";
import { parseJson } from "../bytes/strict-json.ts";
import { decodeUtf8 } from "../bytes/utf8.ts";
import { type SafetensorsHeader, tensorTable } from "./safetensors-header.ts";

export type { SafetensorsHeader, TensorEntry } from "./safetensors-header.ts";

/** The length of the longest header the format allows, in bytes. */
const MAX_HEADER = 100_000_000;

/**
 * Reads the header of a safetensors file: two slices, nothing of the tensors.
 *
 * Every rule of the format (github.com/huggingface/safetensors, README and tensor.rs) is checked, and
 * where the reference reader is laxer than the format's text we keep to the text: no name twice, no
 * unknown field, `__metadata__` of strings only.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} naming the file, the byte where known, and what the file seems to be instead.
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  file: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<SafetensorsHeader> {
  const total = source.byteLength;
  if (total < 8) {
    const what = total === 0 ? "the file is empty" : `the file has only ${total} bytes`;
    throw new FormatError(`${file}: ${what}, not a safetensors file`, { file, offset: total });
  }
  const prefix = await source.slice(0, 8, options);
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  const fault = lengthFault(length, total);
  if (fault !== undefined) throw await notSafetensors(source, file, 0, fault, options);

  const end = 8 + Number(length);
  const bytes = await source.slice(8, end, options);
  const text = decodeUtf8(bytes, file, { offset: 8, what: "the header", keepMark: true });
  const first = text.search(/[^ \t\n\r]/);
  if (text[first] !== "{") {
    // blanks are one byte each
    const place = 8 + Math.max(first, 0);
    throw await notSafetensors(source, file, place, "the header does not begin with {", options);
  }
  return tensorTable(parseJson(text, file, 8), {
    file,
    dataStart: end,
    fileEnd: total,
    place: (path) => 8 + jsonOffset(bytes, path),
  });
}

function lengthFault(length: bigint, total: number): string | undefined {
  if (length > MAX_HEADER) {
    return `the header's length is given as ${length} bytes, at most ${MAX_HEADER} are allowed`;
  }
  if (length < 2) return `the header's length is given as ${length} bytes, which is too short`;
  if (8 + Number(length) <= total) return undefined;
  return `the header should end at byte ${8 + Number(length)}, but the file ends at byte ${total}`;
}

/** The error for a file whose beginning is wrong: says what the file is, if that can be told. */
async function notSafetensors(
  source: ByteSource,
  file: string,
  offset: number,
  fault: string,
  options: { signal?: AbortSignal | undefined },
): Promise<FormatError> {
  const head = await source.slice(0, Math.min(512, source.byteLength), options);
  const kind = fileKind(head);
  const reason = kind === undefined ? `byte ${offset}: ${fault}` : `this is ${kind}`;
  return new FormatError(`${file}: not a safetensors file: ${reason}`, { file, offset });
}
