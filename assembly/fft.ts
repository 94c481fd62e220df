/**
 * Discrete Fourier transforms of four complex sequences at once, in place: entry i has the real parts of the
 * four in one vector at 32 i bytes, the imaginary parts in the next. Forward by decimation in frequency,
 * inverse by decimation in time, so that the order of frequencies between the two needs no sorting (Gentleman
 * and Sande 1966, Cooley and Tukey 1965); `FREQUENCY` of the plan tells which stands where.
 */
import { cosTurn, sinTurn } from "./fft-angle";
import { forward4, inverse4 } from "./fft-passes-4";
import { forward5, inverse5 } from "./fft-passes-5";
import { forward2, forward3, inverse2, inverse3 } from "./fft-passes-23";

/** A plan: its length, number of passes, their radices (at most 16), then addresses of two tables. */
const LENGTH: usize = 0;
const PASSES: usize = 4;
const RADIX: usize = 8;
const TWIDDLES: usize = 72;
const FREQUENCY: usize = 76;
/** Bytes of a plan without its tables. */
export const FFT_PLAN: usize = 80;

/**
 * Makes the plan for `length`, a product of 2, 3, 4 and 5. Tables: `twiddles` of 2 length floats, `frequency` of
 * length u32.
 */
export function planFft(plan: usize, length: u32, twiddles: usize, frequency: usize): void {
  store<u32>(plan + LENGTH, length);
  store<u32>(plan + TWIDDLES, <u32>twiddles);
  store<u32>(plan + FREQUENCY, <u32>frequency);
  let passes: u32 = 0;
  let rest = length;
  while (rest > 1) {
    // odd radices first: the last passes, on short blocks, are then the cheapest
    const radix: u32 = rest % 5 === 0 ? 5 : rest % 3 === 0 ? 3 : rest % 4 === 0 ? 4 : 2;
    store<u32>(plan + RADIX + (passes++ << 2), radix);
    rest /= radix;
  }
  store<u32>(plan + PASSES, passes);
  writeTwiddles(plan, length, passes, twiddles);
  for (let p: u32 = 0; p < length; p++) {
    store<u32>(frequency + (p << 2), frequencyAt(plan, p, length, passes));
  }
}

/** Pass by pass, for every j < block / radix: cos and sin of 2 pi j q / block, q = 1 ... radix - 1. */
function writeTwiddles(plan: usize, length: u32, passes: u32, at: usize): void {
  let block = length;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const radix = load<u32>(plan + RADIX + (pass << 2));
    const step = block / radix;
    for (let j: u32 = 0; j < step; j++) {
      for (let q: u32 = 1; q < radix; q++, at += 8) {
        store<f32>(at, <f32>cosTurn(j * q, block));
        store<f32>(at + 4, <f32>sinTurn(j * q, block));
      }
    }
    block = step;
  }
}

/** Which frequency the forward transform leaves at a place. */
function frequencyAt(plan: usize, place: u32, length: u32, passes: u32): u32 {
  let block = length;
  let weight: u32 = 1;
  let frequency: u32 = 0;
  for (let pass: u32 = 0; pass < passes; pass++) {
    const radix = load<u32>(plan + RADIX + (pass << 2));
    block /= radix;
    frequency += weight * (place / block);
    weight *= radix;
    place %= block;
  }
  return frequency;
}

/** The table of frequencies by place. */
export function frequencies(plan: usize): usize {
  return load<u32>(plan + FREQUENCY);
}

/** sum_i x_i e^(-2 pi i k / length), in the plan's order of k. */
export function forwardFft(plan: usize, x: usize): void {
  const length = load<u32>(plan + LENGTH);
  const end = x + ((<usize>length) << 5);
  let twiddles: usize = load<usize>(plan + TWIDDLES);
  let block = length;
  const passes = load<u32>(plan + PASSES);
  for (let pass: u32 = 0; pass < passes; pass++) {
    const radix = load<u32>(plan + RADIX + (pass << 2));
    if (radix === 4) forward4(x, end, block, twiddles);
    else if (radix === 5) forward5(x, end, block, twiddles);
    else if (radix === 3) forward3(x, end, block, twiddles);
    else forward2(x, end, block, twiddles);
    const step = block / radix;
    twiddles += (<usize>(block - step)) << 3;
    block = step;
  }
}

/** The inverse, not divided by the length: from the plan's order of frequencies to the natural one. */
export function inverseFft(plan: usize, x: usize): void {
  const length = load<u32>(plan + LENGTH);
  const end = x + ((<usize>length) << 5);
  let twiddles: usize = load<usize>(plan + TWIDDLES) + ((<usize>(length - 1)) << 3);
  let block: u32 = 1;
  for (let pass = load<u32>(plan + PASSES); pass-- > 0; ) {
    const radix = load<u32>(plan + RADIX + (pass << 2));
    const step = block;
    block *= radix;
    twiddles -= (<usize>(block - step)) << 3;
    if (radix === 4) inverse4(x, end, block, twiddles);
    else if (radix === 5) inverse5(x, end, block, twiddles);
    else if (radix === 3) inverse3(x, end, block, twiddles);
    else inverse2(x, end, block, twiddles);
  }
}
