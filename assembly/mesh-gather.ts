/** From grid to points: field and its slopes. */
import {
  CHUNK,
  FAR_SELF,
  FINE,
  gridStride,
  H,
  OWN,
  SORTED_AT,
  SORTED_U,
  SORTED_V,
  SUMS,
} from "./mesh-plan";
import {
  CORNER,
  corners,
  DX,
  DY,
  fraction,
  slope0,
  slope1,
  slope2,
  slope3,
  turnTo,
  WX,
  WY,
  weight0,
  weight1,
  weight2,
  weight3,
} from "./mesh-splines";

const RESULT: usize = 272; // [point] of field, slopes along x and y

/** Reads field and slopes of four points into RESULT. */
function gatherFour(scratch: usize, stride: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const y = scratch + (i << 2);
    const p0: usize = load<u32>(y, CORNER);
    const p1 = p0 + stride;
    const p2 = p1 + stride;
    const p3 = p2 + stride;
    const r0 = v128.load(p0);
    const r1 = v128.load(p1);
    const r2 = v128.load(p2);
    const r3 = v128.load(p3);
    const level = f32x4.add(
      f32x4.add(
        f32x4.mul(r0, v128.load32_splat(y, WY)),
        f32x4.mul(r1, v128.load32_splat(y, WY + 16)),
      ),
      f32x4.add(
        f32x4.mul(r2, v128.load32_splat(y, WY + 32)),
        f32x4.mul(r3, v128.load32_splat(y, WY + 48)),
      ),
    );
    const slope = f32x4.add(
      f32x4.add(
        f32x4.mul(r0, v128.load32_splat(y, DY)),
        f32x4.mul(r1, v128.load32_splat(y, DY + 16)),
      ),
      f32x4.add(
        f32x4.mul(r2, v128.load32_splat(y, DY + 32)),
        f32x4.mul(r3, v128.load32_splat(y, DY + 48)),
      ),
    );
    const x = v128.load(scratch + (i << 4), WX);
    const dx = v128.load(scratch + (i << 4), DX);
    v128.store(scratch + (i << 4), f32x4.mul(level, x), RESULT);
    v128.store(scratch + (i << 4), f32x4.mul(level, dx), RESULT + 64);
    v128.store(scratch + (i << 4), f32x4.mul(slope, x), RESULT + 128);
  }
}

