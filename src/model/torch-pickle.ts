/** What the pickle of a PyTorch checkpoint is made of (torch/_utils.py, torch/serialization.py). */
import { quoted } from "./display.ts";
import type { Fail, PickleOwner } from "./pickle-machine.ts";
import {
  kindOf,
  PickleDict,
  PickleForeign,
  PickleList,
  PickleName,
  PickleObject,
  type PickleValue,
} from "./pickle-values.ts";
import { STORAGE_DTYPES, TORCH_DTYPES, type TorchDtype } from "./torch-dtypes.ts";

/** Values that lie outside of the pickle; several tensors may share them. */
export class TorchStorage extends PickleForeign implements TorchDtype {
  override readonly kind = "a storage";
  /** What the values are called in the file. */
  readonly key: string;
  readonly dtype: string;
  readonly bytes: number;
  /** Number of values. */
  readonly length: number;
  /** Of this storage's values the first that a view of it sees, and how many. */
  readonly view: { readonly start: number; readonly length: number };

  constructor(
    key: string,
    { dtype, bytes }: TorchDtype,
    length: number,
    view: TorchStorage["view"] = { start: 0, length },
  ) {
    super();
    this.key = key;
    this.dtype = dtype;
    this.bytes = bytes;
    this.length = length;
    this.view = view;
  }
}

/** A tensor: which values of its storage it shows, and in which order. */
export class TorchTensor extends PickleForeign implements TorchDtype {
  override readonly kind = "a tensor";
  readonly storage: TorchStorage;
  readonly dtype: string;
  readonly bytes: number;
  readonly shape: readonly number[];
  /** Values from one index to the next, by dimension. */
  readonly strides: readonly number[];
  /** Where the first value lies in the storage, in bytes. */
  readonly start: number;

  constructor(
    storage: TorchStorage,
    { dtype, bytes }: TorchDtype,
    { offset, shape, strides }: { offset: number; shape: number[]; strides: number[] },
  ) {
    super();
    this.storage = storage;
    this.dtype = dtype;
    this.bytes = bytes;
    this.shape = shape;
    this.strides = strides;
    this.start = storage.view.start * storage.bytes + offset * bytes;
  }
}

const MAX_DIMENSIONS = 64;

type Args = readonly PickleValue[];

/** The calls that are known, by name; every other makes a `PickleObject`. */
const CALLS: ReadonlyMap<string, (args: Args, fail: Fail) => PickleValue | undefined> = new Map([
  ["collections.OrderedDict", dictionary],
  ["collections.Counter", dictionary],
  ["collections.defaultdict", ([, ...rest]: Args, fail: Fail) => dictionary(rest, fail)],
  ["torch.Size", ([items]: Args) => items],
  ["torch._utils._rebuild_tensor", (args: Args, fail: Fail) => tensor(args, undefined, fail)],
  ["torch._utils._rebuild_tensor_v2", (args: Args, fail: Fail) => tensor(args, undefined, fail)],
  ["torch._utils._rebuild_tensor_v3", (args: Args, fail: Fail) => tensor(args, args[6], fail)],
  ["torch._utils._rebuild_parameter", ([data]: Args) => data],
  ["torch._utils._rebuild_parameter_with_state", ([data]: Args) => data],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", ([data]: Args) => data],
  ["torch._tensor._rebuild_from_type", ofType],
  ["torch._tensor._rebuild_from_type_v2", ofType],
]);

/** Reads the pickle of a checkpoint: its tensors become `TorchTensor`s. */
export const torchOwner: PickleOwner = {
  call: (callee, args, fail) =>
    callee instanceof PickleName ? CALLS.get(callee.text)?.(args, fail) : undefined,
  persistent: (id, fail) => {
    const parts = id instanceof PickleList ? id.items : [];
    // a class with its source, as whole modules were saved before PyTorch 1.6
    if (parts[0] === "module" && parts.length >= 2) return parts[1]!;
    if (parts[0] === "storage" && parts.length >= 5) return storage(parts, fail);
    throw fail(`expected a persistent id of a storage, got ${kindOf(id)}`);
  },
};

