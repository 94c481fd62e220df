/** ZIP archives that must be refused: what is wrong, the file, what the error says. */
import { concat } from "../weights/write-safetensors.ts";
import { type End, type Packed, writeZip } from "./write-zip.ts";

/** An archive of one entry, with lies where they are asked for. */
export const one = (more: Partial<Packed> = {}, end: End = {}): Uint8Array =>
  writeZip([{ name: "a", data: "hello hello hello hello", deflate: true, ...more }], end);
const flip = (archive: Uint8Array, at: number) => {
  const bytes = archive.slice();
  bytes[at]! ^= 0x55;
  return bytes;
};

export const BAD_ARCHIVES: readonly (readonly [
  what: string,
  archive: Uint8Array,
  message: RegExp,
])[] = [
  ["nothing", new Uint8Array(), /not a ZIP archive/],
  ["another kind of file", new TextEncoder().encode("%PDF-1.4"), /this is a PDF document/],
  ["cut short", one().slice(0, -1), /has no end \(is the file cut short\?\)/],
  ["cut to its first record", one().slice(0, 40), /has no end/],
  ["bytes after the end", concat([one(), new Uint8Array(3)]), /has no end/],
  ["several disks", one({}, { disk: 1 }), /several disks/],
  ["an entry on another disk", one({ lies: { disk: 2 } }), /several disks/],
  ["ZIP64: several disks", one({}, { zip64: { disk: 1 } }), /several disks/],
  ["ZIP64: outside of the file", one({}, { zip64: { at: 2 ** 40 } }), /outside of the file/],
  ["ZIP64: elsewhere", one({}, { zip64: { at: 0 } }), /expected the ZIP64 record/],
  ["ZIP64: a wrong length", one({}, { zip64: { length: 45 } }), /wrong length/],
  ["ZIP64: a length beyond 2^53", one({}, { zip64: { size: 2 ** 60 } }), /beyond 2\^53/],
  ["a directory elsewhere", one({}, { start: 3 }), /the record after it begins at/],
  ["a longer directory", one({}, { length: 2 ** 31 }), /the record after it begins at/],
  ["fewer entries", one({}, { count: 0 }), /1 entries in place of 0/],
  ["more entries", one({}, { count: 9 }), /1 entries in place of 9/],
  ["no entry's signature", one({ lies: { signature: 1 } }), /expected an entry/],
  ["encryption", one({ lies: { flags: 1 } }), /is encrypted/],
  ["encryption in the record", one({ own: { flags: 1 } }), /encrypted or packed in another way/],
  ["another method", one({ lies: { method: 93 } }), /packed by method 93/],
  ["another method in the record", one({ own: { method: 0 } }), /packed in another way/],
  ["another name in the record", one({ ownName: "b" }), /has another name/],
  [
    "no record",
    writeZip([
      { name: "a", data: "1" },
      { name: "b", data: "2", own: { signature: 7 } },
    ]),
    /is not there/,
  ],
  ["a second end in the comment", one({}, { comment: writeZip([]) }), /the record after it begins/],
  ["a record that begins later", one({ lies: { start: 2 } }), /overlaps|is not there/],
  ["a record beyond the file", one({ lies: { start: 2 ** 31 } }), /overlaps with the directory/],
  [
    "a packed length beyond the file",
    one({ lies: { packed: 1e9 } }),
    /overlaps with the directory/,
  ],
  ["a stored entry of two lengths", one({ deflate: false, lies: { size: 7 } }), /is stored, but/],
  ["more content than announced", one({ lies: { size: 5 }, own: { size: 5 } }), /unpacks to more/],
  ["less content than announced", one({ lies: { size: 99 }, own: { size: 99 } }), /ends too early/],
  ["an impossible length", one({ lies: { size: 1e6 }, own: { size: 1e6 } }), /can't hold 1000000/],
  ["a length that is too long", one({ lies: { size: 2e6 } }), /at most 1048576 are read/],
  ["another length in the record", one({ own: { size: 4 } }), /another length or CRC/],
  ["a wrong CRC", one({ lies: { crc: 5 }, own: { crc: 5 } }), /CRC-32/],
  [
    "a wrong CRC, stored",
    one({ deflate: false, lies: { crc: 5 }, own: { crc: 5 } }),
    /CRC-32 is wrong/,
  ],
  ["damaged deflate data", flip(one(), 32), /deflate|unpacks|ends too early|CRC/],
  ["damaged stored data", flip(one({ deflate: false }), 33), /CRC-32 is wrong/],
  ["..", one({ name: "a/../../b" }), /leads out of the archive's folder/],
  ["an absolute name", one({ name: "/etc/passwd" }), /leads out/],
  ["a drive", one({ name: "C:/x" }), /leads out/],
  ["a backslash", one({ name: "..\\x" }), /leads out/],
  ["NUL in a name", one({ name: "a\0b" }), /leads out/],
  ["no name", one({ name: "" }), /leads out/],
  ["a name that is no UTF-8", one({ name: Uint8Array.of(0xff, 0xfe) }), /not valid UTF-8/],
  [
    "a name twice",
    writeZip([
      { name: "a", data: "1" },
      { name: "a", data: "2" },
    ]),
    /two entries/,
  ],
  [
    "overlapping records",
    writeZip([
      { name: "a", data: "x".repeat(500) },
      { name: "b", data: "y", lies: { start: 10 } },
    ]),
    /overlaps with another entry/,
  ],
  [
    "a thousand names for one bomb",
    writeZip(
      Array.from({ length: 1000 }, (_, i) => ({
        name: `${i}`,
        data: new Uint8Array(i === 0 ? 1 << 20 : 0),
        deflate: true,
        lies: { start: 0, packed: 1000, size: 1 << 20 },
      })),
    ),
    /overlaps with another entry/,
  ],
  [
    "ZIP64: more entries than there are",
    one({}, { zip64: { count: 2 ** 40 } }),
    /1 entries in place of/,
  ],
  [
    "ZIP64: a directory of 2^52 bytes",
    one({}, { zip64: { size: 2 ** 52 } }),
    /the record after it begins/,
  ],
  [
    "ZIP64: a directory that begins at 2^52",
    one({}, { zip64: { start: 2 ** 52 } }),
    /the record after/,
  ],
  [
    "ZIP64: a record that begins beyond 2^53",
    one({ wide: true, lies: { start: 2 ** 54 } }),
    /beyond 2\^53/,
  ],
  [
    "ZIP64: a record that begins at 2^52",
    one({ wide: true, lies: { start: 2 ** 52 } }),
    /overlaps with the directory/,
  ],
  [
    "ZIP64: a content of 2^52 bytes",
    one({ wide: true, lies: { size: 2 ** 52 } }),
    /at most 1048576 are read/,
  ],
  [
    "ZIP64: a packed length of 2^52",
    one({ wide: true, lies: { packed: 2 ** 52 } }),
    /overlaps with the directory/,
  ],
  [
    "ZIP64: a field that is announced and missing",
    one({ lies: { size: 2 ** 32 - 1 } }),
    /ZIP64 field, which is missing/,
  ],
  [
    "two entries in one record",
    writeZip([
      { name: "a", data: "x".repeat(99) },
      { name: "a", data: "", lies: { start: 0, packed: 99, size: 99 } },
    ]),
    /overlaps with another entry/,
  ],
  [
    "an entry within another",
    writeZip([
      { name: "a", data: writeZip([{ name: "b", data: "x" }]) },
      { name: "b", data: "x", lies: { start: 31 } },
    ]),
    /overlaps with another entry/,
  ],
];
