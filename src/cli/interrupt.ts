import { setImmediate } from "node:timers/promises";

/** How long work may take to stop by itself after Ctrl-C, in milliseconds. */
const GRACE = 500;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that is aborted by Ctrl-C and by a request to end. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The work is over: signals do again what they do by themselves. */
  release(): void;
}

/**
 * Listens for Ctrl-C. Work that does not stop soon after it is left where it is, and `end` called; a
 * second Ctrl-C kills at once.
 */
export function abortOnInterrupt(end: () => void): Interruption {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    release();
    timer = setTimeout(end, GRACE);
    controller.abort(new Error("interrupted"));
  };
  function release(): void {
    for (const signal of signals) process.removeListener(signal, interrupt);
    clearTimeout(timer);
  }
  for (const signal of signals) process.on(signal, interrupt);
  return { signal: controller.signal, release };
}

/** Lets a Ctrl-C come through that was pressed during the work before. */
export async function interruptible(signal: AbortSignal): Promise<void> {
  // two, because the event loop looks for signals between them
  await setImmediate();
  await setImmediate();
  signal.throwIfAborted();
}
