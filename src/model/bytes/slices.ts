import type { ByteSource, SliceOptions } from "./source.ts";

/** Longest slice asked for at once, in bytes: of longer ones a large matrix is held twice for a while, as garbage. */
export const LONGEST_SLICE: number = 8 * 1024 * 1024;
/** Slices asked for at the same time: what hides the way to a distant source. */
const PARALLEL = 6;

/**
 * Does work whose parts share a signal: if it fails, the signal is aborted, so that none of them goes on
 * (with requests, with waits) behind a failure that was reported.
 */
export async function allOrNone<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const shared = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  try {
    return await work(shared);
  } catch (cause) {
    failed.abort(cause);
    throw cause;
  }
}

/**
 * Works on the items in their order, several at the same time; after a failure none is begun, and those
 * under way are told to stop.
 */
export function severalAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return allOrNone(signal, async (shared) => {
    let next = 0;
    async function turns(): Promise<void> {
      while (next < items.length) {
        shared.throwIfAborted();
        await work(items[next++]!, shared);
      }
    }
    await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, turns));
  });
}

/**
 * Reads slices of a source one after the other, or several at once; where the source can fill buffers,
 * into buffers that earlier slices have left, so that a large matrix goes by without garbage.
 */
export class SliceReader {
  readonly #source: ByteSource;
  /** Buffers that nobody uses any longer. */
  readonly #spare: Uint8Array[] = [];

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The bytes [start, start + length), which are the caller's until they are given back. */
  async read(start: number, length: number, options: SliceOptions): Promise<Uint8Array> {
    const { fill } = this.#source;
    if (fill === undefined) return this.#source.slice(start, start + length, options);
    const left = this.#spare.pop();
    const buffer = left !== undefined && left.length >= length ? left : new Uint8Array(length);
    const bytes = buffer.subarray(0, length);
    await fill(bytes, start, options);
    return bytes;
  }

  /** Takes a slice's buffer back for the next. */
  giveBack(bytes: Uint8Array): void {
    if (this.#source.fill !== undefined) this.#spare.push(new Uint8Array(bytes.buffer));
  }
}
