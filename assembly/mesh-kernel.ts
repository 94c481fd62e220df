/**
 * The kernel 1 / (1 + r^2) of a mesh, made anew when a size changes.
 *
 * Split as in multilevel summation (Hardy, Skeel): far(r) is the kernel beyond the reach R, and within it its Taylor
 * polynomial of degree 3 in r^2 about R^2, which joins it with three smooth derivatives and changes
 * only over lengths like R, so that the coarse grid suffices for it; near = kernel - far vanishes beyond R.
 */

import { forwardFft } from "./fft";
import { columnBlocks, columnsThrough, rowBlocks, rowsForward, rowsInverse } from "./mesh-level";
import {
  COARSE,
  COARSENING,
  FAR_SELF,
  FFT_Y,
  FINE,
  GRID,
  gridStride,
  H,
  MATRIX,
  MX,
  MY,
  OWN,
  REACH,
  SHARPEN_X,
  SHARPEN_Y,
  SPECTRUM,
  TWO_LEVELS,
  WEIGHTS,
} from "./mesh-plan";
import { planLevel } from "./mesh-tables";
import { writeWeights } from "./mesh-transfer";
import { barrier } from "./threads";

const NEAR: u32 = 0;
const FAR: u32 = 1;
const WHOLE: u32 = 2;

/** far(r) for s = 1 + r^2 and the square 1 + R^2. */
function far(s: f64, edge: f64): f64 {
  if (s >= edge) return 1 / s;
  const t = (edge - s) / edge;
  return (1 + t * (1 + t * (1 + t))) / edge;
}

function kernel(part: u32, s: f64, edge: f64): f64 {
  if (part === WHOLE) return 1 / s;
  return part === FAR ? far(s, edge) : 1 / s - far(s, edge);
}

/** Writes row y of a level's grid: the kernel about the grid's first point, with its signed periods. */
function kernelRow(level: usize, y: u32, part: u32, h: f64, edge: f64): void {
  const length = load<u32>(level, MX);
  const height = load<u32>(level, MY);
  const row: usize = load<usize>(level, GRID) + <usize>y * gridStride(level);
  memory.fill(row, 0, (<usize>length) << 2);
  // in the middle of a period, between the two signs, it is 0; and the near part beyond its reach
  const reach = part === NEAR ? REACH : length;
  const down = min(y, height - y);
  if (part === NEAR && down >= REACH) return;
  const dy = <f64>down * h;
  for (let x: u32 = 0; x + x < length && x < reach; x++) {
    const dx = <f64>x * h;
    const value = <f32>kernel(part, 1 + dx * dx + dy * dy, edge);
    store<f32>(row + ((<usize>x) << 2), value);
    if (x > 0) store<f32>(row + ((<usize>(length - x)) << 2), -value);
  }
}

/** From the kernel's transform to the spectrum: real, sharpened, with the transforms' lengths divided out. */
function spectrumBlock(level: usize, block: u32): void {
  const length: usize = load<u32>(level, MY);
  const x: usize = load<usize>(level, MATRIX) + <usize>block * (length << 5);
  forwardFft(level + FFT_Y, x);
  const scale = <f32>(2 / (<f64>load<u32>(level, MX) * <f64>length));
  const across = f32x4.mul(
    v128.load(load<usize>(level, SHARPEN_X) + ((<usize>block) << 4)),
    f32x4.splat(scale),
  );
  const down: usize = load<usize>(level, SHARPEN_Y);
  const to: usize = load<usize>(level, SPECTRUM) + <usize>block * (length << 4);
  for (let i: usize = 0; i < length; i++) {
    const value = f32x4.mul(
      v128.load(x + (i << 5)),
      f32x4.mul(across, v128.load32_splat(down + (i << 2))),
    );
    v128.store(to + (i << 4), value);
  }
}

/**
 * Makes tables and spectra of both levels for the sizes in the plan; all threads.
 */
