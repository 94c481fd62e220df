import type { TensorInfo } from "./model.ts";

/**
 * What to say of numbers of 8 bits that are meant to be multiplied by a scale, which lies in a tensor of
 * its own: rows are read as they are stored. Undefined where there is no such tensor.
 *
 * @param tensors The tensors that lie beside it.
 */
export function scaleNote(
  { name, dtype }: TensorInfo,
  tensors: readonly TensorInfo[],
): string | undefined {
  if (!dtype.startsWith("F8_")) return undefined;
  const names = [`${name}_scale`, `${name}_scale_inv`, name.replace(/weight$/, "scale")];
  const scale = tensors.find((tensor) => tensor.name !== name && names.includes(tensor.name));
  return scale === undefined ? undefined : `${name} as it is stored: ${scale.name} is not applied`;
}
