import { rangeError, typeError } from "./errors.ts";

/** A dense row-major matrix: entry (i, j) is `data[i * shape[1] + j]`. */
export interface Matrix {
  /** The entries; `data.length === shape[0] * shape[1]`. */
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, cols: number];
}

/**
 * A matrix over the given entries, which are not copied; without entries, all zeros.
 *
 * @throws {RangeError} if the shape is not two whole numbers of at least 0, does not fit the entries, or
 *   needs more memory than there is.
 */
export function matrix(rows: number, cols: number, data?: Float32Array): Matrix {
  if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(cols) || rows < 0 || cols < 0) {
    throw rangeError(`matrix: expected whole numbers of rows and columns, got ${rows} x ${cols}`);
  }
  const X: Matrix = { data: data ?? zeros(rows, cols), shape: [rows, cols] };
  checkMatrix("matrix", X);
  return X;
}

function zeros(rows: number, cols: number): Float32Array {
  try {
    return new Float32Array(rows * cols);
  } catch (cause) {
    const gigabytes = ((4 * rows * cols) / 1e9).toPrecision(2);
    const size = `${rows} x ${cols} values are ${Number(gigabytes)} GB`;
    throw rangeError(`matrix: expected one that fits into memory, got ${size}`, { cause });
  }
}

/** A matrix with these rows, rounded to float32; all must have the same length. */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const cols = rows.length === 0 ? 0 : rows[0]!.length;
  const X = matrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) {
      throw rangeError(`fromRows: row ${i} has ${row.length} values, row 0 has ${cols}`);
    }
    X.data.set(row, i * cols);
  });
  return X;
}

/** Row i as a view on the matrix's own entries, not a copy. */
export function rowOf(X: Matrix, i: number): Float32Array {
  return X.data.subarray(i * X.shape[1], (i + 1) * X.shape[1]);
}

/**
 * Checks what every station asks of a matrix before it works on it.
 *
 * @param who The caller's name, which begins the message.
 * @throws {TypeError} if X is not a matrix of float32.
 * @throws {RangeError} if the shape is not two whole numbers of at least 0, or does not fit the entries.
 */
export function checkMatrix(who: string, X: Matrix): void {
  if (!(X?.data instanceof Float32Array) || !Array.isArray(X.shape) || X.shape.length !== 2) {
    throw typeError(`${who}: expected a matrix { data: Float32Array, shape: [rows, cols] }`);
  }
  const [rows, cols] = X.shape;
  if (!isCount(rows) || !isCount(cols)) {
    throw rangeError(`${who}: expected whole numbers of rows and columns, got ${rows} x ${cols}`);
  }
  if (X.data.length !== rows * cols) {
    throw rangeError(
      `${who}: expected rows * cols = ${rows} * ${cols} = ${rows * cols} values, got ${X.data.length}`,
    );
  }
}

function isCount(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

/**
 * Checks that every entry is a finite number.
 *
 * @throws {RangeError} naming the first entry that is NaN or infinite.
 */
export function checkFinite(who: string, X: Matrix): void {
  if (allFinite(X.data)) return;
  const at = X.data.findIndex((value) => !Number.isFinite(value));
  const cols = X.shape[1];
  throw rangeError(
    `${who}: expected finite values, got ${X.data[at]} in row ${Math.floor(at / cols)}, column ${at % cols}`,
  );
}

/** Whether all are finite: 0 times anything else is NaN. Four sums, so that none has to wait for another. */
function allFinite(data: Float32Array): boolean {
  const whole = data.length - (data.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let e = 0; e < whole; e += 4) {
    a += data[e]! * 0;
    b += data[e + 1]! * 0;
    c += data[e + 2]! * 0;
    d += data[e + 3]! * 0;
  }
  for (let e = whole; e < data.length; e++) a += data[e]! * 0;
  return a + b + c + d === 0;
}
