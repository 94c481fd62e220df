import { UnsupportedError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { fileKind } from "../bytes/file-kind.ts";
import type { ByteSource } from "../bytes/source.ts";
import { readZip, type ZipEntry } from "../bytes/zip.ts";
import { openEntry, readEntry } from "../bytes/zip-entry.ts";
import type { FileOptions } from "../files.ts";
import { readPickle } from "./pickle.ts";
import { kindOf, PickleDict, PickleName, PickleObject, type PickleValue } from "./pickle-values.ts";
import { LONGEST_PICKLE, type TorchContent } from "./torch-content.ts";
import { isLegacy, readLegacy } from "./torch-legacy.ts";
import { namedTensors } from "./torch-names.ts";
import { type TorchStorage, TorchTensor, torchOwner } from "./torch-pickle.ts";
import { matrixOf, type WeightPart } from "./weight-part.ts";

/**
 * A checkpoint of PyTorch (`torch.save`: `.bin`, `.pt`, `.pth`, `.ckpt`) as a part: its pickle is read
 * as data, and no code in it is ever run. Both containers are read, ZIP (since PyTorch 1.6) and the
 * older one. Tensors bear the keys that lead to them.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken, would run code, or holds no tensors.
 */
export async function torchPart(
  source: ByteSource,
  file: string,
  options: FileOptions = {},
): Promise<WeightPart> {
  const content = await readContent(source, file, options);
  const { root, start } = content;
  const tensors = namedTensors(root, (reason) => faultAt(file, start, reason));
  if (tensors.size === 0) {
    throw faultAt(file, start, `the checkpoint holds no tensors, but ${contentText(root)}`);
  }
  for (const tensor of tensors.values()) {
    if (tensor instanceof TorchTensor) content.check(tensor.storage);
  }
  const infos = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    tensors: new Map(infos.map((info) => [info.name, info])),
    matrix: async (name, run = {}) => {
      const tensor = tensors.get(name)!;
      const checked = matrixOf({ name, dtype: tensor.dtype, shape: tensor.shape }, file);
      const { storage, start: first, strides } = tensor as TorchTensor;
      return {
        ...checked,
        source: await content.open(storage, run),
        start: first,
        strides: [strides[0]!, strides[1]!],
        littleEndian: content.littleEndian,
      };
    },
  };
}

/** What a checkpoint without tensors holds: most often arrays of NumPy. */
function contentText(root: PickleValue): string {
  const values = root instanceof PickleDict ? [root, ...root.entries.values()] : [root];
  const object = values.find((value) => value instanceof PickleObject);
  if (object === undefined) return kindOf(root);
  const isArray = object.made instanceof PickleName && object.made.module.startsWith("numpy");
  return isArray ? "arrays of NumPy: save these with numpy.savez" : kindOf(object);
}

async function readContent(
  source: ByteSource,
  file: string,
  options: FileOptions,
): Promise<TorchContent> {
  const head = await source.slice(0, Math.min(512, source.byteLength), options);
  if (isLegacy(head)) return readLegacy(source, file, options);
  if (head[0] === 0x50 && head[1] === 0x4b) return readArchive(source, file, options);
  if (String.fromCharCode(...head.subarray(257, 262)) === "ustar") {
    throw new UnsupportedError(
      `${file}: a checkpoint of PyTorch before 0.1.10 (a tar archive); load it in PyTorch and save it with torch.save`,
      { feature: "PyTorch's tar format" },
    );
  }
  const kind = head.length === 0 ? "an empty file" : fileKind(head);
  throw faultAt(
    file,
    0,
    `not a PyTorch checkpoint${kind === undefined ? "" : `: this is ${kind}`}`,
  );
}

async function readArchive(
  source: ByteSource,
  file: string,
  options: FileOptions,
): Promise<TorchContent> {
  const entries = await readZip(source, file, options);
  const pickle = [...entries.values()].find(({ name }) => /^(?:[^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined) {
    const names = [...entries.keys()].slice(0, 5).map(quoted).join(", ");
    const found = names === "" ? "nothing" : names;
    throw faultAt(
      file,
      0,
      `a ZIP archive, but no PyTorch checkpoint: it has no data.pkl but ${found}`,
    );
  }
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const { bytes, start } = await readEntry(source, pickle, LONGEST_PICKLE, file, options);
  // of a deflated pickle the bytes have no place in the file
  const isStored = pickle.method === "stored";
  const { value } = readPickle(bytes, torchOwner, file, (at) => (isStored ? start + at : start));
  const find = (storage: TorchStorage): ZipEntry => {
    const entry = entries.get(`${folder}data/${storage.key}`);
    if (entry === undefined) {
      throw faultAt(file, start, `the storage ${quoted(storage.key)} is missing`);
    }
    return checkedLength(entry, storage, file);
  };
  const order = entries.get(`${folder}byteorder`);
  return {
    root: value,
    start,
    littleEndian: order === undefined || (await isLittle(source, order, file, options)),
    check: (storage) => void find(storage),
    open: async (storage, run) => openEntry(source, find(storage), file, run),
  };
}

function checkedLength(
  entry: ZipEntry,
  { key, length, bytes }: TorchStorage,
  file: string,
): ZipEntry {
  if (entry.size === length * bytes) return entry;
  const reason = `storage ${quoted(key)} should have ${length * bytes} bytes and has ${entry.size}`;
  throw faultAt(file, entry.start, reason);
}

async function isLittle(
  source: ByteSource,
  entry: ZipEntry,
  file: string,
  options: FileOptions,
): Promise<boolean> {
  const { bytes } = await readEntry(source, entry, 16, file, options);
  const order = new TextDecoder().decode(bytes);
  if (order === "little" || order === "big") return order === "little";
  throw faultAt(file, entry.start, `expected byteorder little or big, got ${quoted(order)}`);
}
