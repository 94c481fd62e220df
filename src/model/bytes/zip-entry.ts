import type { FileOptions } from "../files.ts";
import { crc32 } from "./crc32.ts";
import { quoted } from "./display.ts";
import { faultAt } from "./fault.ts";
import { inflated } from "./inflate.ts";
import { decodeLatin1 } from "./latin1.ts";
import { type ByteSource, partOf } from "./source.ts";
import { RECORD_HEADER, type ZipEntry } from "./zip.ts";

const SIGNATURE = 0x04034b50;
/** Deflate makes at most 258 bytes of 2 bits; a length beyond that is a lie. */
const MOST_INFLATION = 1032;

/**
 * One entry of an archive as a source of its own. A stored one is read in place; a deflated one is
 * unpacked as far as it is asked for, and checked against its CRC when its end is reached.
 *
 * @param file What the archive is called in errors.
 * @throws {FormatError} if the entry's own record contradicts the archive's directory.
 */
export async function openEntry(
  source: ByteSource,
  entry: ZipEntry,
  file: string,
  options: FileOptions = {},
): Promise<ByteSource> {
  return contentAt(await dataStart(source, entry, file, options), source, entry, file);
}

function contentAt(start: number, source: ByteSource, entry: ZipEntry, file: string): ByteSource {
  if (entry.method === "deflated") return inflated(source, { ...entry, start }, file);
  return partOf(source, { start, end: start + entry.size }, quoted(entry.name));
}

/**
 * A small entry whole, checked against its CRC, and where its data begin in the archive.
 *
 * @param longest The most bytes that it may have.
 * @throws {FormatError} if it has more, or is broken.
 */
export async function readEntry(
  source: ByteSource,
  entry: ZipEntry,
  longest: number,
  file: string,
  options: FileOptions = {},
): Promise<{ bytes: Uint8Array; start: number }> {
  const what = quoted(entry.name);
  if (entry.size > longest) {
    throw faultAt(
      file,
      entry.start,
      `${what} has ${entry.size} bytes, at most ${longest} are read`,
    );
  }
  const start = await dataStart(source, entry, file, options);
  const bytes = await contentAt(start, source, entry, file).slice(0, entry.size, options);
  if (entry.crc !== 0 && crc32(bytes) !== entry.crc) {
    throw faultAt(file, entry.start, `${what} is damaged: its CRC-32 is wrong`);
  }
  return { bytes, start };
}

/** Where an entry's data begin: after its own record, which must say what the directory says. */
async function dataStart(
  source: ByteSource,
  entry: ZipEntry,
  file: string,
  options: FileOptions,
): Promise<number> {
  const fail = (reason: string) =>
    faultAt(file, entry.start, `the record of ${quoted(entry.name)} ${reason}`);
  const nameStart = entry.start + RECORD_HEADER;
  const head = await source.slice(entry.start, nameStart + entry.nameLength, options);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (view.getUint32(0, true) !== SIGNATURE) throw fail("is not there");
  const isSame = view.getUint16(26, true) === entry.nameLength;
  if (!isSame || !sameName(head.subarray(RECORD_HEADER), entry.name)) {
    throw fail("has another name than the directory gives it");
  }
  const start = nameStart + entry.nameLength + view.getUint16(28, true);
  if (start + entry.packed > entry.recordEnd) throw fail("overlaps with what follows");
  const flags = view.getUint16(6, true);
  const method = view.getUint16(8, true);
  if ((flags & 1) !== 0 || method !== (entry.method === "stored" ? 0 : 8)) {
    throw fail("is encrypted or packed in another way than the directory says");
  }
  // bit 3: length and CRC follow the data; only the directory has them
  const same = (value: number, known: number) => value === known || value === 0xffffffff;
  const agrees =
    view.getUint32(14, true) === entry.crc &&
    same(view.getUint32(18, true), entry.packed) &&
    same(view.getUint32(22, true), entry.size);
  if ((flags & 8) === 0 && !agrees) throw fail("has another length or CRC than the directory says");
  if (entry.method === "deflated" && entry.size > MOST_INFLATION * entry.packed + 64) {
    throw fail(`can't hold ${entry.size} bytes in ${entry.packed}`);
  }
  return start;
}

function sameName(bytes: Uint8Array, name: string): boolean {
  return (
    decodeLatin1(bytes) === name ||
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === name
  );
}
