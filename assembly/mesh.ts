/**
 * t-SNE's repulsion on a map of the plane by a particle mesh: the field S(y) = sum_j 1 / (1 + |y - y_j|^2) of unit charges, of
 * whose slope the forces are minus a half. See docs/method.md, "The mesh".
 */

import { gatherChunk } from "./mesh-gather";
import { makeKernel } from "./mesh-kernel";
import { columnBlocks, columnsThrough, rowBlocks, rowsForward, rowsInverse } from "./mesh-level";
import {
  BAND,
  BOX_CHUNK,
  BOXES,
  CHUNK,
  COARSE,
  coarsePoints,
  FINE,
  GRID,
  gridPoints,
  gridStride,
  H,
  MX,
  SCRATCH,
  SCRATCH_BYTES,
  SUMS,
  TWO_LEVELS,
  WEIGHTS,
  Z,
} from "./mesh-plan";
import { chooseSizes, sizesFit } from "./mesh-sizes";
import { boxChunk, countStretch, placeBands, sortStretch, stretches } from "./mesh-sort";
import { spreadBand } from "./mesh-spread";
import { prolongRow, restrictRow } from "./mesh-transfer";
import { barrier, claim, resetClaim } from "./threads";

/** Slots of claims in use, by turns. */
const EVEN: u32 = 14;
const ODD: u32 = 15;

/**
 * Repulsive forces on n points, finite float32 coordinates at X and Y: FX, FY = sum_j w_ij^2 (y_i - y_j) with
 * w_ij = 1 / (1 + |y_i - y_j|^2). All threads call it, with the same arguments, and claim no numbers of slots 14
 * and 15 themselves. The grids' sizes follow the map with some delay, so that the last bits of the result depend on the
 * maps before; where the memory is too small for the spacing asked for, so does the spacing.
 *
 * @returns Z = sum over ordered pairs i != j of w_ij, on every thread.
 */
export function meshRepulsion(
  plan: usize,
  X: usize,
  Y: usize,
  n: u32,
  FX: usize,
  FY: usize,
  thread: u32,
  threads: u32,
): f64 {
  if (n === 0) {
    if (thread === 0) store<f64>(plan, 0, Z);
    return 0;
  }
  // the box of all points
  if (thread === 0) resetClaim(EVEN);
  const boxes = (n + BOX_CHUNK - 1) / BOX_CHUNK;
  for (let i = thread; i < boxes; i += threads) boxChunk(plan, i, X, Y, n);
  barrier(threads);
  const box: usize = load<usize>(plan, BOXES);
  let lowX = load<f32>(box);
  let lowY = load<f32>(box, 4);
  let highX = load<f32>(box, 8);
  let highY = load<f32>(box, 12);
  for (let i: u32 = 1; i < boxes; i++) {
    const at = box + (i << 4);
    lowX = min(lowX, load<f32>(at));
    lowY = min(lowY, load<f32>(at, 4));
    highX = max(highX, load<f32>(at, 8));
    highY = max(highY, load<f32>(at, 12));
  }
  const spanX = <f64>highX - <f64>lowX;
  const spanY = <f64>highY - <f64>lowY;
  const scratch: usize = load<usize>(plan, SCRATCH) + thread * load<u32>(plan, SCRATCH_BYTES);
  if (!sizesFit(plan, spanX, spanY)) {
    barrier(threads); // all have seen that
    if (thread === 0) chooseSizes(plan, spanX, spanY);
    barrier(threads);
    makeKernel(plan, scratch, thread, threads);
  }
  const h = load<f64>(plan, H);
  const perUnit = <f32>(1 / h);
  const columns = gridPoints(spanX / h);
  const rows = gridPoints(spanY / h);
  chargeGrid(plan, X, Y, n, lowX, lowY, perUnit, rows, scratch, thread, threads);
  convolve(plan, columns, rows, scratch, thread, threads);
  return gather(plan, n, FX, FY, scratch, thread, threads);
}

