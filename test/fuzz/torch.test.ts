import { readFileSync } from "node:fs";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { readZip } from "../../src/model/bytes/zip.ts";
import { readEntry } from "../../src/model/bytes/zip-entry.ts";
import { readRows } from "../../src/model/values/row-reader.ts";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { npzPart } from "../../src/model/weights/npz.ts";
import { readPickle } from "../../src/model/weights/pickle.ts";
import { torchPart } from "../../src/model/weights/torch-file.ts";
import { torchOwner } from "../../src/model/weights/torch-pickle.ts";
import type { WeightPart } from "../../src/model/weights/weight-part.ts";
import { type Packed, writeZip } from "../model/bytes/write-zip.ts";
import { BAD_ARCHIVES } from "../model/bytes/zip-bad.ts";
import { BAD_PICKLES } from "../model/weights/pickle-bad.ts";
import { BAD_CHECKPOINTS } from "../model/weights/torch-bad.ts";
import { type Written, writePickle } from "../model/weights/write-pickle.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser } from "./fuzz-parser.ts";

const fixtures = new URL("../fixtures/", import.meta.url);
const numbers = Uint8Array.from({ length: 999 }, (_, i) => (i * i) >> 7);

fuzzParser({
  name: "zip",
  seeds: [
    writeZip([{ name: "a", data: "hello hello hello hello", deflate: true }]),
    writeZip([{ name: "a", data: "stored" }]),
    writeZip([{ name: "a", data: numbers, deflate: true, wide: true }], { zip64: {} }),
    writeZip([
      { name: "a/b", data: "1", padding: 20 },
      { name: "a/c", data: numbers, deflate: true },
    ]),
  ],
  malformed: BAD_ARCHIVES.map(([what, file, message]) => ({ what, file, message })),
  parse: async (file) => {
    const source = bufferSource(file, "zip");
    for (const entry of (await readZip(source, "zip")).values()) {
      await readEntry(source, entry, 1 << 20, "zip");
    }
  },
  tokens: [
    "PK\u0001\u0002",
    "PK\u0003\u0004",
    "PK\u0005\u0006",
    "PK\u0006\u0006",
    "PK\u0006\u0007",
    "../",
  ],
});

const golden: readonly { name: string; hex: string }[] = JSON.parse(
  readFileSync(new URL("pickle-golden.json", fixtures), "utf8"),
);

fuzzParser({
  name: "pickle",
  seeds: golden
    .filter(({ name }) => name !== "a long list")
    .map(({ hex }) => new Uint8Array(Buffer.from(hex, "hex"))),
  malformed: BAD_PICKLES.map(([what, file, message]) => ({ what, file, message })),
  parse: (file) => readPickle(file, torchOwner, "pickle"),
  tokens: ["cos\nsystem\n", "\u0002", "(", "t", "R", "b", "u", "s", "}", "]", "e", ".", "Q", "N"],
});

const tensor = (rows: number): Written => ({
  name: "torch._utils _rebuild_tensor_v2",
  args: [
    { persistent: ["storage", { name: "torch FloatStorage" }, "0", "cpu", 12] },
    0,
    [rows, 3],
    [3, 1],
    false,
    { name: "collections OrderedDict", args: [] },
  ],
});
const values = new Uint8Array(Float32Array.from({ length: 12 }, (_, i) => i + 0.5).buffer);
const dictionary = writePickle({
  dict: [
    ["wte.weight", tensor(4)],
    ["other", tensor(2)],
  ],
});
const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

async function readFirst(part: WeightPart): Promise<void> {
  const matrix = [...part.tensors.values()].find(
    ({ shape }) => shape.length === 2 && !shape.includes(0),
  );
  if (matrix === undefined) return;
  const stored = await part.matrix(matrix.name);
  if (stored.shape[1] > 1000) return;
  await readRows(
    stored,
    Int32Array.of(0, Math.min(stored.shape[0], 2 ** 31) - 1).slice(0, stored.shape[0]),
  );
}

