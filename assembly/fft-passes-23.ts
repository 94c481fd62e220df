/**
 * Passes of radix 2 and 3 over all blocks of one length (see fft.ts): forward, a butterfly, then its twiddle
 * factors; inverse, the same backwards. In one block, entry j of every `step` belongs together.
 */

const HALF_ROOT: f32 = 0.8660254; // sin(2 pi / 3)

export function forward2(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 2)) << 5;
  const stride = (<usize>block) << 5;
  for (let from = x; from < x + step; from += 32, twiddles += 8) {
    const c = v128.load32_splat(twiddles);
    const s = v128.load32_splat(twiddles, 4);
    for (let p = from; p < end; p += stride) {
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const b = v128.load(p + step);
      const bi = v128.load(p + step, 16);
      v128.store(p, f32x4.add(a, b));
      v128.store(p, f32x4.add(ai, bi), 16);
      const d = f32x4.sub(a, b);
      const di = f32x4.sub(ai, bi);
      v128.store(p + step, f32x4.add(f32x4.mul(d, c), f32x4.mul(di, s)));
      v128.store(p + step, f32x4.sub(f32x4.mul(di, c), f32x4.mul(d, s)), 16);
    }
  }
}

export function inverse2(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 2)) << 5;
  const stride = (<usize>block) << 5;
  for (let from = x; from < x + step; from += 32, twiddles += 8) {
    const c = v128.load32_splat(twiddles);
    const s = v128.load32_splat(twiddles, 4);
    for (let p = from; p < end; p += stride) {
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const d = v128.load(p + step);
      const di = v128.load(p + step, 16);
      const b = f32x4.sub(f32x4.mul(d, c), f32x4.mul(di, s));
      const bi = f32x4.add(f32x4.mul(di, c), f32x4.mul(d, s));
      v128.store(p, f32x4.add(a, b));
      v128.store(p, f32x4.add(ai, bi), 16);
      v128.store(p + step, f32x4.sub(a, b));
      v128.store(p + step, f32x4.sub(ai, bi), 16);
    }
  }
}

export function forward3(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 3)) << 5;
  const stride = (<usize>block) << 5;
  const half = f32x4.splat(0.5);
  const root = f32x4.splat(HALF_ROOT);
  for (let from = x; from < x + step; from += 32, twiddles += 16) {
    const c1 = v128.load32_splat(twiddles);
    const s1 = v128.load32_splat(twiddles, 4);
    const c2 = v128.load32_splat(twiddles, 8);
    const s2 = v128.load32_splat(twiddles, 12);
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const b = v128.load(p1);
      const bi = v128.load(p1, 16);
      const c = v128.load(p2);
      const ci = v128.load(p2, 16);
      const sum = f32x4.add(b, c);
      const sumi = f32x4.add(bi, ci);
      const dif = f32x4.mul(f32x4.sub(b, c), root);
      const difi = f32x4.mul(f32x4.sub(bi, ci), root);
      const mid = f32x4.sub(a, f32x4.mul(sum, half));
      const midi = f32x4.sub(ai, f32x4.mul(sumi, half));
      v128.store(p, f32x4.add(a, sum));
      v128.store(p, f32x4.add(ai, sumi), 16);
      const y1 = f32x4.add(mid, difi);
      const y1i = f32x4.sub(midi, dif);
      const y2 = f32x4.sub(mid, difi);
      const y2i = f32x4.add(midi, dif);
      v128.store(p1, f32x4.add(f32x4.mul(y1, c1), f32x4.mul(y1i, s1)));
      v128.store(p1, f32x4.sub(f32x4.mul(y1i, c1), f32x4.mul(y1, s1)), 16);
      v128.store(p2, f32x4.add(f32x4.mul(y2, c2), f32x4.mul(y2i, s2)));
      v128.store(p2, f32x4.sub(f32x4.mul(y2i, c2), f32x4.mul(y2, s2)), 16);
    }
  }
}

export function inverse3(x: usize, end: usize, block: u32, twiddles: usize): void {
  const step = (<usize>(block / 3)) << 5;
  const stride = (<usize>block) << 5;
  const half = f32x4.splat(0.5);
  const root = f32x4.splat(HALF_ROOT);
  for (let from = x; from < x + step; from += 32, twiddles += 16) {
    const c1 = v128.load32_splat(twiddles);
    const s1 = v128.load32_splat(twiddles, 4);
    const c2 = v128.load32_splat(twiddles, 8);
    const s2 = v128.load32_splat(twiddles, 12);
    for (let p = from; p < end; p += stride) {
      const p1 = p + step;
      const p2 = p1 + step;
      const a = v128.load(p);
      const ai = v128.load(p, 16);
      const y1 = v128.load(p1);
      const y1i = v128.load(p1, 16);
      const y2 = v128.load(p2);
      const y2i = v128.load(p2, 16);
      const b = f32x4.sub(f32x4.mul(y1, c1), f32x4.mul(y1i, s1));
      const bi = f32x4.add(f32x4.mul(y1i, c1), f32x4.mul(y1, s1));
      const c = f32x4.sub(f32x4.mul(y2, c2), f32x4.mul(y2i, s2));
      const ci = f32x4.add(f32x4.mul(y2i, c2), f32x4.mul(y2, s2));
      const sum = f32x4.add(b, c);
      const sumi = f32x4.add(bi, ci);
      const dif = f32x4.mul(f32x4.sub(b, c), root);
      const difi = f32x4.mul(f32x4.sub(bi, ci), root);
      const mid = f32x4.sub(a, f32x4.mul(sum, half));
      const midi = f32x4.sub(ai, f32x4.mul(sumi, half));
      v128.store(p, f32x4.add(a, sum));
      v128.store(p, f32x4.add(ai, sumi), 16);
      v128.store(p1, f32x4.sub(mid, difi));
      v128.store(p1, f32x4.add(midi, dif), 16);
      v128.store(p2, f32x4.add(mid, difi));
      v128.store(p2, f32x4.sub(midi, dif), 16);
    }
  }
}
