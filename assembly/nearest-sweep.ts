/**
 * Every pair of rows once, block by block: each row's candidates. Blocks of rows are locked while
 * candidates are written; which thread does which pair, and when, changes nothing in what is kept.
 */

import { propose } from "./nearest-candidates";
import { Job } from "./nearest-job";
import { nearestTile } from "./nearest-tile";
import { claim, lock, unlock } from "./threads";

/**
 * A thread's scratch: the 32 bounds of a tile; the limits of two blocks, as they were when last looked at
 * (they only fall, so that old ones let more pass, never less); and hits, 8 bytes each: places in both blocks, bound.
 */
const LIMITS: usize = 128;
/** Rows that a block has at most; nearest-memory.ts knows it too. */
const MOST_ROWS: usize = 512;
const HITS: usize = LIMITS + 8 * MOST_ROWS;
const MOST_HITS: u32 = 4096;

/** The tiles from `from` to `to`, in the order of `tile`. */
export function nearestSweep(at: usize, from: u32, to: u32, thread: u32, _threads: u32): void {
  const job = changetype<Job>(at);
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  for (let number = from + claim(0); number < to; number = from + claim(0)) {
    tile(job, number, scratch);
  }
}

/** First the blocks with themselves, for early limits; then each with the later ones. */
function tile(job: Job, number: u32, scratch: usize): void {
  if (number < job.blocks) {
    pairBlocks(job, number, number, scratch);
    return;
  }
  let rest = number - job.blocks;
  let block: u32 = 0;
  while (rest >= job.blocks - 1 - block) {
    rest -= job.blocks - 1 - block;
    block++;
  }
  pairBlocks(job, block, block + 1 + rest, scratch);
}

function pairBlocks(job: Job, blockA: u32, blockB: u32, scratch: usize): void {
  const panels = (job.count + 7) >>> 3;
  const firstA = blockA * job.blockPanels;
  const firstB = blockB * job.blockPanels;
  const endA = min(firstA + job.blockPanels, panels);
  const endB = min(firstB + job.blockPanels, panels);
  const size = (<usize>job.pairs) << 5;
  let hits = give(job, blockA, blockB, scratch, 0);
  for (let a = firstA; a < endA; a++) {
    const panelA = job.packed + <usize>a * size;
    const rowA = (<usize>a) << 5;
    for (let b = blockA === blockB ? a : firstB; b < endB; b++) {
      for (let half: u32 = 0; half < 8; half += 4) {
        const useful = nearestTile(
          changetype<usize>(job),
          panelA,
          job.packed + <usize>b * size + ((<usize>half) << 2),
          job.factors + rowA,
          job.halves + rowA,
          (b << 3) + half,
          scratch + LIMITS + ((<usize>(a - firstA)) << 5),
          scratch + LIMITS + (((<usize>(b - firstB + 64)) << 5) + ((<usize>half) << 2)),
          scratch,
        );
        if (useful === 0) continue;
        hits = note(useful, (a - firstA) << 3, ((b - firstB) << 3) + half, a === b, scratch, hits);
        if (hits > MOST_HITS) hits = give(job, blockA, blockB, scratch, hits);
      }
    }
  }
  give(job, blockA, blockB, scratch, hits);
}

/** Notes the useful bounds of a tile as hits; on the diagonal each pair once, and none with itself. */
function note(useful: u32, a: u32, b: u32, diagonal: bool, scratch: usize, hits: u32): u32 {
  while (useful !== 0) {
    const bit = ctz(useful);
    useful &= useful - 1;
    const i = a + (bit >>> 2);
    const j = b + (bit & 3);
    if (diagonal && j <= i) continue;
    const hit = scratch + HITS + ((<usize>hits) << 3);
    store<u32>(hit, (i << 16) | j);
    store<f32>(hit, load<f32>(scratch + ((<usize>bit) << 2)), 4);
    hits++;
  }
  return hits;
}

/** Gives both blocks their hits, and looks at their limits. Returns 0: how many hits are left. */
function give(job: Job, blockA: u32, blockB: u32, scratch: usize, hits: u32): u32 {
  const rows = job.blockPanels << 3;
  const firstA = blockA * rows;
  const firstB = blockB * rows;
  const end = scratch + HITS + ((<usize>hits) << 3);
  const lockA = job.locks + ((<usize>blockA) << 6);
  lock(lockA);
  for (let hit = scratch + HITS; hit < end; hit += 8) {
    const both = load<u32>(hit);
    propose(job, firstA + (both >>> 16), load<f32>(hit, 4), firstB + (both & 0xffff));
  }
  look(job, firstA, rows, scratch + LIMITS);
  unlock(lockA);
  const lockB = job.locks + ((<usize>blockB) << 6);
  lock(lockB);
  for (let hit = scratch + HITS; hit < end; hit += 8) {
    const both = load<u32>(hit);
    propose(job, firstB + (both & 0xffff), load<f32>(hit, 4), firstA + (both >>> 16));
  }
  look(job, firstB, rows, scratch + LIMITS + (MOST_ROWS << 2));
  unlock(lockB);
  return 0;
}

function look(job: Job, first: u32, rows: u32, to: usize): void {
  const all = (job.count + 7) & ~7;
  const count = min(rows, all - first);
  memory.copy(to, job.limits + ((<usize>first) << 2), (<usize>count) << 2);
}