fuzzParser({
  name: "torch",
  seeds: [
    // CRCs left out, so that changes get past them
    ...[false, true].map((wide) =>
      writeZip([
        { name: "m/data.pkl", data: dictionary, lies: { crc: 0 }, own: { crc: 0 }, wide },
        { name: "m/byteorder", data: "little" },
        { name: "m/data/0", data: values },
      ]),
    ),
    concat([
      Uint8Array.from(magic),
      writePickle(1001),
      writePickle({ dict: [] }),
      dictionary,
      writePickle(["0"]),
      Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0),
      values,
    ]),
  ],
  malformed: BAD_CHECKPOINTS.map(([what, file, message]) => ({ what, file, message })),
  parse: async (file) => readFirst(await torchPart(bufferSource(file, "torch"), "torch")),
  tokens: ["cposix\nsystem\n", "torch FloatStorage", "storage", "cpu", "PK\u0005\u0006"],
});

const array = writeNpy({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
/** The array with another header, which is as long. */
function headed(from: string, by: string): Uint8Array {
  const text = Buffer.from(array).toString("latin1");
  return new Uint8Array(Buffer.from(text.replace(from, by), "latin1"));
}
const npz = (data: Uint8Array | string, more: Partial<Packed> = {}): Uint8Array =>
  writeZip([{ name: "a.npy", data, deflate: true, ...more }]);

const BAD_NPZ: readonly (readonly [what: string, file: Uint8Array, message: RegExp])[] = [
  ["nothing", new Uint8Array(), /not a ZIP archive/],
  ["an array by itself", array, /not a ZIP archive/],
  ["no entries", writeZip([]), /not a ZIP archive|holds no arrays/],
  ["no arrays", writeZip([{ name: "a.txt", data: array }]), /holds no arrays/],
  ["an array that is none", npz("hello hello"), /byte 0: not a .npy file/],
  ["an empty array file", npz(""), /not a .npy file/],
  ["an array cut within its header", npz(array.slice(0, 40)), /the file ends at byte 40/],
  ["an array cut within its values", npz(array.slice(0, -1)), /need 24 bytes, got 23/],
  ["an array with a byte more", npz(concat([array, Uint8Array.of(0)])), /need 24 bytes, got 25/],
  ["a negative length", npz(headed("(2, 3), }", "(-2, 3),}")), /shape to be a tuple/],
  [
    "a shape beyond 2^53",
    npz(headed("(2, 3), }".padEnd(28), "(94906267, 94906267), }".padEnd(28))),
    /need \d+ bytes/,
  ],
  ["a name that is called", npz(headed("'<f4'", "eval ")), /expected/],
  ["an entry that leads out", npz(array, { name: "../a.npy" }), /leads out/],
  [
    "two arrays of one name",
    writeZip([1, 2].map(() => ({ name: "a.npy", data: array }))),
    /two entries/,
  ],
  [
    "an entry that ends early",
    npz(array, { lies: { size: 200 }, own: { size: 200 } }),
    /need 24 bytes|ends too early/,
  ],
  [
    "an entry that goes on",
    npz(array, { lies: { size: 140 }, own: { size: 140 } }),
    /need 24 bytes|unpacks to more/,
  ],
  ["a wrong CRC", npz(array, { lies: { crc: 1 }, own: { crc: 1 } }), /CRC-32/],
  [
    "damaged deflate data",
    npz(array, { lies: { method: 8 }, own: { method: 8 }, deflate: false }),
    /deflate|ends too early|unpacks/,
  ],
  [
    "10,001 arrays",
    writeZip(Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}.npy`, data: "" }))),
    /holds 10001 arrays/,
  ],
];

fuzzParser({
  name: "npz",
  malformed: BAD_NPZ.map(([what, file, message]) => ({ what, file, message })),
  seeds: ["one.npz", "stored.npz", "compressed.npz"].map(
    (file) => new Uint8Array(readFileSync(new URL(`torch/${file}`, fixtures))),
  ),
  parse: async (file) => readFirst(await npzPart(bufferSource(file, "npz"), "npz")),
  tokens: ["'shape'", "(1, 999999999)", "'<f4'", "True", "PK\u0005\u0006"],
});
