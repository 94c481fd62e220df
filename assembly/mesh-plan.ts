/**
 * What a mesh is made of, as it lies in memory. A plan begins with the addresses that src/compute/mesh.ts lays,
 * then has the state: spacing and sizes of the grids, their tables, and what is known of the kernel. A level is
 * a grid of MX x MY points with the transforms that convolve it: the fine one carries the near part of
 * the kernel, the coarse one, of eight times the spacing, the rest.
 */

/** Points between which the near part acts, in spacings: beyond, the coarse grid carries the whole kernel. */
export const REACH: u32 = 40;
/** Spacings of the fine grid in one of the coarse. */
export const COARSENING: u32 = 8;
/** Free grid points that keep a kernel's seam, where it isn't smooth, from those that count. */
export const SEAM: u32 = 16;
/** Rows of the grid in a band: points of one band are spread by one thread, in order. */
export const BAND: u32 = 4;
/** Points in one part of a sum. */
export const CHUNK: u32 = 512;
/** Points of which one thread finds the box. */
export const BOX_CHUNK: u32 = 4096;

// what src/compute/mesh.ts lays: addresses and limits
export const CELLS: usize = 0; // most points of the fine grid
export const LONGEST: usize = 4; // most points along one axis
export const HISTOGRAM: usize = 8; // u32, 32 x LONGEST / BAND
export const BANDS: usize = 12; // u32, LONGEST / BAND + 1: where each band's points begin
export const SORTED_U: usize = 16; // f32, n + 4: x in spacings from the grid's origin, by band
export const SORTED_V: usize = 20; // the same of y
export const SORTED_AT: usize = 24; // u32, n + 4: whose they are
export const BOXES: usize = 28; // 4 f32 for every BOX_CHUNK
export const SUMS: usize = 32; // f64 for every CHUNK
export const SCRATCH: usize = 36; // for every thread
export const SCRATCH_BYTES: usize = 40;
export const SPACING: usize = 44; // f32, where the memory allows it

// state
export const H: usize = 48; // f64, spacing; 0 before the first call
export const Z: usize = 56; // f64
export const TWO_LEVELS: usize = 64; // u32
export const FAR_SELF: usize = 68; // f32, the coarse part's value at distance 0
export const WIDEST: usize = 72; // f64, the widest spacing so far
export const OWN: usize = 80; // 16 f32, the fine part of a point with itself, see ownPart
export const FINE: usize = 160; // a level
export const WEIGHTS: usize = 384; // 32 f32, see mesh-transfer.ts
export const COARSE: usize = 512; // a level
export const PLAN_BYTES: usize = 832;

// a level
export const GRID: usize = 0; // f32, MY rows of STRIDE: charges, then the field
export const MATRIX: usize = 4; // f32, MX / 8 blocks of MY rows of 4 real, 4 imaginary parts
export const SPECTRUM: usize = 8; // f32, MX / 8 blocks of MY rows of 4
export const TABLES: usize = 12; // what level tables take, see planLevel
export const MX: usize = 16;
export const MY: usize = 20;
export const TWIST: usize = 24; // cos and sin of pi i / MX, i < MX / 2
export const SHARPEN_X: usize = 28; // f32: what undoes the splines' blur, by place of frequency
export const SHARPEN_Y: usize = 32;
export const FFT_X: usize = 64; // plans
export const FFT_Y: usize = 144;
export const LEVEL_BYTES: usize = 224;

/** Whether a whole number has no prime factors but 2, 3 and 5. */
function smooth(n: u32): bool {
  while (n % 2 === 0) n /= 2;
  while (n % 3 === 0) n /= 3;
  while (n % 5 === 0) n /= 5;
  return n === 1;
}

/** The smallest size of a transform that holds `need` points: 8 times a number of prime factors 2, 3 and 5. */
export function transformSize(need: u32): u32 {
  let eighth = (max(need, 16) + 7) / 8;
  while (!smooth(eighth)) eighth++;
  return eighth * 8;
}

/** Grid points that an extent in spacings may touch: four for the last point, one for either end's rounding. */
export function gridPoints(extent: f64): u32 {
  return <u32>extent + 6;
}

/** Grid points with those that keep the kernel's periods apart, for a grid that is used up to `points`. */
export function withPadding(points: u32): u32 {
  return points + min(points + SEAM - 1, REACH);
}

/** Bytes between two rows of a level's grid: no power of two, which would crowd the cache. */
export function gridStride(level: usize): usize {
  return (load<u32>(level, MX) + 16) << 2;
}

/** Points along an axis of the coarse grid under `points` of the fine. */
export function coarsePoints(points: u32): u32 {
  return (points - 1) / COARSENING + 4;
}
