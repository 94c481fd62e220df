/**
 * Memories of teams. One that is done with is kept a while for the next team: engines free the memory of
 * WebAssembly late (V8 does not count it towards its next garbage collection), so that a road of five steps with
 * a memory each would hold all five.
 */
import { rangeError } from "../errors.ts";
import { groupDigits } from "../text/numbers.ts";

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
  const size = gigabytes(bytes);
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

/** What a call needs at the least. */
export interface Need {
  /** Bytes of the largest memory of a team: 4.3 GB is the most one can have. */
  readonly step: number;
  /** Bytes at its largest moment in all, beside what there is already. */
  readonly peak: number;
}

/** What is too large, in words, and by how much. */
export interface Asked {
  /** The caller's name, which begins the message. */
  readonly who: string;
  /** How many rows there are. */
  readonly n: number;
  /** What else they are: `"of 768 columns"`. */
  readonly of: string;
}

/** Whether there is as much. */
export function fitsMemory({ step, peak }: Need, available: number = availableBytes()): boolean {
  return step <= MOST_BYTES && peak <= available;
}

/**
 * Checks that a call fits into memory, before any work.
 *
 * @param need What n rows need: more for more rows, all in all.
 * @param available Bytes that there are; without it, what the host says (Node), or no limit but that of a step.
 * @throws {RangeError} saying what is needed, what there is, and how many rows would fit, if any.
 */
export function checkMemory(
  { who, n, of }: Asked,
  need: (n: number) => Need,
  available: number = availableBytes(),
): void {
  const fits = (rows: number): boolean => fitsMemory(need(rows), available);
  if (fits(n)) return;
  let low = 0;
  let high = n;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  const { step, peak } = need(n);
  const why =
    step > MOST_BYTES
      ? `one step needs ${gigabytes(step)} of memory, and ${gigabytes(MOST_BYTES)} is the most it can have`
      : `about ${gigabytes(peak)} of memory are needed, and ${gigabytes(available)} are free`;
  throw rangeError(
    `${who}: expected rows that fit into memory, got ${groupDigits(n)} ${of}: ${why}${low === 0 ? "" : `; ${groupDigits(low)} rows would fit`}`,
  );
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(2))} GB`;
}

/** What of Node is used here. */
interface Host {
  readonly platform?: string;
  constrainedMemory?(): number;
  memoryUsage?: { rss(): number };
  getBuiltinModule?(name: "node:os"): { totalmem(): number; freemem(): number };
}

/**
 * The bytes that this process can still have, rather too many than too few: what the machine has, or a container
 * may take, less what the process holds; in Linux also what is not in use, which includes files kept in memory. (What
 * is free is told elsewhere without those, and `availableMemory` counts a container's against it: by both, runs
 * would be refused that fit.) Infinity in a browser, which does not tell.
 */
function availableBytes(): number {
  const host = (globalThis as { process?: Host }).process;
  const os = host?.getBuiltinModule?.("node:os");
  if (host === undefined || os === undefined) return Number.POSITIVE_INFINITY;
  const most = host.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  const limit = Math.min(os.totalmem(), most) - (host.memoryUsage?.rss() ?? 0);
  const free = host.platform === "linux" ? Math.min(limit, os.freemem()) : limit;
  // what is kept is taken first
  return Math.max(0, free) + (kept?.buffer.byteLength ?? 0);
}
