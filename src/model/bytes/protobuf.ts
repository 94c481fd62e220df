import { faultAt } from "./fault.ts";

/** How a field's value is written (protobuf.dev, "Encoding"); groups, long deprecated, are refused. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export interface ProtobufField {
  readonly field: number;
  readonly type: number;
  /** Where the value lies, in bytes from the start of the file; without its length. */
  readonly start: number;
  readonly end: number;
  /** Of a varint, exact up to 2^53; of others 0. */
  readonly value: number;
}

/**
 * The fields of a message that lies at [start, end), in the file's order. Nothing is copied.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} at the field that is cut off, or is none.
 */
export function* protobufFields(
  bytes: Uint8Array,
  start: number,
  end: number,
  file: string,
): Generator<ProtobufField> {
  let at = start;
  const varint = (): number => {
    const first = at;
    let value = 0;
    for (let scale = 1; at < end && at - first < 10; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw faultAt(file, first, "a number that does not end");
  };

  while (at < end) {
    const offset = at;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const type = tag % 8;
    if (field < 1 || field >= 2 ** 29)
      throw faultAt(file, offset, `a field with the number ${field}`);
    let value = 0;
    let length = 0;
    if (type === WireType.varint) value = varint();
    else if (type === WireType.bytes) length = varint();
    else if (type === WireType.fixed64) length = 8;
    else if (type === WireType.fixed32) length = 4;
    else throw faultAt(file, offset, `a field of the unknown kind ${type}`);
    if (length > end - at) {
      throw faultAt(file, offset, `a field of ${length} bytes, where ${end - at} are left`);
    }
    yield { field, type, start: at, end: at + length, value };
    at += length;
  }
}
