import { writeZip } from "../bytes/write-zip.ts";
import { type Written, writePickle } from "./write-pickle.ts";
import { concat } from "./write-safetensors.ts";

/** Tensors of float32 by name, each in a storage of its own. */
export type StateDict = Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>;

/** What `torch.save` writes of a state dict since PyTorch 1.6. */
export function writeCheckpoint(tensors: StateDict): Uint8Array {
  const storages = Object.values(tensors).map(({ data }, key) => ({
    name: `archive/data/${key}`,
    data: bytesOf(data),
    padding: 40,
  }));
  return writeZip([
    { name: "archive/data.pkl", data: writePickle(stateDict(tensors)) },
    { name: "archive/byteorder", data: "little" },
    ...storages,
    { name: "archive/version", data: "3\n" },
  ]);
}

/** What `torch.save` wrote before: five pickles, then each storage behind the number of its values. */
export function writeLegacyCheckpoint(tensors: StateDict): Uint8Array {
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const keys = Object.keys(tensors).map((_, key) => `${key}`);
  const storages = Object.values(tensors).map(({ data }) => {
    const count = new Uint8Array(new BigInt64Array([BigInt(data.length)]).buffer);
    return concat([count, bytesOf(data)]);
  });
  const pickles = [
    { raw: Uint8Array.from(magic) },
    1001,
    { dict: [["little_endian", true]] } as const,
    stateDict(tensors),
    keys,
  ];
  return concat([...pickles.map(writePickle), ...storages]);
}

function stateDict(tensors: StateDict): Written {
  const dict = Object.entries(tensors).map(([name, { shape, data }], key) => {
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
    const type = { name: "torch FloatStorage" };
    const storage = ["storage", type, `${key}`, "cpu", data.length, null];
    const hooks = { name: "collections OrderedDict", args: [] };
    const args = [{ persistent: storage }, 0, shape, strides, false, hooks];
    return [name, { name: "torch._utils _rebuild_tensor_v2", args }] as const;
  });
  return { dict };
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.slice().buffer);
}
