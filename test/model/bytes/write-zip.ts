import { deflateRawSync } from "node:zlib";
import { crc32 } from "../../../src/model/bytes/crc32.ts";
import { concat } from "../weights/write-safetensors.ts";

/** A file to pack; what is given here is written, true or not. */
export interface Packed {
  readonly name: string | Uint8Array;
  readonly data: Uint8Array | string;
  readonly deflate?: boolean;
  /** Written into the directory's entry and, with `own`, into the record too. */
  readonly lies?: Partial<Record<Field, number>>;
  /** Written into the record alone. */
  readonly own?: Partial<
    Record<"flags" | "method" | "crc" | "packed" | "size" | "signature", number>
  >;
  readonly ownName?: string;
  /** Extra field of the record, which pads it. */
  readonly padding?: number;
  /** Lengths and offset in a ZIP64 field. */
  readonly wide?: boolean;
}

type Field = "flags" | "method" | "crc" | "packed" | "size" | "disk" | "start" | "signature";

/** What may be wrong with the archive's end. */
export interface End {
  readonly disk?: number;
  readonly count?: number;
  readonly length?: number;
  readonly start?: number;
  readonly comment?: Uint8Array;
  readonly zip64?: Partial<Record<"at" | "length" | "count" | "size" | "start" | "disk", number>>;
  readonly before?: Uint8Array;
}

const encode = (text: string | Uint8Array) =>
  typeof text === "string" ? new TextEncoder().encode(text) : text;

/** Little-endian numbers of these many bytes, one after the other. */
function fields(...pairs: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of pairs) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

/** A ZIP archive of these files, with lies where they are asked for. */
export function writeZip(files: readonly Packed[], end: End = {}): Uint8Array {
  const parts: Uint8Array[] = [end.before ?? new Uint8Array()];
  const directory: Uint8Array[] = [];
  let at = parts[0]!.length;
  for (const file of files) {
    const start = file.lies?.start ?? at;
    const [record, entry] = writeFile(file, start);
    parts.push(record);
    directory.push(entry);
    at += record.length;
  }
  const list = concat(directory);
  return concat([...parts, list, writeEnd(end, files.length, list.length, at)]);
}

function writeFile(file: Packed, start: number): [record: Uint8Array, entry: Uint8Array] {
  const data = encode(file.data);
  const body = file.deflate === true ? new Uint8Array(deflateRawSync(data)) : data;
  const name = encode(file.name);
  const truth = {
    ...{ signature: 0x02014b50, flags: 0x800, method: file.deflate === true ? 8 : 0 },
    ...{ crc: crc32(data), packed: body.length, size: data.length, disk: 0, start },
  };
  const entry = { ...truth, ...file.lies };
  const own = { ...truth, signature: 0x04034b50, ...file.own };
  const padding = new Uint8Array(file.padding ?? 0);
  const record = concat([
    fields([4, own.signature], [2, 45], [2, own.flags], [2, own.method], [4, 0], [4, own.crc]),
    fields(
      [4, own.packed],
      [4, own.size],
      [2, encode(file.ownName ?? name).length],
      [2, padding.length],
    ),
    encode(file.ownName ?? name),
    padding,
    body,
  ]);
  const wide = fields([2, 1], [2, 24], [8, entry.size], [8, entry.packed], [8, entry.start]);
  const short = (value: number) => (file.wide === true ? 0xffffffff : value);
  const extra = file.wide === true ? wide : new Uint8Array();
  return [
    record,
    concat([
      fields([4, entry.signature], [2, 45], [2, 45], [2, entry.flags], [2, entry.method], [4, 0]),
      fields([4, entry.crc], [4, short(entry.packed)], [4, short(entry.size)], [2, name.length]),
      fields([2, extra.length], [2, 0], [2, entry.disk], [2, 0], [4, 0], [4, short(entry.start)]),
      name,
      extra,
    ]),
  ];
}

function writeEnd(end: End, count: number, length: number, at: number): Uint8Array {
  const truth = { disk: 0, count, length, start: at };
  const { disk, ...record } = { ...truth, ...end };
  const comment = end.comment ?? new Uint8Array();
  const wide = {
    at: at + length,
    length: 44,
    count,
    size: length,
    start: at,
    disk: 0,
    ...end.zip64,
  };
  const zip64 = concat([
    fields([4, 0x06064b50], [8, wide.length], [2, 45], [2, 45], [4, wide.disk], [4, wide.disk]),
    fields([8, wide.count], [8, wide.count], [8, wide.size], [8, wide.start]),
    fields([4, 0x07064b50], [4, 0], [8, wide.at], [4, 1]),
  ]);
  const short =
    end.zip64 === undefined ? record : { count: 0xffff, length: 2 ** 32 - 1, start: 2 ** 32 - 1 };
  return concat([
    end.zip64 === undefined ? new Uint8Array() : zip64,
    fields([4, 0x06054b50], [2, disk], [2, disk], [2, short.count], [2, short.count]),
    fields([4, short.length], [4, short.start], [2, comment.length]),
    comment,
  ]);
}
