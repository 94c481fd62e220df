import { FormatError } from "../../errors.ts";

/** The error for a file that is broken at this byte, counted from its start. */
export function faultAt(file: string, offset: number, reason: string): FormatError {
  return new FormatError(`${file}: byte ${offset}: ${reason}`, { file, offset });
}
