/** Matrices as `.npy` files: written row by row, so that no matrix need fit into memory twice. */
import { open, readFile, rename } from "node:fs/promises";
import { type Matrix, readNpy } from "tokenscape";

const CHUNK = 1 << 20; // values written at once, about

/** Writes a float32 matrix whose rows `fill` gives, in order; the file has its name only when it is whole. */
export async function writeRows(
  path: string,
  [rows, cols]: readonly [number, number],
  fill: (i: number, out: Float32Array) => void,
): Promise<void> {
  const partial = `${path}.part`;
  const file = await open(partial, "w");
  try {
    await file.write(header(rows, cols));
    const step = Math.max(1, Math.floor(CHUNK / cols));
    const chunk = new Float32Array(step * cols);
    for (let start = 0; start < rows; start += step) {
      const count = Math.min(step, rows - start);
      for (let i = 0; i < count; i++) {
        fill(start + i, chunk.subarray(i * cols, (i + 1) * cols));
      }
      await file.write(new Uint8Array(chunk.buffer, 0, 4 * count * cols));
    }
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

/** The whole matrix. */
export async function readMatrix(path: string): Promise<Matrix> {
  return readNpy(await readFile(path), path);
}

// format 1.0, padded to 64 bytes as NumPy writes it
function header(rows: number, cols: number): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = Buffer.alloc(10 + length);
  bytes.write("\x93NUMPY\x01\x00", "latin1");
  bytes.writeUInt16LE(length, 8);
  bytes.write(`${dictionary.padEnd(length - 1)}\n`, 10, "latin1");
  return bytes;
}
