import { UsageError } from "./errors.ts";

/** Reads an option's text. @throws {UsageError} saying what was expected and what came. */
export type Parser<T> = (value: string) => T;

/** A whole number from `low` to `high`, both included. */
export function wholeNumber(
  flag: string,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): Parser<number> {
  const range = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
  return (value) => {
    const number = decimal(value);
    if (Number.isSafeInteger(number) && number >= low && number <= high) return number;
    throw wrong(flag, `a whole number ${range}`, value);
  };
}

/** A finite number above 0. */
export function positiveNumber(flag: string): Parser<number> {
  return (value) => {
    const number = decimal(value);
    if (Number.isFinite(number) && number > 0) return number;
    throw wrong(flag, "a number above 0", value);
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(flag: string, words: readonly T[]): Parser<T> {
  return (value) => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    throw wrong(flag, words.join(" or "), value);
  };
}

/** One of a few words each time that the flag is given, in the order given. */
export function listOf<const T extends string>(
  flag: string,
  words: readonly T[],
): (value: string, before: T[] | undefined) => T[] {
  const parse = oneOf(flag, words);
  return (value, before) => [...(before ?? []), parse(value)];
}

/** A regular expression over whole characters (the `u` flag). */
export function regularExpression(flag: string): Parser<RegExp> {
  return (value) => {
    try {
      return new RegExp(value, "u");
    } catch (error) {
      // "Invalid regular expression: /(/u: Unterminated group"
      const reason = error instanceof Error ? error.message.replace(/^.*: /s, "") : "";
      throw wrong(flag, "a regular expression", value, reason.toLowerCase());
    }
  };
}

/** Row numbers and half-open ranges, `5,9,200:300`, as text; whether there are such rows, the model knows. */
export function rowList(flag: string): Parser<string> {
  return (value) => {
    const holds = value.split(",").every((part) => {
      const match = /^\s*(\d{1,15})\s*(?::\s*(\d{1,15})\s*)?$/.exec(part);
      return match !== null && (match[2] === undefined || Number(match[1]) < Number(match[2]));
    });
    if (holds) return value.replaceAll(/\s/g, "");
    throw wrong(flag, "rows such as 0:100 or 5,9,200:300 (a:b is without b)", value);
  };
}

/** A name or a path: not empty, and not what looks like the next option. */
export function text(flag: string, expected: string): Parser<string> {
  return (value) => {
    if (value !== "" && !value.startsWith("-")) return value;
    throw wrong(flag, expected, value);
  };
}

/** Any text but the empty one. */
export function notEmpty(flag: string, expected: string): Parser<string> {
  return (value) => {
    if (value !== "") return value;
    throw wrong(flag, expected, value);
  };
}

function decimal(value: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
}

function wrong(flag: string, expected: string, value: string, reason?: string): UsageError {
  const why = reason === undefined ? "" : ` (${reason})`;
  return new UsageError(`${flag}: expected ${expected}, got '${value}'${why}`);
}
