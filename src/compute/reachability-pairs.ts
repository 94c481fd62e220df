/** Mutual reachability in any number of dimensions, over all pairs on all threads: assembly/dbscan-prim.ts. */
import type { Matrix } from "../matrix.ts";
import { Arena } from "./arena.ts";
import type { Need } from "./memory.ts";
import { neighborsKept, type Reachability } from "./reachability.ts";
import { breather, type RunOptions } from "./run.ts";
import { type Team, withTeam } from "./team.ts";

/** Multiply-adds between two looks at the signal: about 50 ms on one thread. */
const SLICE = 5e7;
const MOST_THREADS = 64;
const LINE = 64;

/** As `treeReachability`, for any number of columns; time grows with n^2 d. */
export async function pairsReachability(
  Y: Matrix,
  { minSamples, ...options }: { minSamples: number } & RunOptions,
): Promise<Reachability> {
  const [n, d] = Y.shape;
  const { arena, k, data, rows, squares, cores, weights, froms, outside, joined, notes, state } =
    lay(n, d, minSamples);
  const perRow = n * (d + 4);
  const work = 2 * n * perRow;

  return withTeam({ bytes: arena.bytes, work, ...options }, async (team) => {
    const breath = breather("DBSCAN hierarchy", 2 * n, options);
    team.f32(data).set(Y.data);
    team.u32(rows).fill(0xffffffff);
    team.f64(squares).fill(Number.POSITIVE_INFINITY);
    const step = 32 * team.threads * Math.ceil(SLICE / (32 * perRow));
    for (let from = 0; from < n; from += step) {
      const to = Math.min(from + step, n);
      await team.all("pairsNearest", data.at, n, d, k, rows.at, squares.at, from, to);
      await breath(to);
    }
    const squared = team.f64(squares).slice();
    const core = team.f64(cores);
    if (minSamples > 1) for (let i = 0; i < n; i++) core[i] = squared[i * k + minSamples - 2]!;
    team.f64(weights).fill(Number.POSITIVE_INFINITY);
    begin(team, n, team.u32(outside), team.u32(state));
    const [coresAt, weightsAt, fromsAt, outsideAt] = [cores.at, weights.at, froms.at, outside.at];
    const prim = (steps: number) =>
      team.all(
        ...(["pairsPrim", data.at, n, d, coresAt, weightsAt, fromsAt, outsideAt] as const),
        ...([notes.at, state.at, joined.at, steps] as const),
      );
    const steps = Math.ceil(SLICE / perRow) * team.threads;
    for (let done = 0; done < n - 1; done += steps) {
      await prim(Math.min(steps, n - 1 - done));
      await breath(n + Math.min(done + steps, n - 1));
    }
    await breath(2 * n);
    const edges = new Uint32Array(2 * (n - 1));
    const ends = team.u32(froms);
    for (let row = 1; row < n; row++) edges.set([ends[row]!, row], 2 * (row - 1));
    const nearest = { indices: team.i32(rows).slice(), squared };
    return { k, nearest, edges, weights: team.f64(weights).slice(1) };
  });
}

/** What a hierarchy of n rows takes while it is built, with its result. */
export function pairsReachabilityNeed(n: number, d: number, minSamples: number): Need {
  const { arena, k } = lay(n, d, minSamples);
  return { step: arena.bytes, peak: arena.bytes + n * (12 * k + 16) };
}

function lay(n: number, d: number, minSamples: number) {
  const k = neighborsKept(n, minSamples);
  const arena = new Arena();
  const data = arena.f32(n * d);
  const [rows, squares] = [arena.i32(n * k), arena.f64(n * k)];
  const [cores, weights] = [arena.f64(n), arena.f64(n)];
  const [froms, outside, joined] = [arena.u32(n), arena.u32(n), arena.u32(1)];
  const [notes, state] = [arena.u8(2 * MOST_THREADS * LINE), arena.u32((MOST_THREADS * LINE) / 4)];
  return { arena, k, data, rows, squares, cores, weights, froms, outside, joined, notes, state };
}

/** Row 0 is the tree; the others lie outside, in one stretch for every thread. */
function begin(team: Team, n: number, outside: Uint32Array, state: Uint32Array): void {
  const { threads } = team;
  for (let t = 0; t < threads; t++) {
    const first = Math.floor((n * t) / threads);
    const end = Math.floor((n * (t + 1)) / threads);
    let at = first;
    for (let row = Math.max(1, first); row < end; row++) outside[at++] = row;
    state[(t * LINE) / 4] = at - first;
  }
}