export function makeKernel(plan: usize, scratch: usize, thread: u32, threads: u32): void {
  const fine = plan + FINE;
  const coarse = plan + COARSE;
  const two = load<u32>(plan, TWO_LEVELS) !== 0;
  const h = load<f64>(plan, H);
  const edge = 1 + <f64>REACH * h * (<f64>REACH * h);
  // tables
  if (thread === 0) {
    planLevel(fine);
    writeWeights(plan + WEIGHTS);
  }
  if (thread === threads - 1 && two) planLevel(coarse);
  // the kernel on the grids
  for (let y = thread; y < load<u32>(fine, MY); y += threads)
    kernelRow(fine, y, two ? NEAR : WHOLE, h, edge);
  if (two)
    for (let y = thread; y < load<u32>(coarse, MY); y += threads)
      kernelRow(coarse, y, FAR, h * COARSENING, edge);
  barrier(threads);
  for (let i = thread; i < rowBlocks(load<u32>(fine, MY)); i += threads)
    rowsForward(fine, i, scratch);
  if (two)
    for (let i = thread; i < rowBlocks(load<u32>(coarse, MY)); i += threads)
      rowsForward(coarse, i, scratch);
  barrier(threads);
  for (let i = thread; i < columnBlocks(fine); i += threads) spectrumBlock(fine, i);
  if (two) for (let i = thread; i < columnBlocks(coarse); i += threads) spectrumBlock(coarse, i);
  barrier(threads);
  between(plan, scratch, thread, threads);
  if (thread === 0) store<f32>(plan, two ? <f32>far(1, edge) : 0, FAR_SELF);
  barrier(threads);
}

/** What a unit charge at one grid point gives at those up to 3 away: the spectrum, transformed back. */
function between(plan: usize, scratch: usize, thread: u32, threads: u32): void {
  const fine = plan + FINE;
  const length: usize = load<u32>(fine, MY);
  for (let block = thread; block < columnBlocks(fine); block += threads) {
    const x: usize = load<usize>(fine, MATRIX) + <usize>block * (length << 5);
    // a charge at the first point has the twist's 1 at every frequency
    memory.fill(x, 0, length << 5);
    v128.store(x, f32x4.splat(1));
    columnsThrough(fine, block, 1);
  }
  barrier(threads);
  if (thread !== 0) return;
  rowsInverse(fine, 0, scratch);
  ownPart(plan, load<usize>(fine, GRID), gridStride(fine));
}

/**
 * What a point does to itself is sum_ij C_i(t) C_j(s) G_ij with G the kernel between grid points i and j apart along the
 * axes, and C_i the sum of products of its spline's weights that are i apart, both ways. C_i is even about
 * the middle of a cell: a polynomial of degree 3 in (t - 1/2)^2, whose coefficients are below.
 */
const PRODUCTS: usize = memory.data<f64>([
  265.0 / 576.0,
  17.0 / 48.0,
  -11.0 / 12.0,
  5.0 / 9.0,
  575.0 / 1152.0,
  -47.0 / 96.0,
  31.0 / 24.0,
  -5.0 / 6.0,
  23.0 / 576.0,
  7.0 / 48.0,
  -5.0 / 12.0,
  1.0 / 3.0,
  1.0 / 1152.0,
  -1.0 / 96.0,
  1.0 / 24.0,
  -1.0 / 18.0,
]);

function product(distance: usize, power: usize): f64 {
  return load<f64>(PRODUCTS + ((4 * distance + power) << 3));
}

/** Writes the coefficients of a point's own part, [power of (t - 1/2)^2 along x][the same along y]. */
function ownPart(plan: usize, near: usize, stride: usize): void {
  for (let k: usize = 0; k < 4; k++) {
    for (let l: usize = 0; l < 4; l++) {
      let sum: f64 = 0;
      for (let y: usize = 0; y < 4; y++) {
        for (let x: usize = 0; x < 4; x++) {
          sum += product(x, k) * product(y, l) * <f64>load<f32>(near + y * stride + (x << 2));
        }
      }
      store<f32>(plan + ((4 * k + l) << 2), <f32>sum, OWN);
    }
  }
}
