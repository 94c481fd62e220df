/** Where the directory of a ZIP archive lies: the records at the archive's end. */

import type { FileOptions } from "../files.ts";
import { faultAt } from "./fault.ts";
import type { ByteSource } from "./source.ts";

/** The directory as it lies in the archive, at `start`, and how many entries it lists. */
export interface Directory {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly count: number;
}

/** A directory may have this many bytes; the longest checkpoints have some ten thousand entries of 100. */
const MAX_DIRECTORY = 1 << 26;

const END = { signature: 0x06054b50, length: 22 };
const LOCATOR = { signature: 0x07064b50, length: 20 };
const END64 = { signature: 0x06064b50, length: 56 };
const LONGEST_COMMENT = 0xffff;

/**
 * Reads the directory, which it finds by the end's record; that also says that the archive is whole.
 *
 * @throws {FormatError} if the archive is cut short, of several disks, or contradicts itself.
 */
export async function readDirectory(
  source: ByteSource,
  file: string,
  options: FileOptions,
): Promise<Directory> {
  const total = source.byteLength;
  const tailStart = Math.max(0, total - END.length - LONGEST_COMMENT);
  const bytes = await source.slice(tailStart, total, options);
  const tail = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = findEnd(tail);
  if (at === undefined) {
    throw faultAt(file, total, "the ZIP archive has no end (is the file cut short?)");
  }
  const fail = (reason: string) => faultAt(file, tailStart + at, reason);
  const disks = [4, 6].map((field) => tail.getUint16(at + field, true));
  if (disks.some((disk) => disk !== 0 && disk !== 0xffff)) {
    throw fail("the archive has several disks");
  }
  const count = tail.getUint16(at + 10, true);
  const length = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  const locator = at - LOCATOR.length;
  const isWide = locator >= 0 && tail.getUint32(locator, true) === LOCATOR.signature;
  const end = isWide
    ? await readEnd64(
        source,
        uint64(tail, locator + 8),
        { locator: tailStart + locator, file },
        options,
      )
    : { count, length, start, at: tailStart + at };
  const agrees = [
    [count, end.count, 0xffff],
    [length, end.length, 0xffffffff],
    [start, end.start, 0xffffffff],
  ].every(([short, found, wide]) => short === found || (isWide && short === wide));
  if (!agrees) throw fail("the two records of the archive's end contradict each other");
  if (end.start + end.length !== end.at) {
    throw fail(
      `the directory should lie from byte ${end.start} to ${end.start + end.length}, but the record after it begins at byte ${end.at}`,
    );
  }
  if (end.length > MAX_DIRECTORY) {
    throw faultAt(file, end.start, `the directory is longer than ${MAX_DIRECTORY} bytes`);
  }
  // mostly it has come with the end
  const list =
    end.start >= tailStart
      ? bytes.subarray(end.start - tailStart, end.at - tailStart)
      : await source.slice(end.start, end.at, options);
  return { bytes: list, start: end.start, count: end.count };
}

/** The end's record is followed by a comment, which fills the rest of the file. */
function findEnd(tail: DataView): number | undefined {
  for (let at = tail.byteLength - END.length; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END.signature) continue;
    if (at + END.length + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return undefined;
}

async function readEnd64(
  source: ByteSource,
  at: number | undefined,
  { locator, file }: { locator: number; file: string },
  options: FileOptions,
): Promise<{ count: number; length: number; start: number; at: number }> {
  if (at === undefined || at + END64.length > locator) {
    throw faultAt(file, locator, "the ZIP64 record of the end should lie outside of the file");
  }
  const bytes = await source.slice(at, at + END64.length, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = uint64(view, 4);
  if (view.getUint32(0, true) !== END64.signature || length === undefined) {
    throw faultAt(file, at, "expected the ZIP64 record of the end");
  }
  if (at + 12 + length !== locator) {
    throw faultAt(file, at, `the ZIP64 record of the end has a wrong length: ${length}`);
  }
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    throw faultAt(file, at, "the archive has several disks");
  }
  const [count, size, start] = [32, 40, 48].map((field) => uint64(view, field));
  if (count === undefined || size === undefined || start === undefined) {
    throw faultAt(file, at, "a length or offset is beyond 2^53");
  }
  return { count, length: size, start, at };
}

/** A little-endian 64-bit number; undefined beyond 2^53 - 1. */
export function uint64(view: DataView, at: number): number | undefined {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : undefined;
}
