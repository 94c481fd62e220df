/** Numbers in words and figures, without asking the locale. */

/** A whole number with commas: `50,257`. */
export function groupDigits(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 group`, `9 groups`, `50,257 tokens`. */
export function plural(count: number, noun: string): string {
  return `${groupDigits(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A number for people to read, rounded to four significant digits, or as many as asked for: `0.648`. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Two hexadecimal digits for every byte: `c3a9`. */
export function hexBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte]!;
  return hex;
}
