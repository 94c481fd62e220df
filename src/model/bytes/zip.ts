/** The list of what a ZIP archive holds (PKWARE's APPNOTE.TXT 6.3, with ZIP64). */
import type { FormatError } from "../../errors.ts";
import type { FileOptions } from "../files.ts";
import { quoted } from "./display.ts";
import { faultAt } from "./fault.ts";
import { fileKind } from "./file-kind.ts";
import { decodeLatin1 } from "./latin1.ts";
import type { ByteSource } from "./source.ts";
import { type Directory, readDirectory, uint64 } from "./zip-end.ts";

/** One file within an archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: "stored" | "deflated";
  /** Length of the name in the archive, in bytes. */
  readonly nameLength: number;
  /** Where the directory describes it, in bytes of the archive. */
  readonly listedAt: number;
  /** Where its record begins in the archive, in bytes. */
  readonly start: number;
  /** Where the next record, or the directory, begins. */
  readonly recordEnd: number;
  /** Length in the archive, in bytes. */
  readonly packed: number;
  /** Length of the content, in bytes. */
  readonly size: number;
  /** CRC-32 of the content; 0 where the writer left it out, as PyTorch can. */
  readonly crc: number;
}

type Listed = Omit<ZipEntry, "recordEnd">;

/** Length of a record's header before its name. */
export const RECORD_HEADER = 30;
const ENTRY_HEADER = 46;
/** Most entries; the largest checkpoints have some 100,000. */
const MOST_ENTRIES = 500_000;
const ENTRY_SIGNATURE = 0x02014b50;
const METHODS: ReadonlyMap<number, ZipEntry["method"]> = new Map([
  [0, "stored"],
  [8, "deflated"],
]);

/**
 * The entries of a ZIP archive by name, in the order of its directory; folders are left out. Only the
 * end of the archive is read.
 *
 * Archives that two readers could understand differently are refused: bytes between the directory and
 * the end's record, a name twice, records that overlap.
 *
 * @param file What the archive is called in errors.
 * @throws {FormatError} for an archive that is broken, encrypted or of several disks, and for names that
 *   lead out of a folder.
 */
export async function readZip(
  source: ByteSource,
  file: string,
  options: FileOptions = {},
): Promise<ReadonlyMap<string, ZipEntry>> {
  const head = await source.slice(0, Math.min(512, source.byteLength), options);
  if (head[0] !== 0x50 || head[1] !== 0x4b) {
    const kind = fileKind(head);
    throw faultAt(file, 0, `not a ZIP archive${kind === undefined ? "" : `: this is ${kind}`}`);
  }
  const directory = await readDirectory(source, file, options);
  const entries = listEntries(directory, file);
  return byName(withEnds(entries, directory.start, file), file);
}

function listEntries({ bytes, start, count }: Directory, file: string): Listed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Listed[] = [];
  for (let at = 0; at < bytes.length; ) {
    const fail = (reason: string) => faultAt(file, start + at, reason);
    if (bytes.length - at < ENTRY_HEADER || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw fail("expected an entry of the directory");
    }
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const length = ENTRY_HEADER + lengths[0]! + lengths[1]! + lengths[2]!;
    if (at + length > bytes.length) throw fail("the directory ends within an entry");
    if (entries.length === MOST_ENTRIES) throw fail(`more than ${MOST_ENTRIES} entries`);
    const entry = new DataView(bytes.buffer, bytes.byteOffset + at, length);
    entries.push({ ...readEntry(entry, fail), listedAt: start + at });
    at += length;
  }
  if (entries.length !== count) {
    throw faultAt(file, start, `the directory has ${entries.length} entries in place of ${count}`);
  }
  return entries;
}

type Fail = (reason: string) => FormatError;

