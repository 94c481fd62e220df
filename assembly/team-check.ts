/** A kernel that uses all that a team offers, by which the team itself is tested. */
import { barrier, claim, lock, resetClaim, unlock } from "./threads";

/**
 * Adds 1 to every one of `count` numbers in every one of `rounds` rounds, chunk by chunk as threads claim
 * them, and counts the chunks under a lock.
 */
export function teamCheck(
  numbers: usize,
  count: u32,
  rounds: u32,
  chunks: usize,
  thread: u32,
  threads: u32,
): void {
  const chunk: u32 = 16;
  for (let round: u32 = 0; round < rounds; round++) {
    for (let from = claim(0) * chunk; from < count; from = claim(0) * chunk) {
      const end = min(from + chunk, count);
      for (let i = from; i < end; i++) {
        const at = numbers + ((<usize>i) << 2);
        store<i32>(at, load<i32>(at) + 1);
      }
      lock(chunks);
      store<i32>(chunks + 4, load<i32>(chunks + 4) + 1);
      unlock(chunks);
    }
    barrier(threads);
    if (thread === 0) resetClaim(0);
    barrier(threads);
  }
}
