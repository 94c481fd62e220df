/** The memory of t-SNE's particle mesh (assembly/mesh.ts), and its sizes. */
import type { Arena, Region } from "./arena.ts";
import type { Team } from "./team.ts";

/** Where a mesh lies: `plan` is what its kernels take first. */
export interface MeshRegions {
  readonly plan: Region;
  /** What the plan begins with: addresses and limits, in the order of assembly/mesh-plan.ts. */
  readonly header: readonly number[];
  readonly spacing: number;
  /** The same of the levels: byte offset in the plan, then addresses. */
  readonly levels: readonly { readonly at: number; readonly words: readonly number[] }[];
}

/** assembly/mesh-plan.ts has these. */
const PLAN_BYTES = 832;
const SPACING = 44;
const Z = 56;
const WIDEST = 72;
const FINE = 160;
const COARSE = 512;
const CHUNK = 512;
const BOX_CHUNK = 4096;
const BAND = 4;
const STRETCHES = 32;

const THREADS = 64;
/** Grid points for every point of the map, at most: a bound on memory. */
const CELLS_PER_POINT = 256;
const FEWEST_CELLS = 2 ** 16;
const MOST_CELLS = 2 ** 25;
/** Grid points along an axis, at most; twice as many for large maps, whose outliers go far while they are exaggerated. */
const LONGEST = 4096;
const LARGE = 2 ** 16;

/**
 * Lays the memory of a mesh for a map of n points: about 10 bytes for each of at most 256 n grid points (65,536 to
 * 33,554,432 of them; up to 4096 along either axis, 8192 from 65,536 points on).
 *
 * @param spacing Distance of grid points in the map's units. The force's error goes with about its fourth power: at 0.25 it
 *   is 0.1 %, at 0.35 0.4 % (docs/method.md). At 0.25 there is room for a square map of side 105 for n = 1,000, 820 for
 *   50,000, 1370 from 131,072 on; where it is larger the spacing grows by factors of 1.25, and the error with
 *   it. The kernel `meshCost` reckons with that beforehand.
 */
export function layMesh(arena: Arena, n: number, spacing = 0.25): MeshRegions {
  const cells = Math.min(Math.max(CELLS_PER_POINT * n, FEWEST_CELLS), MOST_CELLS);
  const longest = n < LARGE ? LONGEST : 2 * LONGEST;
  const plan = arena.u8(PLAN_BYTES);
  const bands = longest / BAND + 1;
  const scratch = 20 * longest + 512;
  const header = [
    cells,
    longest,
    arena.u32(STRETCHES * bands).at,
    arena.u32(bands).at,
    arena.f32(n + 4).at,
    arena.f32(n + 4).at,
    arena.u32(n + 4).at,
    arena.f32(4 * Math.ceil(n / BOX_CHUNK)).at,
    arena.f64(Math.ceil(n / CHUNK)).at,
    arena.u8(THREADS * scratch).at,
    scratch,
  ];
  // a coarse size is at most 1.15 (fine / 4) + 27
  const coarse = Math.ceil(cells * 0.083 + 7.8 * (longest + cells / longest) + 729);
  const levels = [
    { at: FINE, words: layLevel(arena, cells, longest) },
    { at: COARSE, words: layLevel(arena, coarse, longest) },
  ];
  return { plan, header, spacing, levels };
}

/** Grid, matrix, spectrum, tables. */
function layLevel(arena: Arena, cells: number, longest: number): number[] {
  return [
    arena.f32(cells + 16 * longest + 64).at,
    arena.f32(cells).at,
    arena.f32(Math.ceil(cells / 2) + 64).at,
    arena.f32(8 * longest).at,
  ];
}

/** Writes the plan into the team's memory; before the first `meshRepulsion`. */
export function writeMesh(team: Team, { plan, header, spacing, levels }: MeshRegions): void {
  team.u32({ at: plan.at, length: header.length }).set(header);
  team.f32({ at: plan.at + SPACING, length: 1 })[0] = spacing;
  for (const { at, words } of levels) {
    team.u32({ at: plan.at + at, length: words.length }).set(words);
  }
}

/** Z of the last `meshRepulsion`. */
export function meshZ(team: Team, { plan }: MeshRegions): number {
  return team.f64({ at: plan.at + Z, length: 1 })[0]!;
}

/** The widest spacing of the grid so far, in units of the map; 0 before the first `meshRepulsion`. */
export function widestSpacing(team: Team, { plan }: MeshRegions): number {
  return team.f64({ at: plan.at + WIDEST, length: 1 })[0]!;
}
