/**
 * How the threads of a team meet. All state lies in the first page of the shared memory; kernels keep none
 * of their own, so that any thread may run any of them.
 */

const ARRIVED: usize = 0;
const GENERATION: usize = 4;
/** Not 0 when a thread of the team has failed, so that the others don't wait for it. */
const ABORTED: usize = 8;
/** Threads that sleep, or are about to: waking them is a call into the host, which most meetings need not make. */
const SLEEPING: usize = 12;
const CLAIMS: usize = 64;

const SPINS: i32 = 20000; // ten microseconds or so: pieces of work differ by less, and being woken takes longer

/**
 * Waits until GENERATION is another, or some milliseconds. The host's: of Node 20's two compilers, the quick one
 * (Liftoff, V8 11.3) sets four bytes of the locals to 0 in a function in which memory.atomic.wait32 stands.
 */
declare function sleep(generation: i32): void;

/** Returns when all threads of the team have called it. Every thread must, as often as the others. */
export function barrier(threads: u32): void {
  if (threads === 1) return;
  const generation = atomic.load<i32>(GENERATION);
  if (atomic.add<i32>(ARRIVED, 1) === threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    atomic.store<i32>(GENERATION, generation + 1);
    if (atomic.load<i32>(SLEEPING) !== 0) atomic.notify(GENERATION, -1);
    return;
  }
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(GENERATION) !== generation) return;
  }
  atomic.add<i32>(SLEEPING, 1);
  while (atomic.load<i32>(GENERATION) === generation) {
    if (atomic.load<i32>(ABORTED) !== 0) unreachable();
    sleep(generation);
  }
  atomic.sub<i32>(SLEEPING, 1);
}

/** The next number of a slot's count: 0, 1, 2, ... over all threads together. Slots 0 to 15. */
export function claim(slot: u32): u32 {
  return atomic.add<u32>(CLAIMS + (slot << 6), 1);
}

/** Starts a slot's count again; by one thread, between two barriers. */
export function resetClaim(slot: u32): void {
  atomic.store<u32>(CLAIMS + (slot << 6), 0);
}

/** Takes the lock, an i32 that is 0 while free; other threads wait at it, spinning. */
export function lock(address: usize): void {
  while (atomic.cmpxchg<i32>(address, 0, 1) !== 0) {
    if (atomic.load<i32>(ABORTED) !== 0) unreachable();
  }
}

export function unlock(address: usize): void {
  atomic.store<i32>(address, 0);
}
