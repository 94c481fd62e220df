/** Checkpoints that must be refused: what is wrong, the file, what the error says. */

import { type Packed, writeZip } from "../bytes/write-zip.ts";
import { type Call, type Written, writePickle } from "./write-pickle.ts";
import { concat } from "./write-safetensors.ts";

/** A tensor of 4 x 3 numbers, but for what is given. */
export const tensor = (
  more: Partial<Record<"key" | "type" | "length" | "offset" | "shape" | "strides", Written>> = {},
): Call => {
  const {
    key = "0",
    type = "FloatStorage",
    length = 12,
    offset = 0,
    shape = [4, 3],
    strides = [3, 1],
  } = more;
  const storage = { persistent: ["storage", { name: `torch ${type}` }, key, "cpu", length] };
  const hooks = { name: "collections OrderedDict", args: [] };
  return {
    name: "torch._utils _rebuild_tensor_v2",
    args: [storage, offset, shape, strides, false, hooks],
  };
};
export const stateDict = (value: Written): Uint8Array =>
  writePickle({ dict: [["wte.weight", value]] });
export const values: Uint8Array = new Uint8Array(
  Float32Array.from({ length: 12 }, (_, i) => i + 0.5).buffer,
);
export const archive = (
  pickle: Uint8Array,
  more: readonly Packed[] = [{ name: "m/data/0", data: values }],
): Uint8Array => writeZip([{ name: "m/data.pkl", data: pickle }, ...more]);

const f32 = (args: Parameters<typeof tensor>[0]) => archive(stateDict(tensor(args)));
const deep = (levels: number): Uint8Array =>
  concat([
    Uint8Array.of(0x80, 2),
    new Uint8Array(levels + 1).fill(0x5d),
    new Uint8Array(levels).fill(0x61),
    Uint8Array.of(0x2e),
  ]);
const doubled = (levels: number): Uint8Array =>
  concat([
    Uint8Array.of(0x80, 2, 0x5d),
    ...Array.from({ length: levels }, (_, i) => Uint8Array.of(0x71, i, 0x68, i, 0x86)),
    Uint8Array.of(0x2e),
  ]);

/** Dictionaries in dictionaries, each under this key, with a tensor in the last. */
function nested(levels: number, key: string): Uint8Array {
  let value: Written = tensor();
  for (let i = 0; i < levels - 1; i++) value = { dict: [[key, value]] };
  return writePickle(value);
}

/** A list that holds a dictionary so many times, which has so many keys beyond 2^53. */
function manyWays(times: number, keys: number): Uint8Array {
  const items = Array.from({ length: keys }, (_, i) => {
    const key = new Uint8Array([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x4e]);
    new DataView(key.buffer).setUint32(2, i, true);
    return key;
  });
  const dict = concat([Uint8Array.of(0x7d, 0x94, 0x28), ...items, Uint8Array.of(0x75, 0x30)]);
  const list = new Uint8Array(2 * times).map((_, i) => (i % 2 === 0 ? 0x68 : 0));
  return concat([dict, Uint8Array.of(0x28), list, Uint8Array.of(0x6c, 0x2e)]);
}

export const BAD_CHECKPOINTS: readonly (readonly [
  what: string,
  file: Uint8Array,
  message: RegExp,
])[] = [
  ["no data.pkl", writeZip([{ name: "word/document.xml", data: "" }]), /no data.pkl but "word/],
  ["no tensors", archive(writePickle({ dict: [["a", 1]] })), /holds no tensors, but a dictionary/],
  [
    "an unknown object",
    archive(writePickle({ name: "acme Model", args: [] })),
    /no tensors, but an object of acme.Model/,
  ],
  [
    "a harmful name",
    archive(writePickle({ name: "posix system", args: ["id"] })),
    /posix\.system.*nothing was run/,
  ],
  ["a storage that is missing", f32({ key: "7" }), /the storage "7" is missing/],
  ["a storage beside the folder", f32({ key: "../data.pkl" }), /is missing/],
  ["a storage of another length", f32({ length: 13 }), /should have 52 bytes and has 48/],
  ["a storage of another type", f32({ type: "HalfStorage" }), /should have 24 bytes and has 48/],
  ["rows beyond the storage", f32({ shape: [5, 3] }), /reaches beyond its storage "0" of 48 bytes/],
  ["an offset beyond the storage", f32({ offset: 1 }), /reaches beyond/],
  ["strides beyond the storage", f32({ strides: [4, 1] }), /reaches beyond/],
  ["an endless shape", f32({ shape: [2 ** 52, 2 ** 52] }), /reaches beyond/],
  ["a negative stride", f32({ strides: [-3, 1] }), /expected strides of whole numbers/],
  ["a negative offset", f32({ offset: -1 }), /expected a storage offset/],
  ["a broken length", f32({ shape: [true, 3] }), /expected a shape of whole numbers/],
  ["fewer strides", f32({ strides: [3] }), /2 dimensions and 1 strides/],
  [
    "no storage",
    archive(stateDict({ ...tensor(), args: [1, 0, [1], [1]] })),
    /expected a storage, got a number/,
  ],
  [
    "no arguments",
    archive(stateDict({ ...tensor(), args: [] })),
    /expected a storage, got nothing/,
  ],
  [
    "two tensors of one name",
    archive(
      writePickle({
        dict: [
          ["a.b", tensor()],
          ["a", { dict: [["b", tensor()]] }],
        ],
      }),
    ),
    /two tensors are named "a.b"/,
  ],
  ["lists without end", archive(deep(5000)), /nested deeper than 100/],
  ["2^60 values in 300 bytes", archive(doubled(60)), /more than 8000000 values are nested/],
  [
    "names that become longer with every level",
    archive(nested(100, "k".repeat(1000))),
    /more than 65536 characters/,
  ],
  [
    "keys that name nothing, reached on a thousand ways",
    archive(manyWays(1000, 10_000)),
    /more than 8000000 values are nested/,
  ],
  [
    "a matrix of 2^53 columns in one number",
    f32({ shape: [1, 2 ** 53 - 1], strides: [1, 1] }),
    /reaches beyond its storage/,
  ],
  ["a stride of 2^53 - 1", f32({ shape: [2, 1], strides: [2 ** 53 - 1, 1] }), /reaches beyond/],
  [
    "a storage's length of 2^53",
    f32({ length: 2 ** 53 }),
    /whole numbers from 0, got 9007199254740992|got a bigint/,
  ],
  [
    "a byteorder of a megabyte",
    archive(stateDict(tensor()), [
      { name: "m/data/0", data: values },
      { name: "m/byteorder", data: "little".repeat(200_000) },
    ]),
    /at most 16 are read/,
  ],
];
