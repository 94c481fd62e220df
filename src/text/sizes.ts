import { plural, rounded } from "./numbers.ts";

const UNITS: readonly (readonly [bytes: number, name: string])[] = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

/** A number of bytes for people, rounded to three significant digits: `307 kB`, `999 bytes`. */
export function sizeText(bytes: number): string {
  // what rounds up to a thousand of a unit is one of the next
  const unit = UNITS.find(([size]) => rounded(bytes, 3) >= size);
  return unit === undefined ? plural(bytes, "byte") : `${rounded(bytes / unit[0], 3)} ${unit[1]}`;
}
