/**
 * What a thread of a team runs: it opens the kernels over the team's memory, then calls them as it is told.
 * It stands alone (scripts/kernels.mjs embeds it as text), so it imports nothing.
 */

/** Where the threads count their meetings (assembly/threads.ts), as a word; milliseconds until a look at failures. */
const GENERATION = 1;
const PATIENCE = 50;

/** What a team says to its threads. */
type Order =
  | { readonly open: WebAssembly.Module; readonly memory: WebAssembly.Memory }
  | { readonly call: string; readonly args: readonly number[] };

interface Port {
  onmessage: ((event: { data: Order }) => void) | null;
  postMessage(message: { error: string | null }): void;
}

const port: Port =
  "process" in globalThis
    ? (process.getBuiltinModule("node:worker_threads").parentPort as unknown as Port)
    : (globalThis as unknown as Port);

let kernels: Record<string, (...args: number[]) => number | undefined> = {};

port.onmessage = ({ data }) => {
  try {
    if ("open" in data) {
      const { memory } = data;
      const words = new Int32Array(memory.buffer);
      const sleep = (generation: number) =>
        void Atomics.wait(words, GENERATION, generation, PATIENCE);
      const { exports } = new WebAssembly.Instance(data.open, {
        env: { memory },
        threads: { sleep },
      });
      kernels = exports as typeof kernels;
    } else {
      kernels[data.call]!(...data.args);
    }
    port.postMessage({ error: null });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
};

export {};
