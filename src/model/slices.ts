import type { ByteSource, SliceOptions } from "./source.ts";

/** Longest slice asked for at once, in bytes: of longer ones a large matrix is held twice for a while, as garbage. */
export const LONGEST_SLICE: number = 8 * 1024 * 1024;
/** Slices asked for at the same time: what hides the way to a distant source. */
const PARALLEL = 6;

/** Works on the items in their order, several at the same time; after a failure none is begun. */
export async function severalAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function turns(): Promise<void> {
    while (next < items.length) await work(items[next++]!);
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, turns));
  } finally {
    next = items.length;
  }
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
