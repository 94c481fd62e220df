/** Where a t-SNE run's state lies in a team's memory: the layout that assembly/tsne-state.ts reads. */
import { Arena, type Region } from "./arena.ts";
import { layMesh, type MeshRegions, writeMesh } from "./mesh.ts";
import type { SparseRows } from "./sparse-rows.ts";
import type { Team } from "./team.ts";

/** Words of the table that the kernels read, and the place of float64 numbers behind them. */
const WORDS = 32;
const NUMBERS = 16;
/** Entries of P, and rows counted as entries, in a chunk of the attraction. */
const CHUNK_ENTRIES = 8192;
const ROW_COST = 16;
/** Rows written between two looks at the clock. */
const ROWS_PER_BREATH = 4096;
/** Blocks that pairs are cut into, and the fewest points of one. */
const MOST_BLOCKS = 16;
const LEAST_BLOCK = 32;
/** Points of a stretch of the update, rows of a band of pairs: as in the kernels. */
const STRETCH = 1024;
export const BAND = 64;

/** Points from which on a map of the plane has a mesh; with fewer, all pairs are less work. */
const MESH_FROM = 1000;

/** Places of words in the table that are written, or read, by themselves: as in assembly/tsne-state.ts. */
export const WORD = { chunks: 6, cancelled: 20, mesh: 22, meshed: 23, boxes: 24 } as const;

/** Entries of P below this count as 0: they add nothing, and subnormal numbers are slow. */
const SMALLEST = 1e-30;

export interface DescentLayout {
  readonly n: number;
  /** Axes in memory: 3 for a map in space, else 2. */
  readonly axes: 2 | 3;
  /** Entries from one axis to the next. */
  readonly stride: number;
  readonly blocks: number;
  readonly block: number;
  readonly state: Region;
  readonly numbers: Region;
  readonly indptr: Region;
  readonly columns: Region;
  readonly values: Region;
  readonly chunkRows: Region;
  readonly map: Region;
  readonly places: Region;
  readonly attraction: Region;
  readonly update: Region;
  readonly gains: Region;
  readonly forces: Region;
  readonly tileSums: Region;
  readonly chunkSums: Region;
  readonly updateSums: Region;
  readonly bandSums: Region;
  readonly boxes: Region;
  readonly mesh: MeshRegions | undefined;
}

/** Lays the state of a run of n points in `nComponents` dimensions, with so many entries in P, filled up. */
export function layDescent(
  arena: Arena,
  nComponents: 1 | 2 | 3,
  { n, entries }: { n: number; entries: number },
): DescentLayout {
  const axes = nComponents === 3 ? 3 : 2;
  const stride = Math.ceil(n / 16) * 16;
  const block = Math.max(LEAST_BLOCK, Math.ceil(n / MOST_BLOCKS / 4) * 4);
  const blocks = Math.ceil(n / block);
  // chunks have CHUNK_ENTRIES at least, but the last
  const chunks = Math.ceil((entries + ROW_COST * n) / CHUNK_ENTRIES) + 1;
  const state = arena.u32(WORDS);
  const points = () => arena.f32(stride * axes);
  return {
    ...{ n, axes, stride, blocks, block, state },
    numbers: arena.f64(NUMBERS),
    indptr: arena.u32(n + 1),
    columns: arena.u32(entries),
    values: arena.f32(entries),
    chunkRows: arena.u32(chunks + 1),
    map: points(),
    places: arena.f32(2 * stride),
    attraction: points(),
    update: points(),
    gains: points(),
    forces: arena.f32(stride * axes * blocks),
    tileSums: arena.f64((blocks * (blocks + 1)) / 2),
    chunkSums: arena.f64(chunks),
    updateSums: arena.f64(Math.ceil(n / STRETCH)),
    bandSums: arena.f64(Math.ceil(n / BAND)),
    boxes: arena.f32(4 * Math.ceil(n / STRETCH)),
    mesh: nComponents === 2 && n >= MESH_FROM ? layMesh(arena, n) : undefined,
  };
}

/** Entries of P with every row filled up to whole fours. */
export function filledEntries({ indptr }: Pick<SparseRows, "indptr">): number {
  let entries = 0;
  for (let i = 0; i + 1 < indptr.length; i++) entries += padded(indptr[i + 1]! - indptr[i]!);
  return entries;
}

/** Bytes that a run takes in a team's memory, with so many entries in P, filled up. */
export function descentBytes(nComponents: 1 | 2 | 3, size: { n: number; entries: number }): number {
  const arena = new Arena();
  layDescent(arena, nComponents, size);
  return arena.bytes;
}

/** Writes the table of the state. */
export function writeState(team: Team, layout: DescentLayout): void {
  const at = (region: Region) => region.at;
  const words = team.u32(layout.state);
  words.set([
    ...[layout.n, layout.axes, layout.stride * 4],
    ...[layout.indptr, layout.columns, layout.values].map(at),
    ...[0, layout.chunkRows.at],
    ...[layout.map, layout.places, layout.attraction, layout.update, layout.gains].map(at),
    ...[layout.blocks, layout.block, layout.forces.at],
    ...[layout.tileSums, layout.chunkSums, layout.updateSums, layout.numbers].map(at),
  ]);
  words[WORD.boxes] = layout.boxes.at;
  if (layout.mesh !== undefined) {
    words[WORD.mesh] = layout.mesh.plan.at;
    writeMesh(team, layout.mesh);
  }
}

/**
 * Writes P for points in the given order, as float32 in rows of whole fours, and the chunks of its rows.
 *
 * @param breath Called between stretches of work.
 * @returns The sum of P so rounded.
 */
export async function writeRows(
  team: Team,
  layout: DescentLayout,
  P: SparseRows,
  order: Uint32Array,
  breath: () => Promise<void> | undefined,
): Promise<number> {
  const [indptr, columns] = [team.u32(layout.indptr), team.u32(layout.columns)];
  const values = team.f32(layout.values);
  const rank = new Uint32Array(layout.n);
  order.forEach((i, r) => {
    rank[i] = r;
  });
  let sum = 0;
  let to = 0;
  for (let r = 0; r < layout.n; r++) {
    const end = P.indptr[order[r]! + 1]!;
    for (let e = P.indptr[order[r]!]!; e < end; e++) {
      const p = P.values[e]!;
      columns[to] = rank[P.indices[e]!]!;
      values[to] = p < SMALLEST ? 0 : p;
      sum += values[to]!;
      to++;
    }
    // filled up with the row itself and nothing
    for (; to % 4 !== 0; to++) {
      columns[to] = r;
      values[to] = 0;
    }
    indptr[r + 1] = to;
    if (r % ROWS_PER_BREATH === 0) await breath();
  }
  const starts = chunkRows(indptr);
  team.u32(layout.chunkRows).set(starts);
  team.u32(layout.state)[WORD.chunks] = starts.length - 1;
  return sum;
}

const padded = (entries: number): number => Math.ceil(entries / 4) * 4;

/** Where chunks of about equally much work begin; with n at the end. */
function chunkRows(indptr: Uint32Array): Uint32Array {
  const n = indptr.length - 1;
  const starts = [];
  let work = CHUNK_ENTRIES;
  for (let i = 0; i < n; i++) {
    if (work >= CHUNK_ENTRIES) {
      starts.push(i);
      work = 0;
    }
    work += ROW_COST + indptr[i + 1]! - indptr[i]!;
  }
  return Uint32Array.from([...starts, n]);
}
