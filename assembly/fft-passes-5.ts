/**
 * Passes of radix 5 over all blocks of one length (see fft.ts and fft-passes-23.ts). With s1 = b + e, s2 = c + d,
 * d1 = b - e, d2 = c - d the outputs are a + s1 + s2, m1 -+ i n1 and m2 -+ i n2.
 */

const COS1: f32 = 0.30901699; // cos(2 pi / 5)
const COS2: f32 = -0.80901699; // cos(4 pi / 5)
const SIN1: f32 = 0.95105652; // sin(2 pi / 5)
const SIN2: f32 = 0.58778525; // sin(4 pi / 5)

export function forward5(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 5)) << 5;
  const stride = (<usize>block) << 5;
  const cos1 = f32x4.splat(COS1);
  const cos2 = f32x4.splat(COS2);
  const sin1 = f32x4.splat(SIN1);
  const sin2 = f32x4.splat(SIN2);
  for (let from = x; from < x + step; from += 32, twiddles += 32) {
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const p3 = p2 + step;
      const p4 = p3 + step;
      // sums and differences
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const b = v128.load(p1);
      const bi = v128.load(p1, 16);
      const e = v128.load(p4);
      const ei = v128.load(p4, 16);
      const s1 = f32x4.add(b, e);
      const s1i = f32x4.add(bi, ei);
      const d1 = f32x4.sub(b, e);
      const d1i = f32x4.sub(bi, ei);
      const c = v128.load(p2);
      const ci = v128.load(p2, 16);
      const d = v128.load(p3);
      const di = v128.load(p3, 16);
      const s2 = f32x4.add(c, d);
      const s2i = f32x4.add(ci, di);
      const d2 = f32x4.sub(c, d);
      const d2i = f32x4.sub(ci, di);
      v128.store(p, f32x4.add(a, f32x4.add(s1, s2)));
      v128.store(p, f32x4.add(ai, f32x4.add(s1i, s2i)), 16);
      // frequencies 1 and 4
      const m1 = f32x4.add(a, f32x4.add(f32x4.mul(s1, cos1), f32x4.mul(s2, cos2)));
      const m1i = f32x4.add(ai, f32x4.add(f32x4.mul(s1i, cos1), f32x4.mul(s2i, cos2)));
      const n1 = f32x4.add(f32x4.mul(d1, sin1), f32x4.mul(d2, sin2));
      const n1i = f32x4.add(f32x4.mul(d1i, sin1), f32x4.mul(d2i, sin2));
      turnBack(p1, f32x4.add(m1, n1i), f32x4.sub(m1i, n1), twiddles);
      turnBack(p4, f32x4.sub(m1, n1i), f32x4.add(m1i, n1), twiddles + 24);
      // frequencies 2 and 3
      const m2 = f32x4.add(a, f32x4.add(f32x4.mul(s1, cos2), f32x4.mul(s2, cos1)));
      const m2i = f32x4.add(ai, f32x4.add(f32x4.mul(s1i, cos2), f32x4.mul(s2i, cos1)));
      const n2 = f32x4.sub(f32x4.mul(d1, sin2), f32x4.mul(d2, sin1));
      const n2i = f32x4.sub(f32x4.mul(d1i, sin2), f32x4.mul(d2i, sin1));
      turnBack(p2, f32x4.add(m2, n2i), f32x4.sub(m2i, n2), twiddles + 8);
      turnBack(p3, f32x4.sub(m2, n2i), f32x4.add(m2i, n2), twiddles + 16);
    }
  }
}

/** Stores y times e^(-i t), its factor being (cos t, sin t). */
function turnBack(p: usize, y: v128, yi: v128, factor: usize): void {
  const c = v128.load32_splat(factor);
  const s = v128.load32_splat(factor, 4);
  v128.store(p, f32x4.add(f32x4.mul(y, c), f32x4.mul(yi, s)));
  v128.store(p, f32x4.sub(f32x4.mul(yi, c), f32x4.mul(y, s)), 16);
}

