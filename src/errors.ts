/**
 * All errors thrown on purpose. What the caller can fix is a `RangeError` or a `TypeError`, thrown before any
 * work and saying what was expected and what came; made by `rangeError` and `typeError`, so that they can be
 * told from the engine's own, which are bugs. The four classes are for what the world did wrong.
 */

/** The hub could not give what was asked for: unknown, gated, unreachable, offline, or a wrong answer. */
export class HubError extends Error {
  override readonly name = "HubError";
  /** The address asked, without credentials; undefined if nothing was asked. */
  readonly url: string | undefined;
  /** The HTTP status of the answer; undefined if none came. */
  readonly status: number | undefined;

  constructor(message: string, options: { url?: string; status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.url = options.url;
    this.status = options.status;
  }
}

/** A file is not what its format promises. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  /** The file as the user knows it; undefined if the bytes came without a name. */
  readonly file: string | undefined;
  /** Offset in bytes from the start of the file where the fault was seen; undefined if not known. */
  readonly offset: number | undefined;

  constructor(message: string, options: { file?: string; offset?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.file = options.file;
    this.offset = options.offset;
  }
}

/** The input is valid, but asks for something that Tokenscape does not do. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
  /** What was asked for, in a word or two: `"dtype I8"`. */
  readonly feature: string;

  constructor(message: string, options: { feature: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.feature = options.feature;
  }
}

/** A thread ended before its work was done (out of memory, most often); nothing of the result can be had. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
}

/** True for the four error classes of Tokenscape. */
export function isTokenscapeError(
  error: unknown,
): error is HubError | FormatError | UnsupportedError | ThreadError {
  return (
    error instanceof HubError ||
    error instanceof FormatError ||
    error instanceof UnsupportedError ||
    error instanceof ThreadError
  );
}

/** The errors made on purpose; nothing about them can be seen from outside. */
const ours = new WeakSet<Error>();

/** A `RangeError` about a value given that can't be taken; the message says what was expected and what came. */
export function rangeError(message: string, options?: { cause?: unknown }): RangeError {
  const error = new RangeError(message, options);
  ours.add(error);
  return error;
}

/** A `TypeError` about a value given that is of another kind than was expected. */
export function typeError(message: string): TypeError {
  const error = new TypeError(message);
  ours.add(error);
  return error;
}

/** True for what `rangeError` and `typeError` made; false for what the engine throws. */
export function isInputError(error: unknown): boolean {
  return error instanceof Error && ours.has(error);
}
