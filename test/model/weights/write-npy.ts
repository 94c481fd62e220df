import { concat } from "./write-safetensors.ts";

/** A `.npy` file with this header text, right or wrong, padded as NumPy does unless it is longer. */
export function npyFile(header: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const text = `${header.padEnd(Math.ceil((start + header.length + 1) / 64) * 64 - start - 1)}\n`;
  const encoded = new TextEncoder().encode(text);
  const head = new Uint8Array(start);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(head.buffer);
  if (version === 1) view.setUint16(8, encoded.length, true);
  else view.setUint32(8, encoded.length, true);
  return concat([head, encoded, data]);
}

/** The dictionary in a header, as NumPy writes it. */
export function npyHeader(descr: string, shape: readonly number[], fortran = false): string {
  const order = fortran ? "True" : "False";
  return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }`;
}
