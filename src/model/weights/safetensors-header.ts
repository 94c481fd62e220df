import type { FormatError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import type { Json } from "../bytes/strict-json.ts";
import type { TensorInfo } from "../model.ts";

/** A tensor and where its bytes lie in the file: [start, end). */
export interface TensorEntry extends TensorInfo {
  readonly start: number;
  readonly end: number;
}

/** What a safetensors header says. */
export interface SafetensorsHeader {
  /** By name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** `__metadata__`; empty if there is none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bits per value of every dtype of the format (safetensors 0.8). */
const DTYPE_BITS: ReadonlyMap<string, bigint> = new Map([
  ["BOOL", 8n],
  ["F4", 4n],
  ["F6_E2M3", 6n],
  ["F6_E3M2", 6n],
  ["U8", 8n],
  ["I8", 8n],
  ["F8_E5M2", 8n],
  ["F8_E4M3", 8n],
  ["F8_E8M0", 8n],
  ["F8_E4M3FNUZ", 8n],
  ["F8_E5M2FNUZ", 8n],
  ["I16", 16n],
  ["U16", 16n],
  ["F16", 16n],
  ["BF16", 16n],
  ["I32", 32n],
  ["U32", 32n],
  ["F32", 32n],
  ["C64", 64n],
  ["F64", 64n],
  ["I64", 64n],
  ["U64", 64n],
]);

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Where the tensors' bytes lie: offsets of the header count from `dataStart`. */
interface Layout {
  readonly file: string;
  readonly dataStart: number;
  readonly fileEnd: number;
  /** Where in the file a value of the header stands, by the names and places that lead to it. */
  readonly place: (path: readonly (string | number)[]) => number;
}

/**
 * The tensors that a parsed header describes, with offsets from the start of the file.
 *
 * @throws {FormatError} unless every tensor is well described and together they fill the rest of the
 *   file without holes or overlap.
 */
export function tensorTable(header: Json, layout: Layout): SafetensorsHeader {
  if (!(header instanceof Map)) throw fault(layout, [], "the header is not a JSON object");
  const tensors = new Map<string, TensorEntry>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of header) {
    if (name === "__metadata__") metadata = stringMap(value, layout);
    else tensors.set(name, tensorEntry(name, value, layout));
  }
  checkCoverage([...tensors.values()], layout);
  return { tensors, metadata };
}

function stringMap(value: Json, layout: Layout): ReadonlyMap<string, string> {
  const path = ["__metadata__"];
  if (!(value instanceof Map)) throw fault(layout, path, "__metadata__ is not a JSON object");
  for (const [key, text] of value) {
    if (typeof text === "string") continue;
    const reason = `__metadata__ holds ${quoted(key)}, which is not a string`;
    throw fault(layout, [...path, key], reason);
  }
  return value as ReadonlyMap<string, string>;
}

function tensorEntry(name: string, value: Json, layout: Layout): TensorEntry {
  const refuse = (reason: string, ...path: readonly (string | number)[]) =>
    fault(layout, [name, ...path], `tensor ${quoted(name)}: ${reason}`);
  if (!(value instanceof Map)) throw refuse("expected a JSON object");
  for (const field of value.keys()) {
    if (field !== "dtype" && field !== "shape" && field !== "data_offsets") {
      throw refuse(`unknown field ${quoted(field)}`, field);
    }
  }
  const dtype = value.get("dtype");
  const bits = typeof dtype === "string" ? DTYPE_BITS.get(dtype) : undefined;
  if (bits === undefined) {
    const given = typeof dtype === "string" ? quoted(dtype) : "none";
    throw refuse(`expected a dtype of the format, got ${given}`, "dtype");
  }
  const shape = wholeNumbers(value.get("shape"));
  if (shape === undefined) {
    throw refuse("expected a shape of whole numbers from 0 to 2^53 - 1", "shape");
  }
  const offsets = wholeNumbers(value.get("data_offsets"));
  if (offsets?.length !== 2) {
    throw refuse("expected data_offsets of two whole numbers", "data_offsets");
  }
  const [begin, end] = offsets as [bigint, bigint];

  const size = byteSize(shape, bits);
  if (size === undefined) throw refuse(`the shape ${shown(shape)} is too large`, "shape");
  if (size % 8n !== 0n) throw refuse(`${dtype} values do not fill whole bytes`, "shape");
  if (begin > end || end - begin !== size / 8n) {
    throw refuse(
      `${dtype} of shape ${shown(shape)} needs ${size / 8n} bytes, data_offsets give ${begin} to ${end}`,
      "data_offsets",
    );
  }
  if (BigInt(layout.dataStart) + end > BigInt(layout.fileEnd)) {
    const where = `${BigInt(layout.dataStart) + end}, but the file ends at byte ${layout.fileEnd}`;
    throw refuse(
      `its data should end at byte ${where} (is the file cut short?)`,
      "data_offsets",
      1,
    );
  }
  return {
    name,
    dtype: dtype as string,
    shape: shape.map(Number),
    start: layout.dataStart + Number(begin),
    end: layout.dataStart + Number(end),
  };
}

function wholeNumbers(value: Json | undefined): bigint[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ok = value.every((x) => typeof x === "bigint" && x >= 0n && x <= MAX_SAFE);
  return ok ? (value as bigint[]) : undefined;
}

function shown(shape: readonly bigint[]): string {
  if (shape.length === 0) return "()";
  return shape.slice(0, 8).join(" x ") + (shape.length > 8 ? " x ..." : "");
}

/** Size in bits; undefined where a partial product passes 2^53 - 1, as the format's checked arithmetic. */
function byteSize(shape: readonly bigint[], bits: bigint): bigint | undefined {
  let size = 1n;
  for (const length of shape) {
    size *= length;
    if (size > MAX_SAFE) return undefined;
  }
  size *= bits;
  return size > MAX_SAFE ? undefined : size;
}

function checkCoverage(tensors: TensorEntry[], layout: Layout): void {
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = layout.dataStart;
  for (const { name, start, end } of tensors) {
    if (start !== at) {
      const how =
        start > at ? `leaves a hole of ${start - at} bytes before` : "overlaps the data of";
      throw faultAt(layout.file, Math.min(start, at), `the header ${how} tensor ${quoted(name)}`);
    }
    at = end;
  }
  if (at !== layout.fileEnd) {
    const extra = layout.fileEnd - at;
    throw faultAt(layout.file, at, `${extra} bytes after the last tensor belong to nothing`);
  }
}

/** The error about a value of the header. */
function fault(
  { file, place }: Layout,
  path: readonly (string | number)[],
  reason: string,
): FormatError {
  return faultAt(file, place(path), reason);
}