export function inverse5(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 5)) << 5;
  const stride = (<usize>block) << 5;
  const cos1 = f32x4.splat(COS1);
  const cos2 = f32x4.splat(COS2);
  const sin1 = f32x4.splat(SIN1);
  const sin2 = f32x4.splat(SIN2);
  for (let from = x; from < x + step; from += 32, twiddles += 32) {
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const p3 = p2 + step;
      const p4 = p3 + step;
      // sums and differences, each entry turned by its factor
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const b = turnedRe(p1, twiddles);
      const bi = turnedIm(p1, twiddles);
      const e = turnedRe(p4, twiddles + 24);
      const ei = turnedIm(p4, twiddles + 24);
      const s1 = f32x4.add(b, e);
      const s1i = f32x4.add(bi, ei);
      const d1 = f32x4.sub(b, e);
      const d1i = f32x4.sub(bi, ei);
      const c = turnedRe(p2, twiddles + 8);
      const ci = turnedIm(p2, twiddles + 8);
      const d = turnedRe(p3, twiddles + 16);
      const di = turnedIm(p3, twiddles + 16);
      const s2 = f32x4.add(c, d);
      const s2i = f32x4.add(ci, di);
      const d2 = f32x4.sub(c, d);
      const d2i = f32x4.sub(ci, di);
      v128.store(p, f32x4.add(a, f32x4.add(s1, s2)));
      v128.store(p, f32x4.add(ai, f32x4.add(s1i, s2i)), 16);
      // entries 1 and 4
      const m1 = f32x4.add(a, f32x4.add(f32x4.mul(s1, cos1), f32x4.mul(s2, cos2)));
      const m1i = f32x4.add(ai, f32x4.add(f32x4.mul(s1i, cos1), f32x4.mul(s2i, cos2)));
      const n1 = f32x4.add(f32x4.mul(d1, sin1), f32x4.mul(d2, sin2));
      const n1i = f32x4.add(f32x4.mul(d1i, sin1), f32x4.mul(d2i, sin2));
      v128.store(p1, f32x4.sub(m1, n1i));
      v128.store(p1, f32x4.add(m1i, n1), 16);
      v128.store(p4, f32x4.add(m1, n1i));
      v128.store(p4, f32x4.sub(m1i, n1), 16);
      // entries 2 and 3
      const m2 = f32x4.add(a, f32x4.add(f32x4.mul(s1, cos2), f32x4.mul(s2, cos1)));
      const m2i = f32x4.add(ai, f32x4.add(f32x4.mul(s1i, cos2), f32x4.mul(s2i, cos1)));
      const n2 = f32x4.sub(f32x4.mul(d1, sin2), f32x4.mul(d2, sin1));
      const n2i = f32x4.sub(f32x4.mul(d1i, sin2), f32x4.mul(d2i, sin1));
      v128.store(p2, f32x4.sub(m2, n2i));
      v128.store(p2, f32x4.add(m2i, n2), 16);
      v128.store(p3, f32x4.add(m2, n2i));
      v128.store(p3, f32x4.sub(m2i, n2), 16);
    }
  }
}

/** The real part of the entry times e^(i t), its factor being (cos t, sin t). */
function turnedRe(p: usize, factor: usize): v128 {
  const c = v128.load32_splat(factor);
  const s = v128.load32_splat(factor, 4);
  return f32x4.sub(f32x4.mul(v128.load(p), c), f32x4.mul(v128.load(p, 16), s));
}

/** The imaginary part of the entry times e^(i t). */
function turnedIm(p: usize, factor: usize): v128 {
  const c = v128.load32_splat(factor);
  const s = v128.load32_splat(factor, 4);
  return f32x4.add(f32x4.mul(v128.load(p, 16), c), f32x4.mul(v128.load(p), s));
}
