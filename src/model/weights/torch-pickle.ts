/** What the pickle of a PyTorch checkpoint is made of (torch/_utils.py, torch/serialization.py). */
import { quoted } from "../bytes/display.ts";
import { shapeText } from "../bytes/shape-text.ts";
import type { Fail, PickleOwner, Spend } from "./pickle-machine.ts";
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

/** A tensor whose values do not lie in a storage one by one: it is listed, and rows are not read from it. */
export class TorchUnread extends PickleForeign {
  override readonly kind = "a tensor";
  readonly dtype: string;
  readonly shape: readonly number[];

  constructor(dtype: string, shape: readonly number[]) {
    super();
    this.dtype = dtype;
    this.shape = shape;
  }
}

const MAX_DIMENSIONS = 64;
/** PyTorch's keys are numbers. */
const LONGEST_KEY = 1000;

type Args = readonly PickleValue[];

type Call = (args: Args, fail: Fail, spend: Spend) => PickleValue | undefined;

/** The calls that are known, by name; every other makes a `PickleObject`. */
const CALLS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", dictionary],
  ["collections.Counter", dictionary],
  ["collections.defaultdict", ([, ...rest], fail, spend) => dictionary(rest, fail, spend)],
  ["torch.Size", ([items]) => items],
  ["torch._utils._rebuild_tensor", (args, fail, spend) => tensor(args, undefined, fail, spend)],
  ["torch._utils._rebuild_tensor_v2", (args, fail, spend) => tensor(args, undefined, fail, spend)],
  ["torch._utils._rebuild_tensor_v3", (args, fail, spend) => tensor(args, args[6], fail, spend)],
  // its storage says that it is quantized
  ["torch._utils._rebuild_qtensor", (args, fail, spend) => tensor(args, undefined, fail, spend)],
  ["torch._utils._rebuild_sparse_tensor", sparse],
  ["torch._utils._rebuild_meta_tensor_no_storage", ([, dims], fail) => unread("META", dims, fail)],
  ["torch._utils._rebuild_nested_tensor", () => new TorchUnread("NESTED", [])],
  ["torch._utils._rebuild_parameter", ([data]) => data],
  ["torch._utils._rebuild_parameter_with_state", ([data]) => data],
  ["torch._utils._rebuild_device_tensor_from_cpu_tensor", ([data]) => data],
  ["torch._tensor._rebuild_from_type", ofType],
  ["torch._tensor._rebuild_from_type_v2", ofType],
]);

/** Reads the pickle of a checkpoint: its tensors become `TorchTensor`s. */
export const torchOwner: PickleOwner = {
  call: (callee, args, fail, spend) =>
    callee instanceof PickleName ? CALLS.get(callee.text)?.(args, fail, spend) : undefined,
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
  // every tensor looks for its storage by this
  if (key.length > LONGEST_KEY) throw fail(`a storage's key has ${key.length} characters`);
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
  spend: Spend,
): TorchTensor | undefined {
  // a storage that is not stored (of a sparse or meta tensor): not one of the file's tensors
  if (from instanceof PickleObject) return undefined;
  if (!(from instanceof TorchStorage)) throw fail(`expected a storage, got ${kindOf(from)}`);
  const dtype = type === undefined ? from : dtypeOf(type, fail);
  const offset = size(first, "a storage offset", fail);
  const shape = sizes(dims, "a shape", fail);
  const strides = sizes(steps, "strides", fail);
  spend(shape.length);
  if (shape.length !== strides.length) {
    throw fail(`a tensor has ${shape.length} dimensions and ${strides.length} strides`);
  }
  if (shape.includes(0)) return new TorchTensor(from, dtype, { offset, shape, strides });
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * strides[i]!, offset);
  const held = from.view.length * from.bytes;
  if ((last + 1) * dtype.bytes > held) {
    throw fail(
      `a tensor of shape (${shapeText(shape)}) reaches beyond its storage ${quoted(from.key)} of ${held} bytes`,
    );
  }
  return new TorchTensor(from, dtype, { offset, shape, strides });
}

/** The layout, and what such a tensor is made of: its size comes last but one, or last. */
function sparse([, parts]: Args, fail: Fail): TorchUnread {
  if (!(parts instanceof PickleList)) throw fail(`expected a sparse tensor, got ${kindOf(parts)}`);
  const dims = parts.items.slice(2).find((item) => item instanceof PickleList);
  return unread("SPARSE", dims, fail);
}

function unread(dtype: string, dims: PickleValue | undefined, fail: Fail): TorchUnread {
  const shape = sizes(dims, "a shape", fail);
  if (shape.length > MAX_DIMENSIONS) throw fail(`a tensor has ${shape.length} dimensions`);
  return new TorchUnread(dtype, shape);
}

function dtypeOf(type: PickleValue, fail: Fail): TorchDtype {
  const known =
    type instanceof PickleName && type.module === "torch" ? TORCH_DTYPES.get(type.name) : undefined;
  if (known === undefined) throw fail(`expected a dtype of whole bytes, got ${kindOf(type)}`);
  return known;
}

/** A subclass of tensors: how it is made, its class, and what it is made of. */
function ofType([make, , args]: Args, fail: Fail, spend: Spend): PickleValue | undefined {
  if (!(args instanceof PickleList)) throw fail(`expected arguments, got ${kindOf(args)}`);
  const call = make instanceof PickleName ? CALLS.get(make.text) : undefined;
  // arguments can hold themselves: what is made of them would be made without end
  return call === ofType ? undefined : call?.(args.items, fail, spend);
}

function dictionary([from]: Args, fail: Fail, spend: Spend): PickleDict {
  if (from instanceof PickleDict) return from;
  const dict = new PickleDict();
  if (from === undefined) return dict;
  const pairs = from instanceof PickleList ? from.items : [from];
  spend(pairs.length);
  for (const pair of pairs) {
    if (!(pair instanceof PickleList) || pair.items.length !== 2) {
      throw fail(`expected pairs of a dictionary, got ${kindOf(pair)}`);
    }
    dict.set(pair.items[0]!, pair.items[1]!);
  }
  return dict;
}

function sizes(value: PickleValue | undefined, what: string, fail: Fail): number[] {
  if (!(value instanceof PickleList)) throw fail(`expected ${what}, got ${kindOf(value)}`);
  const { length } = value.items;
  if (length > MAX_DIMENSIONS)
    throw fail(`${what} of ${length} dimensions, at most ${MAX_DIMENSIONS}`);
  return value.items.map((item) => size(item, what, fail));
}

function size(value: PickleValue | undefined, what: string, fail: Fail): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const given = typeof value === "number" ? String(value) : kindOf(value);
  throw fail(`expected ${what} of whole numbers from 0, got ${given}`);
}
