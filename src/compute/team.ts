/**
 * A team of threads over one shared memory, which runs the WebAssembly kernels. Every kernel gives the same
 * bytes on any number of threads; where there are none to be had, the calling thread does all the work.
 */
import { rangeError, ThreadError, UnsupportedError } from "../errors.ts";
import type { Region } from "./arena.ts";
import { type Kernels, MODULE } from "./kernels.generated.ts";
import type { RunOptions } from "./run.ts";
import { availableThreads, canShare, startThread, type Thread } from "./threads.ts";

type Name = keyof Kernels;

/** What a kernel takes before the number of its thread and that of all threads. */
type Shared<K extends Name> =
  Parameters<Kernels[K]> extends [...infer A, number, number] ? A : never;

export interface Team {
  /** Threads at work; 1 when the calling thread does it all. */
  readonly threads: number;
  /** Calls a kernel on every thread, with its number and that of all threads added; ends when all have. */
  all<K extends Name>(kernel: K, ...args: Shared<K>): Promise<void>;
  /** Calls a kernel on the calling thread. */
  one<K extends Name>(kernel: K, ...args: Parameters<Kernels[K]>): ReturnType<Kernels[K]>;
  /** Views on regions of the memory: what is to be kept must be copied. */
  f64(region: Region): Float64Array;
  f32(region: Region): Float32Array;
  i32(region: Region): Int32Array;
  u32(region: Region): Uint32Array;
  i16(region: Region): Int16Array;
  u8(region: Region): Uint8Array;
}

export interface TeamOptions extends RunOptions {
  /** Size of the memory. */
  readonly bytes: number;
  /** About how many multiply-adds there are to do: little work is not worth a thread. */
  readonly work: number;
}

/** Multiply-adds below which starting threads costs more than it brings: about a tenth of a second. */
const LITTLE = 2e8;
const PAGE = 65536;
const MOST_PAGES = 65536;
const MOST_THREADS = 64;
/** Memory above which threads are ended with their team: an idle one would keep it from being freed. */
const KEPT = 64 * 2 ** 20;
/** How long a thread may take to start, in milliseconds. */
const START_TIME = 10_000;

/** Where the threads' meeting point (assembly/threads.ts) has the team's failure, and its counts. */
const ABORTED = 8;
const CLAIMS = { at: 64, stride: 64, count: 16 } as const;

let module: Promise<WebAssembly.Module> | undefined;
const idle: Thread[] = [];

/**
 * Runs `body` with a team over a new memory of zeros. Where threads can't be started, fewer do the work, or the
 * calling thread alone, with the same result.
 *
 * @throws {RangeError} if the memory can't be had, or `threads` is not a whole number from 1 to 64.
 * @throws {ThreadError} if a thread ends or fails before its work is done. (A browser does not tell a page that
 *   one has ended; it ends the page with it.)
 * @throws {UnsupportedError} where WebAssembly with SIMD can't be used.
 */
export async function withTeam<T>(
  { bytes, work, threads, signal }: TeamOptions,
  body: (team: Team) => Promise<T>,
): Promise<T> {
  checkThreads(threads);
  signal?.throwIfAborted();
  const compiled = await compile();
  const memory = allocate(bytes);
  const wanted = work < LITTLE || !canShare() ? 1 : (threads ?? availableThreads());
  const workers =
    wanted === 1 ? [] : await gather(Math.min(wanted, MOST_THREADS), compiled, memory);
  let end = true;
  try {
    signal?.throwIfAborted();
    // a thread alone never waits for another
    const imports = { env: { memory }, threads: { sleep: () => {} } };
    const { exports } = await WebAssembly.instantiate(compiled, imports);
    const result = await body(team(memory, exports as unknown as Kernels, workers));
    end = bytes > KEPT;
    return result;
  } finally {
    await dismiss(workers, end);
  }
}

async function compile(): Promise<WebAssembly.Module> {
  module ??= WebAssembly.compile(decoded(MODULE));
  try {
    return await module;
  } catch (cause) {
    module = undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedError(`WebAssembly can't be used here: ${why}`, {
      feature: "WebAssembly",
      cause,
    });
  }
}

/** The bytes of base64; by a plain loop, which takes a third of the time of `Uint8Array.from` in a cold program. */
function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @throws {RangeError} unless `threads` is undefined or a whole number from 1 to 64. */
export function checkThreads(threads: number | undefined): void {
  if (threads === undefined) return;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw rangeError(`expected 1 to ${MOST_THREADS} threads, got ${threads}`);
  }
}

function allocate(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const size = `${Number((bytes / 1e9).toPrecision(2))} GB`;
  if (pages > MOST_PAGES) {
    throw rangeError(`expected work that fits into 4.3 GB of memory, got ${size}: take fewer rows`);
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

/** Threads with the kernels opened over the memory; fewer than asked for, or none, where they don't start. */
async function gather(
  count: number,
  open: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Thread[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => ready({ open, memory })),
  );
  const threads = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (threads.length > 1) return threads;
  await dismiss(threads, true);
  return [];
}

/** A thread that has opened the kernels: an idle one, or else a new one. */
async function ready(order: unknown): Promise<Thread> {
  for (;;) {
    const kept = idle.pop();
    const thread = kept ?? startThread();
    const timer = setTimeout(() => void thread.end(), START_TIME);
    try {
      await thread.ask(order);
      return thread;
    } catch (error) {
      await thread.end();
      // an idle thread may have been ended meanwhile
      if (kept === undefined) throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Ends threads, and waits until they and their hold on the memory are gone; or keeps them for the next team. */
async function dismiss(threads: readonly Thread[], end: boolean): Promise<void> {
  if (end) await Promise.all(threads.map((thread) => thread.end()));
  else idle.push(...threads);
}

function team(memory: WebAssembly.Memory, kernels: Kernels, threads: Thread[]): Team {
  const { buffer } = memory;
  const words = new Int32Array(buffer, 0, PAGE / 4);
  const call = kernels as unknown as Record<string, (...args: number[]) => number>;

  const abort = (): void => void Atomics.store(words, ABORTED / 4, 1);

  return {
    threads: Math.max(1, threads.length),
    async all(kernel, ...args) {
      for (let slot = 0; slot < CLAIMS.count; slot++) {
        words[(CLAIMS.at + slot * CLAIMS.stride) / 4] = 0;
      }
      if (threads.length === 0) return void call[kernel]!(...(args as number[]), 0, 1);
      const calls = threads.map((thread, i) =>
        thread.ask({ call: kernel, args: [...(args as number[]), i, threads.length] }),
      );
      let failure: unknown;
      for (const each of calls) {
        each.catch((error) => {
          failure ??= error;
          abort();
        });
      }
      await Promise.allSettled(calls);
      if (failure !== undefined) {
        const why = failure instanceof Error ? failure.message : String(failure);
        throw new ThreadError(`a thread failed in ${kernel}: ${why}`, { cause: failure });
      }
    },
    one(kernel, ...args) {
      return call[kernel]!(...(args as number[])) as ReturnType<Kernels[typeof kernel]>;
    },
    f64: ({ at, length }) => new Float64Array(buffer, at, length),
    f32: ({ at, length }) => new Float32Array(buffer, at, length),
    i32: ({ at, length }) => new Int32Array(buffer, at, length),
    u32: ({ at, length }) => new Uint32Array(buffer, at, length),
    i16: ({ at, length }) => new Int16Array(buffer, at, length),
    u8: ({ at, length }) => new Uint8Array(buffer, at, length),
  };
}