function storage([, type, key, , length, view]: Args, fail: Fail): TorchStorage {
  const isStorage = type instanceof PickleName && /^torch(\.|$)/.test(type.module);
  const dtype = isStorage ? STORAGE_DTYPES.get(type.name) : undefined;
  if (dtype === undefined) throw fail(`expected a storage of a known type, got ${kindOf(type)}`);
  if (typeof key !== "string") throw fail(`expected a storage's key, got ${kindOf(key)}`);
  const whole = size(length, "a storage's length", fail);
  if (!Number.isSafeInteger(whole * dtype.bytes)) throw fail("a storage's length is too large");
  if (!(view instanceof PickleList)) return new TorchStorage(key, dtype, whole);
  const start = size(view.items[1], "a view's offset", fail);
  const part = size(view.items[2], "a view's length", fail);
  if (start + part > whole) throw fail(`a view reaches beyond its storage of ${whole} values`);
  return new TorchStorage(key, dtype, whole, { start, length: part });
}

function tensor(
  [from, first, dims, steps]: Args,
  type: PickleValue | undefined,
  fail: Fail,
): TorchTensor | undefined {
  // a storage that is not stored (of a sparse or meta tensor): not one of the file's tensors
  if (from instanceof PickleObject) return undefined;
  if (!(from instanceof TorchStorage)) throw fail(`expected a storage, got ${kindOf(from)}`);
  const dtype = type === undefined ? from : dtypeOf(type, fail);
  const offset = size(first, "a storage offset", fail);
  const shape = sizes(dims, "a shape", fail);
  const strides = sizes(steps, "strides", fail);
  if (shape.length !== strides.length || shape.length > MAX_DIMENSIONS) {
    throw fail(`a tensor has ${shape.length} dimensions and ${strides.length} strides`);
  }
  if (shape.includes(0)) return new TorchTensor(from, dtype, { offset, shape, strides });
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * strides[i]!, offset);
  const held = from.view.length * from.bytes;
  if ((last + 1) * dtype.bytes > held) {
    throw fail(
      `a tensor of shape (${shape.join(", ")}) reaches beyond its storage ${quoted(from.key)} of ${held} bytes`,
    );
  }
  return new TorchTensor(from, dtype, { offset, shape, strides });
}

function dtypeOf(type: PickleValue, fail: Fail): TorchDtype {
  const known =
    type instanceof PickleName && type.module === "torch" ? TORCH_DTYPES.get(type.name) : undefined;
  if (known === undefined) throw fail(`expected a dtype of whole bytes, got ${kindOf(type)}`);
  return known;
}

/** A subclass of tensors: how it is made, its class, and what it is made of. */
function ofType([make, , args]: Args, fail: Fail): PickleValue | undefined {
  if (!(args instanceof PickleList)) throw fail(`expected arguments, got ${kindOf(args)}`);
  return make instanceof PickleName ? CALLS.get(make.text)?.(args.items, fail) : undefined;
}

function dictionary([from]: Args, fail: Fail): PickleDict {
  if (from instanceof PickleDict) return from;
  const dict = new PickleDict();
  if (from === undefined) return dict;
  for (const pair of from instanceof PickleList ? from.items : [from]) {
    if (!(pair instanceof PickleList) || pair.items.length !== 2) {
      throw fail(`expected pairs of a dictionary, got ${kindOf(pair)}`);
    }
    dict.set(pair.items[0]!, pair.items[1]!);
  }
  return dict;
}

function sizes(value: PickleValue | undefined, what: string, fail: Fail): number[] {
  if (!(value instanceof PickleList)) throw fail(`expected ${what}, got ${kindOf(value)}`);
  return value.items.map((item) => size(item, what, fail));
}

function size(value: PickleValue | undefined, what: string, fail: Fail): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const given = typeof value === "number" ? String(value) : kindOf(value);
  throw fail(`expected ${what} of whole numbers from 0, got ${given}`);
}
