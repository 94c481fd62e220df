import { FormatError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import type { ByteSource } from "../bytes/source.ts";
import type { FileOptions } from "../files.ts";
import type { TensorInfo } from "../model.ts";
import { checkDtype } from "../values/dtype.ts";
import type { StoredMatrix } from "../values/row-reader.ts";
import { readSafetensorsHeader } from "./safetensors.ts";

/**
 * One weight file whose tensors are listed. Every format that holds tensors by name is read as such a
 * part; where a tensor's values lie is found out only for the one that rows are read from.
 */
export interface WeightPart {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Where the values of a tensor of two dimensions lie.
   *
   * @param name One of `tensors`.
   * @throws {FormatError} if the matrix is empty or its place in the file is broken.
   * @throws {UnsupportedError} if rows can't be read from its dtype.
   */
  matrix(name: string, options?: FileOptions): Promise<StoredMatrix>;
}

/**
 * A safetensors file as a part: its header is read and checked.
 *
 * @param file What the file is called in errors.
 */
export async function safetensorsPart(
  source: ByteSource,
  file: string,
  options: FileOptions = {},
): Promise<WeightPart> {
  const { tensors } = await readSafetensorsHeader(source, file, options);
  return {
    tensors,
    matrix: async (name) => {
      const tensor = tensors.get(name)!;
      const { dtype, shape } = matrixOf(tensor, file);
      return { source, start: tensor.start, dtype, shape };
    },
  };
}

/** What a tensor must be for rows to be read from it: of a dtype that is read, and not empty. */
export function matrixOf(
  { name, dtype, shape }: TensorInfo,
  file: string,
): Pick<StoredMatrix, "dtype" | "shape"> {
  const what = `${file}: tensor ${quoted(name).slice(1, -1)}`;
  checkDtype(dtype, what);
  const [rows, cols] = shape as [number, number];
  if (rows === 0 || cols === 0) {
    throw new FormatError(`${what} is empty: ${rows} x ${cols}`, { file });
  }
  return { dtype, shape: [rows, cols] };
}