/** The sums over each of four vectors. */
function sums(from: usize): v128 {
  const a = v128.load(from);
  const b = v128.load(from, 16);
  const c = v128.load(from, 32);
  const d = v128.load(from, 48);
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** A polynomial of degree 3 with coefficients in memory. */
function cubic(at: usize, x: v128): v128 {
  const upper = f32x4.add(v128.load32_splat(at, 8), f32x4.mul(x, v128.load32_splat(at, 12)));
  const middle = f32x4.add(v128.load32_splat(at, 4), f32x4.mul(x, upper));
  return f32x4.add(v128.load32_splat(at), f32x4.mul(x, middle));
}

/** a + b x + c y + d z. */
function sumOf(a: v128, b: v128, x: v128, c: v128, y: v128, d: v128, z: v128): v128 {
  return f32x4.add(f32x4.add(a, f32x4.mul(b, x)), f32x4.add(f32x4.mul(c, y), f32x4.mul(d, z)));
}

/** The slope of `cubic` given 2 x and 3 x^2. */
function cubicSlope(at: usize, x2: v128, xx3: v128): v128 {
  const upper = f32x4.add(
    f32x4.mul(x2, v128.load32_splat(at, 8)),
    f32x4.mul(xx3, v128.load32_splat(at, 12)),
  );
  return f32x4.add(v128.load32_splat(at, 4), upper);
}

/**
 * Forces and fields of one chunk of the sorted points, without what each does to itself over the mesh: that depends only on
 * its place in its cell, being a polynomial of it (ownPart in mesh-kernel.ts).
 */
export function gatherChunk(
  plan: usize,
  chunk: u32,
  n: u32,
  FX: usize,
  FY: usize,
  scratch: usize,
): void {
  const U: usize = load<usize>(plan, SORTED_U);
  const V: usize = load<usize>(plan, SORTED_V);
  const AT: usize = load<usize>(plan, SORTED_AT);
  const own = plan + OWN;
  const stride = gridStride(plan + FINE);
  const farSelf = f32x4.splat(load<f32>(plan, FAR_SELF));
  const scale = f32x4.splat(<f32>(-0.5 / load<f64>(plan, H)));
  const end: usize = min((chunk + 1) * CHUNK, n);
  let sum: f64 = 0;
  for (let place: usize = chunk * CHUNK; place < end; place += 4) {
    const count = min<usize>(end - place, 4);
    const u = v128.load(U + (place << 2));
    const v = v128.load(V + (place << 2));
    corners(plan, u, v, scratch);
    for (let i = count; i < 4; i++)
      store<u32>(scratch + (i << 2), load<u32>(scratch, CORNER), CORNER);
    // weights and slopes along both axes
    const t = fraction(u);
    const x0 = weight0(t);
    const x1 = weight1(t);
    const x2 = weight2(t);
    const x3 = weight3(t);
    turnTo(scratch + WX, x0, x1, x2, x3);
    const dx0 = slope0(t);
    const dx1 = slope1(t);
    const dx2 = slope2(t);
    const dx3 = slope3(t);
    turnTo(scratch + DX, dx0, dx1, dx2, dx3);
    const s = fraction(v);
    const y0 = weight0(s);
    const y1 = weight1(s);
    const y2 = weight2(s);
    const y3 = weight3(s);
    v128.store(scratch, y0, WY);
    v128.store(scratch, y1, WY + 16);
    v128.store(scratch, y2, WY + 32);
    v128.store(scratch, y3, WY + 48);
    const dy0 = slope0(s);
    const dy1 = slope1(s);
    const dy2 = slope2(s);
    const dy3 = slope3(s);
    v128.store(scratch, dy0, DY);
    v128.store(scratch, dy1, DY + 16);
    v128.store(scratch, dy2, DY + 32);
    v128.store(scratch, dy3, DY + 48);
    gatherFour(scratch, stride);
    // each point's own part, and half of its slopes
    const half = f32x4.splat(0.5);
    const tm = f32x4.sub(t, half);
    const sm = f32x4.sub(s, half);
    const tt = f32x4.mul(tm, tm);
    const ss = f32x4.mul(sm, sm);
    const tt2 = f32x4.add(tt, tt);
    const ss2 = f32x4.add(ss, ss);
    const t4 = f32x4.mul(tt, tt);
    const three = f32x4.splat(3);
    const t43 = f32x4.mul(t4, three);
    const s43 = f32x4.mul(f32x4.mul(ss, ss), three);
    const g1 = cubic(own + 16, ss);
    const g2 = cubic(own + 32, ss);
    const g3 = cubic(own + 48, ss);
    const t6 = f32x4.mul(t4, tt);
    const selfS = f32x4.add(sumOf(cubic(own, ss), g1, tt, g2, t4, g3, t6), farSelf);
    const selfX = f32x4.mul(tm, f32x4.add(g1, f32x4.add(f32x4.mul(g2, tt2), f32x4.mul(g3, t43))));
    const selfY = f32x4.mul(
      sm,
      sumOf(
        cubicSlope(own, ss2, s43),
        cubicSlope(own + 16, ss2, s43),
        tt,
        cubicSlope(own + 32, ss2, s43),
        t4,
        cubicSlope(own + 48, ss2, s43),
        t6,
      ),
    );
    // what is left, to the points' own places
    v128.store(scratch, f32x4.sub(sums(scratch + RESULT), selfS), RESULT);
    v128.store(
      scratch,
      f32x4.mul(scale, f32x4.sub(sums(scratch + RESULT + 64), selfX)),
      RESULT + 64,
    );
    v128.store(
      scratch,
      f32x4.mul(scale, f32x4.sub(sums(scratch + RESULT + 128), selfY)),
      RESULT + 128,
    );
    for (let i: usize = 0; i < count; i++) {
      const from = scratch + (i << 2);
      const at: usize = load<u32>(AT + ((place + i) << 2)) << 2;
      sum += <f64>load<f32>(from, RESULT);
      store<f32>(FX + at, load<f32>(from, RESULT + 64));
      store<f32>(FY + at, load<f32>(from, RESULT + 128));
    }
  }
  store<f64>(load<usize>(plan, SUMS) + ((<usize>chunk) << 3), sum);
}
