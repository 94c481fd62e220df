/** Threads for teams: started when they are needed, and kept a while for the next team. */
import { startThread, type Thread } from "./threads.ts";

/** How long a thread may take to start, in milliseconds. */
const START_TIME = 10_000;

const idle: Thread[] = [];

/** Threads that have carried out an order; fewer than asked for, or none, where they don't start. */
export async function gatherThreads(count: number, order: unknown): Promise<Thread[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => ready(order)));
  const threads = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (threads.length > 1) return threads;
  await endThreads(threads);
  return [];
}

/** A thread that has carried out an order: an idle one, or else a new one. */
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

/** Takes threads back that have nothing to do. */
export function keepThreads(threads: readonly Thread[]): void {
  idle.push(...threads);
}

/** Ends threads, and waits until they and their hold on the memory are gone. */
export async function endThreads(threads: readonly Thread[]): Promise<void> {
  await Promise.all(threads.map((thread) => thread.end()));
}

/** Ends all threads that have nothing to do. */
export function endIdleThreads(): void {
  void endThreads(idle.splice(0));
}
