import type { TensorInfo } from "../model.ts";
import type { ListedTensor } from "./embedding-tensor.ts";

/**
 * What to say of numbers of 8 bits that are meant to be multiplied by a scale, which lies in a tensor of
 * its own: rows are read as they are stored. None where there is no such tensor.
 *
 * @param tensors The tensors of the model; of a sharded one also those whose headers were not read.
 */
export function scaleNotes(
  { name, dtype }: TensorInfo,
  tensors: readonly ListedTensor[],
): string[] {
  if (!dtype.startsWith("F8_")) return [];
  const names = [`${name}_scale`, `${name}_scale_inv`, name.replace(/weight$/, "scale")];
  const scale = tensors.find((tensor) => tensor.name !== name && names.includes(tensor.name));
  return scale === undefined ? [] : [`${name} as it is stored: ${scale.name} is not applied`];
}
