/**
 * Readers of option values, each made for the option's name: a text becomes a value, or a `UsageError`
 * that says what was expected and what came.
 */
import { UsageError } from "./errors.ts";

/** Reads the text given to an option that may have been given before. */
export type Parser<T> = (value: string, before: T | undefined) => T;

/** Reads a number between bounds, both included; whole. */
export function wholeNumber(low: number, high?: number): (flag: string) => Parser<number> {
  const range = high === undefined ? `of at least ${low}` : `from ${low} to ${high}`;
  return (flag) => (value) => {
    const number = decimal(value);
    if (Number.isSafeInteger(number) && number >= low && number <= (high ?? number)) return number;
    throw wrong(flag, `a whole number ${range}`, value);
  };
}

/** Reads a finite number above 0. */
export function positiveNumber(flag: string): Parser<number> {
  return (value) => {
    const number = decimal(value);
    if (Number.isFinite(number) && number > 0) return number;
    throw wrong(flag, "a number above 0", value);
  };
}

/** Reads one of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): (flag: string) => Parser<T> {
  return (flag) => (value) => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    throw wrong(flag, words.join(" or "), value);
  };
}

/** Reads one of a few words each time that the option is given; the list keeps the order. */
export function listOf<const T extends string>(
  ...words: readonly T[]
): (flag: string) => Parser<readonly T[]> {
  return (flag) => {
    const parse = oneOf(...words)(flag);
    return (value, before) => [...(before ?? []), parse(value, undefined)];
  };
}

/** Reads a regular expression over whole characters (the `u` flag); not the empty one, which matches everything. */
export function regularExpression(flag: string): Parser<RegExp> {
  return (value) => {
    if (value === "") throw wrong(flag, "a regular expression", value);
    try {
      return new RegExp(value, "u");
    } catch (error) {
      // "Invalid regular expression: /(/u: Unterminated group"
      const reason = error instanceof Error ? error.message.replace(/^.*: /s, "") : "";
      throw wrong(flag, "a regular expression", value, reason.toLowerCase());
    }
  };
}

/** Reads row numbers and half-open ranges, `5,9,200:300`, as text; whether there are such rows, the model knows. */
export function rowList(flag: string): Parser<string> {
  return (value) => {
    const holds = value.split(",").every((part) => {
      const match = /^\s*(\d{1,15})\s*(?::\s*(\d{1,15})\s*)?$/.exec(part);
      if (match?.[2] === undefined) return match !== null;
      if (Number(match[1]) < Number(match[2])) return true;
      throw wrong(flag, `a range a:b with a below b (it is without b)`, part.trim());
    });
    if (holds) return value.replaceAll(/\s/g, "");
    throw wrong(flag, "rows such as 0:100 or 5,9,200:300 (a:b is without b)", value);
  };
}

/** Reads a name or a path: not empty, and not what looks like the next option. */
export function text(expected: string): (flag: string) => Parser<string> {
  return (flag) => (value) => {
    if (value !== "" && !value.startsWith("-")) return value;
    throw wrong(flag, expected, value);
  };
}

/** Reads any text but the empty one. */
export function notEmpty(expected: string): (flag: string) => Parser<string> {
  return (flag) => (value) => {
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
