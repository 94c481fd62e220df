/**
 * Cubic B-splines of four points at a time. A point t past grid point i (0 <= t < 1) touches i - 1 ... i + 2
 * along either axis.
 */
import { FINE, GRID, gridStride } from "./mesh-plan";

// in a thread's scratch: of four points, [point][i] along x and [i][point] along y
export const WX: usize = 0;
export const DX: usize = 64;
export const WY: usize = 128;
export const DY: usize = 192;
/** Addresses of the points' first grid points. */
export const CORNER: usize = 256;

/** The weights of four points, turned to one vector for each. */
export function turnTo(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ablo = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abhi = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdlo = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdhi = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ablo, cdlo, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ablo, cdlo, 2, 3, 6, 7), 16);
  v128.store(to, v128.shuffle<f32>(abhi, cdhi, 0, 1, 4, 5), 32);
  v128.store(to, v128.shuffle<f32>(abhi, cdhi, 2, 3, 6, 7), 48);
}

/** Stores where on the grid four points begin. */
export function corners(plan: usize, u: v128, v: v128, scratch: usize): void {
  const x = i32x4.sub(i32x4.trunc_sat_f32x4_s(u), i32x4.splat(1));
  const y = i32x4.sub(i32x4.trunc_sat_f32x4_s(v), i32x4.splat(1));
  const stride = i32x4.splat(<i32>gridStride(plan + FINE));
  const at = i32x4.add(i32x4.mul(y, stride), i32x4.shl(x, 2));
  v128.store(scratch, i32x4.add(at, i32x4.splat(load<i32>(plan + FINE, GRID))), CORNER);
}

export function fraction(u: v128): v128 {
  return f32x4.sub(u, f32x4.floor(u));
}

// the cubic B-spline's four pieces

export function weight0(t: v128): v128 {
  const r = f32x4.sub(f32x4.splat(1), t);
  return f32x4.mul(f32x4.mul(r, r), f32x4.mul(r, f32x4.splat(1 / 6)));
}

export function weight1(t: v128): v128 {
  const half = f32x4.mul(t, f32x4.splat(0.5));
  const slope = f32x4.mul(f32x4.mul(t, t), f32x4.sub(half, f32x4.splat(1)));
  return f32x4.add(slope, f32x4.splat(2 / 3));
}

export function weight2(t: v128): v128 {
  return weight1(f32x4.sub(f32x4.splat(1), t));
}

export function weight3(t: v128): v128 {
  return f32x4.mul(f32x4.mul(t, t), f32x4.mul(t, f32x4.splat(1 / 6)));
}

// and their slopes

export function slope0(t: v128): v128 {
  const r = f32x4.sub(f32x4.splat(1), t);
  return f32x4.mul(f32x4.mul(r, r), f32x4.splat(-0.5));
}

export function slope1(t: v128): v128 {
  return f32x4.mul(t, f32x4.sub(f32x4.mul(t, f32x4.splat(1.5)), f32x4.splat(2)));
}

export function slope2(t: v128): v128 {
  return f32x4.neg(slope1(f32x4.sub(f32x4.splat(1), t)));
}

export function slope3(t: v128): v128 {
  return f32x4.mul(f32x4.mul(t, t), f32x4.splat(0.5));
}
