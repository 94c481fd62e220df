/** What a long step reports while it works. */
export interface Progress {
  /** What is being done, in a few words: `"t-SNE"`. */
  readonly step: string;
  /** How much of `total` is done, in the step's own unit (rows, iterations, bytes). */
  readonly done: number;
  readonly total: number;
}

/** What every heavy call takes last. */
export interface RunOptions {
  /** Cancels the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the step's progress, now and then and once at its end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Threads at most, from 1 to 64; default: one for every core. The result is the same, byte for byte, for any
   * number. Pages that are not cross-origin isolated have one.
   */
  readonly threads?: number | undefined;
}

/** Longest stretch of work between two looks at the signal, in milliseconds. */
const SLICE = 40;

/**
 * A point where a long loop lets the rest of the program run: `await breath()` costs nothing until
 * a slice of work is over, then reports progress, yields to the event loop, and throws if cancelled.
 */
export function breather(
  step: string,
  total: number,
  { signal, onProgress }: RunOptions,
): (done: number) => Promise<void> | undefined {
  signal?.throwIfAborted();
  let last = performance.now();
  return (done) => {
    if (done < total && performance.now() - last < SLICE) return undefined;
    return pause(done);
  };

  async function pause(done: number): Promise<void> {
    onProgress?.({ step, done, total });
    await nextTask();
    signal?.throwIfAborted();
    last = performance.now();
  }
}

// a message, because timers are held back to 4 ms in browsers and to 1 s in hidden tabs
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
