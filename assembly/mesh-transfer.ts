/**
 * Between fine and coarse grid. A cubic B-spline of eight times the spacing is a sum of 29 fine ones: the weights are
 * (1 4 6 4 1) / 8 applied three times (the spline's two-scale relation), so that charges go to the coarse
 * grid, and its field comes back, with nothing lost: as if the points had been spread there. Coarse point G lies at fine
 * point 8 (G - 1).
 */
import { COARSENING, GRID, gridStride, MX } from "./mesh-plan";

/** Writes the weights, 4 x 8 floats: [t][phase] is what fine point 8 g + phase has of coarse point g + t. */
export function writeWeights(to: usize): void {
  for (let t: i32 = 0; t < 4; t++) {
    for (let phase: i32 = 0; phase < 8; phase++) {
      const distance = phase - 8 * (t - 1);
      store<f32>(to + ((<usize>(8 * t + phase)) << 2), refined(distance, COARSENING));
    }
  }
}

/** The weight of a fine spline `distance` fine spacings from the middle of one `scale` times as wide. */
function refined(distance: i32, scale: i32): f32 {
  if (scale === 1) return distance === 0 ? 1 : 0;
  // the wide spline consists of five of half its width, half of those widths apart
  const half = scale >> 1;
  return (
    (refined(distance - 2 * half, half) + refined(distance + 2 * half, half)) * 0.125 +
    (refined(distance - half, half) + refined(distance + half, half)) * 0.5 +
    refined(distance, half) * 0.75
  );
}

/**
 * Writes coarse row `to`: the fine grid's charges, of which `columns` x `rows` may be charged. `line` has room for a
 * fine row.
 */
export function restrictRow(
  fine: usize,
  coarse: usize,
  row: u32,
  columns: u32,
  rows: u32,
  weights: usize,
  line: usize,
): void {
  const to: usize = load<usize>(coarse, GRID) + <usize>row * gridStride(coarse);
  memory.fill(to, 0, (<usize>load<u32>(coarse, MX)) << 2);
  const groups: usize = (columns + 7) >> 3;
  memory.fill(line, 0, groups << 5);
  // down: fine rows 8 g + phase with g + t = row; those of a block of four that are not charged are 0
  const stride = gridStride(fine);
  const first = max<i32>(8 * (<i32>row - 3), 0);
  const last = min<i32>(8 * (<i32>row + 1), rows);
  for (let y = first; y < last; y += 4) {
    const t = <i32>row - (y >> 3);
    const weight = weights + ((<usize>(8 * t + (y & 7))) << 2);
    const w0 = v128.load32_splat(weight);
    const w1 = v128.load32_splat(weight, 4);
    const w2 = v128.load32_splat(weight, 8);
    const w3 = v128.load32_splat(weight, 12);
    const from: usize = load<usize>(fine, GRID) + <usize>y * stride;
    for (let x: usize = 0; x < groups << 5; x += 16) {
      const p = from + x;
      const upper = f32x4.add(f32x4.mul(v128.load(p), w0), f32x4.mul(v128.load(p + stride), w1));
      const lower = f32x4.add(
        f32x4.mul(v128.load(p + 2 * stride), w2),
        f32x4.mul(v128.load(p + 3 * stride), w3),
      );
      v128.store(line + x, f32x4.add(v128.load(line + x), f32x4.add(upper, lower)));
    }
  }
  // across: eight fine points give to four coarse ones
  for (let g: usize = 0; g < groups; g++) {
    const a = v128.load(line + (g << 5));
    const b = v128.load(line + (g << 5), 16);
    const p0 = eight(a, b, weights);
    const p1 = eight(a, b, weights + 32);
    const p2 = eight(a, b, weights + 64);
    const p3 = eight(a, b, weights + 96);
    const lo = f32x4.add(
      v128.shuffle<f32>(p0, p1, 0, 4, 1, 5),
      v128.shuffle<f32>(p0, p1, 2, 6, 3, 7),
    );
    const hi = f32x4.add(
      v128.shuffle<f32>(p2, p3, 0, 4, 1, 5),
      v128.shuffle<f32>(p2, p3, 2, 6, 3, 7),
    );
    const sum = f32x4.add(
      v128.shuffle<f32>(lo, hi, 0, 1, 4, 5),
      v128.shuffle<f32>(lo, hi, 2, 3, 6, 7),
    );
    const at = to + (g << 2);
    v128.store(at, f32x4.add(v128.load(at), sum));
  }
}

/** Eight numbers times eight weights, added to four. */
function eight(a: v128, b: v128, weights: usize): v128 {
  return f32x4.add(f32x4.mul(a, v128.load(weights)), f32x4.mul(b, v128.load(weights, 16)));
}

/** Adds the coarse field to `columns` points of the fine field's row; `line` has room for a coarse row. */
export function prolongRow(
  fine: usize,
  coarse: usize,
  row: u32,
  columns: u32,
  weights: usize,
  line: usize,
): void {
  const groups: usize = (columns + 7) >> 3;
  const stride = gridStride(coarse);
  const from: usize = load<usize>(coarse, GRID) + <usize>(row >> 3) * stride;
  // down: four coarse rows
  const phase = weights + ((<usize>(row & 7)) << 2);
  const w0 = v128.load32_splat(phase);
  const w1 = v128.load32_splat(phase, 32);
  const w2 = v128.load32_splat(phase, 64);
  const w3 = v128.load32_splat(phase, 96);
  for (let x: usize = 0; x < (groups + 3) << 2; x += 16) {
    const p = from + x;
    const upper = f32x4.add(f32x4.mul(v128.load(p), w0), f32x4.mul(v128.load(p + stride), w1));
    const lower = f32x4.add(
      f32x4.mul(v128.load(p + 2 * stride), w2),
      f32x4.mul(v128.load(p + 3 * stride), w3),
    );
    v128.store(line + x, f32x4.add(upper, lower));
  }
  // across: four coarse points give to eight fine ones
  const to: usize = load<usize>(fine, GRID) + <usize>row * gridStride(fine);
  for (let g: usize = 0; g < groups; g++) {
    const c0 = v128.load32_splat(line + (g << 2));
    const c1 = v128.load32_splat(line + (g << 2), 4);
    const c2 = v128.load32_splat(line + (g << 2), 8);
    const c3 = v128.load32_splat(line + (g << 2), 12);
    const at = to + (g << 5);
    v128.store(at, f32x4.add(v128.load(at), four(c0, c1, c2, c3, weights)));
    v128.store(at, f32x4.add(v128.load(at, 16), four(c0, c1, c2, c3, weights + 16)), 16);
  }
}

function four(c0: v128, c1: v128, c2: v128, c3: v128, weights: usize): v128 {
  const a = f32x4.add(f32x4.mul(c0, v128.load(weights)), f32x4.mul(c1, v128.load(weights, 32)));
  const b = f32x4.add(f32x4.mul(c2, v128.load(weights, 64)), f32x4.mul(c3, v128.load(weights, 96)));
  return f32x4.add(a, b);
}
