/**
 * A team of threads over one shared memory, which runs the WebAssembly kernels. Every kernel gives the same
 * bytes on any number of threads; where there are none to be had, the calling thread does all the work.
 */
import { rangeError, ThreadError, UnsupportedError } from "../errors.ts";
import type { Region } from "./arena.ts";
import { endIdleThreads, endThreads, gatherThreads, keepThreads } from "./crew.ts";
import { type Kernels, MODULE } from "./kernels.generated.ts";
import { forgetMemory, returnMemory, takeMemory } from "./memory.ts";
import type { RunOptions } from "./run.ts";
import { availableThreads, canShare, type Thread } from "./threads.ts";

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
const MOST_THREADS = 64;
/** How long threads and memory are kept for the next team, in milliseconds. */
const IDLE_TIME = 5_000;

/** Where the threads' meeting point (assembly/threads.ts) has the team's failure, and its counts. */
const ABORTED = 8;
const WORDS = 512; // of the meeting point
const CLAIMS = { at: 64, stride: 64, count: 16 } as const;

let module: Promise<WebAssembly.Module> | undefined;
let teams = 0;
let resting: ReturnType<typeof setTimeout> | undefined;

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
  const memory = takeMemory(bytes);
  const wanted = work < LITTLE || !canShare() ? 1 : (threads ?? availableThreads());
  const order = { open: compiled, memory };
  clearTimeout(resting);
  teams++;
  const workers = wanted === 1 ? [] : await gatherThreads(Math.min(wanted, MOST_THREADS), order);
  const state: State = { calls: 0, failed: false };
  try {
    signal?.throwIfAborted();
    // a thread alone never waits for another
    const imports = { env: { memory }, threads: { sleep: () => {} } };
    const { exports } = await WebAssembly.instantiate(compiled, imports);
    return await body(team(memory, exports as unknown as Kernels, workers, state));
  } finally {
    // where a thread may be at work, it is ended; the memory is its own until then, and in a browser longer
    if (state.calls === 0 && !state.failed) {
      keepThreads(workers);
      returnMemory(memory);
    } else {
      await endThreads(workers);
    }
    if (--teams === 0) rest();
  }
}

/** What of a team is not done. */
interface State {
  /** Calls that have begun and not ended. */
  calls: number;
  /** Whether a thread has failed. */
  failed: boolean;
}

function rest(): void {
  resting = setTimeout(() => {
    endIdleThreads();
    forgetMemory();
  }, IDLE_TIME);
  // in Node: the program may end meanwhile
  (resting as { unref?(): void }).unref?.();
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

function team(
  { buffer }: WebAssembly.Memory,
  kernels: Kernels,
  threads: readonly Thread[],
  state: State,
): Team {
  const words = new Int32Array(buffer, 0, WORDS);
  const call = kernels as unknown as Record<string, (...args: number[]) => number>;

  /** Asks every thread; the first failure, when all have answered. */
  async function askAll(kernel: string, args: readonly number[]): Promise<unknown> {
    let failure: unknown;
    await Promise.allSettled(
      threads.map(async (thread, i) => {
        try {
          await thread.ask({ call: kernel, args: [...args, i, threads.length] });
        } catch (error) {
          failure ??= error;
          // the others must not wait for it
          Atomics.store(words, ABORTED / 4, 1);
        }
      }),
    );
    return failure;
  }

  return {
    threads: Math.max(1, threads.length),
    async all(kernel, ...args) {
      for (let slot = 0; slot < CLAIMS.count; slot++) {
        words[(CLAIMS.at + slot * CLAIMS.stride) / 4] = 0;
      }
      if (threads.length === 0) return void call[kernel]!(...(args as number[]), 0, 1);
      state.calls++;
      const failure = await askAll(kernel, args as number[]);
      state.calls--;
      if (failure !== undefined) {
        state.failed = true;
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
