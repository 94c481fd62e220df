/** From points to grid: every point's charge of 1. */
import { BANDS, FINE, gridStride, SORTED_U, SORTED_V } from "./mesh-plan";
import {
  CORNER,
  corners,
  fraction,
  turnTo,
  WX,
  WY,
  weight0,
  weight1,
  weight2,
  weight3,
} from "./mesh-splines";

/** Adds the charges of one band's points to the grid, in their order. */
export function spreadBand(plan: usize, band: u32, scratch: usize): void {
  const starts: usize = load<usize>(plan, BANDS) + ((<usize>band) << 2);
  const end: usize = load<u32>(starts, 4);
  const U: usize = load<usize>(plan, SORTED_U);
  const V: usize = load<usize>(plan, SORTED_V);
  const stride = gridStride(plan + FINE);
  for (let place: usize = load<u32>(starts); place < end; place += 4) {
    const u = v128.load(U + (place << 2));
    const v = v128.load(V + (place << 2));
    corners(plan, u, v, scratch);
    const t = fraction(u);
    turnTo(scratch + WX, weight0(t), weight1(t), weight2(t), weight3(t));
    const s = fraction(v);
    v128.store(scratch, weight0(s), WY);
    v128.store(scratch, weight1(s), WY + 16);
    v128.store(scratch, weight2(s), WY + 32);
    v128.store(scratch, weight3(s), WY + 48);
    const count = min<usize>(end - place, 4);
    for (let i: usize = 0; i < count; i++) {
      const x = v128.load(scratch + (i << 4), WX);
      const y = scratch + (i << 2);
      const p0: usize = load<u32>(y, CORNER);
      const p1 = p0 + stride;
      const p2 = p1 + stride;
      const p3 = p2 + stride;
      v128.store(p0, f32x4.add(v128.load(p0), f32x4.mul(x, v128.load32_splat(y, WY))));
      v128.store(p1, f32x4.add(v128.load(p1), f32x4.mul(x, v128.load32_splat(y, WY + 16))));
      v128.store(p2, f32x4.add(v128.load(p2), f32x4.mul(x, v128.load32_splat(y, WY + 32))));
      v128.store(p3, f32x4.add(v128.load(p3), f32x4.mul(x, v128.load32_splat(y, WY + 48))));
    }
  }
}
