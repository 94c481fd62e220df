import { FormatError, rangeError } from "../../errors.ts";

/** Bytes that can be read in pieces: a file, a buffer, a resource behind HTTP. */
export interface ByteSource {
  /** Length of the whole in bytes. */
  readonly byteLength: number;
  /** Bytes between two slices that cost less to read along than a slice more; default 0. */
  readonly gap?: number;
  /**
   * The bytes [start, end), exactly `end - start` of them; rejects if the source has fewer.
   * The buffer belongs to the caller.
   */
  slice(start: number, end: number, options?: SliceOptions): Promise<Uint8Array>;
  /**
   * As `slice`, into a buffer of the caller's, from `start` on, until it is full: a large matrix that goes by in
   * pieces then leaves no garbage. Sources that have no use for it lack it.
   */
  fill?(bytes: Uint8Array, start: number, options?: SliceOptions): Promise<void>;
}

export interface SliceOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of the slice have come so far, by sources that are slow. */
  readonly onBytes?: ((read: number) => void) | undefined;
}

/**
 * A source over bytes in memory; they are not copied, so they must not change.
 *
 * @param file What the bytes are called in errors.
 */
export function bufferSource(bytes: Uint8Array, file = "buffer"): ByteSource {
  return {
    byteLength: bytes.length,
    slice: async (start, end, options) => {
      options?.signal?.throwIfAborted();
      checkSlice(file, start, end, bytes.length);
      return bytes.slice(start, end);
    },
  };
}

/**
 * The bytes [start, end) of a source as a source of their own.
 *
 * @param name What they are called in errors.
 */
export function partOf(
  source: ByteSource,
  { start, end }: { readonly start: number; readonly end: number },
  name: string,
): ByteSource {
  const byteLength = end - start;
  const { fill } = source;
  return {
    byteLength,
    gap: source.gap ?? 0,
    slice: async (from, to, options) => {
      checkSlice(name, from, to, byteLength);
      return source.slice(start + from, start + to, options);
    },
    ...(fill && {
      fill: async (bytes, from, options) => {
        checkSlice(name, from, from + bytes.length, byteLength);
        await fill(bytes, start + from, options);
      },
    }),
  };
}

/** The parts one after the other, in one buffer. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Checks that [start, end) lies within a source of the given length.
 *
 * @throws {RangeError} if the range is reversed or not made of whole numbers.
 * @throws {FormatError} if the source ends before the range does.
 */
export function checkSlice(file: string, start: number, end: number, byteLength: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end) {
    throw rangeError(`slice: expected 0 <= start <= end, got ${start} and ${end}`);
  }
  if (end <= byteLength) return;
  throw new FormatError(
    `${file}: the file ends at byte ${byteLength}, but bytes ${start} to ${end} are needed`,
    { file, offset: byteLength },
  );
}
