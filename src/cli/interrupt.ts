/** How long work may take to stop by itself after Ctrl-C, in milliseconds. */
const GRACE = 500;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that is aborted by Ctrl-C and by a request to end. Work that does not stop soon is left
 * where it is and `end` called; a second Ctrl-C kills at once.
 */
export function abortOnInterrupt(end: () => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    for (const signal of signals) process.removeListener(signal, interrupt);
    setTimeout(end, GRACE);
    controller.abort(new Error("interrupted"));
  };
  for (const signal of signals) process.on(signal, interrupt);
  return controller.signal;
}
