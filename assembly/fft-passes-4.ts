/** Passes of radix 4 over all blocks of one length (see fft.ts and fft-passes-23.ts). */

export function forward4(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 4)) << 5;
  const stride = (<usize>block) << 5;
  for (let from = x; from < x + step; from += 32, twiddles += 24) {
    const c1 = v128.load32_splat(twiddles);
    const s1 = v128.load32_splat(twiddles, 4);
    const c2 = v128.load32_splat(twiddles, 8);
    const s2 = v128.load32_splat(twiddles, 12);
    const c3 = v128.load32_splat(twiddles, 16);
    const s3 = v128.load32_splat(twiddles, 20);
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const p3 = p2 + step;
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const c = v128.load(p2);
      const ci = v128.load(p2, 16);
      const t0 = f32x4.add(a, c);
      const t0i = f32x4.add(ai, ci);
      const t1 = f32x4.sub(a, c);
      const t1i = f32x4.sub(ai, ci);
      const b = v128.load(p1);
      const bi = v128.load(p1, 16);
      const d = v128.load(p3);
      const di = v128.load(p3, 16);
      const t2 = f32x4.add(b, d);
      const t2i = f32x4.add(bi, di);
      const t3 = f32x4.sub(b, d);
      const t3i = f32x4.sub(bi, di);
      v128.store(p, f32x4.add(t0, t2));
      v128.store(p, f32x4.add(t0i, t2i), 16);
      const y2 = f32x4.sub(t0, t2);
      const y2i = f32x4.sub(t0i, t2i);
      v128.store(p2, f32x4.add(f32x4.mul(y2, c2), f32x4.mul(y2i, s2)));
      v128.store(p2, f32x4.sub(f32x4.mul(y2i, c2), f32x4.mul(y2, s2)), 16);
      const y1 = f32x4.add(t1, t3i);
      const y1i = f32x4.sub(t1i, t3);
      v128.store(p1, f32x4.add(f32x4.mul(y1, c1), f32x4.mul(y1i, s1)));
      v128.store(p1, f32x4.sub(f32x4.mul(y1i, c1), f32x4.mul(y1, s1)), 16);
      const y3 = f32x4.sub(t1, t3i);
      const y3i = f32x4.add(t1i, t3);
      v128.store(p3, f32x4.add(f32x4.mul(y3, c3), f32x4.mul(y3i, s3)));
      v128.store(p3, f32x4.sub(f32x4.mul(y3i, c3), f32x4.mul(y3, s3)), 16);
    }
  }
}

export function inverse4(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 4)) << 5;
  const stride = (<usize>block) << 5;
  for (let from = x; from < x + step; from += 32, twiddles += 24) {
    const c1 = v128.load32_splat(twiddles);
    const s1 = v128.load32_splat(twiddles, 4);
    const c2 = v128.load32_splat(twiddles, 8);
    const s2 = v128.load32_splat(twiddles, 12);
    const c3 = v128.load32_splat(twiddles, 16);
    const s3 = v128.load32_splat(twiddles, 20);
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const p3 = p2 + step;
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const y2 = v128.load(p2);
      const y2i = v128.load(p2, 16);
      const c = f32x4.sub(f32x4.mul(y2, c2), f32x4.mul(y2i, s2));
      const ci = f32x4.add(f32x4.mul(y2i, c2), f32x4.mul(y2, s2));
      const t0 = f32x4.add(a, c);
      const t0i = f32x4.add(ai, ci);
      const t1 = f32x4.sub(a, c);
      const t1i = f32x4.sub(ai, ci);
      const y1 = v128.load(p1);
      const y1i = v128.load(p1, 16);
      const b = f32x4.sub(f32x4.mul(y1, c1), f32x4.mul(y1i, s1));
      const bi = f32x4.add(f32x4.mul(y1i, c1), f32x4.mul(y1, s1));
      const y3 = v128.load(p3);
      const y3i = v128.load(p3, 16);
      const d = f32x4.sub(f32x4.mul(y3, c3), f32x4.mul(y3i, s3));
      const di = f32x4.add(f32x4.mul(y3i, c3), f32x4.mul(y3, s3));
      const t2 = f32x4.add(b, d);
      const t2i = f32x4.add(bi, di);
      const t3 = f32x4.sub(b, d);
      const t3i = f32x4.sub(bi, di);
      v128.store(p, f32x4.add(t0, t2));
      v128.store(p, f32x4.add(t0i, t2i), 16);
      v128.store(p2, f32x4.sub(t0, t2));
      v128.store(p2, f32x4.sub(t0i, t2i), 16);
      v128.store(p1, f32x4.sub(t1, t3i));
      v128.store(p1, f32x4.add(t1i, t3), 16);
      v128.store(p3, f32x4.add(t1, t3i));
      v128.store(p3, f32x4.sub(t1i, t3), 16);
    }
  }
}
