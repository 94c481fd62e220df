/**
 * Memories of teams. One that is done with is kept a while for the next team: engines free the memory of
 * WebAssembly late (V8 does not count it towards its next garbage collection), so that a road of five steps with
 * a memory each would hold all five.
 */
import { rangeError } from "../errors.ts";

const PAGE = 65536;
const MOST_PAGES = 65536;
/** The most bytes that one memory can have. */
export const MOST_BYTES: number = PAGE * MOST_PAGES;

let kept: WebAssembly.Memory | undefined;

/**
 * A shared memory of at least so many bytes, which are 0.
 *
 * @throws {RangeError} if they can't be had.
 */
export function takeMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const size = `${Number((bytes / 1e9).toPrecision(2))} GB`;
  if (pages > MOST_PAGES) {
    throw rangeError(`expected work that fits into 4.3 GB of memory, got ${size}: take fewer rows`);
  }
  const memory = kept;
  kept = undefined;
  if (memory !== undefined && memory.buffer.byteLength >= pages * PAGE) {
    new Uint8Array(memory.buffer, 0, pages * PAGE).fill(0);
    return memory;
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw rangeError(`expected ${size} of free memory, could not get them: take fewer rows`, {
      cause,
    });
  }
}

/** Takes a memory back that nobody uses any more; of two, the larger is kept. */
export function returnMemory(memory: WebAssembly.Memory): void {
  if (kept === undefined || kept.buffer.byteLength < memory.buffer.byteLength) kept = memory;
}

/** Lets go of what is kept. */
export function forgetMemory(): void {
  kept = undefined;
}