function readEntry(view: DataView, fail: Fail): Omit<Listed, "listedAt"> {
  const flags = view.getUint16(8, true);
  const nameLength = view.getUint16(28, true);
  const name = decodeName(bytesOf(view, ENTRY_HEADER, nameLength), (flags & 0x800) !== 0, fail);
  // bit 0: encrypted; bit 6: strongly; bit 13: the directory too
  if ((flags & 0x2041) !== 0) throw fail(`${quoted(name)} is encrypted`);
  if (isUnsafe(name)) throw fail(`the name ${quoted(name)} leads out of the archive's folder`);
  const method = METHODS.get(view.getUint16(10, true));
  if (method === undefined) {
    const given = view.getUint16(10, true);
    throw fail(`${quoted(name)} is packed by method ${given}, expected 0 (stored) or 8 (deflated)`);
  }
  const extra = bytesOf(view, ENTRY_HEADER + nameLength, view.getUint16(30, true));
  const { size, packed, start, disk } = zip64Fields(view, extra, fail);
  if (disk !== 0) throw fail("the archive has several disks");
  if (method === "stored" && size !== packed) {
    throw fail(`${quoted(name)} is stored, but its ${size} bytes take ${packed}`);
  }
  return { name, nameLength, method, start, packed, size, crc: view.getUint32(16, true) };
}

/** The fields that are too long for 32 bits stand in an extra field, in this order. */
function zip64Fields(
  view: DataView,
  extra: DataView,
  fail: Fail,
): { size: number; packed: number; start: number; disk: number } {
  const wide = zip64Extra(extra, fail);
  let at = 0;
  const field = (value: number, length: 4 | 8): number => {
    if (value !== (length === 8 ? 0xffffffff : 0xffff)) return value;
    if (wide === undefined || at + length > wide.byteLength) {
      throw fail("a length or offset is announced in a ZIP64 field, which is missing");
    }
    const found = length === 8 ? uint64(wide, at) : wide.getUint32(at, true);
    if (found === undefined) throw fail("a length or offset is beyond 2^53");
    at += length;
    return found;
  };
  const size = field(view.getUint32(24, true), 8);
  const packed = field(view.getUint32(20, true), 8);
  const start = field(view.getUint32(42, true), 8);
  return { size, packed, start, disk: field(view.getUint16(34, true), 4) };
}

function zip64Extra(extra: DataView, fail: Fail): DataView | undefined {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const length = extra.getUint16(at + 2, true);
    if (at + 4 + length > extra.byteLength) throw fail("an extra field is longer than its entry");
    if (extra.getUint16(at, true) === 1) {
      return new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    }
    at += 4 + length;
  }
  return undefined;
}

function bytesOf(view: DataView, at: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + at, length);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Names are UTF-8 if so marked; else bytes of an old code page, of which only ASCII is sure. */
function decodeName(bytes: DataView, isUtf8: boolean, fail: Fail): string {
  if (!isUtf8) {
    return decodeLatin1(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw fail("a name is not valid UTF-8");
  }
}

function isUnsafe(name: string): boolean {
  return name === "" || /^[/\\]|^[A-Za-z]:|[\0\\]|(^|\/)\.\.?(\/|$)/.test(name);
}

/** The entries with the ends of their records, once it is sure that no two overlap. */
function withEnds(entries: readonly Listed[], directoryStart: number, file: string): ZipEntry[] {
  const ends = new Map<Listed, number>();
  let recordEnd = directoryStart;
  for (const entry of entries.toSorted((a, b) => b.start - a.start || b.packed - a.packed)) {
    // the extra field of the record itself is not known yet; `openEntry` looks again
    const least = entry.start + RECORD_HEADER + entry.nameLength + entry.packed;
    if (least > recordEnd) {
      const what = recordEnd === directoryStart ? "the directory" : "another entry";
      throw faultAt(
        file,
        entry.listedAt,
        `the data of ${quoted(entry.name)} overlaps with ${what}`,
      );
    }
    ends.set(entry, recordEnd);
    recordEnd = entry.start;
  }
  return entries.map((entry) => ({ ...entry, recordEnd: ends.get(entry)! }));
}

function byName(entries: readonly ZipEntry[], file: string): ReadonlyMap<string, ZipEntry> {
  const map = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (entry.name.endsWith("/")) continue;
    if (map.has(entry.name)) {
      throw faultAt(file, entry.listedAt, `two entries are named ${quoted(entry.name)}`);
    }
    map.set(entry.name, entry);
  }
  return map;
}
