import { UnsupportedError } from "../../errors.ts";
import { checkMatrix, type Matrix, matrix } from "../../matrix.ts";
import { plural } from "../../text/numbers.ts";
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { shapeText } from "../bytes/shape-text.ts";
import { type ByteSource, bufferSource } from "../bytes/source.ts";
import { BYTES_PER_VALUE } from "../values/dtype.ts";
import { readRows, type StoredMatrix } from "../values/row-reader.ts";
import { type NpyDictionary, parseNpyHeader } from "./npy-header.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
/** NumPy's names of types, without the byte order, by those of safetensors. */
const DTYPES: ReadonlyMap<string, string> = new Map([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
  ["i1", "I8"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u1", "U8"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"],
  ["b1", "BOOL"],
  ["c8", "C64"],
  ["c16", "C128"],
]);
/** A header of a plain array has some 100 bytes; NumPy itself distrusts more than 10,000. */
const MAX_HEADER = 1 << 16;

type Options = { readonly signal?: AbortSignal | undefined };

/** An array as the header of a `.npy` file describes it. */
export interface NpyArray extends NpyDictionary {
  readonly source: ByteSource;
  readonly file: string;
  /** Offset of the first value, in bytes. */
  readonly start: number;
  /** As safetensors names it; what has no name there as NumPy writes it. */
  readonly dtype: string;
}

/**
 * Reads the header of a NumPy `.npy` file (format 1.0 to 3.0).
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if it is broken.
 */
export async function readNpyArray(
  source: ByteSource,
  file: string,
  options: Options = {},
): Promise<NpyArray> {
  const fail = (reason: string, offset: number) => faultAt(file, offset, reason);
  const head = await source.slice(0, Math.min(512, source.byteLength), options);
  if (head.length === 0) throw fail("not a .npy file: the file is empty", 0);
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
  const header =
    start <= head.length
      ? head.subarray(textStart, start)
      : await source.slice(textStart, start, options);
  const dictionary = parseNpyHeader(header, file, textStart, version);
  const { descr } = dictionary;
  const known = /^[<>=|]/.test(descr) ? DTYPES.get(descr.slice(1)) : undefined;
  return { source, file, start, ...dictionary, dtype: known ?? quoted(descr).slice(1, -1) };
}

/**
 * The array as a matrix that rows are read from; in C or Fortran order, of either byte order.
 *
 * @throws {UnsupportedError} for other types than float16, float32 and float64, and other than 2 dimensions.
 * @throws {FormatError} if the file has not exactly the bytes of the array's shape.
 */
export function npyMatrix(array: NpyArray): StoredMatrix {
  const { source, file, start, descr, dtype, shape, fortran } = array;
  const refuse = (what: string, feature: string) =>
    new UnsupportedError(`${file}: ${what}`, { feature });
  if (dtype !== "F16" && dtype !== "F32" && dtype !== "F64") {
    throw refuse(
      `the array has dtype ${quoted(descr)}; rows are read from float16, float32 and float64`,
      `dtype ${descr}`,
    );
  }
  if (shape.length !== 2) {
    throw refuse(
      `the array has ${plural(shape.length, "dimension")}, shape (${shapeText(shape)}); expected rows and columns`,
      `${shape.length}-dimensional array`,
    );
  }
  const [rows, cols] = shape as [number, number];
  const size = rows * cols * BYTES_PER_VALUE[dtype];
  const found = source.byteLength - start;
  if (found !== size) {
    // cut short, or followed by what belongs to nothing
    const place = found < size ? source.byteLength : start + size;
    throw faultAt(
      file,
      place,
      `${rows} x ${cols} ${dtype} values need ${size} bytes, got ${found}`,
    );
  }
  const strides: Pick<StoredMatrix, "strides"> = fortran ? { strides: [1, rows] } : {};
  return { source, start, dtype, shape: [rows, cols], littleEndian: descr[0] !== ">", ...strides };
}

/**
 * Reads the header of a `.npy` file that holds a matrix; errors are `readNpyArray`'s and `npyMatrix`'s.
 *
 * @param file What the file is called in errors.
 */
export async function readNpyHeader(
  source: ByteSource,
  file: string,
  options: Options = {},
): Promise<StoredMatrix> {
  return npyMatrix(await readNpyArray(source, file, options));
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