/** Sorts the points and spreads their charges. Begins with slot EVEN free, ends with it free. */
function chargeGrid(
  plan: usize,
  X: usize,
  Y: usize,
  n: u32,
  lowX: f32,
  lowY: f32,
  perUnit: f32,
  rows: u32,
  scratch: usize,
  thread: u32,
  threads: u32,
): void {
  const fine = plan + FINE;
  const bands = (rows + BAND - 1) / BAND;
  const parts = stretches(n);
  if (thread === 0) resetClaim(ODD);
  const stride = gridStride(fine);
  for (let i = claim(EVEN); i < parts; i = claim(EVEN)) {
    countStretch(plan, i, Y, n, lowY, perUnit, bands);
  }
  for (let i = thread; i < rowBlocks(rows); i += threads) {
    memory.fill(load<usize>(fine, GRID) + <usize>(4 * i) * stride, 0, 4 * stride);
  }
  barrier(threads);
  if (thread === 0) placeBands(plan, n, bands);
  barrier(threads);
  if (thread === 0) resetClaim(EVEN);
  for (let i = claim(ODD); i < parts; i = claim(ODD)) {
    sortStretch(plan, i, X, Y, n, lowX, lowY, perUnit, bands);
  }
  barrier(threads);
  // a band touches the next, but not the one after that
  if (thread === 0) resetClaim(ODD);
  for (let i = claim(EVEN) << 1; i < bands; i = claim(EVEN) << 1) spreadBand(plan, i, scratch);
  barrier(threads);
  if (thread === 0) resetClaim(EVEN);
  for (let i = (claim(ODD) << 1) + 1; i < bands; i = (claim(ODD) << 1) + 1)
    spreadBand(plan, i, scratch);
  barrier(threads);
}

/** From charges to field, of which `columns` x `rows` matter. Begins with slot EVEN free, ends with it free. */
function convolve(
  plan: usize,
  columns: u32,
  rows: u32,
  scratch: usize,
  thread: u32,
  threads: u32,
): void {
  const fine = plan + FINE;
  const coarse = plan + COARSE;
  const two = load<u32>(plan, TWO_LEVELS) !== 0;
  const blocks = rowBlocks(rows);
  const coarseRows = coarsePoints(rows);
  const coarseBlocks = two ? rowBlocks(coarseRows) : 0;
  const weights = plan + WEIGHTS;
  const line = scratch + ((<usize>load<u32>(fine, MX)) << 4);
  if (thread === 0) resetClaim(ODD);
  for (let i = claim(EVEN); i < coarseBlocks + blocks; i = claim(EVEN)) {
    if (i >= coarseBlocks) {
      rowsForward(fine, i - coarseBlocks, scratch);
      continue;
    }
    for (let row = 4 * i; row < 4 * i + 4; row++) {
      restrictRow(fine, coarse, row, columns, rows, weights, line);
    }
    rowsForward(coarse, i, scratch);
  }
  barrier(threads);
  if (thread === 0) resetClaim(EVEN);
  const coarseColumns = two ? columnBlocks(coarse) : 0;
  const all = coarseColumns + columnBlocks(fine);
  for (let i = claim(ODD); i < all; i = claim(ODD)) {
    if (i < coarseColumns) columnsThrough(coarse, i, coarseRows);
    else columnsThrough(fine, i - coarseColumns, rows);
  }
  barrier(threads);
  if (two) {
    for (let i = thread; i < coarseBlocks; i += threads) rowsInverse(coarse, i, scratch);
    barrier(threads);
  }
  if (thread === 0) resetClaim(ODD);
  for (let i = claim(EVEN); i < blocks; i = claim(EVEN)) {
    rowsInverse(fine, i, scratch);
    if (!two) continue;
    const end = min(4 * i + 4, rows);
    for (let row = 4 * i; row < end; row++) prolongRow(fine, coarse, row, columns, weights, line);
  }
  barrier(threads);
}

/** Forces from the field; begins with slot ODD free. @returns Z. */
function gather(
  plan: usize,
  n: u32,
  FX: usize,
  FY: usize,
  scratch: usize,
  thread: u32,
  threads: u32,
): f64 {
  const chunks = (n + CHUNK - 1) / CHUNK;
  for (let i = claim(ODD); i < chunks; i = claim(ODD)) gatherChunk(plan, i, n, FX, FY, scratch);
  barrier(threads);
  const parts: usize = load<usize>(plan, SUMS);
  let total: f64 = 0;
  for (let i: usize = 0; i < chunks; i++) total += load<f64>(parts + (i << 3));
  if (thread === 0) store<f64>(plan, total, Z);
  return total;
}
