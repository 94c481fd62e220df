/** The container of PyTorch before 1.6, which `torch.save` still writes when asked: pickles, then storages. */
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { type ByteSource, partOf } from "../bytes/source.ts";
import type { FileOptions } from "../files.ts";
import { readPickle } from "./pickle.ts";
import { PickleEnds } from "./pickle-machine.ts";
import { PickleList, type PickleValue } from "./pickle-values.ts";
import { LONGEST_PICKLE, type TorchContent } from "./torch-content.ts";
import { TorchStorage, torchOwner } from "./torch-pickle.ts";

/** The pickled number 0x1950a86a20f9469cfc6c, which every file begins with. */
const MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const PROTOCOL = 0x80;
const FRAME = 0x95;
const VERSION = 1001;
/** Bytes that are read for the pickles, at first. */
const FIRST = 1 << 15;

/** True if a file begins as this container does. */
export function isLegacy(head: Uint8Array): boolean {
  if (head[0] !== PROTOCOL) return false;
  // from protocol 4 on a frame of 8 bytes' length comes first
  const start = head[2] === FRAME ? 11 : 2;
  return MAGIC.every((byte, i) => head[start + i] === byte);
}

/** A storage's place in the file; its values follow 8 bytes that hold their number. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly storage: TorchStorage;
}

/**
 * Reads the five pickles before the storages: magic number, version, system, content, and the keys of
 * the storages in their order. Where each storage lies follows from their lengths.
 *
 * @throws {FormatError} if the file is broken, cut short or longer than its storages.
 */
export async function readLegacy(
  source: ByteSource,
  file: string,
  options: FileOptions,
): Promise<TorchContent> {
  const { values, storages, starts, end } = await readPickles(source, file, options);
  const [, version, , root, keys] = values;
  if (version !== VERSION) {
    throw faultAt(file, starts[1]!, `expected version ${VERSION} of the container, got another`);
  }
  const places = placesOf(keys!, { storages, start: end, keysAt: starts[4]! }, file);
  const last = [...places.values()].at(-1)?.end ?? end;
  if (last !== source.byteLength) {
    const reason = `the storages should end at byte ${last}, but the file has ${source.byteLength} bytes`;
    throw faultAt(file, Math.min(last, source.byteLength), reason);
  }
  const find = ({ key }: TorchStorage): Place => {
    const place = places.get(key);
    if (place === undefined) {
      throw faultAt(file, starts[4]!, `the storage ${quoted(key)} is missing`);
    }
    return place;
  };
  return {
    root: root!,
    start: starts[3]!,
    littleEndian: true, // on every machine
    check: (storage) => void find(storage),
    open: async (storage, run) => openStorage(source, find(storage), file, run),
  };
}

interface Pickles {
  readonly values: readonly PickleValue[];
  /** By key, in the order of the pickles. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
  /** Where each pickle begins. */
  readonly starts: readonly number[];
  readonly end: number;
}

/** How long the pickles are is known when they are read: more and more of the file until they end. */
async function readPickles(
  source: ByteSource,
  file: string,
  options: FileOptions,
): Promise<Pickles> {
  const most = Math.min(source.byteLength, LONGEST_PICKLE);
  for (let length = Math.min(FIRST, most); ; length = Math.min(8 * length, most)) {
    const bytes = await source.slice(0, length, options);
    try {
      return parsePickles(bytes, file);
    } catch (error) {
      if (!(error instanceof PickleEnds) || length === source.byteLength) throw error;
      if (length === most) throw faultAt(file, most, `pickles of more than ${most} bytes`);
    }
  }
}

function parsePickles(bytes: Uint8Array, file: string): Pickles {
  const storages = new Map<string, TorchStorage>();
  const owner: typeof torchOwner = {
    call: torchOwner.call,
    persistent: (id, fail) => {
      const storage = torchOwner.persistent(id, fail);
      if (!(storage instanceof TorchStorage)) return storage;
      const known = storages.get(storage.key);
      const same = known?.bytes === storage.bytes && known.length === storage.length;
      if (known !== undefined && !same) {
        throw fail(`the storage ${quoted(storage.key)} has two lengths or types`);
      }
      storages.set(storage.key, storage);
      return storage;
    },
  };
  const values: PickleValue[] = [];
  const starts: number[] = [];
  let at = 0;
  while (values.length < 5) {
    const start = at;
    const { value, end } = readPickle(bytes.subarray(at), owner, file, (place) => start + place);
    values.push(value);
    starts.push(at);
    at += end;
  }
  return { values, storages, starts, end: at };
}

function placesOf(
  keys: PickleValue,
  { storages, start, keysAt }: { storages: Pickles["storages"]; start: number; keysAt: number },
  file: string,
): ReadonlyMap<string, Place> {
  if (!(keys instanceof PickleList)) throw faultAt(file, keysAt, "expected the storages' keys");
  const places = new Map<string, Place>();
  let at = start;
  for (const key of keys.items) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) {
      throw faultAt(file, keysAt, "a storage is listed twice, or was not named before");
    }
    const end = at + 8 + storage.length * storage.bytes;
    places.set(storage.key, { start: at, end, storage });
    at = end;
  }
  return places;
}

async function openStorage(
  source: ByteSource,
  { start, end, storage }: Place,
  file: string,
  options: FileOptions = {},
): Promise<ByteSource> {
  const head = await source.slice(start, start + 8, options);
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigInt64(0, true);
  if (length !== BigInt(storage.length)) {
    const reason = `storage ${quoted(storage.key)} should have ${storage.length} values, has ${length}`;
    throw faultAt(file, start, reason);
  }
  return partOf(source, { start: start + 8, end }, file);
}
