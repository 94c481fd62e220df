import { UnsupportedError } from "../errors.ts";
import { checkMatrix, type Matrix, matrix } from "../matrix.ts";
import { quoted } from "./display.ts";
import { BYTES_PER_VALUE } from "./dtype.ts";
import { faultAt } from "./fault.ts";
import { fileKind } from "./file-kind.ts";
import type { Dtype } from "./model.ts";
import { type NpyDictionary, parseNpyHeader } from "./npy-header.ts";
import { readRows, type StoredMatrix } from "./row-reader.ts";
import { type ByteSource, bufferSource } from "./source.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
]);
/** A header of a plain array has some 100 bytes; NumPy itself distrusts more than 10,000. */
const MAX_HEADER = 1 << 16;

type Options = { readonly signal?: AbortSignal | undefined };

/**
 * Reads the header of a NumPy `.npy` file (format 1.0 to 3.0) that holds a matrix of float16, float32 or
 * float64 of either byte order, in C order.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken or has not exactly the bytes of its shape.
 * @throws {UnsupportedError} for other dtypes, other than 2 dimensions, and Fortran order.
 */
export async function readNpyHeader(
  source: ByteSource,
  file: string,
  options: Options = {},
): Promise<StoredMatrix> {
  const fail = (reason: string, offset: number) => faultAt(file, offset, reason);
  const head = await source.slice(0, Math.min(512, source.byteLength), options);
  if (head.length < MAGIC.length || MAGIC.some((byte, i) => head[i] !== byte)) {
    const kind = fileKind(head);
    throw fail(`not a .npy file${kind === undefined ? "" : `: this is ${kind}`}`, 0);
  }
  if (head.length < 10) throw fail("the file ends within its header", head.length);
  const version = head[6]!;
  if (version < 1 || version > 3 || head[7] !== 0) {
    throw fail(`expected format version 1.0, 2.0 or 3.0, got ${version}.${head[7]}`, 6);
  }
  const textStart = version === 1 ? 10 : 12;
  if (head.length < textStart) throw fail("the file ends within its header", head.length);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) throw fail(`the header's length is given as ${length} bytes`, 8);
  const start = textStart + length;
  const header = await source.slice(textStart, start, options);
  const stored = storedShape(parseNpyHeader(header, file, textStart, version), file);

  const [rows, cols] = stored.shape;
  const size = rows * cols * BYTES_PER_VALUE[stored.dtype];
  const found = source.byteLength - start;
  if (found !== size) {
    // cut short, or followed by what belongs to nothing
    const place = found < size ? source.byteLength : start + size;
    throw fail(`${rows} x ${cols} ${stored.dtype} values need ${size} bytes, got ${found}`, place);
  }
  return { source, start, ...stored };
}

function storedShape(
  { descr, fortran, shape }: NpyDictionary,
  file: string,
): Pick<StoredMatrix, "dtype" | "shape" | "littleEndian"> {
  const refuse = (what: string, feature: string) =>
    new UnsupportedError(`${file}: ${what}`, { feature });
  const dtype = /^[<>=|]/.test(descr) ? DTYPES.get(descr.slice(1)) : undefined;
  if (dtype === undefined) {
    throw refuse(
      `the array has dtype ${quoted(descr)}; rows are read from float16, float32 and float64`,
      `dtype ${descr}`,
    );
  }
  if (shape.length !== 2) {
    const shown = shape.slice(0, 8).join(", ") + (shape.length > 8 ? ", ..." : "");
    throw refuse(
      `the array has ${shape.length} dimensions, shape (${shown}); expected rows and columns`,
      `${shape.length}-dimensional array`,
    );
  }
  if (fortran) {
    throw refuse(
      "the array lies in Fortran order; save it in C order (numpy.ascontiguousarray)",
      "Fortran order",
    );
  }
  return { dtype, shape: [shape[0]!, shape[1]!], littleEndian: descr[0] !== ">" };
}

/**
 * Reads a whole `.npy` file as float32; errors are `readNpyHeader`'s.
 *
 * @param file What the file is called in errors.
 */
export async function readNpy(
  source: ByteSource | Uint8Array,
  file: string,
  options: Options = {},
): Promise<Matrix> {
  const stored = await readNpyHeader(
    source instanceof Uint8Array ? bufferSource(source, file) : source,
    file,
    options,
  );
  if (stored.shape[1] === 0) return matrix(...stored.shape); // any number of rows takes no bytes
  const rows = Int32Array.from({ length: stored.shape[0] }, (_, i) => i);
  return readRows(stored, rows, options);
}

/**
 * The matrix as a `.npy` file: format 1.0, little-endian float32, data aligned to 64 bytes, as NumPy writes.
 *
 * @throws {TypeError | RangeError} if X is not a matrix of float32.
 */
export function writeNpy(X: Matrix): Uint8Array {
  checkMatrix("writeNpy", X);
  const {
    data,
    shape: [rows, cols],
  } = X;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + data.length * 4);
  const view = new DataView(file.buffer);
  file.set([...MAGIC, 1, 0]);
  view.setUint16(8, length, true);
  new TextEncoder().encodeInto(`${dictionary.padEnd(length - 1)}\n`, file.subarray(10));
  data.forEach((value, i) => {
    view.setFloat32(10 + length + 4 * i, value, true);
  });
  return file;
}
