/** Worker threads, the same in Node and in a browser: started from text, spoken to by messages. */
import { WORKER } from "./kernels.generated.ts";

/** A thread that answers every message with one message. */
export interface Thread {
  /**
   * Sends a message; resolves with the answer, rejects when the thread ends or answers with an error. A thread that
   * has nothing to answer doesn't keep the program from ending by itself (Node).
   */
  ask(message: unknown): Promise<void>;
  /** Ends the thread at once, and resolves when it is gone; what it was asked rejects. */
  end(): Promise<void>;
}

/** What of Node's workers and of a browser's is used here. */
interface Port {
  postMessage(message: unknown): void;
  terminate(): unknown;
  ref?(): void;
  unref?(): void;
}

type Listen = (event: "message" | "end", listener: (detail: unknown) => void) => void;

/** How many threads there are to use: 1 where a page may not share memory between threads. */
export function availableThreads(): number {
  const os = builtin("node:os");
  if (os !== undefined) return os.availableParallelism();
  return (canShare() && globalThis.navigator.hardwareConcurrency) || 1;
}

/** Whether memory can be shared with a worker: in Node always, in pages that are cross-origin isolated. */
export function canShare(): boolean {
  return builtin("node:os") !== undefined || globalThis.crossOriginIsolated === true;
}

/** @throws What the host throws where workers can't be started. */
export function startThread(): Thread {
  const node = builtin("node:worker_threads");
  if (node !== undefined) {
    const worker = new node.Worker(WORKER, { eval: true, name: "tokenscape" });
    return thread(worker, (event, listener) => {
      if (event === "message") worker.on("message", listener);
      else worker.on("error", listener).on("exit", listener);
    });
  }
  const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "tokenscape" });
  return thread(worker, (event, listener) => {
    const heard = (detail: unknown): void => {
      URL.revokeObjectURL(url); // not before: the script may not have been read yet
      listener(detail);
    };
    if (event === "message") worker.onmessage = ({ data }) => heard(data);
    else worker.onerror = ({ message }) => heard(message);
  });
}

function thread(port: Port, listen: Listen): Thread {
  let waiting: { resolve(): void; reject(reason: Error): void } | undefined;
  let ended: Error | undefined;

  listen("message", (answer) => {
    const { error } = answer as { error: string | null };
    const asked = waiting;
    waiting = undefined;
    port.unref?.();
    if (error === null) asked?.resolve();
    else asked?.reject(new Error(error));
  });
  listen("end", stop);

  function stop(reason: unknown): void {
    const why = reason instanceof Error ? reason.message : `it ended (${String(reason)})`;
    ended ??= new Error(why);
    waiting?.reject(ended);
    waiting = undefined;
  }

  return {
    ask(message) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        if (waiting !== undefined) return reject(new Error("asked before it has answered"));
        port.postMessage(message);
        port.ref?.();
        waiting = { resolve, reject };
      });
    },
    async end() {
      stop("by its team");
      await port.terminate();
    },
  };
}

/** A module of Node's, or undefined in a browser; not an import, which no bundler for pages could resolve. */
function builtin<K extends "node:os" | "node:worker_threads">(
  name: K,
): NodeBuiltins[K] | undefined {
  const host = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return host.process?.getBuiltinModule?.(name) as NodeBuiltins[K] | undefined;
}

interface NodeBuiltins {
  "node:os": { availableParallelism(): number };
  "node:worker_threads": {
    Worker: new (
      source: string,
      options: { eval: true; name: string },
    ) => Port & { on(event: string, listener: (detail: unknown) => void): NodeWorker };
  };
}

interface NodeWorker extends Port {
  on(event: string, listener: (detail: unknown) => void): NodeWorker;
}
