/**
 * Convolution of one level's grid with its kernel by Fourier transforms, in blocks that any thread may take.
 *
 * Rows: with the kernel's periods kept apart by empty points it makes no difference whether the convolution
 * comes round with its own sign or the opposite. With the opposite, a row of MX real numbers needs one complex
 * transform of half the length: of (x_i - i x_(i + MX/2)) e^(-i pi i / MX), whose MX / 2 outputs are
 * the row's frequencies 4 j + 1 in units of half a turn over MX, the others being their conjugates ("right-angle
 * convolution"; Crandall and Fagin 1994). No sorting into real and imaginary parts follows, and the kernel's
 * spectrum is real. Columns: one complex transform each, its outputs times the spectrum, and back, in
 * place in the cache.
 */

import { forwardFft, inverseFft } from "./fft";
import { FFT_X, FFT_Y, GRID, gridStride, MATRIX, MX, MY, SPECTRUM, TWIST } from "./mesh-plan";

/** Blocks of four rows that hold the first `rows`. */
export function rowBlocks(rows: u32): u32 {
  return (rows + 3) >> 2;
}

/** Blocks of four columns. */
export function columnBlocks(level: usize): u32 {
  return load<u32>(level, MX) >> 3;
}

/** Transforms rows 4 block to 4 block + 3 of the grid into the matrix. */
export function rowsForward(level: usize, block: u32, scratch: usize): void {
  const half: usize = load<u32>(level, MX) >> 1;
  const stride = gridStride(level);
  let a: usize = load<usize>(level, GRID) + <usize>(4 * block) * stride;
  let b = a + (half << 2);
  let twist: usize = load<usize>(level, TWIST);
  // four rows by four entries at a time: turn, and twist
  const end = scratch + (half << 5);
  for (let x = scratch; x < end; x += 128, a += 16, b += 16, twist += 32) {
    const a0 = v128.load(a);
    const a1 = v128.load(a + stride);
    const a2 = v128.load(a + 2 * stride);
    const a3 = v128.load(a + 3 * stride);
    const b0 = v128.load(b);
    const b1 = v128.load(b + stride);
    const b2 = v128.load(b + 2 * stride);
    const b3 = v128.load(b + 3 * stride);
    const alo = v128.shuffle<f32>(a0, a1, 0, 4, 1, 5);
    const ahi = v128.shuffle<f32>(a0, a1, 2, 6, 3, 7);
    const clo = v128.shuffle<f32>(a2, a3, 0, 4, 1, 5);
    const chi = v128.shuffle<f32>(a2, a3, 2, 6, 3, 7);
    const blo = v128.shuffle<f32>(b0, b1, 0, 4, 1, 5);
    const bhi = v128.shuffle<f32>(b0, b1, 2, 6, 3, 7);
    const dlo = v128.shuffle<f32>(b2, b3, 0, 4, 1, 5);
    const dhi = v128.shuffle<f32>(b2, b3, 2, 6, 3, 7);
    twisted(
      x,
      v128.shuffle<f32>(alo, clo, 0, 1, 4, 5),
      v128.shuffle<f32>(blo, dlo, 0, 1, 4, 5),
      twist,
    );
    twisted(
      x + 32,
      v128.shuffle<f32>(alo, clo, 2, 3, 6, 7),
      v128.shuffle<f32>(blo, dlo, 2, 3, 6, 7),
      twist + 8,
    );
    twisted(
      x + 64,
      v128.shuffle<f32>(ahi, chi, 0, 1, 4, 5),
      v128.shuffle<f32>(bhi, dhi, 0, 1, 4, 5),
      twist + 16,
    );
    twisted(
      x + 96,
      v128.shuffle<f32>(ahi, chi, 2, 3, 6, 7),
      v128.shuffle<f32>(bhi, dhi, 2, 3, 6, 7),
      twist + 24,
    );
  }
  forwardFft(level + FFT_X, scratch);
  // back to rows, in the matrix's blocks of four columns
  const column: usize = (<usize>load<u32>(level, MY)) << 5;
  let to: usize = load<usize>(level, MATRIX) + (block << 7);
  for (let x = scratch; x < end; x += 128, to += column) {
    turned(x, 32, to, 32);
    turned(x + 16, 32, to + 16, 32);
  }
}

/** (a - i b) e^(-i t) to x, the factor being (cos t, sin t). */
function twisted(x: usize, a: v128, b: v128, factor: usize): void {
  const c = v128.load32_splat(factor);
  const s = v128.load32_splat(factor, 4);
  v128.store(x, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
  v128.store(x, f32x4.neg(f32x4.add(f32x4.mul(a, s), f32x4.mul(b, c))), 16);
}

/** Four vectors, `stride` bytes apart, turned about their diagonal, to four `toStride` apart. */
function turned(from: usize, stride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride);
  const d = v128.load(from + 3 * stride);
  const ablo = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abhi = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdlo = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdhi = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ablo, cdlo, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(ablo, cdlo, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(abhi, cdhi, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(abhi, cdhi, 2, 3, 6, 7));
}

/** Convolves four columns of the matrix, of which the first `rows` are filled. */
export function columnsThrough(level: usize, block: u32, rows: u32): void {
  const length: usize = load<u32>(level, MY);
  const x: usize = load<usize>(level, MATRIX) + <usize>block * (length << 5);
  const end = x + (length << 5);
  memory.fill(x + ((<usize>rowBlocks(rows)) << 7), 0, (length - 4 * rowBlocks(rows)) << 5);
  forwardFft(level + FFT_Y, x);
  let k: usize = load<usize>(level, SPECTRUM) + <usize>block * (length << 4);
  for (let p = x; p < end; p += 32, k += 16) {
    const factor = v128.load(k);
    v128.store(p, f32x4.mul(v128.load(p), factor));
    v128.store(p, f32x4.mul(v128.load(p, 16), factor), 16);
  }
  inverseFft(level + FFT_Y, x);
}

/** Transforms four rows of the matrix back into the grid, over what lies there. */
export function rowsInverse(level: usize, block: u32, scratch: usize): void {
  const half: usize = load<u32>(level, MX) >> 1;
  const column: usize = (<usize>load<u32>(level, MY)) << 5;
  const end = scratch + (half << 5);
  let from: usize = load<usize>(level, MATRIX) + (block << 7);
  for (let x = scratch; x < end; x += 128, from += column) {
    turned(from, 32, x, 32);
    turned(from + 16, 32, x + 16, 32);
  }
  inverseFft(level + FFT_X, scratch);
  let twist: usize = load<usize>(level, TWIST);
  for (let x = scratch; x < end; x += 32, twist += 8) {
    const c = v128.load32_splat(twist);
    const s = v128.load32_splat(twist, 4);
    const re = v128.load(x);
    const im = v128.load(x, 16);
    v128.store(x, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)));
    v128.store(x, f32x4.neg(f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c))), 16);
  }
  const stride = gridStride(level);
  let a: usize = load<usize>(level, GRID) + <usize>(4 * block) * stride;
  for (let x = scratch; x < end; x += 128, a += 16) {
    turned(x, 32, a, stride);
    turned(x + 16, 32, a + (half << 2), stride);
  }
}
