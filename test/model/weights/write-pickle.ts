import { concat } from "./write-safetensors.ts";

/** A value to pickle: a call by its name, a persistent id, bytes as they are, or plain data. */
export type Written =
  | null
  | boolean
  | number
  | string
  | readonly Written[]
  | Call
  | { readonly persistent: Written }
  | { readonly dict: readonly (readonly [Written, Written])[] }
  | { readonly raw: Uint8Array };

export interface Call {
  /** `"torch._utils _rebuild_tensor_v2"` */
  readonly name: string;
  /** Without arguments only the name is written. */
  readonly args?: readonly Written[];
  readonly state?: Written;
}

const encode = (text: string) => new TextEncoder().encode(text);

function little(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

/** A pickle of protocol 2 of this value; tuples are written for all lists. */
export function writePickle(value: Written): Uint8Array {
  return concat([Uint8Array.of(0x80, 2), write(value), Uint8Array.of(0x2e)]);
}

function write(value: Written): Uint8Array {
  if (value === null) return Uint8Array.of(0x4e);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0x88 : 0x89);
  if (typeof value === "number") {
    const whole = BigInt.asUintN(72, BigInt(value));
    const bytes = Uint8Array.from({ length: 9 }, (_, i) => Number((whole >> BigInt(8 * i)) & 255n));
    return concat([Uint8Array.of(0x8a, 9), bytes]);
  }
  if (typeof value === "string") {
    return concat([Uint8Array.of(0x58), little(encode(value).length, 4), encode(value)]);
  }
  if (Array.isArray(value)) {
    return concat([Uint8Array.of(0x28), ...value.map(write), Uint8Array.of(0x74)]);
  }
  return writeObject(
    value as Exclude<Written, readonly Written[] | null | boolean | number | string>,
  );
}

function writeObject(
  value:
    | Call
    | { persistent: Written }
    | { dict: readonly (readonly [Written, Written])[] }
    | { raw: Uint8Array },
): Uint8Array {
  if ("raw" in value) return value.raw;
  if ("persistent" in value) return concat([write(value.persistent), Uint8Array.of(0x51)]);
  if ("dict" in value) {
    const items = value.dict.flatMap(([key, inner]) => [write(key), write(inner)]);
    return concat([Uint8Array.of(0x7d, 0x28), ...items, Uint8Array.of(0x75)]);
  }
  const name = concat([Uint8Array.of(0x63), encode(`${value.name.replace(" ", "\n")}\n`)]);
  if (value.args === undefined) return name;
  const called = concat([name, write(value.args), Uint8Array.of(0x52)]);
  if (value.state === undefined) return called;
  return concat([called, write(value.state), Uint8Array.of(0x62)]);
}
