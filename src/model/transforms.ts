import { typeError } from "../errors.ts";
import { checkMatrix, type Matrix, matrix } from "../matrix.ts";

/** What may be done to the rows before the road begins; every one is named in captions and results. */
export type Transform = "center" | "unit";

const TRANSFORMS: readonly string[] = ["center", "unit"] satisfies Transform[];

/** @throws {TypeError} unless these are transforms, in a list. */
export function checkTransforms(transforms: readonly Transform[]): void {
  const wrong = Array.isArray(transforms)
    ? transforms.find((transform) => !TRANSFORMS.includes(transform))
    : transforms;
  if (wrong === undefined) return;
  throw typeError(`transforms: expected a list of center and unit, got ${String(wrong)}`);
}

/**
 * The rows with the transforms applied in the order given; X itself is not changed.
 *
 * - `"center"`: less the mean of the rows of X, column by column.
 * - `"unit"`: every row divided by its length; a row of zeros stays.
 *
 * Computed in float64, rounded to float32 after each transform.
 *
 * @throws {TypeError} for an unknown transform, or if X is not a matrix of float32.
 */
export function transformRows(X: Matrix, transforms: readonly Transform[]): Matrix {
  checkTransforms(transforms);
  checkMatrix("transformRows", X);
  return transforms.reduce(
    (rows, transform) => (transform === "center" ? center(rows) : unit(rows)),
    X,
  );
}

function center({ data, shape }: Matrix): Matrix {
  const [n, d] = shape;
  const mean = new Float64Array(d);
  for (let i = 0, e = 0; i < n; i++) {
    for (let k = 0; k < d; k++, e++) mean[k]! += data[e]! / n;
  }
  const out = new Float32Array(data.length);
  for (let i = 0, e = 0; i < n; i++) {
    for (let k = 0; k < d; k++, e++) out[e] = data[e]! - mean[k]!;
  }
  return matrix(n, d, out);
}

function unit({ data, shape }: Matrix): Matrix {
  const [n, d] = shape;
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let e = i * d; e < (i + 1) * d; e++) squares += data[e]! * data[e]!;
    const length = Math.sqrt(squares) || 1;
    for (let e = i * d; e < (i + 1) * d; e++) out[e] = data[e]! / length;
  }
  return matrix(n, d, out);
}
