/** A tensor to write: float32 values, or the bytes themselves. */
export interface WrittenTensor {
  readonly dtype?: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
}

/** A safetensors file of these tensors, in this order, as the reference writes it (header padded to 8). */
export function writeSafetensors(tensors: Readonly<Record<string, WrittenTensor>>): Uint8Array {
  const header: [string, unknown][] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { dtype = "F32", shape, data }] of Object.entries(tensors)) {
    const bytes = data instanceof Float32Array ? littleEndian(data) : data;
    header.push([name, { dtype, shape, data_offsets: [at, at + bytes.length] }]);
    parts.push(bytes);
    at += bytes.length;
  }
  // entries one by one: a plain object would lose a tensor named __proto__
  const members = header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const text = `{${members.join(",")}}`;
  return safetensorsFile(text.padEnd(Math.ceil(text.length / 8) * 8), concat(parts));
}

/** A file with this header, right or wrong, and its length before it. */
export function safetensorsFile(
  header: string | Uint8Array,
  ...data: readonly Uint8Array[]
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(text.length), true);
  return concat([prefix, text, ...data]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}
